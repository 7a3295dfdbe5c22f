"""rpt_demand_by_size computed independently, with the delays that its rates need."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .reports import pooled_rates, product_key, variant_option
from .shop import amount, moment, nearest_rank, ratio, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .shop import Key, Line, Order, Return, Rows, Shop, Unit

KEPT = {"keep", "keep item", "donate", "donation"}
FEWEST = 30
"""Minimum number of returned units for an estimate of delays."""


@dataclasses.dataclass
class Size:
    """Units of a size of a product."""

    category: str
    sold: int = 0
    known: float = 0.0
    returned: int = 0
    exchanged_in: int = 0
    exchanged_out: int = 0
    again: int = 0
    resale_known: int = 0
    resold: int = 0
    days_to_return: list[int] = dataclasses.field(default_factory=list)
    days_to_resale: list[int] = dataclasses.field(default_factory=list)


def rated_units(shop: Shop) -> Iterator[tuple[Unit, Return, Order]]:
    """Return the units in return rates that came back by the data-through date."""
    for order in shop.orders:
        for record in order.returns if order.is_eligible else []:
            for unit in record.units if record.is_rated else []:
                is_sold = unit.line is None or unit.line.is_sold
                if unit.is_counted and is_sold and record.day <= shop.data_through:
                    yield unit, record, order


def exchanged(record: Return) -> list[Unit]:
    """Return the units of a return whose replacement was sent.

    Loop may say of too few units that they were exchanged; then others are taken, as many
    as there are items left, the least refunded ones first.
    """
    raw = record.raw
    done = (raw.get("outcomes_processed_at") or {}).get("exchange_processed")
    is_processed = raw.get("was_processed")
    if is_processed is None:
        is_processed = record.state == "closed"
    is_made = any(item.get("exchange_order_id") for item in raw["exchanges"])
    if not (record.is_realised and record.has_exchange):
        return []
    if not (is_processed or is_made or done):
        return []
    found = [unit for unit in record.units if unit.outcome == "exchange"]
    others = sorted(
        (unit for unit in record.units if unit.outcome == "unresolved"),
        key=lambda one: (amount(one.raw["refund"]), str(one.raw["line_item_id"])),
    )
    return found + others[: max(len(raw["exchanges"]) - len(found), 0)]


def shares_made(shop: Shop) -> dict[int, float]:
    """Return the share of returns that is made by each age of an order.

    Each return that took a number of days is compared with all returns that took at most
    as many, of orders that are at least that old. Nothing is known of a new shop.
    """
    start = shop.data_through - timedelta(days=730)

    def age(order: Order) -> int:
        return (shop.data_through - order.day).days

    ages = {
        age(order)
        for order in shop.orders
        if order.is_eligible
        and start < order.day <= shop.data_through
        and any(line.is_sold and line.quantity for line in order.lines)
    }
    delays = [
        (max((record.day - order.day).days, 0), age(order))
        for _, record, order in rated_units(shop)
        if order.day > start
    ]
    if len(delays) < FEWEST or max(ages, default=-1) < shop.maturity_days:
        return {}
    made, share = {}, 1.0
    for day in range(max(ages), -1, -1):
        made[day] = share
        back = sum(delay == day for delay, _ in delays)
        risk = sum(delay <= day <= old for delay, old in delays)
        if back:
            share *= max(risk - back, 0.5) / risk
    first = min(delay for delay, _ in delays)
    last = min(day for day, value in made.items() if value >= 0.995)
    return {
        day: 1.0 if day >= last else 0.0 if day < first else value
        for day, value in made.items()
    }


def demand_by_size(shop: Shop) -> Rows:
    """rpt_demand_by_size."""
    made = shares_made(shop)
    if not made:
        return {}
    sizes = _counted(shop, made)
    products: dict[str, list[Key]] = defaultdict(list)
    for key in sizes:
        products[key[0]].append(key)
    for keys in products.values():
        category = max(sizes[key].category for key in keys)
        for key in keys:
            sizes[key].category = category
    known = {key: Fraction(stored(Fraction(one.known))) for key, one in sizes.items()}
    rates = pooled_rates(
        {
            key: (min(one.returned, known[key]), known[key])
            for key, one in sizes.items()
        },
        {key: [(key[0], one.category), (one.category,)] for key, one in sizes.items()},
    )
    expected = {
        key: one.returned
        + rates[key]["unit_return_rate_pooled"] * max(one.sold - one.known, 0)
        for key, one in sizes.items()
    }
    growth = {
        product: (
            sum(expected[key] for key in keys) / back
            if (back := sum(sizes[key].returned for key in keys))
            else 1
        )
        for product, keys in products.items()
    }
    return {
        key: rates[key]
        | {
            "product_category": one.category,
            "orders_from_date": shop.data_through - timedelta(days=364),
            "sold_units": one.sold,
            "returned_units": one.returned,
            "exchanged_out_units": one.exchanged_out,
            "exchanged_in_units": one.exchanged_in,
            "returned_again_units": one.again,
            "demand_units": one.sold + one.exchanged_in - one.exchanged_out,
            "share_known": one.known / one.sold if one.sold else None,
            "expected_returned_units": expected[key],
            "net_demand_units": one.sold
            - expected[key]
            + growth[key[0]] * (one.exchanged_in - one.again),
            "median_days_to_return": nearest_rank(one.days_to_return, Fraction(1, 2)),
            "resale_known_units": one.resale_known,
            "resold_units": one.resold,
            "resale_share": ratio(one.resold, one.resale_known),
            "median_days_to_resale": nearest_rank(one.days_to_resale, Fraction(1, 2)),
        }
        for key, one in sizes.items()
    }


def _counted(shop: Shop, made: dict[int, float]) -> dict[Key, Size]:
    """Count the units of each size, of orders of the last 365 days."""
    sizes: dict[Key, Size] = {}
    start = shop.data_through - timedelta(days=364)

    def is_of_the_year(day: date) -> bool:
        return start <= day <= shop.data_through

    def size_of(one: Line | Unit) -> Size:
        key = (product_key(one), variant_option(one, "size"))
        size = sizes.setdefault(key, Size(one.category))
        size.category = max(size.category, one.category)
        return size

    for order in shop.orders:
        for line in order.lines:
            is_sent = line.is_exchange or order.role == "exchange"
            if order.is_eligible and line.is_sold and is_of_the_year(order.day):
                size = size_of(line)
                size.sold += line.quantity
                size.exchanged_in += line.added
                age = (shop.data_through - order.day).days
                size.known += line.quantity * made.get(age, 0.0)
            elif (
                order.root.is_eligible
                and is_sent
                and line.is_merchandise
                and is_of_the_year(order.root.day)
            ):
                size = size_of(line)
                size.exchanged_in += line.quantity + line.added
                again = [
                    (unit, record)
                    for record in order.returns
                    if record.is_rated and record.day <= shop.data_through
                    for unit in record.units
                    if unit.line is line and not unit.is_over_quantity
                ]
                size.again += len(again)
                size.exchanged_out += sum(
                    any(unit is one for one in exchanged(record))
                    for unit, record in again
                )
    for unit, record, order in rated_units(shop):
        if is_of_the_year(order.day):
            _put_returned(shop, size_of(unit.line or unit), unit, record, order)
    return sizes


def _put_returned(
    shop: Shop, size: Size, unit: Unit, record: Return, order: Order
) -> None:
    size.returned += 1
    size.exchanged_out += any(unit is one for one in exchanged(record))
    if (shop.data_through - order.day).days >= shop.maturity_days:
        size.days_to_return.append(max((record.day - order.day).days, 0))
    end: dict[str, Any] = unit.raw.get("disposition") or {}
    outcome = end.get("disposition_outcome")
    is_kept = (unit.raw.get("outcome") or "").lower() in KEPT
    size.resale_known += outcome is not None or is_kept
    if outcome == "back_to_stock":
        size.resold += 1
        inspected = moment((unit.raw.get("condition") or {}).get("inspected_at"))
        if inspected:
            day = inspected.astimezone(shop.zone).date()
            size.days_to_resale.append(max((day - record.day).days, 0))


DEMAND = {"rpt_demand_by_size": (("product_key", "size"), demand_by_size)}
"""Key columns and computation of the report."""
