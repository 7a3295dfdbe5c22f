"""Generates returns: which units, the reason, and the outcome that the shopper wants."""

from __future__ import annotations

from dataclasses import dataclass

from loop_simulator import money
from loop_simulator.timestamps import DAY
from loop_simulator.world.generated import lifecycle, odds, reasons
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.records import (
    ExchangeItem,
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    Variant,
)
from loop_simulator.world.totals import compute_totals, outcome_text

FEE = 595
"""Handling fee in cents, deducted from some refunds."""
BONUS = 1_000
"""Bonus credit in cents for an exchange or credit instead of a refund."""

# Minimum and maximum days from the order to the return, by the outcome that the shopper
# wants.
_PATIENCE = {"exchange": (3, 34), "refund": (4, 48), "credit": (6, 88)}


@dataclass
class Policy:
    """Settings that all returns of a shop share."""

    now: int
    goods: list[Product]
    rate_factor: float = odds.RETURN_RATE_FACTOR
    """Factor on every product's return rate, for about one return in five orders."""
    charges_fees: bool = False
    """Whether handling fees are charged through Stripe and not deducted."""


def maybe_return(
    order: Order, rng: RandomStream, policy: Policy, before: Return | None
) -> Return | None:
    """Generate a return of units of an order, or none.

    Args:
        order: The order, which may be an exchange order.
        rng: The shopper's random numbers.
        policy: What all returns of the shop share.
        before: The previous return of the same order, if any.

    Returns:
        The return with its totals, already appended to the order, or None.

    """
    if order.source == "pos" or order.cancelled or order.role == "gift_card":
        return None
    if before is not None and not rng.chance(odds.SECOND_RETURN):
        return None
    units = _units(order, rng, policy, sure=before is not None)
    if not units:
        return None
    warranty = rng.chance(odds.WARRANTY)
    wanted = reasons.wish(rng, units[0].parent_reason or reasons.MIND)
    patience = (30, 300) if warranty else _PATIENCE[wanted]
    since = order.created if before is None else max(before.created, order.created)
    created = _moment(since + rng.triangular(*patience) * DAY, rng)
    if created >= policy.now:
        return None
    record = Return(order=order, created=created, state="open", lines=units)
    record.kind = "warranty" if warranty else "standard"
    return complete_return(record, rng, policy, wanted)


def complete_return(
    record: Return, rng: RandomStream, policy: Policy, wanted: str
) -> Return:
    """Add outcome, totals and lifecycle to a return whose units are known."""
    record.variation = rng.below(1 << 30)
    record.is_fee_charged = policy.charges_fees
    _choose(record, rng, wanted, policy.goods)
    compute_totals(record)
    record.outcome_text = outcome_text(record)
    _oddities(record, rng)
    record.order.returns.append(record)
    lifecycle.run(record, rng, policy.now)
    return record


def _moment(near: int, rng: RandomStream) -> int:
    """Pick the creation time: mostly during the day, sometimes exactly at midnight."""
    day = near - near % DAY
    if rng.chance(odds.CREATED_AT_MIDNIGHT):
        return day
    if rng.chance(odds.CREATED_ON_THE_HOUR):
        return day + rng.between(8, 22) * 3_600
    return day + rng.triangular(5 * 3_600, DAY - 1)


def _units(
    order: Order, rng: RandomStream, policy: Policy, *, sure: bool
) -> list[ReturnLine]:
    """Pick the units to return; with ``sure`` at least one, if any is left."""
    gone: dict[int, int] = {}
    for earlier in order.returns:
        if earlier.state != "cancelled":
            for unit in earlier.lines:
                gone[id(unit.line)] = gone.get(id(unit.line), 0) + 1
    factor = (
        policy.rate_factor
        * order.channel.propensity
        * (odds.EXCHANGE_RATE_FACTOR if order.role == "exchange" else 1)
    )
    chosen: list[ReturnLine] = []
    for line in order.lines:
        product = line.variant.product
        if product.gift_card or product.custom or line.exchange:
            continue
        left = line.quantity - line.removed - gone.get(id(line), 0)
        chance = 1.0 if sure else product.propensity * line.variant.fit * factor
        for _ in range(left):
            if rng.chance(chance):
                chosen.append(
                    return_line(order, line, rng, line.quantity - left + len(chosen))
                )
                chance, sure = odds.NEXT_UNIT, False
    return chosen


def return_line(
    order: Order, line: OrderLine, rng: RandomStream, position: int = 0
) -> ReturnLine:
    """Return the returned unit of an order line, with its share of discount and tax.

    On an exchange order the discount that paid for the goods with return
    credit is left out: the shopper gets back what the goods were worth.
    Loop's prices exclude tax, even if the shop's include it.
    """
    if order.role == "exchange":
        discount = line.line_discount
        tax = order.tax_of(line.price * line.quantity - discount)
    else:
        discount, tax = line.discount, line.tax
    position = min(position, line.quantity - 1)
    tax = money.split(tax, line.quantity)[position]
    group, text = reasons.reason(rng, line.variant)
    blank = rng.chance(odds.NO_REASON)
    return ReturnLine(
        line=line,
        variant=line.variant,
        price=line.price - order.tax_within(tax),
        discount=money.split(discount, line.quantity)[position],
        tax=tax,
        choice="refund",
        parent_reason=None if blank else group,
        reason=None if blank else text,
        comment=reasons.comment(rng),
    )


def _choose(
    record: Return, rng: RandomStream, wanted: str, goods: list[Product]
) -> None:
    """Choose the outcome of each unit and the units to send out."""
    mixed = len(record.lines) > 1 and rng.chance(odds.MIXED_WISHES)
    other = (
        "credit"
        if wanted == "refund" or rng.chance(odds.CREDIT_AS_SECOND)
        else "refund"
    )
    shop_on = rng.chance(odds.SHOP_ON) or any(
        _is_gone(line.variant.product, record.created) for line in record.lines
    )
    for position, line in enumerate(record.lines):
        line.choice = wanted if position == 0 or not mixed else other
        if line.choice == "exchange" and not shop_on:
            line.wanted = _sibling(line.variant, rng)
            record.items.append(
                ExchangeItem(
                    line.wanted,
                    line.price,
                    line.discount,
                    line.tax,
                    out_of_stock=rng.chance(odds.OUT_OF_STOCK),
                )
            )
    if wanted == "exchange" and shop_on:
        _shop_on(record, rng, goods)
    record.remainder = "credit" if rng.chance(odds.REMAINDER_AS_CREDIT) else "refund"
    if not record.items and rng.chance(odds.HANDLING_FEE):
        record.fee = FEE
    pure = wanted if not mixed else ""
    if pure == "credit" and rng.chance(odds.BONUS_ON_CREDIT):
        record.bonus = BONUS


def _is_gone(product: Product, moment: int) -> bool:
    return product.deleted is not None and product.deleted <= moment


def _sibling(variant: Variant, rng: RandomStream) -> Variant:
    """Pick another size or colour of the same product, at the same price where there is one."""
    others = [v for v in variant.product.variants if v is not variant]
    same = [v for v in others if v.price == variant.price]
    return rng.one_of(same or others or [variant])


def _shop_on(record: Return, rng: RandomStream, goods: list[Product]) -> None:
    """Pick other goods; some that cost at least ``BONUS`` more get bonus credit."""
    order = record.order
    for _ in range(rng.between(1, 2)):
        variant = rng.one_of(rng.one_of(goods).variants)
        tax = order.tax_of(variant.price)
        price = variant.price - order.tax_within(tax)
        record.items.append(ExchangeItem(variant, price, 0, tax))
    pool = sum(line.net for line in record.lines if line.choice == "exchange")
    if record.exchange_value >= pool + BONUS and rng.chance(odds.BONUS_ON_EXCHANGE):
        record.bonus = BONUS


def _oddities(record: Return, rng: RandomStream) -> None:
    """Add rare values that occur in real payloads."""
    even = (
        bool(record.items)
        and not record.upsell
        and not record.refund + record.gift_card
    )
    if even and rng.chance(odds.EVEN_EXCHANGE_AS_CREDIT):
        record.outcome_text = "credit"
        record.negative_price = rng.chance(odds.NEGATIVE_PRICE)
    elif rng.chance(odds.UNKNOWN_OUTCOME):
        record.outcome_text = "donation"
    if (
        record.outcome_text == "refund"
        and record.order.shipping
        and rng.chance(odds.SHIPPING_REFUND)
    ):
        order = record.order
        record.shipping_tax_refund = order.shipping_tax
        record.shipping_refund = order.shipping - order.tax_within(order.shipping_tax)
    if rng.chance(odds.GIFT_RETURN):
        record.email = f"gift.{record.variation}@example.com"
    if rng.chance(odds.NOTES):
        record.notes = rng.between(1, 3)
    record.refund_failed = rng.chance(odds.FAILED_REFUND)
    record.refund_pending = rng.chance(odds.PENDING_REFUND)
    record.native = bool(record.items) and rng.chance(odds.NATIVE_EXCHANGE)
    record.instant = bool(record.items) and rng.chance(odds.INSTANT_EXCHANGE)
