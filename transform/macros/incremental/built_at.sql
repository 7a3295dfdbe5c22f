{# When this build began, in UTC: when a row was last computed. #}
{% macro built_at() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'
        as {{ dbt.type_timestamp() }})
{%- endmacro %}

{# When rows of a table were last computed. #}
{% macro last_built_at(table) -%}
    (
            select coalesce(
                max(known.built_at),
                cast('1970-01-01' as {{ dbt.type_timestamp() }})
            )
            from {{ table }} as known
        )
{%- endmacro %}
