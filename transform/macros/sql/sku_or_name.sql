{#
    A name for goods: their SKU, else product and variant. A custom line and a
    product that was deleted have neither, only a title.
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
