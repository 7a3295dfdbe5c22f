"""A large shop as tiles: copies of a small one, with keys and moments of their own.

Tile k is the small shop told a little earlier, with every key larger by k steps;
goods are shared. Shoppers never meet, so a shopper is what can be copied alone.
"""

from __future__ import annotations

import copy
import re

from loop_simulator.world.loop_orders import GIFT_CARD
from loop_simulator.world.numbering import CUSTOMER_STEP, LINE_STEP, ORDER_STEP
from loop_simulator.world.records import Order, Product, Return, Shopper, Tiling, World
from loop_simulator.world.story.shop import shop_world

SECONDS = -41
"""From one tile to the next. A prime, so that tiles share no full hour or midnight."""
_TRACKING_STEP = 1_000_003
_ROUND = 1_000
"""Steps of keys are multiples of this, so that rules about remainders hold in any tile."""


def tiled_world(seed: int, returns: int, now: int, days: int, tiles: int) -> World:
    """Tell a shop as tiles.

    Args:
        seed: Same seed, same world.
        returns: How many returns to tell of, a multiple of ``tiles``.
        now: The simulated present.
        days: How long ago the shop opened.
        tiles: How many tiles.

    Returns:
        Tile nought as an ordinary world, which knows of the others.

    Raises:
        ValueError: If the returns cannot be shared out among the tiles.

    """
    if tiles < 1 or returns % tiles:
        message = f"{returns} returns cannot be shared out among {tiles} tiles"
        raise ValueError(message)
    # Told anew each time: what changes in one must not change in the others.
    world, first, last = (
        shop_world(seed, returns // tiles, now, days) for _ in range(3)
    )
    keys = _step(world)
    for shopper in shoppers(last):
        move(shopper, keys, tiles - 1)
    last.now += SECONDS * (tiles - 1)
    world.tiling = Tiling(first, last, tiles, keys)
    return world


def _step(world: World) -> int:
    """Find a step beyond the largest number any counter has reached."""
    reached = max(
        len(world.orders),
        sum(len(record.lines) for record in world.returns),
        sum(len(record.items) for record in world.returns),
    )
    return -(-reached // _ROUND) * _ROUND


def shoppers(world: World) -> list[Shopper]:
    """Group a world's orders by who ordered."""
    found: dict[int, Shopper] = {}
    for order in world.orders:
        person = order.customer
        found.setdefault(id(person), Shopper(person, [])).orders.append(order)
    return list(found.values())


def moved(shopper: Shopper, goods: list[Product], keys: int, tile: int) -> Shopper:
    """Copy a shopper into another tile; goods and channels are not copied."""
    shared: list[object] = [GIFT_CARD, *goods]
    shared += [variant for product in goods for variant in product.variants]
    shared += [order.channel for order in shopper.orders]
    double = copy.deepcopy(shopper, {id(thing): thing for thing in shared})
    move(double, keys, tile)
    return double


def move(shopper: Shopper, keys: int, tile: int) -> None:
    """Give a shopper the keys and moments of another tile."""
    step, seconds = keys * tile, SECONDS * tile
    person, plan = shopper.customer, shopper.customer.subscription
    person.email = later_name(person.email, step)
    person.created += seconds
    if person.id is not None:
        person.id += step * CUSTOMER_STEP
    if plan is not None:
        plan.id += step
        plan.recharge_customer_id += step
        plan.created += seconds
        plan.updated += seconds
        plan.cancelled = _moved(plan.cancelled, seconds)
    for order in shopper.orders:
        _move_order(order, step, seconds)
    for record in shopper.returns:
        _move_return(record, step, seconds, tile)


def _move_order(order: Order, step: int, seconds: int) -> None:
    order.number += step
    order.id += step * ORDER_STEP
    order.name = later_name(order.name, step)
    order.created += seconds
    order.updated += seconds
    order.cancelled = _moved(order.cancelled, seconds)
    for line in order.lines:
        line.id += step * LINE_STEP


def _move_return(record: Return, step: int, seconds: int, tile: int) -> None:
    record.id += step
    record.created += seconds
    record.updated += seconds
    record.edited = _moved(record.edited, seconds)
    record.closed = _moved(record.closed, seconds)
    record.processed = _moved(record.processed, seconds)
    record.exchanged = _moved(record.exchanged, seconds)
    record.email = record.email and later_name(record.email, step)
    for line in record.lines:
        line.id += step
    for item in record.items:
        item.id += step
    for label in record.labels:
        number = int(label.tracking.removeprefix("TRK")) + tile * _TRACKING_STEP
        label.tracking = f"TRK{number:012d}"
        label.updated += seconds


def _moved(moment: int | None, seconds: int) -> int | None:
    return None if moment is None else moment + seconds


def later_name(text: str, step: int) -> str:
    """Move the first number in an order's name or an address."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + step), text, count=1)
