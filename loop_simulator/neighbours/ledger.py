"""An order's payments, refunds and statuses in the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from loop_simulator import money
from loop_simulator.neighbours.adjustments import Adjustment, adjustments
from loop_simulator.state import Store
from loop_simulator.wire import refund_id
from loop_simulator.world import Order, OrderLine, Return, ReturnLine, StaffRefund

STAFF_REFUND_ID = 870_000_000_000
"""First id of refunds made by staff."""
BY_LOOP = "Loop"
"""Note of the refunds that Loop makes."""
SECONDS_TO_FAIL = 20
"""Time from a failed first attempt to the successful payment."""


@dataclass(frozen=True)
class Payment:
    """A payment or refund of an order, or a failed attempt; amounts of refunds are positive."""

    id: int
    kind: str
    gateway: str
    amount: int
    moment: int
    status: str = "success"


@dataclass(frozen=True)
class RefundLine:
    """Units of an order line in a refund, with the amount without tax and the tax, in cents."""

    id: int
    line_id: int
    quantity: int
    restock: str
    """Restock type in lower case."""
    subtotal: int
    tax: int


@dataclass(frozen=True)
class Refund:
    """A refund in Shopify with its units and payments; an exchange moves units only."""

    id: int
    moment: int
    note: str
    lines: list[RefundLine]
    adjustments: list[Adjustment]
    payments: list[Payment]


def known_orders(store: Store, moment: int) -> Iterator[Order]:
    """Return the orders in Shopify that were updated since ``moment``, ordered by update."""
    updated = [o for o in store.world.orders if o.in_shopify and o.updated >= moment]
    return iter(sorted(updated, key=lambda order: (order.updated, order.id)))


def refunds(order: Order) -> list[Refund]:
    """Return the refunds of an order, made for processed returns or by staff.

    A refund remains if its return is cancelled later.
    """
    made: list[Refund] = []
    for record in order.returns:
        if record.processed is not None:
            made.append(_refund_of_return(order, record, _on_gift_card(order, made)))
    made += [
        _refund_by_staff(order, refund, position)
        for position, refund in enumerate(order.staff_refunds)
    ]
    return made


def _on_gift_card(order: Order, before: list[Refund]) -> int:
    """Return what a gift card paid and earlier refunds did not give back to it, cents."""
    back = sum(
        payment.amount
        for refund in before
        for payment in refund.payments
        if payment.gateway == "gift_card" and payment.status != "failure"
    )
    return max(order.credit_used - back, 0)


def _refund_of_return(order: Order, record: Return, on_gift_card: int) -> Refund:
    """Return the refund that Loop made for a return: to the gift card, then to the card."""
    number, moment = refund_id(record), record.processed or record.created
    amount = record.refund + record.shipping_refund + record.shipping_tax_refund
    status = "pending" if record.refund_pending else "success"
    has_both = 0 < order.credit_used < order.total
    to_gift_card = min(amount, on_gift_card) if has_both else 0
    payment = Payment(
        number * 8, "refund", order.gateway, amount - to_gift_card, moment, status
    )
    card = Payment(number * 8 + 1, "refund", "gift_card", to_gift_card, moment, status)
    lines = [
        _returned(unit, unit.line) for unit in record.lines if unit.line is not None
    ]
    return Refund(
        number,
        moment,
        note=BY_LOOP,
        lines=lines,
        adjustments=adjustments(
            goods=sum(line.subtotal + line.tax for line in lines),
            paid=amount,
            shipping=record.shipping_refund,
            shipping_tax=record.shipping_tax_refund,
        ),
        payments=[
            *_attempts(payment, has_failed=record.refund_failed),
            *_attempts(card, has_failed=False),
        ],
    )


def _returned(unit: ReturnLine, line: OrderLine) -> RefundLine:
    restock = "return" if unit.disposition == "back_to_stock" else "no_restock"
    return RefundLine(
        unit.id, line.id, 1, restock, unit.price - unit.discount, unit.tax
    )


def _refund_by_staff(order: Order, refund: StaffRefund, position: int) -> Refund:
    """Return a refund that staff made in Shopify."""
    number = STAFF_REFUND_ID + order.number * 8 + position
    lines = [
        _refunded(order, refund, number * 8 + index, *units)
        for index, units in enumerate(refund.units)
    ]
    amount = sum(line.subtotal + line.tax for line in lines)
    payment = Payment(number * 8, "refund", order.gateway, amount, refund.moment)
    return Refund(
        number,
        refund.moment,
        note="Order edited" if refund.restock == "cancel" else "Refunded by staff",
        lines=lines,
        adjustments=[],
        payments=_attempts(payment, has_failed=False),
    )


def _refunded(
    order: Order, refund: StaffRefund, number: int, line: OrderLine, units: int
) -> RefundLine:
    """Return units of a line in a refund by staff; an edit takes the first units."""
    first = 0 if refund.restock == "cancel" else line.removed
    discount, tax = (
        sum(money.split(amount, line.quantity)[first : first + units])
        for amount in (line.discount, line.tax)
    )
    subtotal = line.price * units - discount - order.tax_within(tax)
    return RefundLine(number, line.id, units, refund.restock, subtotal, tax)


def _attempts(payment: Payment, *, has_failed: bool) -> list[Payment]:
    """Return a payment, and before it a failed attempt if there was one."""
    if not payment.amount:
        return []
    failed = replace(
        payment,
        id=payment.id + 4,
        moment=payment.moment - SECONDS_TO_FAIL,
        status="failure",
    )
    return [failed, payment] if has_failed else [payment]


def refunded(order: Order) -> int:
    """Return the sum of an order's refunds in cents, pending ones included.

    A cancelled order without refunds counts as refunded completely.
    """
    back = sum(
        payment.amount
        for refund in refunds(order)
        for payment in refund.payments
        if payment.status != "failure"
    )
    return order.total if order.cancelled is not None and not back else back


def current_quantity(order: Order, line: OrderLine) -> int:
    """Return the units of a line without those that an edit or a refund removed."""
    back = sum(
        part.quantity
        for refund in refunds(order)
        for part in refund.lines
        if part.line_id == line.id
    )
    return line.quantity - back


def payments(order: Order) -> list[Payment]:
    """Return every payment and refund of an order, including failed ones."""
    base = order.id * 8
    made = []
    if order.credit_used:
        made.append(
            Payment(base, "sale", "gift_card", order.credit_used, order.created)
        )
    rest = order.total - order.credit_used
    if rest:
        sale = Payment(base + 1, "sale", order.gateway, rest, order.created)
        made += _attempts(sale, has_failed=order.payment_failed)
    if order.cancelled is not None and rest:
        made.append(Payment(base + 2, "refund", order.gateway, rest, order.cancelled))
    for refund in refunds(order):
        made += refund.payments
    return made


def line_name(line: OrderLine) -> str:
    """Return product and variant of an order line; lines typed by staff have no variant."""
    product, variant = line.variant.product.title, line.variant.title
    return f"{product} - {variant}" if variant else product


def financial_status(order: Order) -> str:
    """Return the order's financial status in lower case."""
    back = refunded(order)
    if not back:
        return "paid"
    return "refunded" if back >= order.total else "partially_refunded"


def fulfillment_status(order: Order, now: int) -> str:
    """Return the order's fulfillment status in lower case."""
    return "unfulfilled" if order.shipped(now) is None else "fulfilled"


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
