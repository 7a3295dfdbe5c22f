{# A currency of the raw record as three letters; other text names none and is null. #}
{% macro currency_code(expression) -%}
    {{ regexp_part('upper(trim(' ~ expression ~ '))', '^([A-Z]{3})$') }}
{%- endmacro %}
