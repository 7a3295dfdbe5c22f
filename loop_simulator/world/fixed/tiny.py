"""Twelve returns to check by hand: one for each outcome, state or edge.

Every unit costs 100.00 and carries 10.00 discount and 9.00 tax, so it is worth
99.00; Deluxe costs 150.00 and 13.50 tax, Basic 60.00 and 5.40 tax.

======  ============================  =========================================
number  what                          money
======  ============================  =========================================
1       refund with handling fee      refund 93.05, fee 5.95
2       even exchange, new order      exchange credit 99.00
3       upsell to Deluxe              exchange credit 99.00, upsell 64.50
4       store credit with bonus       gift card 109.00, of which 10.00 bonus
5       exchange for Basic + refund   exchange credit 65.40, refund 33.60
6       exchange for Basic + credit   exchange credit 65.40, gift card 33.60
7       credit + refund, two units    gift card 99.00, refund 99.00
8       closed by hand, no outcome    nothing moved
9       cancelled                     refund 99.00 requested, never paid
10      in review                     refund 99.00 held
11      expired, already paid out     gift card 99.00
12      open, gift, Canadian shopper  native even exchange 99.00, unknown word
======  ============================  =========================================
"""

from __future__ import annotations

from collections.abc import Callable

from loop_simulator.timestamps import DAY, HOUR
from loop_simulator.world.fixed import fixtures
from loop_simulator.world.fixed.fixtures import closed, returned, swap, unit
from loop_simulator.world.loop_orders import make_orders
from loop_simulator.world.numbering import number_order
from loop_simulator.world.records import Customer, Order, OrderLine, Return, World

SHIRT = fixtures.product(1, "Plain Shirt", "Tops", 10_000, ("SHIRT-S", "SHIRT-M"))
DELUXE = fixtures.product(2, "Deluxe Shirt", "Tops", 15_000, ("DELUXE",))
BASIC = fixtures.product(3, "Basic Shirt", "Basics", 6_000, ("BASIC",))

_TAX, _DISCOUNT, _FEE, _BONUS = 900, 1_000, 595, 1_000
_COUNT = 12
_TWO_UNITS = 7
"""The return of two units."""


def tiny_world(now: int) -> World:
    """Return the twelve returns, two days apart, the last one 25 hours before now."""
    world = World("tiny", 0, now, products=[SHIRT, DELUXE, BASIC])
    for number in range(1, _COUNT + 1):
        currency = "CAD" if number == _COUNT else "USD"
        person = fixtures.customer(number, f"Shopper{number}", now - 90 * DAY, currency)
        world.customers.append(person)
        age = 2 * (_COUNT - number) + 1
        order = _order(
            number, person, now - (age + 20) * DAY, 2 if number == _TWO_UNITS else 1
        )
        world.orders.append(order)
        world.returns.append(_tell(number, order, now - age * DAY - HOUR))
    made = [
        order
        for record in world.returns
        for order in (record.exchange_order, record.gift_card_order)
        if order is not None
    ]
    for position, order in enumerate(sorted(made, key=lambda order: order.created)):
        number_order(order, 1_000 + _COUNT + 1 + position)
    world.orders = sorted([*world.orders, *made], key=lambda order: order.created)
    return world


def _order(number: int, person: Customer, created: int, quantity: int) -> Order:
    """Return an order of one or two shirts."""
    line = OrderLine(
        SHIRT.variants[0], quantity, 10_000, _DISCOUNT * quantity, 0, _TAX * quantity
    )
    order = fixtures.order(
        1_000 + number, f"#{1_000 + number}", person, created, [line]
    )
    order.tax_permille = 100
    return order


def _tell(number: int, order: Order, created: int) -> Return:
    """Return one return of the table, in its final state."""
    choices = {
        2: "exchange",
        3: "exchange",
        4: "credit",
        5: "exchange",
        6: "exchange",
        11: "credit",
        12: "exchange",
    }
    units = [unit(order.lines[0], choices.get(number, "refund"))]
    if number == _TWO_UNITS:
        units.insert(0, unit(order.lines[0], "credit", "Changed my mind", "Other"))
    record = returned(number, order, created, units)
    _PLOT.get(number, _simply_closed)(record)
    make_orders(record)
    return record


def _simply_closed(record: Return) -> None:
    """Close the return at once; its last update is half an hour later."""
    closed(record, 0)
    record.updated = record.created + HOUR // 2
    fixtures.parcel(record, 745)


def _with_fee(record: Return) -> None:
    record.fee = _FEE
    _simply_closed(record)


def _with_bonus(record: Return) -> None:
    record.bonus = _BONUS
    _simply_closed(record)


def _even(record: Return) -> None:
    record.lines[0].wanted = SHIRT.variants[1]
    record.items = [swap(SHIRT.variants[1], _TAX, _DISCOUNT)]
    _simply_closed(record)


def _upsell(record: Return) -> None:
    record.items = [swap(DELUXE.variants[0], 1_350)]
    _simply_closed(record)


def _downgrade(remainder: str) -> Callable[[Return], None]:
    def plot(record: Return) -> None:
        record.items = [swap(BASIC.variants[0], 540)]
        record.remainder = remainder
        _simply_closed(record)

    return plot


def _by_hand(record: Return) -> None:
    record.lines[0].choice = "none"
    _simply_closed(record)
    record.outcome_text, record.processed = "", None
    record.order.tags.clear()


def _in_state(state: str) -> Callable[[Return], None]:
    def plot(record: Return) -> None:
        closed(record, 0, state=state)

    return plot


def _paid_then_expired(record: Return) -> None:
    closed(record, 0, state="expired")
    record.processed = record.created + 60


def _open_gift(record: Return) -> None:
    record.lines[0].wanted = SHIRT.variants[1]
    record.items = [swap(SHIRT.variants[1], _TAX, _DISCOUNT)]
    record.native = True
    record.email = "recipient@example.org"
    closed(record, 0, state="open")
    record.outcome_text = "donation"
    fixtures.parcel(record, 1_645, "pre_transit")


_PLOT: dict[int, Callable[[Return], None]] = {
    1: _with_fee,
    2: _even,
    3: _upsell,
    4: _with_bonus,
    5: _downgrade("refund"),
    6: _downgrade("credit"),
    8: _by_hand,
    9: _in_state("cancelled"),
    10: _in_state("review"),
    11: _paid_then_expired,
    12: _open_gift,
}
