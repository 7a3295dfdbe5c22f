"""An order's payments, refunds and statuses in the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loop_simulator.neighbours.adjustments import Adjustment, adjustments
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
    """Return the orders in Shopify that were updated since ``moment``, ordered by update."""
    updated = [o for o in store.world.orders if o.in_shopify and o.updated >= moment]
    return iter(sorted(updated, key=lambda order: (order.updated, order.id)))


def processed_returns(order: Order) -> list[Return]:
    """Return the order's processed returns."""
    return [
        r for r in order.returns if r.processed is not None and r.state != "cancelled"
    ]


def refund_amount(record: Return) -> int:
    """Return the refund of a return in cents, with shipping."""
    return record.refund + record.shipping_refund + record.shipping_tax_refund


def adjustments_of(record: Return) -> list[Adjustment]:
    """Return the order adjustments of the refund of a return."""
    return adjustments(
        goods=sum(unit.net for unit in record.lines if unit.line is not None),
        paid=refund_amount(record),
        shipping=record.shipping_refund,
        shipping_tax=record.shipping_tax_refund,
    )


def refunded(order: Order) -> int:
    """Return all refunds of an order in cents."""
    back = sum(refund_amount(record) for record in processed_returns(order))
    return order.total if order.cancelled is not None and not back else back


def payments(order: Order) -> list[Payment]:
    """Return every payment and refund of an order, oldest first."""
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
    for record in processed_returns(order):
        amount = refund_amount(record)
        if amount:
            moment = record.processed or record.created
            made.append(
                Payment(refund_id(record) * 8, "refund", order.gateway, amount, moment)
            )
    return made


def financial_status(order: Order) -> str:
    """Return the order's financial status in lower case."""
    back = refunded(order)
    if not back:
        return "paid"
    return "refunded" if back >= order.total else "partially_refunded"


def fulfillment_status(order: Order, now: int) -> str:
    """Return the order's fulfillment status in lower case."""
    if order.cancelled is not None or now - order.created < 2 * 86_400:
        return "unfulfilled"
    return "fulfilled"


def return_status(order: Order) -> str:
    """Return the order's return status as in Shopify's GraphQL."""
    live = [
        record
        for record in order.returns
        if record.state not in ("cancelled", "expired")
    ]
    if not live:
        return "NO_RETURN"
    return "RETURNED" if all(r.state == "closed" for r in live) else "IN_PROGRESS"
