"""Simulated shops whose returns are all known, including those after the examined day.

Styles, SKUs and outcomes are drawn from a random stream of their own.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

KINDS = ("steady", "growing", "seasonal", "policy change", "small", "sized")
FIRST_YEAR = 2024
MONTHS = 23
BASKETS = (1, 1, 1, 1, 2, 2, 3)
"""Numbers of units of one category in an order; each number is equally likely."""
STYLES = 12
SIZES = (1, 2, 2, 1)
"""How often each size of a style is sold, in proportion."""
UNRESOLVED = 0.05
"""Share of returned units whose outcome is not in the data."""
SATURDAY = 5
MANY = 40
"""From this mean on, Poisson numbers are approximated by a normal distribution."""


@dataclass(frozen=True)
class Item:
    """A SKU: a size of a style of a category."""

    category: str
    style: int
    size: int

    @property
    def product(self) -> str:
        """The name of the style."""
        return f"{self.category}, style {self.style}"

    @property
    def sku(self) -> str:
        """The name of the SKU."""
        return f"{self.product}, size {self.size}"


@dataclass(frozen=True)
class Shop:
    """Units sold by day and SKU, and units returned, also by days since the order.

    A returned unit has two outcomes: the actual one and the one that is in the data.
    """

    kind: str
    items_sold: dict[tuple[date, Item], int]
    items_returned: dict[tuple[date, Item, int, str, str], int]

    @cached_property
    def sold(self) -> dict[tuple[date, str], int]:
        """Units sold by day and category."""
        units: dict[tuple[date, str], int] = defaultdict(int)
        for (day, item), sold in self.items_sold.items():
            units[day, item.category] += sold
        return dict(units)

    @cached_property
    def returned(self) -> dict[tuple[date, str, int], int]:
        """Units returned by day of the order, category and days since the order."""
        units: dict[tuple[date, str, int], int] = defaultdict(int)
        for (day, item, delay, _, _), returned in self.items_returned.items():
            units[day, item.category, delay] += returned
        return dict(units)


class Habits:
    """The properties of a shop that are drawn once: categories, rates, delays and policy."""

    def __init__(self, dice: random.Random, kind: str) -> None:
        """Draw the properties of a shop."""
        self.kind = kind
        names = [f"category {number}" for number in range(dice.randint(3, 8))]
        rates = (0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35)
        self.rates = {
            name: dice.choice(rates) * dice.uniform(0.8, 1.2) for name in names
        }
        volumes = {name: dice.lognormvariate(0, 0.8) for name in names}
        daily = (
            dice.uniform(1, 5)
            if kind == "small"
            else math.exp(dice.uniform(math.log(8), math.log(60)))
        )
        total = sum(volumes.values())
        self.daily = {name: daily * volume / total for name, volume in volumes.items()}
        self.delay = dice.uniform(math.log(7), math.log(16))
        self.delays = {name: self.delay + dice.gauss(0, 0.08) for name in names}
        self.delay_spread = dice.uniform(0.5, 0.8)
        self.shipping = dice.randint(2, 5)
        self.window = dice.choice((30, 30, 45, 60, 90))
        self.noise = 0.03 if kind == "steady" else 0.07
        self.change = dice.randint(MONTHS - 9, MONTHS - 2)
        self.effect = dice.choice((0.75, 0.8, 1.25))
        self.new_window = dice.choice((14, 30, 45, 60))
        self.styles = {
            name: [
                (dice.lognormvariate(0, 0.7), dice.gauss(0, 0.35))
                for _ in range(STYLES)
            ]
            for name in names
        }

    def style(self, dice: random.Random, category: str) -> int:
        """Draw the style of an order."""
        weights = [style[0] for style in self.styles[category]]
        return dice.choices(range(STYLES), weights)[0]

    def fitted(self, rate: float, category: str, style: int) -> float:
        """Return the rate of a style; styles differ only in a sized shop."""
        if self.kind != "sized":
            return rate
        fit = self.styles[category][style][1]
        return 1 / (1 + math.exp(-math.log(rate / (1 - rate)) - fit))

    def level(self, month: int) -> float:
        """Return the factor by which the rates of a month differ from the usual rates."""
        if self.kind == "seasonal":
            return 1 + 0.15 * math.cos(2 * math.pi * (month % 12 - 11) / 12)
        if self.kind == "policy change" and month >= self.change:
            return self.effect
        return 1.0

    def volume(self, month: int) -> float:
        """Return the factor by which the sales of a month differ from the usual sales."""
        if self.kind == "seasonal":
            return 1 + 0.6 * math.cos(2 * math.pi * (month % 12 - 10) / 12)
        if self.kind == "growing":
            return float(4 ** (month / MONTHS) / 2)
        return 1.0

    def window_of(self, day: date, month: int) -> int:
        """Return for how many days an order may be returned.

        Orders of November and December may be returned in seasonal shops until 31 January
        or longer.
        """
        if self.kind == "policy change" and month >= self.change:
            return self.new_window
        if self.kind == "seasonal" and month % 12 in {10, 11}:
            return max(self.window, (date(day.year + 1, 1, 31) - day).days)
        return self.window


def first_of(month: int) -> date:
    """Return the first day of a month; months are numbered from the shop's first month."""
    return date(FIRST_YEAR + month // 12, month % 12 + 1, 1)


class Ends:
    """The properties of a shop that decide sizes and outcomes."""

    def __init__(self, seed: int, habits: Habits) -> None:
        """Draw the properties of a shop."""
        self.dice = random.Random(f"items of {seed}")  # noqa: S311
        self.exchanged = self.dice.uniform(0.2, 0.6)
        self.patience = self.dice.uniform(10, 40)
        self.credited = self.dice.uniform(0.05, 0.4)
        self.habits = habits
        self.likings = {name: self.dice.uniform(0.5, 1.3) for name in habits.rates}
        self.fits: dict[Item, float] = {}

    def size(self, category: str, style: int, *, is_returned: bool) -> Item:
        """Draw the size of a unit; in a sized shop some sizes are returned more often."""
        items = [Item(category, style, size) for size in range(len(SIZES))]
        weights: list[float] = [*SIZES]
        if is_returned and self.habits.kind == "sized":
            weights = [
                weight * math.exp(self.fit(item))
                for weight, item in zip(weights, items, strict=True)
            ]
        return self.dice.choices(items, weights)[0]

    def fit(self, item: Item) -> float:
        """Return how much more often a size is returned than others of its style."""
        if item not in self.fits:
            self.fits[item] = self.dice.gauss(0, 0.3)
        return self.fits[item]

    def outcome(self, category: str, delay: int) -> tuple[str, str]:
        """Draw the outcome of a returned unit, and the one in the data."""
        exchanged = self.exchanged * self.likings[category]
        if self.dice.random() < exchanged * math.exp(-delay / self.patience) * 1.3:
            outcome = "exchange"
        else:
            outcome = "credit" if self.dice.random() < self.credited else "refund"
        is_known = self.dice.random() >= UNRESOLVED
        return outcome, outcome if is_known else "unresolved"


def drawn(seed: int) -> Shop:
    """Draw a shop; the seed also decides its kind."""
    dice = random.Random(seed)  # noqa: S311
    habits = Habits(dice, KINDS[seed % len(KINDS)])
    ends = Ends(seed, habits)
    sold: dict[tuple[date, Item], int] = defaultdict(int)
    returned: dict[tuple[date, Item, int, str, str], int] = defaultdict(int)
    for month in range(MONTHS):
        of_month, slower = dice.gauss(0, habits.noise), dice.gauss(0, 0.04)
        for category, usual in habits.rates.items():
            own = dice.gauss(0, habits.noise)
            rate = min(0.6, usual * habits.level(month) * math.exp(of_month + own))
            day = first_of(month)
            while day < first_of(month + 1):
                busy = 1.3 if day.weekday() >= SATURDAY else 0.9
                mean = habits.daily[category] * habits.volume(month) * busy
                left = _poisson(dice, mean)
                while left > 0:
                    units = min(left, dice.choice(BASKETS))
                    left -= units
                    is_sized = habits.kind == "sized"
                    style = habits.style(dice if is_sized else ends.dice, category)
                    back = _back(dice, habits.fitted(rate, category, style), units)
                    centre = habits.delays[category] + slower
                    delay = int(dice.lognormvariate(centre, habits.delay_spread))
                    late = habits.window_of(day, month) + 5
                    if delay > late:
                        back = 0
                    delay += habits.shipping
                    for unit in range(units):
                        is_returned = unit < back
                        item = ends.size(category, style, is_returned=is_returned)
                        sold[day, item] += 1
                        if is_returned:
                            outcomes = ends.outcome(category, delay)
                            returned[day, item, delay, *outcomes] += 1
                day += timedelta(1)
    return Shop(habits.kind, dict(sold), dict(returned))


def _back(dice: random.Random, rate: float, units: int) -> int:
    """Draw how many units of an order come back; units of one order are correlated."""
    if units > 1:
        rate = dice.betavariate(rate * 1.5, (1 - rate) * 1.5)
    return sum(dice.random() < rate for _ in range(units))


def _poisson(dice: random.Random, mean: float) -> int:
    if mean > MANY:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    least, number, product = math.exp(-mean), 0, dice.random()
    while product > least:
        number += 1
        product *= dice.random()
    return number
