{# A typed column as text; empty text is null. #}
{% macro typed_text(field) -%}
    nullif(trim(cast({{ field }} as {{ dbt.type_string() }})), '')
{%- endmacro %}
