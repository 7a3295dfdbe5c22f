"""The shop's orders in the snake_case, integer-id shape of Shopify's older REST API.

Follows the rows of REST taps: amounts are partly numbers and partly text, tags are one
string, refunds are inside the order, and times have the store's offset.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.neighbours import ledger, shopify_graphql
from loop_simulator.neighbours.shopify_graphql import EXCHANGE_MARK, app_of
from loop_simulator.state import Store
from loop_simulator.world import Order, OrderLine

Json = dict[str, Any]

STORE_OFFSET_HOURS = -5


def _local(moment: int) -> str:
    """Return a time with the store's UTC offset, without summer time."""
    local = time.gmtime(moment + STORE_OFFSET_HOURS * timestamps.HOUR)
    return time.strftime("%Y-%m-%dT%H:%M:%S", local) + f"{STORE_OFFSET_HOURS:+03d}:00"


def _number(cents: int) -> float:
    return cents / money.CENTS


def _set(cents: int, currency: str) -> Json:
    """Return an amount in both currencies, as text."""
    shopper = money.text(money.converted(cents, currency))
    return {
        "shop_money": {"amount": money.text(cents), "currency_code": "USD"},
        "presentment_money": {"amount": shopper, "currency_code": currency},
    }


def orders(store: Store, moment: int) -> Iterator[Json]:
    """Return the orders updated since a moment, with lines and refunds inside."""
    for order in ledger.known_orders(store, moment):
        yield _order(order, store.now)


def _order(order: Order, now: int) -> Json:
    """Return one order."""
    person = order.customer
    sent = ledger.fulfillment_status(order, now)
    return {
        "id": order.id,
        "admin_graphql_api_id": shopify_graphql.gid("Order", order.id),
        "name": order.name,
        "number": order.number - 1_000,
        "order_number": order.number,
        "created_at": _local(order.created),
        "processed_at": _local(order.created),
        "updated_at": _local(order.updated),
        "cancelled_at": None if order.cancelled is None else _local(order.cancelled),
        "cancel_reason": None if order.cancelled is None else "customer",
        "test": order.test,
        "taxes_included": order.taxes_included,
        "financial_status": ledger.financial_status(order),
        "fulfillment_status": None if sent == "unfulfilled" else sent,
        "currency": "USD",
        "presentment_currency": order.currency,
        **_amounts(order),
        "customer": {
            "id": person.id,
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "tags": "",
        }
        if person.id
        else None,
        "email": person.email,
        "contact_email": person.email,
        "source_name": order.source,
        "app_id": int(app_of(order)[0]),
        **_journey(order),
        "tags": ", ".join(order.tags),
        "note_attributes": [],
        "discount_codes": [
            {
                "code": order.code,
                "amount": money.text(order.discounts),
                "type": "percentage",
            }
        ]
        if order.code
        else [],
        "line_items": [_line(order, line) for line in order.lines],
        "refunds": [_refund(order, refund) for refund in ledger.refunds(order)],
        "fulfillments": _fulfillments(order, now),
    }


def _fulfillments(order: Order, now: int) -> list[Json]:
    """Return the one parcel of an order that was sent."""
    moment = order.shipped(now)
    if moment is None:
        return []
    return [
        {
            "id": order.id + 1,
            "order_id": order.id,
            "status": "success",
            "shipment_status": None,
            "created_at": _local(moment),
            "updated_at": _local(moment),
        }
    ]


def _amounts(order: Order) -> Json:
    """Return the totals, each in the type that REST taps write."""
    current = order.total - ledger.refunded(order)
    return {
        "subtotal_price": _number(order.goods - order.discounts),
        "subtotal_price_set": _set(order.goods - order.discounts, order.currency),
        "total_price": _number(order.total),
        "total_price_set": _set(order.total, order.currency),
        "total_discounts": money.text(order.discounts),
        "total_tax": money.text(order.tax),
        "total_shipping_price_set": _set(order.shipping, order.currency),
        "current_total_price": money.text(current),
    }


def _journey(order: Order) -> Json:
    """Return where the shopper came from; the landing site is a path without host."""
    visit = shopify_graphql.visit(order) or {}
    landing = str(visit.get("landingPage") or "")
    path = "/" + landing.split("/", 3)[3] if landing else None
    return {"landing_site": path, "referring_site": visit.get("referrerUrl")}


def _line(order: Order, line: OrderLine) -> Json:
    """Return one order line."""
    variant, product = line.variant, line.variant.product
    currency = order.currency
    parts = [part for part in (line.line_discount, line.order_discount) if part]
    return {
        "id": line.id,
        "product_id": product.id if product.is_listed else None,
        "variant_id": variant.id if product.is_listed else None,
        "sku": None if product.custom else variant.sku,
        "title": product.title,
        "variant_title": variant.title or None,
        "name": ledger.line_name(line),
        "vendor": product.vendor or None,
        "quantity": line.quantity,
        "current_quantity": ledger.current_quantity(order, line),
        "price": money.text(line.price),
        "price_set": _set(line.price, currency),
        "total_discount": money.text(line.line_discount),
        "discount_allocations": [
            {"amount": money.text(part), "amount_set": _set(part, currency)}
            for part in parts
        ],
        "gift_card": product.gift_card,
        "properties": [{"name": EXCHANGE_MARK, "value": "true"}]
        if line.exchange
        else [],
        "tax_lines": [{"title": "Sales Tax", "price": money.text(line.tax)}],
    }


def _refund(order: Order, refund: ledger.Refund) -> Json:
    """Return one refund with its units and its payments."""
    return {
        "id": refund.id,
        "order_id": order.id,
        "created_at": _local(refund.moment),
        "processed_at": _local(refund.moment),
        "refund_line_items": [
            {
                "id": part.id,
                "line_item_id": part.line_id,
                "quantity": part.quantity,
                "restock_type": part.restock,
                "subtotal": _number(part.subtotal),
                "total_tax": _number(part.tax),
            }
            for part in refund.lines
        ],
        "transactions": [_payment(order, payment) for payment in refund.payments],
        "order_adjustments": [
            {
                "id": refund.id * 2 + position,
                "refund_id": refund.id,
                "order_id": order.id,
                "amount": money.text(one.amount),
                "tax_amount": money.text(one.tax),
                "kind": one.kind,
                "reason": one.kind.replace("_", " ").capitalize(),
            }
            for position, one in enumerate(refund.adjustments)
        ],
    }


def _payment(order: Order, payment: ledger.Payment) -> Json:
    """Return one payment."""
    return {
        "id": payment.id,
        "order_id": order.id,
        "kind": payment.kind,
        "gateway": payment.gateway,
        "status": payment.status,
        "amount": money.text(payment.amount),
        "created_at": _local(payment.moment),
    }


def customers(store: Store, moment: int) -> Iterator[Json]:
    """Return the customers updated since a moment."""
    for row in shopify_graphql.customers(store, moment):
        yield {
            "id": shopify_graphql.number_of(row["id"]),
            "admin_graphql_api_id": row["id"],
            "created_at": _local(timestamps.parse(row["createdAt"])),
            "updated_at": _local(timestamps.parse(row["updatedAt"])),
            "first_name": row["firstName"],
            "last_name": row["lastName"],
            "email": row["email"],
            "orders_count": int(row["numberOfOrders"]),
            "total_spent": row["amountSpent"]["amount"],
            "tags": ", ".join(row["tags"]),
        }


def products(store: Store, moment: int) -> Iterator[Json]:
    """Return the products updated since a moment, with their variants inside."""
    by_id = {product.id: product for product in store.world.products}
    for row in shopify_graphql.products(store, moment):
        product = by_id[shopify_graphql.number_of(row["id"])]
        yield {
            "id": product.id,
            "title": product.title,
            "handle": row["handle"],
            "product_type": product.kind,
            "vendor": product.vendor,
            "tags": ", ".join(product.tags),
            "status": "active",
            "created_at": _local(timestamps.parse(row["createdAt"])),
            "updated_at": _local(timestamps.parse(row["updatedAt"])),
            "variants": [
                {
                    "id": variant.id,
                    "product_id": product.id,
                    "sku": variant.sku,
                    "title": variant.title,
                    "price": money.text(variant.price),
                    "position": position,
                }
                for position, variant in enumerate(product.variants, 1)
            ],
        }


def transactions(store: Store, moment: int) -> Iterator[Json]:
    """Return the payments of the orders updated since a moment."""
    for order in ledger.known_orders(store, moment):
        for payment in ledger.payments(order):
            yield {
                **_payment(order, payment),
                "currency": "USD",
                "test": order.test,
            }


STREAMS: dict[str, Callable[[Store, int], Iterator[Json]]] = {
    "orders": orders,
    "customers": customers,
    "products": products,
    "transactions": transactions,
}
