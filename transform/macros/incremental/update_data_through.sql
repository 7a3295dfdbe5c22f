{# Post-hook: sets data_through_at in all rows, changed or not. #}
{% macro update_data_through() -%}
    {%- if is_incremental() -%}
    update {{ this }} set data_through_at = maturity.data_through_at
    from (
        select * from {{ ref('loop_returns', 'int_return_maturity') }}
    ) as maturity
    where
        {{ this.identifier }}.data_through_at
        is distinct from maturity.data_through_at
    {%- endif -%}
{%- endmacro %}
