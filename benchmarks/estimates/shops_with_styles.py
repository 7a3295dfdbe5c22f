"""Simulated shops; in some of them one style or size is returned twice as often."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

FIRST_DAY = date(2025, 4, 1)
DAYS = 183
LAST_DAY = FIRST_DAY + timedelta(DAYS - 1)
BASKETS = (1, 1, 1, 1, 2, 2, 3)
"""Numbers of units in an order; each number is equally likely."""
SAME_STYLE = 0.15
"""How often the next unit of an order is of the same style as the last one."""
TWICE = 2.0
REASONS = ("Too small", "Too large", "Quality", "Not as described", "Changed my mind")


class Unit(NamedTuple):
    """A sold unit, with the day of its return if this is within the examined period."""

    order: int
    ordered: date
    category: str
    style: str
    size: str
    returned: date | None
    reason: str


@dataclass(frozen=True)
class Kind:
    """What a shop is drawn from: its size, the spread of its return rates, the bad item."""

    name: str
    categories: int = 4
    styles: int = 12
    sizes: int = 5
    orders: tuple[int, int] = (15, 60)
    """Minimum and maximum number of orders a day."""
    style_spread: float = 0.0
    """Standard deviation of the logarithm of return rates of styles."""
    size_spread: float = 0.0
    sellers: int = 5
    """The bad item belongs to one of this many best-selling styles of its category."""
    bad: str = ""
    """Whether a `style` or a `size` is returned twice as often as its peers."""

    @property
    def skus(self) -> int:
        """Number of SKUs in a shop."""
        return self.categories * self.styles * self.sizes


KINDS = (
    Kind("styles alike"),
    Kind("styles alike, small shop", categories=2, styles=6, orders=(3, 10)),
    Kind("styles and sizes differ", style_spread=0.2, size_spread=0.1),
    Kind("styles and sizes differ much", style_spread=0.35, size_spread=0.2),
    Kind("style twice as bad", orders=(40, 60), bad="style"),
    Kind(
        "style twice as bad, others differ",
        orders=(40, 60),
        style_spread=0.2,
        size_spread=0.1,
        bad="style",
    ),
    Kind("size twice as bad", 2, 6, 4, orders=(80, 100), sellers=2, bad="size"),
)


@dataclass(frozen=True)
class Shop:
    """Units sold in half a year, with the bad style and size (empty if there is none)."""

    units: list[Unit]
    bad_style: str
    bad_size: str


def drawn(kind: Kind, seed: int) -> Shop:
    """Draw a shop."""
    dice = random.Random(f"{kind.name} {seed}")  # noqa: S311
    sizes = [f"size {number}" for number in range(kind.sizes)]
    weights = [
        math.exp(-(((n - (kind.sizes - 1) / 2) / 1.5) ** 2)) for n in range(kind.sizes)
    ]
    rates = [dice.uniform(0.05, 0.3) for _ in range(kind.categories)]
    mixes = [[dice.uniform(0.5, 2) for _ in REASONS] for _ in range(kind.categories)]
    volumes = [
        sorted((dice.lognormvariate(0, 0.7) for _ in range(kind.styles)), reverse=True)
        for _ in range(kind.categories)
    ]
    launches = [
        [max(0, dice.randint(-180, 90)) for _ in range(kind.styles)]
        for _ in range(kind.categories)
    ]
    effects = {
        (category, style, size): math.exp(of_style + dice.gauss(0, kind.size_spread))
        for category in range(kind.categories)
        for style in range(kind.styles)
        for of_style in [dice.gauss(0, kind.style_spread)]
        for size in range(kind.sizes)
    }
    bad = dice.randrange(kind.categories), dice.randrange(kind.sellers)
    bad_size = kind.sizes // 2
    if kind.bad:
        rates[bad[0]] = dice.uniform(0.1, 0.25)
        for size in range(kind.sizes):
            is_bad = kind.bad == "style" or size == bad_size
            effects[*bad, size] = TWICE if is_bad else 1.0
    daily = dice.uniform(*kind.orders)
    delay, spread = dice.uniform(math.log(7), math.log(16)), dice.uniform(0.5, 0.8)
    units: list[Unit] = []
    order = 0
    for day in range(DAYS):
        today = FIRST_DAY + timedelta(day)
        for _ in range(round(daily * dice.uniform(0.7, 1.3))):
            order += 1
            category = dice.randrange(kind.categories)
            shown = [
                volume if launches[category][style] <= day else 0.0
                for style, volume in enumerate(volumes[category])
            ]
            if not any(shown):
                continue
            # These values are the same for all units of an order.
            temper = dice.random()
            back = today + timedelta(3 + int(dice.lognormvariate(delay, spread)))
            style = -1
            for _ in range(dice.choice(BASKETS)):
                if style < 0 or dice.random() > SAME_STYLE:
                    [style] = dice.choices(range(kind.styles), shown)
                [size] = dice.choices(range(kind.sizes), weights)
                rate = min(0.9, rates[category] * effects[category, style, size])
                luck = temper if dice.random() < 0.5 else dice.random()  # noqa: PLR2004
                is_back = luck < rate and back <= LAST_DAY
                [reason] = dice.choices(REASONS, mixes[category])
                units.append(
                    Unit(
                        order,
                        today,
                        f"category {category}",
                        f"style {category}-{style}",
                        sizes[size],
                        back if is_back else None,
                        reason,
                    )
                )
    return Shop(
        units,
        f"style {bad[0]}-{bad[1]}" if kind.bad else "",
        sizes[bad_size] if kind.bad == "size" else "",
    )
