"""Functions that build the parts of worlds written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from loop_simulator.timestamps import DAY
from loop_simulator.world import channels
from loop_simulator.world.loop_orders import tag_original
from loop_simulator.world.numbering import (
    CUSTOMER_ID,
    CUSTOMER_STEP,
    EXCHANGE_ID,
    RETURN_ID,
    RETURN_LINE_ID,
    number_order,
)
from loop_simulator.world.records import (
    Address,
    Customer,
    ExchangeItem,
    Label,
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    Variant,
)
from loop_simulator.world.totals import compute_totals, outcome_text

HOME = Address("1 Sample Way", "Salem", "OR", "97301", "United States", "US")
"""Oregon has no sales tax."""


def product(
    number: int, title: str, kind: str, price: int, skus: Sequence[str]
) -> Product:
    """Return a product with one variant per SKU, all at the same price in cents."""
    made = Product(
        id=6_100_000_000_000 + number * 1_117,
        title=title,
        kind=kind,
        vendor="Sample Goods",
        tags=[kind.lower()],
        created=0,
        propensity=0.2,
    )
    for position, sku in enumerate(skus):
        key = number * 40 + position
        made.variants.append(
            Variant(
                43_000_000_000_000 + key * 4_099,
                made,
                f"Size {position + 1}",
                sku,
                price,
                f"40{key:011d}",
            )
        )
    return made


def customer(index: int, letter: str, created: int, currency: str = "USD") -> Customer:
    """Return a shopper; index 0 is a guest."""
    name = letter.lower()
    return Customer(
        id=CUSTOMER_ID + index * CUSTOMER_STEP if index else None,
        first_name=letter,
        last_name="Sample",
        email=f"{name}@example.com",
        address=HOME,
        created=created,
        currency=currency,
    )


def order(
    number: int, name: str, person: Customer, created: int, lines: list[OrderLine]
) -> Order:
    """Return a numbered order from the direct channel."""
    made = Order(
        created=created,
        updated=created + DAY,
        customer=person,
        channel=channels.DIRECT,
        lines=lines,
        currency=person.currency,
    )
    number_order(made, number)
    made.name = name
    return made


def unit(
    line: OrderLine, choice: str, parent: str = "Size", reason: str = "Too small"
) -> ReturnLine:
    """Return one returned unit of an order line, with its share of discount and tax.

    A discount is left out if it only represents return credit that paid for the order.
    """
    return ReturnLine(
        line=line,
        variant=line.variant,
        price=line.price,
        discount=line.line_discount // line.quantity,
        tax=line.tax // line.quantity,
        choice=choice,
        parent_reason=parent,
        reason=reason,
    )


def swap(variant: Variant, tax: int = 0, discount: int = 0) -> ExchangeItem:
    """Return one unit sent out in exchange."""
    return ExchangeItem(variant, variant.price, discount, tax)


def returned(
    number: int, bought: Order, created: int, lines: list[ReturnLine]
) -> Return:
    """Return an open return without totals, with ids that follow from its number."""
    made = Return(
        order=bought, created=created, updated=created, state="open", lines=lines
    )
    made.id = RETURN_ID + number
    made.variation = number * 2 + 1
    for position, line in enumerate(lines):
        line.id = RETURN_LINE_ID + number * 10 + position
    bought.returns.append(made)
    return made


def closed(record: Return, days: int, *, state: str = "closed") -> Return:
    """Compute a return's totals; close it some days after its creation, or set another state."""
    for position, item in enumerate(record.items):
        item.id = EXCHANGE_ID + (record.id - RETURN_ID) * 10 + position
    compute_totals(record)
    record.outcome_text = outcome_text(record)
    record.state = state
    moment = record.created + days * DAY
    record.updated = moment
    if state == "closed":
        record.closed = record.processed = moment
        record.exchanged = record.exchanged or (moment if record.items else None)
        tag_original(record)
    elif state == "cancelled":
        record.cancelled = moment
    return record


def parcel(record: Return, rate: int, status: str = "delivered") -> None:
    """Add one label for all units of a return; the rate is in cents."""
    everything = list(range(len(record.lines)))
    tracking = f"TRK{record.id:012d}"
    moment = record.closed or record.created
    record.labels.append(Label("USPS", tracking, rate, status, moment, everything))
