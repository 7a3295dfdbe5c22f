{#
    Post-hook: sets size and colour in all rows. Another order line or the seed
    variant_option_mappings can change the options of a variant, even if the row
    itself does not change.
#}
{% macro update_variant_options() -%}
    {%- if is_incremental() -%}
    update {{ this }} set
        size = options.size,
        colour = options.colour,
        built_at = {{ built_at() }}
    from (
        select * from {{ ref('loop_returns', 'int_variant_options') }}
    ) as options
    where
        {{ this.identifier }}.variant_id = options.variant_id
        and (
            {{ this.identifier }}.size is distinct from options.size
            or {{ this.identifier }}.colour is distinct from options.colour
        )
    {%- endif -%}
{%- endmacro %}
