"""The shop's orders in the camelCase, ``gid://`` shape of Shopify's GraphQL API.

The fields follow the output of singer-io's tap-shopify 3.x: amounts of orders as JSON
numbers, amounts of refunds and products as decimal text, utm parameters always null,
product tags as a printed Python list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.neighbours import ledger
from loop_simulator.state import Store
from loop_simulator.world import (
    LOOP_APP,
    Customer,
    Order,
    OrderLine,
    Product,
    Variant,
    landing_page,
)

Json = dict[str, Any]

SHOP = {
    "_sdc_shop_id": 12,
    "_sdc_shop_name": "Demo Shop",
    "_sdc_shop_myshopify_domain": "demo-shop.myshopify.com",
}
WEB_APP = ("580111", "Online Store")
_APPS = {
    LOOP_APP: (LOOP_APP, "Loop Returns & Exchanges"),
    "pos": ("129785", "Point of Sale"),
    "subscription_contract": ("294517", "Recharge Subscriptions"),
}
INVENTORY = 2_000_000_000_000
"""Between the id of a variant and that of its inventory item."""
EXCHANGE_MARK = "_loop_exchange"
"""Line property on natively exchanged goods; invented, since Loop's own mark is not known."""


def gid(kind: str, number: int) -> str:
    """Return a global id."""
    return f"gid://shopify/{kind}/{number}"


def number_of(global_id: str) -> int:
    """Return the number at the end of a global id."""
    return int(global_id.rsplit("/", 1)[1])


def app_of(order: Order) -> tuple[str, str]:
    """Return id and name of the app an order came through."""
    return _APPS.get(order.source, WEB_APP)


def _number(cents: int) -> float:
    return cents / money.CENTS


def _both(cents: int, currency: str, write: Callable[[int], Any] = _number) -> Json:
    """Return an amount in the shop's and in the shopper's currency."""
    return {
        "shopMoney": {"amount": write(cents), "currencyCode": "USD"},
        "presentmentMoney": {
            "amount": write(money.converted(cents, currency)),
            "currencyCode": currency,
        },
    }


def orders(store: Store, moment: int) -> Iterator[Json]:
    """Return the orders updated since a moment."""
    for order in ledger.known_orders(store, moment):
        yield _order(order, store.now)


def _order(order: Order, now: int) -> Json:
    """Return one order with its lines."""
    app_id, app_name = app_of(order)
    person = order.customer
    seen = visit(order)
    return {
        "id": gid("Order", order.id),
        "legacyResourceId": str(order.id),
        "name": order.name,
        "number": order.number - 1_000,
        "createdAt": timestamps.zulu(order.created),
        "processedAt": timestamps.zulu(order.created),
        "updatedAt": timestamps.zulu(order.updated),
        "cancelledAt": None
        if order.cancelled is None
        else timestamps.zulu(order.cancelled),
        "cancelReason": None if order.cancelled is None else "CUSTOMER",
        "closedAt": None,
        "test": order.test,
        "displayFinancialStatus": ledger.financial_status(order).upper(),
        "displayFulfillmentStatus": ledger.fulfillment_status(order, now).upper(),
        "returnStatus": ledger.return_status(order),
        "currencyCode": "USD",
        "presentmentCurrencyCode": order.currency,
        **_amounts(order),
        "taxesIncluded": order.taxes_included,
        "customer": {
            "id": gid("Customer", person.id),
            "email": person.email,
            "tags": "[]",
        }
        if person.id
        else None,
        "email": person.email,
        "sourceName": order.source,
        "app": {"id": gid("App", int(app_id)), "name": app_name},
        "channelInformation": {
            "id": gid("ChannelInformation", int(app_id)),
            "channelId": app_id,
        },
        "customerJourneySummary": {"lastVisit": seen, "utmParameters": None}
        if seen
        else None,
        "tags": order.tags,
        "customAttributes": [],
        "discountCodes": [order.code] if order.code else [],
        "discountCode": order.code,
        "lineItems": [_line(line, order.currency) for line in order.lines],
        "fulfillments": _fulfillments(order, now),
        **SHOP,
    }


def _fulfillments(order: Order, now: int) -> list[Json]:
    """Return the one parcel of an order that was sent."""
    moment = order.shipped(now)
    if moment is None:
        return []
    return [
        {
            "id": gid("Fulfillment", order.id + 1),
            "status": "SUCCESS",
            "createdAt": timestamps.zulu(moment),
            "deliveredAt": None,
        }
    ]


def _amounts(order: Order) -> Json:
    """Return the order's totals; ``current`` and ``net`` ones change with refunds."""
    back = ledger.refunded(order)
    cents = {
        "subtotalPriceSet": order.goods - order.discounts,
        "totalDiscountsSet": order.discounts,
        "totalTaxSet": order.tax,
        "totalShippingPriceSet": order.shipping,
        "totalPriceSet": order.total,
        "totalRefundedSet": back,
        "totalReceivedSet": order.total,
        "netPaymentSet": order.total - back,
        "currentTotalPriceSet": order.total - back,
        "currentTotalDiscountsSet": order.discounts,
        "currentTotalTaxSet": order.tax,
        "currentSubtotalPriceSet": max(order.goods - order.discounts - back, 0),
    }
    return {name: _both(amount, order.currency) for name, amount in cents.items()}


def visit(order: Order) -> Json | None:
    """Return the last visit; a campaign is shown only by the landing page."""
    if order.source != "web":
        return None
    path = f"/products/{order.lines[0].variant.product.title.lower().replace(' ', '-')}"
    return {
        "landingPage": landing_page(order.channel, path),
        "referrerUrl": order.channel.referrer or None,
    }


def _line(line: OrderLine, currency: str) -> Json:
    """Return one order line."""
    variant, product = line.variant, line.variant.product
    allocations = [part for part in (line.line_discount, line.order_discount) if part]
    properties = [{"key": EXCHANGE_MARK, "value": "true"}] if line.exchange else []
    return {
        "id": gid("LineItem", line.id),
        "product": {"id": gid("Product", product.id)} if product.is_listed else None,
        "variant": {"id": gid("ProductVariant", variant.id)}
        if product.is_listed
        else None,
        "sku": None if product.custom else variant.sku,
        "title": product.title,
        "name": ledger.line_name(line),
        "vendor": product.vendor or None,
        "quantity": line.quantity,
        "originalUnitPriceSet": _both(line.price, currency),
        "totalDiscountSet": _both(line.line_discount, currency),
        "discountAllocations": [
            {"allocatedAmountSet": _both(part, currency)} for part in allocations
        ],
        "discountedTotalSet": _both(
            line.price * line.quantity - line.line_discount, currency
        ),
        "taxLines": [
            {"title": "Sales Tax", "priceSet": _both(line.tax, currency)},
        ],
        "isGiftCard": product.gift_card,
        "customAttributes": properties,
    }


def customers(store: Store, moment: int) -> Iterator[Json]:
    """Return the customers updated since a moment; guests have no account."""
    bought: dict[int, list[Order]] = {}
    for order in store.world.orders:
        if order.customer.id is not None and order.in_shopify:
            bought.setdefault(order.customer.id, []).append(order)
    people = [(_updated(person, bought), person) for person in store.world.customers]
    for updated, person in sorted(people, key=lambda pair: (pair[0], pair[1].id or 0)):
        if updated >= moment:
            yield _customer(person, updated, bought.get(person.id or 0, []))


def _updated(person: Customer, bought: dict[int, list[Order]]) -> int:
    """Return when a customer was last updated."""
    return max(
        [person.created, *(order.updated for order in bought.get(person.id or 0, []))]
    )


def _customer(person: Customer, updated: int, bought: list[Order]) -> Json:
    """Return one customer."""
    spent = sum(order.total - ledger.refunded(order) for order in bought)
    return {
        "id": gid("Customer", person.id or 0),
        "createdAt": timestamps.zulu(person.created),
        "updatedAt": timestamps.zulu(updated),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "numberOfOrders": str(len(bought)),
        "amountSpent": {"amount": money.text(spent), "currencyCode": "USD"},
        "tags": ["subscriber"] if person.subscription else [],
        **SHOP,
    }


def _shelved(store: Store, moment: int) -> Iterator[tuple[int, Product]]:
    """Return the products created since a moment; fixed worlds have only old ones.

    Deleted products are not among them.
    """
    old = store.world.now - 400 * timestamps.DAY
    found = [
        (product.created or old, product)
        for product in store.world.products
        if product.is_listed
    ]
    for made, product in sorted(found, key=lambda entry: (entry[0], entry[1].id)):
        if made >= moment:
            yield made, product


def products(store: Store, moment: int) -> Iterator[Json]:
    """Return the products updated since a moment."""
    for made, product in _shelved(store, moment):
        yield {
            "id": gid("Product", product.id),
            "title": product.title,
            "handle": product.title.lower().replace(" ", "-"),
            "productType": product.kind,
            "vendor": product.vendor,
            "tags": str(product.tags),
            "status": "ACTIVE",
            "isGiftCard": product.gift_card,
            "category": {"id": gid("TaxonomyCategory", 1)}
            if not product.gift_card
            else None,
            "compareAtPriceRange": None,
            "createdAt": timestamps.zulu(made),
            "updatedAt": timestamps.zulu(made),
            "publishedAt": timestamps.zulu(made),
            **SHOP,
        }


def product_variants(store: Store, moment: int) -> Iterator[Json]:
    """Return the variants updated since a moment."""
    for made, product in _shelved(store, moment):
        for position, variant in enumerate(product.variants, 1):
            yield {
                "id": gid("ProductVariant", variant.id),
                "product": {"id": gid("Product", product.id)},
                "inventoryItem": {"id": gid("InventoryItem", _item_of(variant))},
                "sku": variant.sku,
                "title": variant.title,
                "displayName": f"{product.title} - {variant.title}",
                "price": money.text(variant.price),
                "compareAtPrice": None,
                "barcode": variant.barcode or None,
                "position": position,
                "createdAt": timestamps.zulu(made),
                "updatedAt": timestamps.zulu(made),
                **SHOP,
            }


def inventory_items(store: Store, moment: int) -> Iterator[Json]:
    """Return the inventory item of each variant that was updated since a moment."""
    for made, product in _shelved(store, moment):
        for variant in product.variants:
            cost = unit_cost(variant)
            yield {
                "id": gid("InventoryItem", _item_of(variant)),
                "sku": variant.sku,
                "createdAt": timestamps.zulu(made),
                "updatedAt": timestamps.zulu(made),
                "requiresShipping": not product.gift_card,
                "tracked": not product.gift_card,
                "unitCost": None if cost is None else {"amount": money.text(cost)},
                **SHOP,
            }


def _item_of(variant: Variant) -> int:
    return variant.id + INVENTORY


def unit_cost(variant: Variant) -> int | None:
    """Return what the shop paid for one unit; staff left some costs empty.

    The cost follows from the ids, so it changes nothing else in the shop.
    """
    product = variant.product
    if product.gift_card or (variant.id // 2) % 7 == 0:
        return None
    return money.share(variant.price, 28 + product.id % 25, 100)


def order_refunds(store: Store, moment: int) -> Iterator[Json]:
    """Return the refunds made since a moment; an exchange moves units but no money."""
    found = [
        (refund.moment, refund.id, order, refund)
        for order in store.world.orders
        if order.in_shopify
        for refund in ledger.refunds(order)
        if refund.moment >= moment
    ]
    for _, _, order, refund in sorted(found, key=lambda entry: entry[:2]):
        yield _refund(order, refund)


def _refund(order: Order, refund: ledger.Refund) -> Json:
    """Return one refund with its units and adjustments.

    Since version 2024-10 of the API the adjustments leave out refunded shipping, which
    is in `refundShippingLines`; Shopify's tap does not request these.
    """
    done = timestamps.zulu(refund.moment)
    return {
        "id": gid("Refund", refund.id),
        "legacyResourceId": str(refund.id),
        "order": {"id": gid("Order", order.id)},
        "createdAt": done,
        "updatedAt": done,
        "note": refund.note,
        "refundLineItems": [
            {
                "id": gid("RefundLineItem", part.id),
                "lineItem": {"id": gid("LineItem", part.line_id)},
                "quantity": part.quantity,
                "restockType": part.restock.upper(),
                "subtotalSet": _both(part.subtotal, order.currency, money.text),
                "totalTaxSet": _both(part.tax, order.currency, money.text),
            }
            for part in refund.lines
        ],
        "orderAdjustments": [
            {
                "id": gid("OrderAdjustment", refund.id * 2 + position),
                "amountSet": _both(one.amount, order.currency, money.text),
                "taxAmountSet": _both(one.tax, order.currency, money.text),
                "reason": one.kind.upper(),
            }
            for position, one in enumerate(refund.adjustments)
            if one.kind != "shipping_refund"
        ],
        **SHOP,
    }


def transactions(store: Store, moment: int) -> Iterator[Json]:
    """Return the payments made since a moment, by their creation."""
    found = [
        (payment.moment, payment.id, order, payment)
        for order in store.world.orders
        if order.in_shopify
        for payment in ledger.payments(order)
        if payment.moment >= moment
    ]
    for _, _, order, payment in sorted(found, key=lambda entry: entry[:2]):
        made = timestamps.zulu(payment.moment)
        yield {
            "id": gid("OrderTransaction", payment.id),
            "order": {"id": gid("Order", order.id)},
            "kind": payment.kind.upper(),
            "status": payment.status.upper(),
            "gateway": payment.gateway,
            "amountSet": _both(payment.amount, order.currency, money.text),
            "test": order.test,
            "createdAt": made,
            "processedAt": made,
            **SHOP,
        }


STREAMS: dict[str, Callable[[Store, int], Iterator[Json]]] = {
    "orders": orders,
    "customers": customers,
    "products": products,
    "product_variants": product_variants,
    "inventory_items": inventory_items,
    "order_refunds": order_refunds,
    "transactions": transactions,
}
