{#
    The lines of an order as JSON, a column of its staging row on BigQuery only.
    There, reading one field of a raw row costs as much as reading the whole
    row.
#}
{% macro kept_order_lines(expression) -%}
    {%- if target.type == 'bigquery' -%}
    {{ expression }} as order_lines_json,
    {%- endif -%}
{%- endmacro %}
