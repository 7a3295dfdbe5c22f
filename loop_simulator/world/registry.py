"""The worlds by name."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from loop_simulator.timestamps import DEFAULT_NOW, parse
from loop_simulator.world.fixed import GOLDEN_NOW, golden_world, tiny_world
from loop_simulator.world.generated import replicated_world, shop_world
from loop_simulator.world.records import World

WORLDS: Mapping[str, str] = {
    "shop": "a believable shop, as large as you like",
    "golden": "ten returns with known metrics",
    "tiny": "twelve returns, one for each outcome or edge",
    "empty": "a shop without orders or returns",
}


FEWEST_DAYS = 14
"""Age of the youngest shop; in a younger one almost no order has a return yet."""


def make_world(  # noqa: PLR0913 - settings, all by name
    name: str,
    *,
    seed: int = 1,
    returns: int = 2_000,
    now: str | None = None,
    days: int = 540,
    replicas: int = 1,
    zone: str = "UTC",
    charges_fees: bool = False,
) -> World:
    """Build a world.

    Args:
        name: One of ``WORLDS``.
        seed: The same seed gives the same world; the golden and the tiny world use no
            seed.
        returns: Number of returns of the shop.
        now: The simulated present; the golden world has its own.
        days: Days since the shop opened.
        replicas: Number of copies of a smaller shop that make up the shop.
        zone: Time zone of the shop.
        charges_fees: Whether a generated shop without replicas charges handling fees
            through Stripe, and does not deduct them.

    Raises:
        ValueError: If there is no such world or time zone, the date cannot be read, the
            shop is too young, or the returns cannot be divided evenly among the
            replicas.

    """
    if name not in WORLDS:
        msg = f"no world named {name!r}; there are: {', '.join(WORLDS)}"
        raise ValueError(msg)
    if name == "shop" and days < FEWEST_DAYS:
        msg = f"a shop needs {FEWEST_DAYS} days or more to have returns, not {days}"
        raise ValueError(msg)
    if zone != "UTC":
        _check_zone(zone)
    moment = parse(now or (GOLDEN_NOW if name == "golden" else DEFAULT_NOW))
    if name == "golden":
        world = golden_world(moment)
    elif name == "tiny":
        world = tiny_world(moment)
    elif name == "empty":
        world = World("empty", seed, moment)
    elif replicas != 1:
        world = replicated_world(seed, returns, moment, days, replicas)
    else:
        world = shop_world(seed, returns, moment, days, charges_fees=charges_fees)
    world.zone = zone
    return world


def _check_zone(zone: str) -> None:
    """Refuse a time zone that does not exist."""
    try:
        ZoneInfo(zone)
    except (LookupError, OSError, ValueError):
        msg = f"no time zone named {zone!r}; an example is America/New_York"
        raise ValueError(msg) from None
