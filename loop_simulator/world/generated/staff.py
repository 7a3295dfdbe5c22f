"""Changes that staff make to orders: typed lines, edits, refunds without a return."""

from __future__ import annotations

from loop_simulator.timestamps import DAY, HOUR
from loop_simulator.world.generated import catalogue, odds
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.records import Order, OrderLine, StaffRefund


def maybe_add_line(order: Order, rng: RandomStream) -> None:
    """With some probability, add a line without a product."""
    if rng.chance(odds.CUSTOM_LINE):
        extra = rng.one_of(catalogue.CUSTOM)
        order.lines.append(OrderLine(extra, 1, extra.price))


def maybe_edit(order: Order, rng: RandomStream, now: int) -> None:
    """With some probability, remove a unit before an order of several units is sent."""
    goods = _goods(order)
    several = sum(line.quantity for line in goods) > 1
    if several and rng.chance(odds.ORDER_EDIT):
        line = rng.one_of(goods)
        moment = min(order.created + rng.between(1, 20) * HOUR, now)
        line.removed = 1
        _refund(order, StaffRefund(moment, [(line, 1)], "cancel"))


def maybe_refund(order: Order, rng: RandomStream, now: int) -> None:
    """With some probability, refund units of an order without a Loop return."""
    if order.test or order.cancelled or not rng.chance(odds.STAFF_REFUND):
        return
    left = [line for line in _goods(order) if line.quantity > line.removed]
    if not rng.chance(odds.WHOLE_STAFF_REFUND):
        left = [rng.one_of(left)]
    moment = order.created + rng.between(4, 40) * DAY + rng.between(0, DAY)
    restock = "return" if rng.chance(odds.RESTOCKED) else "no_restock"
    if moment < now:
        units = [(line, line.quantity - line.removed) for line in left]
        _refund(order, StaffRefund(moment, units, restock))


def _goods(order: Order) -> list[OrderLine]:
    """Return the lines of products that can be returned."""
    return [
        line
        for line in order.lines
        if not line.variant.product.gift_card and not line.variant.product.custom
    ]


def _refund(order: Order, refund: StaffRefund) -> None:
    order.staff_refunds.append(refund)
    order.updated = max(order.updated, refund.moment)
