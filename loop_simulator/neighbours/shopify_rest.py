"""The same orders in the snake_case, integer-id shape of Shopify's older REST API.

Follows what REST taps land: amounts partly numbers, partly text, tags as one
string, refunds inside the order, and times with the store's offset.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.neighbours import ledger, shopify_graphql
from loop_simulator.neighbours.shopify_graphql import EXCHANGE_MARK, app_of
from loop_simulator.state import Store
from loop_simulator.wire import refund_id
from loop_simulator.world import Order, OrderLine, Return

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
        "line_items": [_line(line, order.currency) for line in order.lines],
        "refunds": [
            _refund(order, record) for record in ledger.processed_returns(order)
        ],
    }


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


def _line(line: OrderLine, currency: str) -> Json:
    """Return one order line."""
    variant = line.variant
    parts = [part for part in (line.line_discount, line.order_discount) if part]
    return {
        "id": line.id,
        "product_id": variant.product.id,
        "variant_id": variant.id,
        "sku": variant.sku,
        "title": variant.product.title,
        "variant_title": variant.title,
        "name": f"{variant.product.title} - {variant.title}",
        "vendor": variant.product.vendor,
        "quantity": line.quantity,
        "price": money.text(line.price),
        "price_set": _set(line.price, currency),
        "total_discount": money.text(line.line_discount),
        "discount_allocations": [
            {"amount": money.text(part), "amount_set": _set(part, currency)}
            for part in parts
        ],
        "gift_card": variant.product.gift_card,
        "properties": [{"name": EXCHANGE_MARK, "value": "true"}]
        if line.exchange
        else [],
        "tax_lines": [{"title": "Sales Tax", "price": money.text(line.tax)}],
    }


def _refund(order: Order, record: Return) -> Json:
    """Return one refund with its units and its payment."""
    done = _local(record.processed or record.created)
    back = ledger.refund_amount(record)
    payment = {
        "id": refund_id(record) * 8,
        "order_id": order.id,
        "kind": "refund",
        "gateway": order.gateway,
        "status": "success",
        "amount": money.text(back),
        "created_at": done,
    }
    return {
        "id": refund_id(record),
        "order_id": order.id,
        "created_at": done,
        "processed_at": done,
        "refund_line_items": [
            {
                "id": unit.id,
                "line_item_id": unit.line.id,
                "quantity": 1,
                "restock_type": "return"
                if unit.disposition == "back_to_stock"
                else "no_restock",
                "subtotal": _number(unit.price - unit.discount),
                "total_tax": _number(unit.tax),
            }
            for unit in record.lines
            if unit.line is not None
        ],
        "transactions": [payment] if back else [],
        "order_adjustments": [
            {
                "id": refund_id(record) * 2 + position,
                "refund_id": refund_id(record),
                "order_id": order.id,
                "amount": money.text(one.amount),
                "tax_amount": money.text(one.tax),
                "kind": one.kind,
            }
            for position, one in enumerate(ledger.adjustments_of(record))
        ],
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
                "id": payment.id,
                "order_id": order.id,
                "kind": payment.kind,
                "gateway": payment.gateway,
                "status": "success",
                "amount": money.text(payment.amount),
                "currency": "USD",
                "test": order.test,
                "created_at": _local(payment.moment),
            }


STREAMS: dict[str, Callable[[Store, int], Iterator[Json]]] = {
    "orders": orders,
    "customers": customers,
    "products": products,
    "transactions": transactions,
}
