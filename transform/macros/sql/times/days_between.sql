{# Calendar days from one date to another. #}
{% macro days_between(first_date, last_date) -%}
    cast({{ dbt.datediff(first_date, last_date, 'day') }}
            as {{ dbt.type_bigint() }})
{%- endmacro %}
