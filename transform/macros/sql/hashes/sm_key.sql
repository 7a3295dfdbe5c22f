{# Surrogate key of a store's object; null when its id is null. #}
{% macro sm_key(store_id, object_id) -%}
    {{ text_hash(store_id ~ " || '|shopify|' || " ~ object_id) }}
{%- endmacro %}
