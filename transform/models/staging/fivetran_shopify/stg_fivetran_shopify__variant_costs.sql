{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

{#- Older schemas name the unit cost `cost`. -#}
{%- set cost -%}
    coalesce(
        {{ to_money(typed_text('unit_cost_amount')) }},
        {{ to_money(typed_text('cost')) }}
    )
{%- endset -%}

{{ variant_costs(
    'fivetran_shopify',
    rows=typed_rows('fivetran_shopify', 'inventory_item'),
    key=digits(typed_text('id')),
    cost=cost,
    currency=currency_code(typed_text('unit_cost_currency_code'))
) }}
