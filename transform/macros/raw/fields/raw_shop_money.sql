{# The amount in the shop's currency of one of Shopify's money sets in the raw
record; zero if it is missing. #}
{% macro raw_shop_money(field) -%}
    coalesce({{ to_money(
            json_text(raw_json(field), '$.shopMoney.amount')
        ) }}, 0)
{%- endmacro %}
