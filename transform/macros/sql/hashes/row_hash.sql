{# A short text that changes when anything in a row changes. #}
{% macro row_hash(rows) -%}
    {{ return(adapter.dispatch('row_hash', 'loop_returns')(rows)) }}
{%- endmacro %}

{% macro default__row_hash(rows) -%}
    cast(hash({{ rows }}) as varchar)
{%- endmacro %}

{% macro bigquery__row_hash(rows) -%}
    cast(farm_fingerprint(to_json_string({{ rows }})) as string)
{%- endmacro %}

{% macro postgres__row_hash(rows) -%}
    md5(cast({{ rows }} as text))
{%- endmacro %}
