{# Key of a product: its id, else its title when it was sold, else its SKU. #}
{% macro product_key(relation) -%}
    coalesce(
            {{ relation }}.product_id,
            {{ relation }}.product_title,
            {{ relation }}.sku
        )
{%- endmacro %}
