"""Assembles a world: tells the stories, sorts them in time, hands out numbers."""

from __future__ import annotations

import gc
from collections.abc import Iterable

from loop_simulator import catalogue
from loop_simulator.draws import Draws
from loop_simulator.records import Order, Return, World
from loop_simulator.returns import Policy
from loop_simulator.shop import Shop, Story
from loop_simulator.stamps import DAY

ORDER_ID = 5_550_000_000_000
ORDER_STEP = 32_768
LINE_ID = 12_200_000_000_000
LINE_STEP = 4_096
LOOP_ORDER_ID = 70_000_000
RETURN_ID = 90_000_000
RETURN_LINE_ID = 40_000_000
EXCHANGE_ID = 2_200_000

BULK_SHARE = 50
"""One return in fifty was touched by the bulk job."""


def shop_world(seed: int, returns: int, now: int, days: int) -> World:
    """Tell a shop's life.

    Args:
        seed: Same seed, same world.
        returns: How many returns to tell of, exactly.
        now: The simulated present.
        days: How long ago the shop opened.

    Returns:
        The world with every number handed out.

    """
    start = now - days * DAY
    world = World("shop", seed, now)
    # Millions of small objects and no cycle to find: the collector only costs.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _tell_stories(world, returns, start)
    finally:
        if collecting:
            gc.enable()
    return world


def _tell_stories(world: World, returns: int, start: int) -> None:
    """Fill an empty world with shoppers' stories until it has enough returns."""
    seed, now = world.seed, world.now
    world.products = catalogue.products(seed, start)
    goods = [product for product in world.products if not product.gift_card]
    shop = Shop(start, now, world.products, Policy(now, goods))
    index = 0
    while len(world.returns) < returns:
        index += 1
        story = Story(shop, Draws(seed, index), index, returns - len(world.returns))
        world.orders += story.orders
        world.returns += story.returns
        if story.customer.id is not None:
            world.customers.append(story.customer)
        if story.customer.subscription is not None:
            world.subscriptions.append(story.customer.subscription)
    number_all(world)
    bulk_job(world)


def number_all(world: World) -> None:
    """Hand out numbers and ids in order of creation, orders first."""
    world.orders.sort(key=lambda order: order.created)
    for rank, order in enumerate(world.orders, 1):
        number_order(order, 1_000 + rank)
    world.returns.sort(key=lambda record: record.created)
    numbering = Numbering()
    for record in world.returns:
        numbering.number(record)


def number_order(order: Order, number: int) -> None:
    """Give an order its id, its name and its lines' ids."""
    order.number = number
    order.id = ORDER_ID + number * ORDER_STEP
    order.name = f"#{number}"
    if order.root is not None:
        order.name = f"EXC-{order.root.name.lstrip('#')}-{order.ordinal}"
    number_lines(order)


def number_lines(order: Order) -> None:
    """Give ids to those of an order's lines that have none yet."""
    for place, line in enumerate(order.lines):
        line.id = line.id or LINE_ID + order.number * LINE_STEP + place * 32


class Numbering:
    """Hands out Loop's own ids, each kind from its own counter."""

    def __init__(self) -> None:
        """Start all counters at one."""
        self.returns = self.lines = self.items = 0

    def number(self, record: Return) -> None:
        """Give a return, its units and its exchange goods their ids."""
        self.returns += 1
        record.id = RETURN_ID + self.returns
        for line in record.lines:
            self.lines += 1
            line.id = RETURN_LINE_ID + self.lines
        for item in record.items:
            self.items += 1
            item.id = EXCHANGE_ID + self.items


def resume(returns: Iterable[Return]) -> Numbering:
    """Continue the counters after those already handed out."""
    numbering = Numbering()
    for record in returns:
        numbering.returns = max(numbering.returns, record.id - RETURN_ID)
        for line in record.lines:
            numbering.lines = max(numbering.lines, line.id - RETURN_LINE_ID)
        for item in record.items:
            numbering.items = max(numbering.items, item.id - EXCHANGE_ID)
    return numbering


def bulk_job(world: World) -> None:
    """Touch one return in fifty within a single second, as a bulk action does."""
    moment = world.now - 45 * DAY - world.now % DAY + 3 * 3_600
    settled = [
        record
        for record in world.returns
        if record.state == "closed" and record.updated < moment
    ]
    count = len(world.returns) // BULK_SHARE
    for record in settled[len(settled) - min(count, len(settled)) :]:
        record.updated = moment
