"""What the shop's books say about an order: payments, refunds, statuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loop_simulator.state import Store
from loop_simulator.wire import refund_id
from loop_simulator.world import Order, Return


@dataclass(frozen=True)
class Payment:
    """Money that moved for an order; refunds have kind ``refund`` and a positive amount."""

    id: int
    kind: str
    gateway: str
    amount: int
    moment: int


def known_orders(store: Store, moment: int) -> Iterator[Order]:
    """Give the orders the shop knows that were touched since ``moment``, oldest touch first."""
    touched = [o for o in store.world.orders if o.in_shopify and o.updated >= moment]
    return iter(sorted(touched, key=lambda order: (order.updated, order.id)))


def settled(order: Order) -> list[Return]:
    """Give the order's returns whose outcome has been carried out."""
    return [
        r for r in order.returns if r.processed is not None and r.state != "cancelled"
    ]


def paid_back(record: Return) -> int:
    """Give the money a return moved, cents, refunded shipping included."""
    return record.refund + record.shipping_refund + record.shipping_tax_refund


def refunded(order: Order) -> int:
    """Give all money paid back for an order, cents."""
    back = sum(paid_back(record) for record in settled(order))
    return order.total if order.cancelled is not None and not back else back


def payments(order: Order) -> list[Payment]:
    """Give every payment and refund of an order, oldest first."""
    base = order.id * 8
    made = []
    if order.credit_used:
        made.append(
            Payment(base, "sale", "gift_card", order.credit_used, order.created)
        )
    rest = order.total - order.credit_used
    if rest:
        made.append(Payment(base + 1, "sale", order.gateway, rest, order.created))
    if order.cancelled is not None and rest:
        made.append(Payment(base + 2, "refund", order.gateway, rest, order.cancelled))
    for record in settled(order):
        amount = paid_back(record)
        if amount:
            moment = record.processed or record.created
            made.append(
                Payment(refund_id(record) * 8, "refund", order.gateway, amount, moment)
            )
    return made


def financial_status(order: Order) -> str:
    """Name how far the order is paid, in lower case."""
    back = refunded(order)
    if not back:
        return "paid"
    return "refunded" if back >= order.total else "partially_refunded"


def fulfillment_status(order: Order, now: int) -> str:
    """Name how far the order is sent, in lower case."""
    if order.cancelled is not None or now - order.created < 2 * 86_400:
        return "unfulfilled"
    return "fulfilled"


def return_status(order: Order) -> str:
    """Name the order's return state as Shopify's GraphQL does."""
    live = [
        record
        for record in order.returns
        if record.state not in ("cancelled", "expired")
    ]
    if not live:
        return "NO_RETURN"
    return "RETURNED" if all(r.state == "closed" for r in live) else "IN_PROGRESS"
