{# Key of a product; deleted ones keep the name under which they were sold. #}
{% macro product_key(relation) -%}
    coalesce(
            {{ relation }}.product_id,
            {{ relation }}.product_title,
            {{ relation }}.sku
        )
{%- endmacro %}
