{# A currency of the raw record as a three-letter code; null for any other text.
#}
{% macro currency_code(expression) -%}
    {{ regexp_part('upper(trim(' ~ expression ~ '))', '^([A-Z]{3})$') }}
{%- endmacro %}
