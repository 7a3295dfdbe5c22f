"""Shopify's sales report as its query language ShopifyQL returns it, by day and order.

It is calculated from the money of each event, not from the lines and adjustments of refunds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from loop_simulator import money, timestamps
from loop_simulator.neighbours import ledger
from loop_simulator.state import Store
from loop_simulator.world import Order

Json = dict[str, Any]


def sales(store: Store, moment: int) -> Iterator[Json]:
    """Return the sales reversals of each order and day that were made since a moment."""
    zone = ZoneInfo(store.world.zone)
    totals: dict[tuple[str, int], int] = defaultdict(int)
    newest: dict[tuple[str, int], int] = {}
    names: dict[int, str] = {}
    for order in store.world.orders:
        if not order.in_shopify or order.test:
            continue
        names[order.id] = order.name
        for at, amount in _reversals(order):
            day = datetime.fromtimestamp(at, UTC).astimezone(zone).date().isoformat()
            totals[day, order.id] -= amount
            newest[day, order.id] = max(newest.get((day, order.id), 0), at)
    for (day, number), at in sorted(newest.items(), key=lambda entry: entry[::-1]):
        if at >= moment:
            yield {
                "id": f"{day}/{number}",
                "day": day,
                "order_id": str(number),
                "order_name": names[number],
                "total_sales_reversals": money.text(totals[day, number]),
                "updatedAt": timestamps.zulu(at),
            }


def _reversals(order: Order) -> Iterator[tuple[int, int]]:
    """Return when sales of an order were reversed, and by how much, in cents.

    A refund reverses what is paid back: the value of its goods and shipping, less the
    part that its adjustments add again.
    """
    for record in order.returns:
        if record.processed is not None:
            paid = record.refund + record.shipping_refund + record.shipping_tax_refund
            yield record.processed, paid
    for refund in ledger.refunds(order):
        if refund.note != ledger.BY_LOOP:
            yield refund.moment, sum(part.subtotal + part.tax for part in refund.lines)
    if order.cancelled is not None:
        yield order.cancelled, order.total


STREAMS: dict[str, Callable[[Store, int], Iterator[Json]]] = {"sales": sales}
