"""The worked example: thirteen orders and ten returns of 2025 whose metrics are known.

Store-local dates are unambiguous in every zone of Europe and the Americas:
all events are at 12:00 UTC. Prices carry no tax: X costs 50, Y 30, Z 60.
All returns are closed except R5, which is cancelled.

======  ==========  ========  =======  ==========  =================================
return  id          order     created  units       outcome
======  ==========  ========  =======  ==========  =================================
R1      90000001    #O1       01-10    X           refund 50
R2      90000002    #O2       01-13    X           exchange for Z, upsell 10, EXC-O2
R3      90000003    #O3       01-20    Y           refund 30
R4      90000004    #O4       01-21    X, Y        X even exchange (native), Y refund
R5      90000005    #O5       01-09    X           cancelled
R6      90000006    #O6       01-15    Y           store credit 30
R7      90000007    #O8       01-12    Y           refund 30 (guest)
R8      90000008    #O1       02-01    second X    refund 50
R9      90000009    EXC-O2    01-30    Z           refund 60
R10     90000010    #O9       05-10    X           refund 50
======  ==========  ========  =======  ==========  =================================

O12 is paid wholly with the credit of R6. R4's exchange is native and adds no line to O4
here, so that the shop's units sold equal the table's.
"""

from __future__ import annotations

from loop_simulator.timestamps import DAY, at
from loop_simulator.world.fixed import fixtures
from loop_simulator.world.fixed.fixtures import closed, returned, swap, unit
from loop_simulator.world.loop_orders import LOOP_APP, tag_original
from loop_simulator.world.records import Customer, Order, OrderLine, Return, World

GOLDEN_NOW = "2025-06-30T12:00:00Z"
_WATERMARK = at("2025-06-30T11:00:00Z")
"""The last update of an order and of a return; it determines the data-through date."""

X = fixtures.product(1, "Xylo Jacket", "Jackets", 5_000, ("X", "X-2"))
Y = fixtures.product(2, "Yarrow Tee", "Tops", 3_000, ("Y",))
Z = fixtures.product(3, "Zephyr Coat", "Jackets", 6_000, ("Z",))

# Order number, customer (empty: guest), date, units of X and of Y.
_ORDERS = (
    (1, "A", "01-05", 2, 1),
    (2, "B", "01-05", 1, 0),
    (3, "C", "01-06", 0, 1),
    (4, "D", "01-06", 1, 1),
    (5, "E", "01-07", 1, 0),
    (6, "F", "01-07", 0, 1),
    (7, "G", "01-08", 1, 0),
    (8, "", "01-08", 0, 1),
    (9, "H", "05-01", 1, 0),
    (10, "A", "03-01", 1, 0),
    (11, "D", "05-30", 1, 0),
    (12, "F", "02-01", 0, 1),
)


def golden_world(now: int) -> World:
    """Return the worked example; its events do not depend on ``now``."""
    world = World("golden", 0, now, products=[X, Y, Z])
    people = {letter: _person(letter) for letter in "ABCDEFGH"}
    world.customers = list(people.values())
    orders = {
        number: _order(number, people.get(letter) or _person(""), day, x, y)
        for number, letter, day, x, y in _ORDERS
    }
    orders[11].updated = _WATERMARK
    orders[12].credit_used, orders[12].gateway = 3_000, "gift_card"
    world.returns, exchange = _returns(orders)
    world.orders = sorted([*orders.values(), exchange], key=lambda order: order.created)
    return world


def _noon(day: str) -> int:
    """Return noon of a day of 2025."""
    return at(f"2025-{day}T12:00:00Z")


def _person(letter: str) -> Customer:
    """Return customer A to H, or the guest."""
    index = "ABCDEFGH".index(letter) + 1 if letter else 0
    return fixtures.customer(index, letter or "Guest", _noon("01-01"))


def _order(number: int, person: Customer, day: str, x: int, y: int) -> Order:
    """Return the order of one row of the table."""
    lines = [
        OrderLine(product.variants[0], quantity, product.variants[0].price)
        for product, quantity in ((X, x), (Y, y))
        if quantity
    ]
    return fixtures.order(1_000 + number, f"#O{number}", person, _noon(day), lines)


def _returns(orders: dict[int, Order]) -> tuple[list[Return], Order]:
    """Create all returns and the exchange order of R2."""
    both = orders[1].lines

    def refund(number: int, order: Order, day: str, line: OrderLine) -> Return:
        return closed(returned(number, order, _noon(day), [unit(line, "refund")]), 7)

    r2 = returned(2, orders[2], _noon("01-13"), [unit(orders[2].lines[0], "exchange")])
    r2.items = [swap(Z.variants[0])]
    r2.exchanged = _noon("01-15")
    closed(r2, 7)
    exchange = _exchange_order(r2, orders[2])

    x_line, y_line = orders[4].lines
    swapped = unit(x_line, "exchange")
    swapped.wanted = X.variants[1]
    r4 = returned(
        4,
        orders[4],
        _noon("01-21"),
        [swapped, unit(y_line, "refund", "Quality", "Faulty")],
    )
    r4.items, r4.native = [swap(X.variants[1])], True
    closed(r4, 7)

    r5 = returned(5, orders[5], _noon("01-09"), [unit(orders[5].lines[0], "refund")])
    closed(r5, 1, state="cancelled")
    r6 = closed(
        returned(6, orders[6], _noon("01-15"), [unit(orders[6].lines[0], "credit")]), 7
    )
    r10 = refund(10, orders[9], "05-10", orders[9].lines[0])
    r10.updated = _WATERMARK
    records = [
        refund(1, orders[1], "01-10", both[0]),
        r2,
        refund(3, orders[3], "01-20", orders[3].lines[0]),
        r4,
        r5,
        r6,
        refund(7, orders[8], "01-12", orders[8].lines[0]),
        refund(8, orders[1], "02-01", both[0]),
        refund(9, exchange, "01-30", exchange.lines[0]),
        r10,
    ]
    for record in records:
        if record.state == "closed":
            fixtures.parcel(record, 745)
    return records, exchange


def _exchange_order(record: Return, origin: Order) -> Order:
    """Return EXC-O2: one Z, paid with 50 of return credit and 10 of new money."""
    line = OrderLine(Z.variants[0], 1, 6_000, order_discount=5_000)
    made = fixtures.order(1_013, "EXC-O2", origin.customer, _noon("01-15"), [line])
    made.role, made.source, made.code = "exchange", LOOP_APP, "Loop discount"
    made.root, made.ordinal = origin, 1
    made.updated = made.created + DAY
    record.exchange_order = made
    tag_original(record)
    return made
