{# Key of a store's object, such as `main-6040720000001`; null if its id is null. #}
{% macro sm_key(store_id, object_id) -%}
    {{ store_id }} || '-' || {{ object_id }}
{%- endmacro %}
