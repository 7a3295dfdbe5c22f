"""rpt_return_nowcast computed independently, without its intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from .demand import rated_units, shares_made
from .reports import product_key
from .shop import month, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .shop import Line, Order, Rows, Shop

OUTCOMES = ("refund", "exchange", "credit")
TITLES = {"refund": "refunded", "exchange": "exchanged", "credit": "credited"}
LARGE = ("all", "category", "channel")
ITEMS = ("product", "sku")
LIKE_THE_SHOP = 20
"""Returns with the shop's outcomes that are added to those of each value."""


class Key(NamedTuple):
    """A row of the report."""

    kind: str
    value: str
    month: date


@dataclass
class Cell:
    """What is known of a row on the data-through date."""

    sold: int = 0
    returned: int = 0
    known: float = 0.0
    days: dict[tuple[date, str], list[float]] = field(
        default_factory=lambda: defaultdict(lambda: [0.0, 0.0])
    )
    """Returned and known units by day and currency."""
    outcomes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    to_come: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    products: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    in_currency: Amounts | None = None


@dataclass
class Amounts:
    """Amounts in the main currency, and the units that they are for."""

    sold: Fraction = Fraction(0)
    returned: Fraction = Fraction(0)
    known: float = 0.0
    sold_units: int = 0
    returned_units: int = 0
    outcomes: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Future(NamedTuple):
    """The expected rate of a row, its variance's parts, and the units still to come."""

    rate: float
    units: float


Cells = dict[Key, Cell]


def return_nowcast(shop: Shop) -> Rows:
    """rpt_return_nowcast."""
    made = shares_made(shop)
    if not made:
        return {}
    cells = _cells(shop, made)
    futures: dict[Key, Future] = {}
    for kind in LARGE:
        futures |= _credible({k: c for k, c in cells.items() if k.kind == kind})
    for kind in ITEMS:
        futures |= _of_items(cells, futures, kind)
    mixes = _mixes(cells)
    prices = {kind: _price_ratio(cells, kind) for kind in (*LARGE, *ITEMS)}
    return {
        (key.kind, key.value, f"{key.month:%Y-%m}"): _row(
            key, cells[key], future, mixes[key], prices[key.kind]
        )
        for key, future in futures.items()
        if cells[key].sold
    }


def _cells(shop: Shop, made: dict[int, float]) -> Cells:
    cells: Cells = defaultdict(Cell)
    months = shop.data_through.year * 12 + shop.data_through.month - 15
    first = date(months // 12, months % 12 + 1, 1)
    mix, later = _outcomes_by_age(shop, made)

    def cells_of(order: Order, line: Line | None) -> Iterator[Cell]:
        values = {"all": "all", "channel": order.channel}
        if line:
            values |= {
                "category": line.category,
                "product": product_key(line),
                "sku": line.sku,
            }
        for kind, value in values.items():
            cell = cells[Key(kind, value, month(order.day))]
            if line and kind in ITEMS:
                cell.products.add(product_key(line))
                cell.categories.add(line.category)
            yield cell

    for order in shop.orders:
        is_recent = first <= month(order.day) and order.day <= shop.data_through
        for line in order.lines if order.is_eligible and is_recent else []:
            if not line.is_sold or not line.quantity:
                continue
            age = (shop.data_through - order.day).days
            for cell in cells_of(order, line):
                cell.sold += line.quantity
                cell.known += line.quantity * made[age]
                cell.days[order.day, order.currency][1] += line.quantity * made[age]
                for outcome in OUTCOMES:
                    cell.to_come[outcome] += line.quantity * later[age][outcome]
                if order.currency == shop.main_currency:
                    amounts = cell.in_currency = cell.in_currency or Amounts()
                    amounts.sold += Fraction(line.net)
                    amounts.known += float(line.net) * made[age]
                    amounts.sold_units += line.quantity
    for unit, record, order in rated_units(shop):
        if not first <= month(order.day) or order.day > shop.data_through:
            continue
        shares = (
            {unit.outcome: 1.0}
            if unit.outcome in OUTCOMES
            else mix[max((record.day - order.day).days, 0)]
        )
        for cell in cells_of(order, unit.line):
            cell.returned += 1
            cell.days[order.day, order.currency][0] += 1
            for outcome, share in shares.items():
                cell.outcomes[outcome] += share
            if order.currency == shop.main_currency:
                amounts = cell.in_currency = cell.in_currency or Amounts()
                amounts.returned += Fraction(unit.net)
                amounts.returned_units += 1
                for outcome, share in shares.items():
                    amounts.outcomes[outcome] += float(unit.net) * share
    return cells


def _outcomes_by_age(
    shop: Shop, made: dict[int, float]
) -> tuple[dict[int, dict[str, float]], dict[int, dict[str, float]]]:
    """Return the outcomes of returns made at each age, and shares of all that come later."""
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(OUTCOMES, 0))
    for unit, record, order in rated_units(shop):
        is_recent = order.day > shop.data_through - timedelta(days=730)
        if is_recent and unit.outcome in OUTCOMES:
            counts[max((record.day - order.day).days, 0)][unit.outcome] += 1
    everywhere = {
        outcome: sum(count[outcome] for count in counts.values())
        for outcome in OUTCOMES
    }
    usual = (
        {o: count / sum(everywhere.values()) for o, count in everywhere.items()}
        if any(everywhere.values())
        else {o: float(o == "refund") for o in OUTCOMES}
    )
    mix = {
        age: (
            {o: counts[age][o] / sum(counts[age].values()) for o in OUTCOMES}
            if age in counts
            else usual
        )
        for age in range(max(made) + 1)
    }
    later, sums = {}, dict.fromkeys(OUTCOMES, 0.0)
    for age in range(max(made), -1, -1):
        later[age] = dict(sums)
        on_day = made[age] - made.get(age - 1, 0.0)
        for outcome in OUTCOMES:
            sums[outcome] += on_day * mix[age][outcome]
    return mix, later


def _dispersion(cells: Iterable[Cell]) -> float:
    above = below = 0.0
    for cell in cells:
        if cell.known > 0:
            rate = cell.returned / cell.known
            days = cell.days.values()
            above += sum((back - rate * known) ** 2 for back, known in days)
            below += cell.returned * (
                1 - sum(known**2 for _, known in days) / cell.known**2
            )
    return min(max(above / below, 0.5), 5) if below else 1.0


def _spread(rows: Iterable[tuple[float, float, float]], freedom: int) -> float:
    """Return the spread by moments, of rows with seen and expected units and noise."""
    rows = list(rows)
    if freedom <= 0:
        return 0.0
    excess = sum((seen - mean) ** 2 / noise for seen, mean, noise in rows) - freedom
    return (max(excess, 0) + math.sqrt(2 * freedom)) / sum(
        mean**2 / noise for _, mean, noise in rows
    )


def _credible(cells: Cells) -> dict[Key, Future]:
    """Return what is expected of the rows of the shop, its categories or its channels."""
    noise = _dispersion(cells.values())
    shop_rate = max(sum(c.returned for c in cells.values()), 0.5) / sum(
        c.known for c in cells.values()
    )
    back: dict[str, int] = defaultdict(int)
    known: dict[str, float] = defaultdict(float)
    for key, cell in cells.items():
        back[key.value] += cell.returned
        known[key.value] += cell.known
    values = [value for value in known if known[value] > 0]
    between = _spread(
        ((back[v], shop_rate * known[v], noise * shop_rate * known[v]) for v in values),
        len(values) - 1,
    )

    def pulled(spread: float, seen: float, expected: float) -> float:
        return (noise + spread * seen) / (noise + spread * expected)

    def unsure(spread: float, expected: float) -> float:
        return spread * noise / (noise + spread * expected)

    rate, value_unsure = {}, {}
    for key, cell in cells.items():
        others = shop_rate * (known[key.value] - cell.known)
        rate[key] = shop_rate * pulled(between, back[key.value] - cell.returned, others)
        value_unsure[key] = unsure(between, others)
    months = sorted({key.month for key in cells})
    month_back = {
        m: sum(c.returned for k, c in cells.items() if k.month == m) for m in months
    }
    month_mean = {
        m: sum(rate[k] * c.known for k, c in cells.items() if k.month == m)
        for m in months
    }
    level, rows = {}, []
    for number, one in enumerate(months):
        before = months[max(number - 3, 0) : number]
        earlier_back = sum(month_back[m] for m in before)
        earlier_mean = sum(month_mean[m] for m in before)
        level[one] = max(earlier_back, 0.5) / max(earlier_mean, 0.5)
        if earlier_mean > 0 and month_mean[one] > 0:
            mean = level[one] * month_mean[one]
            rows.append(
                (
                    month_back[one],
                    mean,
                    noise * (1 + month_mean[one] / earlier_mean) * mean,
                )
            )
    months_apart = _spread(rows, len(rows))
    means = {
        k: rate[k]
        * c.known
        * level[k.month]
        * pulled(
            months_apart, month_back[k.month], level[k.month] * month_mean[k.month]
        )
        for k, c in cells.items()
    }
    some = {k: mean for k, mean in means.items() if mean > 0}
    rows_apart = _spread(
        ((cells[k].returned, mean, noise * mean) for k, mean in some.items()),
        len(some) - len({k.month for k in some}),
    )
    futures = {}
    for key, cell in cells.items():
        others = level[key.month] * max(
            month_mean[key.month] - rate[key] * cell.known, 0
        )
        others_back = max(month_back[key.month] - cell.returned, 0)
        prior = rate[key] * level[key.month] * pulled(months_apart, others_back, others)
        spread = value_unsure[key] + rows_apart + unsure(months_apart, others)
        final = min(prior * pulled(spread, cell.returned, prior * cell.known), 1)
        futures[key] = _future(final, cell)
    return futures


def _future(rate: float, cell: Cell) -> Future:
    units = rate * max(cell.sold - cell.known, 0)
    return Future(rate, min(units, max(cell.sold - cell.returned, 0)))


def _of_items(
    cells: Cells, futures: Mapping[Key, Future], kind: str
) -> dict[Key, Future]:
    """Return what is expected of products or SKUs in the months that are not finished."""
    noise = {
        one: _dispersion(c for k, c in cells.items() if k.kind == one) for one in ITEMS
    }
    rates, back, mean = {}, defaultdict(float), defaultdict(float)
    products: dict[str, set[str]] = defaultdict(set)
    categories: dict[str, set[str]] = defaultdict(set)
    for key, cell in cells.items():
        if key.kind in ITEMS:
            of_month = Key("category", max(cell.categories), key.month)
            rates[key] = futures[of_month].rate
            item = key.kind, key.value
            back[item] += cell.returned
            mean[item] += rates[key] * cell.known
            products[item].update(cell.products)
            categories[item].update(cell.categories)

    def spread(
        one: str, groups: dict[Any, set[str]], level: Callable[[Any], float]
    ) -> float:
        some = [item for item in mean if item[0] == one and mean[item] > 0]
        return _spread(
            (
                (back[i], level(i) * mean[i], noise[one] * level(i) * mean[i])
                for i in some
            ),
            len(some) - len({max(groups[i]) for i in some}),
        )

    between_products = spread("product", categories, lambda _: 1.0)

    def prior(item: tuple[str, str]) -> tuple[float, float]:
        """Return the level of a SKU's product without the SKU, and its variance."""
        own = noise[item[0]]
        others_back = others_mean = 0.0
        if item[0] == "sku":
            product = "product", max(products[item])
            others_back = max(back[product] - back[item], 0)
            others_mean = max(mean[product] - mean[item], 0)
        weight = own + between_products * others_mean
        return (
            (own + between_products * others_back) / weight,
            between_products * own / weight,
        )

    between_skus = spread("sku", products, lambda item: prior(item)[0])
    found = {}
    for key, rate in rates.items():
        cell = cells[key]
        if key.kind != kind or cell.known >= cell.sold:
            continue
        item = key.kind, key.value
        level, unsure = prior(item)
        apart = unsure + (between_skus if kind == "sku" else 0.0)
        level *= (noise[kind] + apart * back[item]) / (
            noise[kind] + apart * level * mean[item]
        )
        found[key] = _future(min(rate * level, 1), cell)
    return found


def _mixes(cells: Cells) -> dict[Key, dict[str, float]]:
    """Return the outcomes of the units still to come of each row."""
    sums: dict[tuple[str, str], dict[str, float]] = defaultdict(
        lambda: dict.fromkeys(OUTCOMES, 0.0)
    )
    for key, cell in cells.items():
        for outcome in OUTCOMES:
            sums[key[:2]][outcome] += cell.outcomes[outcome]
    shop = sums["all", "all"]
    mixes = {}
    for key, cell in cells.items():
        own = sums[key[:2]]
        weights = {}
        for outcome in OUTCOMES:
            usual = shop[outcome] / sum(shop.values()) if sum(shop.values()) else 0
            like = own[outcome] / usual if usual else sum(own.values())
            weights[outcome] = cell.to_come[outcome] * (LIKE_THE_SHOP + like)
        total = sum(weights.values())
        mixes[key] = {o: w / total if total else 0.0 for o, w in weights.items()}
    return mixes


def _price_ratio(cells: Cells, kind: str) -> float:
    """Return the price of returned units, relative to the goods sold in their row."""
    above = below = 0.0
    for key, cell in cells.items():
        amounts = cell.in_currency
        if key.kind == kind and amounts:
            above += float(amounts.returned)
            if amounts.sold_units:
                price = float(amounts.sold) / amounts.sold_units
                below += amounts.returned_units * price
    return above / below if below else 1.0


def _row(
    key: Key, cell: Cell, future: Future, mix: dict[str, float], price: float
) -> dict[str, Any]:
    amounts = cell.in_currency or Amounts()
    to_come = future.rate * price * max(float(amounts.sold) - amounts.known, 0)
    row = {
        "is_period_finished": cell.known >= cell.sold,
        "sold_units": cell.sold,
        "returned_units": cell.returned,
        "share_known": cell.known / cell.sold,
        "expected_returned_units": cell.returned + future.units,
        "unit_return_rate": ratio(cell.returned, cell.sold),
        "unit_return_rate_expected": (cell.returned + future.units) / cell.sold,
        "sold_amount": amounts.sold if cell.in_currency else None,
        "returned_amount": amounts.returned if cell.in_currency else None,
        "expected_returned_amount": amounts.returned + Fraction(to_come)
        if cell.in_currency
        else None,
    }
    for outcome, title in TITLES.items():
        row[f"expected_{title}_units"] = (
            cell.outcomes[outcome] + future.units * mix[outcome]
        )
        row[f"expected_{title}_amount"] = (
            Fraction(amounts.outcomes[outcome] + to_come * mix[outcome])
            if cell.in_currency
            else None
        )
    return row


EXPECTED = {
    "rpt_return_nowcast": (
        ("dimension_type", "dimension_value", "period"),
        return_nowcast,
    )
}
"""Key columns and computation of the report."""
