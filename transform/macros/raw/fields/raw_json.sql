{# A nested field of the raw record as JSON. #}
{% macro raw_json(field) -%}
    {{ return(adapter.dispatch('raw_json', 'loop_returns')(field)) }}
{%- endmacro %}

{% macro default__raw_json(field) -%}
    cast("{{ field | lower }}" as json)
{%- endmacro %}

{% macro bigquery__raw_json(field) -%}
    json_query(data, '$.{{ field }}')
{%- endmacro %}

{# JSON null becomes SQL null. #}
{% macro postgres__raw_json(field) -%}
    nullif(data -> '{{ field }}', 'null')
{%- endmacro %}
