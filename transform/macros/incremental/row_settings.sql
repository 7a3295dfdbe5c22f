{#
    Variables that rows of incremental tables depend on; a test checks the list.
#}
{% macro settings_in_rows() -%}
    {{ return(list_settings() + [
        'store_timezone',
        'reporting_currency',
        'return_policy_periods',
        'handling_fee_collection',
    ]) }}
{%- endmacro %}

{# Those of them that are lists. #}
{% macro list_settings() -%}
    {{ return([
        'own_hosts',
        'exchange_order_prefixes',
        'exchange_app_ids',
        'exchange_order_tags',
        'replacement_order_tags',
        'excluded_order_tags',
        'non_merchandise_product_types',
        'sales_channels_without_loop',
    ]) }}
{%- endmacro %}

{#
    The values of `settings_in_rows` as JSON. A table is rebuilt completely when
    they change.
#}
{% macro row_settings() -%}
    {%- set settings = {} -%}
    {#- Staging models depend on none of them. -#}
    {%- for name in settings_in_rows() if model.fqn[1] != 'staging' -%}
        {%- do settings.update({
            name: policy_periods() if name == 'return_policy_periods'
            else var_or_empty(name)
        }) -%}
    {%- endfor -%}
    {{ return(tojson(settings, sort_keys=true)) }}
{%- endmacro %}
