"""The tests behind rpt_return_alerts, computed independently from sold and returned units."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from .reports import product_key, variant_option
from .shop import month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .shop import Key, Line, Order, Rows, Shop

RATIOS = (1.5, 2.0, 3.0)
LIMITS = {"product": 125, "size": 400, "sku": 400, "reason": 500}
FEWEST = 5
"""Minimum number of returned orders of a tested item."""


class Week(NamedTuple):
    """A week of a month: number 0 to 4, the last one with at most three days."""

    month: date
    number: int


@dataclasses.dataclass
class Pair:
    """An item in an order."""

    week: Week
    sold: int = 0
    back: list[tuple[date, str]] = dataclasses.field(default_factory=list)
    """Day and reason of each unit that came back."""

    @property
    def day(self) -> date | None:
        return min((day for day, _ in self.back), default=None)

    @property
    def reason(self) -> str:
        return min(reason for _, reason in self.back)


Item = tuple[str, str, str, str]
"""Type, peer group, value and reason."""


def first_month(shop: Shop) -> date:
    """Return the first of the six months whose orders are tested."""
    last = shop.data_through
    number = last.year * 12 + last.month - 1 - 5
    return last.replace(year=number // 12, month=number % 12 + 1, day=1)


def names(line: Line) -> Iterator[tuple[str, str, str]]:
    """Return the items that a line belongs to: type, peer group and value."""
    yield "product", line.category, product_key(line)
    yield "sku", line.category, line.sku
    if (size := variant_option(line, "size")) != "(none)":
        yield "size", product_key(line), size


def pairs(shop: Shop) -> dict[tuple[str, str, str], list[Pair]]:
    """Return each item's orders."""
    found: dict[tuple[str, str, str], dict[str, Pair]] = defaultdict(dict)
    for order, line in lines(shop):
        for name in names(line):
            week = Week(month(order.day), (order.day.day - 1) // 7)
            pair = found[name].setdefault(order.id, Pair(week))
            pair.sold += line.quantity
            pair.back += back(shop, order, line)
    return {name: list(orders.values()) for name, orders in found.items()}


def lines(shop: Shop) -> Iterator[tuple[Order, Line]]:
    """Return the lines of eligible orders of the last months."""
    for order in shop.orders:
        if order.is_eligible and first_month(shop) <= order.day <= shop.data_through:
            for line in order.lines:
                if line.is_sold and line.quantity > 0:
                    yield order, line


def back(shop: Shop, order: Order, line: Line) -> Iterator[tuple[date, str]]:
    """Return day and reason of each unit of a line that came back."""
    for record in order.returns:
        if record.is_rated and record.day <= shop.data_through:
            for unit in record.units:
                if unit.is_counted and unit.line is line:
                    reason = unit.parent_reason or "(no reason)"
                    yield max(record.day, order.day), reason


def only_skus(shop: Shop) -> set[str]:
    """Return the SKUs that are the only one of their product."""
    skus = defaultdict(set)
    for _, line in lines(shop):
        skus[product_key(line)].add(line.sku)
    return {sku for found in skus.values() if len(found) == 1 for sku in found}


class Group:
    """Items of one type and peer group, for one reason or for all."""

    def __init__(self, members: dict[str, list[Pair]], reason: str) -> None:
        """Count orders by week, and returned orders by week and day."""
        self.sold = {
            value: Counter(pair.week for pair in held)
            for value, held in members.items()
        }
        self.back = {
            value: Counter(
                (pair.week, pair.day)
                for pair in held
                if pair.day and reason in {"all", pair.reason}
            )
            for value, held in members.items()
        }
        self.all_sold = sum(self.sold.values(), Counter())
        self.all_back = sum(self.back.values(), Counter())

    def share(self, value: str, week: Week) -> float:
        """Return the item's share of the orders of a week."""
        return self.sold[value][week] / self.all_sold[week]

    def weeks(self, value: str) -> set[Week]:
        """Return the weeks in which the item was sold and its peers were too."""
        return {week for week in self.sold[value] if self.share(value, week) < 1}

    def returns(self, value: str) -> list[tuple[Week, date, int, int, float]]:
        """Return week, day, returned orders of the group and the item, and the item's share."""
        return [
            (week, day, n, self.back[value][week, day], self.share(value, week))
            for (week, day), n in self.all_back.items()
            if week in self.weeks(value)
        ]


def groups(shop: Shop) -> dict[tuple[str, str, str], Group]:
    """Return the peer groups by type, name and reason."""
    members: dict[tuple[str, str], dict[str, list[Pair]]] = defaultdict(dict)
    for (kind, peers, value), held in pairs(shop).items():
        members[kind, peers][value] = held
    found = {(*key, "all"): Group(held, "all") for key, held in members.items()}
    for (kind, peers), held in members.items():
        if kind == "product":
            reasons = {pair.reason for one in held.values() for pair in one if pair.day}
            found |= {
                ("reason", peers, reason): Group(held, reason) for reason in reasons
            }
    return found


def margins(found: dict[tuple[str, str, str], Group], shop: Shop) -> dict[Item, float]:
    """Return for each item the ratio to its peers that is allowed without an alert."""
    excess: dict[Item, tuple[float, float]] = {}
    alone = only_skus(shop)
    for (kind, peers, reason), group in found.items():
        for value in group.sold:
            rows = group.returns(value)
            if not rows or (kind == "sku" and value in alone):
                continue
            seen = sum(own for *_, own, _ in rows)
            expected = sum(n * share for _, _, n, _, share in rows)
            chance = sum(n * share * (1 - share) for _, _, n, _, share in rows)
            excess[kind, peers, value, reason] = (
                ((seen - expected) ** 2 / chance - 1, chance)
                if chance >= 1
                else (0.0, 0.0)
            )
    spreads = {}
    for item in excess:
        outer = [
            one
            for key, one in excess.items()
            if key[0] == item[0] and key[1] != item[1]
        ]
        if not sum(room for _, room in outer):
            outer = [
                one for key, one in excess.items() if key[0] == item[0] and key != item
            ]
        room = sum(room for _, room in outer)
        spread = max(sum(one for one, _ in outer), 0) / room if room else 0
        spreads[item] = 1 + math.sqrt(spread)
    return spreads


def return_tests(shop: Shop) -> Rows:
    """int_return_tests: by item and month, with the evidence and the day it passed the limit."""
    found = groups(shop)
    orders = pairs(shop)
    reasons = len({reason for kind, _, reason in found if kind == "reason"})
    rows: dict[Key, dict[str, Any]] = {}
    for (kind, peers, value, reason), margin in margins(found, shop).items():
        group = found[kind, peers, reason]
        returns = group.returns(value)
        if sum(own for *_, own, _ in returns) < FEWEST:
            continue
        limit = LIMITS[kind] * (reasons if kind == "reason" else 1)
        held = [
            pair
            for pair in orders["product" if kind == "reason" else kind, peers, value]
            if pair.week in group.weeks(value)
        ]
        for start in {week.month for week in group.weeks(value)}:
            since = [one for one in returns if one[0].month >= start]
            if not since:
                continue
            evidence = {
                day: evidence_by(day, since, margin)
                for day in {row[1] for row in since}
            }
            rows[kind, peers, value, reason, start] = {
                "noticed_date": min(
                    (day for day, one in evidence.items() if one >= limit),
                    default=None,
                ),
                "log_evidence": math.log(max(evidence.values())),
                "sold_units": sum(p.sold for p in held if p.week.month >= start),
                "returned_units": sum(
                    len(pair.back)
                    for pair in held
                    if pair.week.month >= start
                    and pair.day
                    and reason in {"all", pair.reason}
                ),
                "item_weight": sum(own * (1 - share) for *_, own, share in since),
                "peer_weight": sum((n - own) * share for _, _, n, own, share in since),
            }
    return rows


def evidence_by(
    today: date, returns: list[tuple[Week, date, int, int, float]], margin: float
) -> float:
    """Return the mean likelihood ratio of the returns up to a day."""
    found = []
    for ratio in RATIOS:
        log = 0.0
        for _, day, n, own, share in returns:
            if day <= today:
                usual = share * margin / (1 - share + share * margin)
                more = share * margin * ratio / (1 - share + share * margin * ratio)
                log += own * math.log(more / usual)
                log += (n - own) * math.log((1 - more) / (1 - usual))
        found.append(math.exp(min(log, 300)))
    return sum(found) / len(found)
