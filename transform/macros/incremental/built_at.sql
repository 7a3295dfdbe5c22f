{# The start time of this build in UTC; rows store it as `built_at`. #}
{% macro built_at() -%}
    {{ timestamp_literal(run_started_at) }}
{%- endmacro %}

{# A UTC timestamp as a SQL literal. #}
{% macro timestamp_literal(moment) -%}
    cast('{{ moment.strftime("%Y-%m-%d %H:%M:%S.%f") }}'
        as {{ dbt.type_timestamp() }})
{%- endmacro %}
