{# A Shopify money set of the raw record in shop currency; none is zero. #}
{% macro raw_shop_money(field) -%}
    coalesce({{ to_money(
            json_text(raw_json(field), '$.shopMoney.amount')
        ) }}, 0)
{%- endmacro %}
