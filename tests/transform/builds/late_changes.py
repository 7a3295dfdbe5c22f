"""Changes of raw tables from one day to the next, as SQL.

A change leaves `updated_at` as it is unless its SQL sets it, so a build that selects new
rows by `updated_at` misses most changes. `{pick}` seeds the choice of the rows to change.
"""

from __future__ import annotations

LOOP, SHOP = "tap_loop_returns", "tap_shopify"
OTHER_ORDER = (
    f"(select id from {SHOP}.orders order by hash(id || 'other{{pick}}') limit 1)"
)
A_RETURN = (
    f"(select id from {LOOP}.returns where {{condition}}"
    " order by hash(id || '{{pick}}') limit 1)"
)
AN_ORDER = (
    f"(select id from {SHOP}.orders where {{condition}}"
    " order by hash(id || '{{pick}}') limit 1)"
)


def _a_return(condition: str = "true") -> str:
    return A_RETURN.format(condition=condition)


def _an_order(condition: str = "true") -> str:
    return AN_ORDER.format(condition=condition)


def _digits(expression: str) -> str:
    return f"regexp_extract({expression}, '[0-9]+$')"


HAS_EXCHANGE_ORDER = (
    f"id in (select return_id from {LOOP}.return_exchanges"
    " where exchange_order_id is not null)"
)
WITH_A_RETURN = (
    f"legacyresourceid in (select provider_order_id from {LOOP}.returns"
    " where provider_order_id is not null)"
)

CHANGES = {
    "an order loses all but its first line": f"""
        update {SHOP}.orders set lineitems = json_array(json_extract(lineitems, '$[0]'))
        where id = {_an_order("json_array_length(lineitems) > 1")}""",
    "an order loses all its lines": f"""
        update {SHOP}.orders set lineitems = '[]' where id = {_an_order(WITH_A_RETURN)}""",
    "an order comes with an old time of change": f"""
        insert into {SHOP}.orders by name
        select * replace ('gid://shopify/Order/77{{pick}}' as id,
            '77{{pick}}' as legacyresourceid, '#late{{pick}}' as name,
            replace(lineitems::varchar, 'LineItem/', 'LineItem/9{{pick}}')::json as lineitems)
        from {SHOP}.orders where id = {_an_order()}""",
    "an order has another customer": f"""
        update {SHOP}.orders set customer = (
            select customer from {SHOP}.orders where customer is not null
            order by hash(id || 'customer{{pick}}') limit 1)
        where id = {_an_order(WITH_A_RETURN)}""",
    "an order becomes a guest's": f"""
        update {SHOP}.orders set customer = null where id = {_an_order(WITH_A_RETURN)}""",
    "an order was a test": f"""
        update {SHOP}.orders set test = true where id = {_an_order(WITH_A_RETURN)}""",
    "a first order was made by another channel": f"""
        update {SHOP}.orders set sourcename = 'pos', customerjourneysummary = null
        where id = {_an_order(WITH_A_RETURN)}""",
    "an order takes the name of a returned one": f"""
        update {SHOP}.orders set name = (
            select order_name from {LOOP}.returns
            where id = {_a_return("provider_order_id is null")})
        where id = {_an_order()} and exists (
            select 1 from {LOOP}.returns where provider_order_id is null)""",
    "a return knows its order by name alone": f"""
        update {LOOP}.returns set provider_order_id = null where id = {_a_return()}""",
    "a return's order is not known": f"""
        update {LOOP}.returns set provider_order_id = '99' || id, order_name = '#none' || id
        where id = {_a_return()}""",
    "a return belongs to another order": f"""
        update {LOOP}.returns set provider_order_id = {_digits(OTHER_ORDER)}
        where id = {_a_return()}""",
    "the order of a return comes after it": f"""
        update {SHOP}.orders set id = 'gid://shopify/Order/99' || (
                select id from {LOOP}.returns where provider_order_id = '99' || id limit 1),
            legacyresourceid = '99' || (
                select id from {LOOP}.returns where provider_order_id = '99' || id limit 1)
        where id = 'gid://shopify/Order/77{{pick}}' and exists (
            select 1 from {LOOP}.returns where provider_order_id = '99' || id)""",
    "a unit is of another order's line": f"""
        update {LOOP}.return_line_items set provider_line_item_id = (
            select {_digits("json_extract_string(lineitems, '$[0].id')")}
            from {SHOP}.orders where id = {OTHER_ORDER})
        where return_id = {_a_return()}""",
    "a unit's line is not known": f"""
        update {LOOP}.return_line_items set provider_line_item_id = null
        where return_id = {_a_return()}""",
    "a return is deleted in part": f"""
        delete from {LOOP}.return_line_items where return_id = {_a_return()}""",
    "a label costs more": f"""
        update {LOOP}.return_labels set rate = '12345' where return_id = {_a_return()}""",
    "an exchange goes": f"""
        delete from {LOOP}.return_exchanges where return_id = {_a_return(HAS_EXCHANGE_ORDER)}""",
    "an exchange order is another one": f"""
        update {LOOP}.return_exchanges set exchange_order_id = {_digits(OTHER_ORDER)},
            exchange_order_name = (select name from {SHOP}.orders where id = {OTHER_ORDER})
        where return_id = {_a_return(HAS_EXCHANGE_ORDER)}""",
    "an exchange order is known by name alone": f"""
        update {LOOP}.return_exchanges set exchange_order_id = null
        where return_id = {_a_return(HAS_EXCHANGE_ORDER)}""",
    "an exchange order goes with its exchange": f"""
        update {SHOP}.orders set name = '#was' || name where name in (
            select exchange_order_name from {LOOP}.return_exchanges
            where exchange_order_id is null and exchange_order_name is not null limit 1)""",
    "an exchange has no return in Loop": f"""
        update {SHOP}.orders set name = 'EXC-' || replace((
                select name from {SHOP}.orders where id = {OTHER_ORDER}), '#', '') || '-9'
        where id = {_an_order("name like '#%'")}""",
    "a gift card has its own order": f"""
        update {LOOP}.returns set gift_card_order_id = {_digits(OTHER_ORDER)}
        where id = {_a_return()}""",
    "a return is cancelled": f"""
        update {LOOP}.returns set state = 'cancelled' where id = {_a_return("state = 'closed'")}""",
    "a very old return comes": f"""
        update {LOOP}.returns set created_at = created_at - interval 70 day
        where id = (select id from {LOOP}.returns order by created_at limit 1)""",
    "a product is no merchandise": f"""
        update {SHOP}.products set producttype = 'Gift Card' where id = (
            select id from {SHOP}.products order by hash(id || '{{pick}}') limit 1)""",
    "a variant is renamed and loses its options": f"""
        update {SHOP}.product_variants
        set sku = 'renamed-' || sku, title = 'Default Title' where id in (
            select 'gid://shopify/ProductVariant/' || {_digits("variant_id::varchar")}
            from {LOOP}.return_exchanges where variant_id is not null)""",
    "a payment comes late": f"""
        insert into {SHOP}.transactions by name
        select * replace ('gid://shopify/OrderTransaction/77{{pick}}' as id)
        from {SHOP}.transactions order by hash(id || '{{pick}}') limit 1""",
    "a payment failed": f"""
        update {SHOP}.transactions set status = 'FAILURE' where id = (
            select id from {SHOP}.transactions order by hash(id || 'failed{{pick}}') limit 1)""",
    "a refund is of another order": f"""
        update {SHOP}.order_refunds set "order" = (
            select json_object('id', {OTHER_ORDER}))
        where id = (select id from {SHOP}.order_refunds order by hash(id || '{{pick}}') limit 1)""",
    "a refund comes late": f"""
        insert into {SHOP}.order_refunds by name
        select * replace ('gid://shopify/Refund/77{{pick}}' as id)
        from {SHOP}.order_refunds order by hash(id || 'late{{pick}}') limit 1""",
    "a subscription renews": """
        update tap_recharge.charges set type = 'recurring' where id = (
            select id from tap_recharge.charges where type = 'checkout'
            order by hash(id || '{pick}') limit 1)""",
    "a charge is of no order": """
        update tap_recharge.charges set external_order_id = null where id = (
            select id from tap_recharge.charges order by hash(id || 'none{pick}') limit 1)""",
    "a month goes by": f"""
        update {LOOP}.returns set updated_at = updated_at + interval 30 day
        where id = (select id from {LOOP}.returns order by updated_at desc limit 1);
        update {SHOP}.orders set updatedat = updatedat + interval 30 day
        where id = (select id from {SHOP}.orders order by updatedat desc limit 1)""",
}

TAKES_A_NAME = f"""
    update {SHOP}.orders set name = (
        select orders.name from {SHOP}.orders join {LOOP}.returns
        on legacyresourceid = provider_order_id and orders.name = order_name
        where outcome = 'refund' order by hash(orders.id || 'name') limit 1)
    where id = (
        select id from {SHOP}.orders where legacyresourceid not in (
            select provider_order_id from {LOOP}.returns
            where provider_order_id is not null)
        order by hash(id || 'name') limit 1)"""
LEAVES_ITS_NAME = f"""
    delete from {SHOP}.orders
    where legacyresourceid in (
        select provider_order_id from {LOOP}.returns where order_name = orders.name)
    and name in (select name from {SHOP}.orders group by name having count(*) > 1)"""
"""An order takes the name of a returned one, which goes on a later day."""
OLDER_STAMPS = (
    f"""
        update {SHOP}.orders set test = true, _sdc_batched_at = '2025-06-01'
        where id = {_an_order(WITH_A_RETURN).format(pick="older")}""",
    f"""
        update {SHOP}.orders set sourcename = 'pos', _sdc_batched_at = null
        where id = {_an_order(WITH_A_RETURN).format(pick="unstamped")}""",
    f"""
        update {LOOP}.returns set state = 'cancelled', _sdc_batched_at = '2025-06-01'
        where id = {_a_return("state = 'closed'").format(pick="older")}""",
    f"""
        update {SHOP}.transactions set status = 'FAILURE', _sdc_batched_at = '2025-06-01'
        where id in (select id from {SHOP}.transactions
            order by hash(id || 'older') limit 20)""",
)
"""The changes of a backfill, whose load timestamps are older than the existing ones or null."""
