"""The orders that Loop creates: exchanges, native exchange lines, gift cards."""

from __future__ import annotations

from loop_simulator import money
from loop_simulator.world.records import Order, OrderLine, Product, Return, Variant

LOOP_APP = "1662707"
"""``source_name`` of orders made by Loop, as one merchant's public code lists it."""

GIFT_CARD = Variant(
    id=43_999_999_000_001,
    product=Product(
        6_199_999_000_001,
        "Gift Card",
        "Gift Cards",
        "Gift Cards",
        [],
        0,
        0.0,
        gift_card=True,
    ),
    title="Store credit",
    sku="STORE-CREDIT",
    price=0,
    barcode="",
)
"""The gift card product that is used for store credit."""


def make_orders(record: Return) -> list[Order]:
    """Create the orders that a return causes up to its current state.

    Args:
        record: A return whose times are up to date.

    Returns:
        The orders made now; they still need numbers.

    """
    made = []
    if record.items and record.exchanged is not None and record.exchange_order is None:
        if record.native:
            _append_lines_once(record)
        else:
            record.exchange_order = _exchange_order(record, record.exchanged)
            made.append(record.exchange_order)
    issued = record.gift_card and record.processed is not None
    if issued and record.gift_card_order is None:
        record.gift_card_order = _gift_card_order(
            record, record.processed or record.created
        )
        made.append(record.gift_card_order)
    tag_original(record)
    return made


def _append_lines_once(record: Return) -> None:
    """Add the natively exchanged goods of a return to the original order."""
    if record.is_exchange_appended:
        return
    record.is_exchange_appended = True
    order = record.order
    for item in record.items:
        price = item.price + order.tax_within(item.tax)
        order.lines.append(
            OrderLine(item.variant, 1, price, item.discount, 0, item.tax, exchange=True)
        )


def _exchange_order(record: Return, moment: int) -> Order:
    """Return the exchange order; its discount leaves exactly the upsell to pay."""
    origin = record.order
    root = origin.root or origin
    root.exchange_count += 1
    left = record.upsell
    if not origin.taxes_included:
        left = money.share(left, 1_000, 1_000 + origin.tax_permille)
    lines = []
    for item in record.items:
        price = item.price + origin.tax_within(item.tax)
        worth = price - item.discount
        paid = min(left, worth)
        left -= paid
        lines.append(OrderLine(item.variant, 1, price, item.discount, worth - paid))
    order = _made_by_loop(record, moment, "exchange", lines)
    lines[0].tax = record.upsell - (order.goods - order.discounts)
    if origin.taxes_included:
        lines[0].tax = origin.tax_of(record.upsell)
    order.root, order.ordinal = root, root.exchange_count
    return order


def _gift_card_order(record: Return, moment: int) -> Order:
    """Return the order of the gift card, for which nothing is paid."""
    card = OrderLine(GIFT_CARD, 1, record.gift_card, 0, record.gift_card)
    return _made_by_loop(record, moment, "gift_card", [card])


def _made_by_loop(
    record: Return, moment: int, role: str, lines: list[OrderLine]
) -> Order:
    """Open an order as Loop's app does."""
    origin = record.order
    return Order(
        created=moment,
        updated=moment,
        customer=origin.customer,
        channel=origin.channel,
        lines=lines,
        role=role,
        source=LOOP_APP,
        currency=origin.currency,
        tax_permille=origin.tax_permille,
        taxes_included=origin.taxes_included,
        gateway="Loop" if role == "gift_card" else _gateway(origin),
        code="Loop discount",
        in_shopify=origin.in_shopify,
    )


def _gateway(origin: Order) -> str:
    """Return the gateway of an upsell, which a gift card cannot pay."""
    return "shopify_payments" if origin.gateway == "gift_card" else origin.gateway


def tag_original(record: Return) -> None:
    """Tag the original order by outcome, as Loop's help pages describe."""
    if record.processed is None and record.exchanged is None:
        return
    tags = []
    if record.items:
        tags.append("Loop Exchange" if record.native else "LE:Exchange")
    if record.gift_card:
        tags.append("Gift Card")
    if record.refund:
        tags.append("Refund")
    if record.fee:
        tags.append(f"refund_fee:{money.text(record.fee)}")
    order = record.order
    order.tags += [tag for tag in tags if tag not in order.tags]
    moment = max(record.processed or 0, record.exchanged or 0)
    order.updated = max(order.updated, moment)
