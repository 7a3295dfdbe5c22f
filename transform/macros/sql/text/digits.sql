{# A shop id as digits: gid://shopify/Order/123, 123 and 123.0 are 123. #}
{% macro digits(expression) -%}
    {{ regexp_part(expression, '([0-9]+)(?:[.]0+)?$') }}
{%- endmacro %}
