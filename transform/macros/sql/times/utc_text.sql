{# A UTC timestamp as ISO text, to the second. #}
{% macro utc_text(moment) -%}
    replace(substr(cast({{ moment }} as {{ dbt.type_string() }}), 1, 19), ' ', 'T')
        || 'Z'
{%- endmacro %}
