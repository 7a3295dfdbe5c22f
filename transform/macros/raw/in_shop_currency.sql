{#
    A payment in the shop's currency: the source's own shop money, else the amount
    paid where it was paid in that currency, else converted at the rate of the
    order's totals. Null where none of these is known: the amount of another
    currency is never read as the shop's.

    A payment without a currency is in the shop's where the order has no other.
#}
{% macro in_shop_currency(
    paid_amount,
    paid_currency_code,
    shop_amount,
    shop_currency_code,
    order_currency_code,
    order_total,
    order_presentment_currency_code,
    order_presentment_total
) -%}
    cast(case
            when
                {{ shop_amount }} is not null
                and coalesce(
                    {{ shop_currency_code }} = {{ order_currency_code }}, true
                )
                then abs({{ shop_amount }})
            when
                coalesce(
                    {{ paid_currency_code }},
                    {{ order_presentment_currency_code }},
                    {{ order_currency_code }},
                    ''
                ) = coalesce({{ order_currency_code }}, '')
                then {{ paid_amount }}
            when
                coalesce({{ paid_currency_code }}, '')
                = {{ order_presentment_currency_code }}
                and {{ order_presentment_total }} > 0
                then {{ round_money(
                    paid_amount ~ ' * ' ~ order_total
                    ~ ' / ' ~ order_presentment_total
                ) }}
        end as {{ type_money() }})
{%- endmacro %}
