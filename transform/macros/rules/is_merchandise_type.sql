{#
    Whether a product type is merchandise: all types are, except the excluded
    ones. Null and empty types count as merchandise.
#}
{% macro is_merchandise_type(product_type) -%}
    coalesce(
            lower(nullif(trim({{ product_type }}), ''))
            not in {{ text_list(var('non_merchandise_product_types')) }},
            true
        )
{%- endmacro %}
