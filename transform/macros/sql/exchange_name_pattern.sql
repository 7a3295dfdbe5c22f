{# The name of an exchange order, as a pattern whose group is its first order's. #}
{% macro exchange_name_pattern() -%}
    ^#?(?:{{ var('exchange_order_prefixes') | map('trim', '-') | join('|') | upper }})-?(.+?)(?:-[0-9]+)?$
{%- endmacro %}
