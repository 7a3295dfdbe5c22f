{#
    Whether goods of a product type are merchandise: all are but those whose type
    is known to be none. An unknown type is null or empty.
#}
{% macro is_merchandise_type(product_type) -%}
    coalesce(
            lower(nullif(trim({{ product_type }}), ''))
            not in {{ text_list(var('non_merchandise_product_types')) }},
            true
        )
{%- endmacro %}
