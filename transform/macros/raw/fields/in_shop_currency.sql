{#
    A payment in the shop's currency: the source's amount in that currency, else
    the amount paid if it was paid in that currency, else the amount converted
    at the rate of the order's totals. Null if none of these is known; an amount
    in another currency is never used unconverted.

    A payment that names no currency is taken as paid in the shop's currency,
    unless the order has another presentment currency.
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
                    as_factor(paid_amount) ~ ' * ' ~ order_total
                    ~ ' / ' ~ order_presentment_total
                ) }}
        end as {{ type_money() }})
{%- endmacro %}
