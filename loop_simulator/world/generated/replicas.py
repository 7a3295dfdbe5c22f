"""A large shop made of replicas: copies of a small one with their own keys and times.

Replica k is a copy of the small shop, with all times k * 41 seconds earlier and all
keys larger by k times the key step. All replicas sell the same products. Shoppers do
not share orders, so a single shopper can be copied alone.
"""

from __future__ import annotations

import copy
import re

from loop_simulator.world.generated.shop import shop_world
from loop_simulator.world.loop_orders import GIFT_CARD
from loop_simulator.world.numbering import CUSTOMER_STEP, LINE_STEP, ORDER_STEP
from loop_simulator.world.records import (
    Order,
    Product,
    Replication,
    Return,
    Shopper,
    World,
)

SECONDS_APART = -41
"""Seconds between adjacent replicas; a prime, so they do not share full hours or
midnights."""
_TRACKING_STEP = 1_000_003
_ROUND = 1_000
"""The key step is a multiple of this, so rules that use remainders of keys hold in
every replica."""


def replicated_world(
    seed: int, returns: int, now: int, days: int, replicas: int
) -> World:
    """Build a shop of replicas.

    Args:
        seed: Same seed, same world.
        returns: How many returns in all, a multiple of ``replicas``.
        now: The simulated present.
        days: How long ago the shop opened.
        replicas: How many replicas.

    Returns:
        Replica 0 as an ordinary world, with the replication.

    Raises:
        ValueError: If the returns cannot be divided evenly.

    """
    if replicas < 1 or returns % replicas:
        msg = f"{returns} returns cannot be divided among {replicas} replicas"
        raise ValueError(msg)
    # Built three times, because a change in one must not change the others.
    world, first, last = (
        shop_world(seed, returns // replicas, now, days) for _ in range(3)
    )
    key_step = _key_step(world)
    for shopper in group_by_shopper(last):
        shift(shopper, key_step, replicas - 1)
    last.now += SECONDS_APART * (replicas - 1)
    world.replication = Replication(first, last, replicas, key_step)
    return world


def _key_step(world: World) -> int:
    """Return a number larger than any counter of the world, as the step of keys."""
    reached = max(
        len(world.orders),
        sum(len(record.lines) for record in world.returns),
        sum(len(record.items) for record in world.returns),
    )
    return -(-reached // _ROUND) * _ROUND


def group_by_shopper(world: World) -> list[Shopper]:
    """Return a world's shoppers, each with their orders."""
    found: dict[int, Shopper] = {}
    for order in world.orders:
        person = order.customer
        found.setdefault(id(person), Shopper(person, [])).orders.append(order)
    return list(found.values())


def replicate(
    shopper: Shopper, goods: list[Product], key_step: int, replica: int
) -> Shopper:
    """Return a copy of a shopper in another replica, with the same products and channels."""
    shared: list[object] = [GIFT_CARD, *goods]
    shared += [variant for product in goods for variant in product.variants]
    shared += [order.channel for order in shopper.orders]
    double = copy.deepcopy(shopper, {id(thing): thing for thing in shared})
    shift(double, key_step, replica)
    return double


def shift(shopper: Shopper, key_step: int, replica: int) -> None:
    """Change a shopper's keys and times to the values of another replica."""
    step, seconds = key_step * replica, SECONDS_APART * replica
    person, plan = shopper.customer, shopper.customer.subscription
    person.email = shifted_name(person.email, step)
    person.created += seconds
    if person.id is not None:
        person.id += step * CUSTOMER_STEP
    if plan is not None:
        plan.id += step
        plan.recharge_customer_id += step
        plan.created += seconds
        plan.updated += seconds
        plan.cancelled = _shifted(plan.cancelled, seconds)
    for order in shopper.orders:
        _shift_order(order, step, seconds)
    for record in shopper.returns:
        _shift_return(record, step, seconds, replica)


def _shift_order(order: Order, step: int, seconds: int) -> None:
    order.number += step
    order.id += step * ORDER_STEP
    order.name = shifted_name(order.name, step)
    order.created += seconds
    order.updated += seconds
    order.cancelled = _shifted(order.cancelled, seconds)
    for line in order.lines:
        line.id += step * LINE_STEP
    for refund in order.staff_refunds:
        refund.moment += seconds


def _shift_return(record: Return, step: int, seconds: int, replica: int) -> None:
    record.id += step
    record.created += seconds
    record.updated += seconds
    record.edited = _shifted(record.edited, seconds)
    record.closed = _shifted(record.closed, seconds)
    record.cancelled = _shifted(record.cancelled, seconds)
    record.processed = _shifted(record.processed, seconds)
    record.exchanged = _shifted(record.exchanged, seconds)
    record.email = record.email and shifted_name(record.email, step)
    for line in record.lines:
        line.id += step
    for item in record.items:
        item.id += step
    for label in record.labels:
        number = int(label.tracking.removeprefix("TRK")) + replica * _TRACKING_STEP
        label.tracking = f"TRK{number:012d}"
        label.updated += seconds


def _shifted(moment: int | None, seconds: int) -> int | None:
    return None if moment is None else moment + seconds


def shifted_name(text: str, step: int) -> str:
    """Return an order name or email address with its first number increased."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + step), text, count=1)
