{# When this build began, in UTC: when a row was last computed. #}
{% macro built_at() -%}
    {{ timestamp_literal(run_started_at) }}
{%- endmacro %}

{# A moment in UTC as SQL. #}
{% macro timestamp_literal(moment) -%}
    cast('{{ moment.strftime("%Y-%m-%d %H:%M:%S.%f") }}'
        as {{ dbt.type_timestamp() }})
{%- endmacro %}
