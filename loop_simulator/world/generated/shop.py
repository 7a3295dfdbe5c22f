"""Builds a world from shoppers' histories, sorts it and numbers its orders and returns."""

from __future__ import annotations

import gc

from loop_simulator.timestamps import DAY
from loop_simulator.world.generated import catalogue
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.generated.returns import Policy
from loop_simulator.world.generated.shopper import Shop, ShopperHistory
from loop_simulator.world.numbering import Numbering, number_order
from loop_simulator.world.records import World

BULK_SHARE = 50
"""One return in fifty was updated by the bulk job."""


def shop_world(
    seed: int, returns: int, now: int, days: int, *, charges_fees: bool = False
) -> World:
    """Build a shop from the histories of its shoppers.

    Args:
        seed: The same seed gives the same world.
        returns: Exact number of returns.
        now: The simulated present.
        days: How long ago the shop opened.
        charges_fees: Whether handling fees are charged through Stripe.

    Returns:
        The world with all numbers assigned.

    """
    start = now - days * DAY
    world = World("shop", seed, now, charges_fees=charges_fees)
    # Garbage collection is switched off: there are millions of small objects, and no
    # cycles.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _add_histories(world, returns, start)
    finally:
        if collecting:
            gc.enable()
    return world


def _add_histories(world: World, returns: int, start: int) -> None:
    """Fill an empty world with shoppers' histories until it has enough returns."""
    seed, now = world.seed, world.now
    world.products = catalogue.products(seed, start, now)
    world.planted = catalogue.plant(world.products, seed)
    goods = [product for product in world.products if product.is_offered]
    policy = Policy(now, goods, charges_fees=world.charges_fees)
    shop = Shop(start, now, world.products, policy)
    index = 0
    while len(world.returns) < returns:
        index += 1
        history = ShopperHistory(
            shop, RandomStream(seed, index), index, returns - len(world.returns)
        )
        world.orders += history.orders
        world.returns += history.returns
        if history.customer.id is not None:
            world.customers.append(history.customer)
        if history.customer.subscription is not None:
            world.subscriptions.append(history.customer.subscription)
    number_all(world)
    bulk_job(world)


def number_all(world: World) -> None:
    """Number orders and returns in order of creation."""
    world.orders.sort(key=lambda order: order.created)
    for key, order in enumerate(world.orders, 1):
        number_order(order, 1_000 + key)
    world.returns.sort(key=lambda record: record.created)
    numbering = Numbering()
    for record in world.returns:
        numbering.number(record)


def bulk_job(world: World) -> None:
    """Update one return in fifty within a single second, as a bulk action does."""
    moment = world.now - 45 * DAY - world.now % DAY + 3 * 3_600
    closed = [
        record
        for record in world.returns
        if record.state == "closed" and record.updated < moment
    ]
    count = len(world.returns) // BULK_SHARE
    for record in closed[len(closed) - min(count, len(closed)) :]:
        record.updated = moment
