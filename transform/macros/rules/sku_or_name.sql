{#
    The SKU, else the ids of product and variant, else the title (all that
    custom lines and deleted products have), else '(none)'.
#}
{% macro sku_or_name(sku) -%}
    coalesce(
            {{ sku }},
            case
                when product_id is not null or variant_id is not null
                    then 'product ' || coalesce(product_id, '?')
                    || ' variant ' || coalesce(variant_id, '?')
            end,
            product_title,
            '(none)'
        )
{%- endmacro %}
