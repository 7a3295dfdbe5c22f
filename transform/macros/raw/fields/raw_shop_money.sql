{# The shop currency amount of a Shopify money set in the raw record; zero if it
is missing. #}
{% macro raw_shop_money(field) -%}
    coalesce({{ to_money(
            json_text(raw_json(field), '$.shopMoney.amount')
        ) }}, 0)
{%- endmacro %}
