{#
    Post-hook: sets size and colour in all rows. Another order line or the seed
    variant_option_mappings can change the options of a variant, even if the row
    itself does not change. A variant can also lose its options.
#}
{% macro update_variant_options() -%}
    {%- if is_incremental() -%}
    update {{ this }} set
        size = options.size,
        colour = options.colour,
        built_at = {{ built_at() }}
    from (
        select
            variants.variant_id,
            known.size,
            known.colour
        from (select distinct variant_id from {{ this }}) as variants
        left join {{ ref('loop_returns', 'int_variant_options') }} as known
            on variants.variant_id = known.variant_id
    ) as options
    where
        {{ this.identifier }}.variant_id = options.variant_id
        and (
            {{ this.identifier }}.size is distinct from options.size
            or {{ this.identifier }}.colour is distinct from options.colour
        )
    {%- endif -%}
{%- endmacro %}
