{# Variables that name the sources and columns of incremental tables, as JSON. #}
{% macro row_sources() -%}
    {%- set schemas = {
        'tap_shopify_graphql': 'shopify_schema',
        'tap_shopify_rest': 'shopify_schema',
        'fivetran_shopify': 'shopify_schema',
        'tap_recharge': 'recharge_schema',
        'stay_ai': 'stay_ai_schema',
    } -%}
    {%- set sources = {'pass_through_columns': passed_fields()} -%}
    {%- for name in ['store_id', 'loop_returns_schema'] -%}
        {%- do sources.update({name: var(name)}) -%}
    {%- endfor -%}
    {%- for name in ['shopify_source', 'subscription_source'] -%}
        {%- do sources.update({name: var(name)}) -%}
        {%- set schema = schemas.get(var(name)) -%}
        {%- if schema -%}
            {%- do sources.update({schema: var(schema)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tojson(sources, sort_keys=true)) }}
{%- endmacro %}
