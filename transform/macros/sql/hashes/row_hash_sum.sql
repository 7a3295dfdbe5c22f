{# A text for a group of rows that changes when anything in any row changes. #}
{% macro row_hash_sum(rows) -%}
    {{ return(adapter.dispatch('row_hash_sum', 'loop_returns')(rows)) }}
{%- endmacro %}

{% macro default__row_hash_sum(rows) -%}
    cast(sum(hash({{ rows }})) as varchar)
{%- endmacro %}

{% macro postgres__row_hash_sum(rows) -%}
    cast(sum(cast(cast(
            'x' || substr(md5(cast({{ rows }} as text)), 1, 15) as bit(60)
        ) as bigint)) as varchar)
{%- endmacro %}

{% macro bigquery__row_hash_sum(rows) -%}
    cast(sum(cast(
            farm_fingerprint(to_json_string({{ rows }})) as numeric
        )) as string)
{%- endmacro %}
