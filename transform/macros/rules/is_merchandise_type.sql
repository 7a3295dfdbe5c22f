{#
    Whether goods are merchandise: all goods are, except those of an excluded
    product type. Goods without a type, such as a tip, are judged by their title.
#}
{% macro is_merchandise_type(product_type, product_title) -%}
    coalesce(
            lower(trim(coalesce(
                nullif(trim({{ product_type }}), ''), {{ product_title }}
            ))) not in {{ text_list(
                var_or_empty('non_merchandise_product_types')
            ) }},
            true
        )
{%- endmacro %}
