"""Simulated shops whose returns are all known, including those after the examined day."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

KINDS = ("steady", "growing", "seasonal", "policy change", "small", "sized")
FIRST_YEAR = 2024
MONTHS = 23
BASKETS = (1, 1, 1, 1, 2, 2, 3)
"""Numbers of units of one category in an order; each number is equally likely."""
STYLES = 12
SATURDAY = 5
MANY = 40
"""From this mean on, Poisson numbers are approximated by a normal distribution."""


@dataclass(frozen=True)
class Shop:
    """Units sold by day and category, and units returned, also by days since the order."""

    kind: str
    sold: dict[tuple[date, str], int]
    returned: dict[tuple[date, str, int], int]


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


def drawn(seed: int) -> Shop:
    """Draw a shop; the seed also decides its kind."""
    dice = random.Random(seed)  # noqa: S311
    habits = Habits(dice, KINDS[seed % len(KINDS)])
    sold: dict[tuple[date, str], int] = defaultdict(int)
    returned: dict[tuple[date, str, int], int] = defaultdict(int)
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
                sold[day, category] += left
                while left > 0:
                    units = min(left, dice.choice(BASKETS))
                    left -= units
                    back = _back(dice, habits, category, rate, units)
                    centre = habits.delays[category] + slower
                    delay = int(dice.lognormvariate(centre, habits.delay_spread))
                    late = habits.window_of(day, month) + 5
                    if back and delay <= late:
                        returned[day, category, habits.shipping + delay] += back
                day += timedelta(1)
    return Shop(habits.kind, dict(sold), dict(returned))


def _back(
    dice: random.Random, habits: Habits, category: str, rate: float, units: int
) -> int:
    """Draw how many units of an order come back; units of one order are correlated."""
    if habits.kind == "sized":
        styles = habits.styles[category]
        [(_, fit)] = dice.choices(styles, [style[0] for style in styles])
        rate = 1 / (1 + math.exp(-math.log(rate / (1 - rate)) - fit))
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
