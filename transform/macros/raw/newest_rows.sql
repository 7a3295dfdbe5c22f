{# The newest row per key. Loaders that append keep every version of a row. #}
{% macro newest_rows(relation, keys) -%}
    {{ return(adapter.dispatch('newest_rows', 'loop_returns')(relation, keys)) }}
{%- endmacro %}

{# The DuckDB loader replaces rows by key. #}
{% macro default__newest_rows(relation, keys) -%}
    {{ relation }}
{%- endmacro %}

{% macro bigquery__newest_rows(relation, keys) -%}
    (
        select *
        from {{ relation }}
        where true
        qualify row_number() over (
            partition by
                {% for key in keys -%}
                json_value(data, '$.{{ key }}'){{ "," if not loop.last }}
                {%- endfor %}
            order by _sdc_batched_at desc, _sdc_sequence desc
        ) = 1
    )
{%- endmacro %}
