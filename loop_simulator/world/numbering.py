"""Assigns ids, numbers and names of orders and returns in order of creation."""

from __future__ import annotations

from collections.abc import Iterable

from loop_simulator.world.records import Order, Return

CUSTOMER_ID = 7_200_000_000_000
CUSTOMER_STEP = 32_771
ORDER_ID = 5_550_000_000_000
ORDER_STEP = 32_768
LINE_ID = 12_200_000_000_000
LINE_STEP = 4_096
LOOP_ORDER_ID = 70_000_000
RETURN_ID = 90_000_000
RETURN_LINE_ID = 40_000_000
EXCHANGE_ID = 2_200_000


def number_order(order: Order, number: int) -> None:
    """Set an order's id, name and line ids."""
    order.number = number
    order.id = ORDER_ID + number * ORDER_STEP
    order.name = f"#{number}"
    if order.root is not None:
        order.name = f"EXC-{order.root.name.lstrip('#')}-{order.ordinal}"
    number_lines(order)


def number_lines(order: Order) -> None:
    """Set the ids of order lines that have none yet."""
    for position, line in enumerate(order.lines):
        line.id = line.id or LINE_ID + order.number * LINE_STEP + position * 32


class Numbering:
    """Assigns Loop's own ids, with a counter for each kind."""

    def __init__(self) -> None:
        """Start all counters at zero; each is increased before its number is used."""
        self.returns = self.lines = self.items = 0

    def number(self, record: Return) -> None:
        """Set the ids of a return, its units and its exchanged units."""
        self.returns += 1
        record.id = RETURN_ID + self.returns
        for line in record.lines:
            self.lines += 1
            line.id = RETURN_LINE_ID + self.lines
        for item in record.items:
            self.items += 1
            item.id = EXCHANGE_ID + self.items


def resume(returns: Iterable[Return]) -> Numbering:
    """Continue the counters after the ids that are already assigned."""
    numbering = Numbering()
    for record in returns:
        numbering.returns = max(numbering.returns, record.id - RETURN_ID)
        for line in record.lines:
            numbering.lines = max(numbering.lines, line.id - RETURN_LINE_ID)
        for item in record.items:
            numbering.items = max(numbering.items, item.id - EXCHANGE_ID)
    return numbering
