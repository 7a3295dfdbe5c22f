"""How close is the nowcast to the final returns, and do its intervals contain them?

Question: which share of final counts is within the 80 and 95 % intervals, and what is
the mean absolute error of the final unit return rate on the 14th of a month, at its end
and 14 days later? The nowcast is compared with the rate to date, and with a chain ladder by
weeks whose factors are calculated for the whole shop. And how far are the expected
shares of refunds, exchanges and store credit from the final ones?

Method: 200 shops are drawn whose returns are all known. There are six kinds: steady,
growing, seasonal, small, with a change of policy, and sized (styles differ in their
rates). On each of the three days, the compiled models of the nowcast run on the data up
to that day. Rates count the orders placed up to that day. In the first error each row
has the same weight; the second error is weighted by units. Intervals are checked for
every month for which some returns may still be to come. The error of the outcomes is
half the sum of the absolute differences of the three shares, weighted by the units that
come back in the end; the outcomes to date are those of the units whose outcome is in the
data. Rows without such units are left out.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from benchmarks.estimates.compiled_models import build, compiled, load
from benchmarks.estimates.shops_with_ends import Item, Shop, drawn
from benchmarks.measuring import publish

SHOPS = 200
MONTH = date(2025, 9, 1)
DAYS = {
    "14th": date(2025, 9, 14),
    "end of month": date(2025, 9, 30),
    "14 days later": date(2025, 10, 14),
}
MODELS = (
    "int_return_delays",
    "int_return_outcomes",
    "int_returns_seen",
    "int_returns_expected",
    "int_returns_nowcast",
    "int_returns_expected_by_item",
    "int_returns_expected_by_outcome",
    "rpt_return_nowcast",
)
MATURITY_DAYS = 60
NAMES = {
    "month": "months",
    "category": "categories of months",
    "product": "products of months",
    "SKU": "SKUs of months",
}
ERRORS = (
    "| error of the final rate | rows | nowcast | rate to date | chain ladder "
    "| of rate to date | of chain ladder | by units, of rate to date "
    "| by units, of chain ladder |"
)
VALUES = {"month": "all", "category": "category", "product": "product", "SKU": "sku"}
"""Types of dimensions, by the names of their rows in the tables."""
LARGE = {"month", "category"}
OUTCOMES = {"refund": "refunded", "exchange": "exchanged", "credit": "credited"}
DIMENSIONS = {
    "all": "'all'",
    "category": "category",
    "product": "product",
    "sku": "sku",
}
"""Types of dimensions, with their columns."""
UNITS = f"""
    select
        '$kind' as dimension_type, $value as dimension_value,
        max(product) as product_key, max(product) as product_title,
        max(category) as product_category, order_date,
        date_trunc('month', order_date)::date as order_month_date,
        'USD' as currency_code, days_to_return, sum(sold_units)::bigint as sold_units,
        (50 * sum(sold_units))::decimal(18, 4) as sold_amount,
        sum(returned_units)::bigint as returned_units,
        (50 * sum(returned_units))::decimal(18, 4) as returned_amount,
        2500.0::double * sum(returned_units) as price_squares,
        {
    ", ".join(
        f"coalesce(sum(returned_units) filter (outcome = '{outcome}'), 0)::bigint"
        f" as {outcome}_units,"
        f" (50 * {outcome}_units)::decimal(18, 4) as {outcome}_amount"
        for outcome in OUTCOMES
    )
}
    from units group by all
"""
AROUND = """
create or replace table dim_currencies as
select 'USD' as currency_code, true as is_main_currency;
create or replace table int_periods as
select distinct
    order_month_date as month_date, 'month' as period_type,
    strftime(order_month_date, '%Y-%m') as period,
    order_month_date as period_start_date, false as is_current_period
from int_units_by_order_date;
create or replace table int_eligible_orders_summed_to_periods as
select 'to_date' as maturity, '' as period, true as is_period_mature
"""


BOUNDS = ", ".join(
    f"expected_returned_units_{end}_{share}"
    for share in (80, 95)
    for end in ("lower", "upper")
)
"""Columns of both intervals."""
EXPECTED = ", ".join(f"expected_{outcome}_units" for outcome in OUTCOMES.values())
"""Columns of the outcomes."""


@dataclass(frozen=True)
class Estimate:
    """An expected number of returned units with its intervals, and the final number."""

    kind: str
    final: int
    expected: float
    bounds: tuple[float, ...]
    """Values of the columns `BOUNDS`."""

    def is_within(self, share: int) -> bool:
        """Return whether the interval of 80 or 95 % contains the final number."""
        lower, upper = {80: self.bounds[:2], 95: self.bounds[2:]}[share]
        return lower <= self.final <= upper


@dataclass(frozen=True)
class Outcomes:
    """The units of each outcome: expected in the end, in the data to date, and final."""

    expected: tuple[float, ...]
    seen: tuple[int, ...]
    final: tuple[int, ...]


@dataclass(frozen=True)
class Row(Estimate):
    """The estimate of a given day for a month of one category or of all, and other figures."""

    day: str
    dimension: str
    month: date
    sold: int
    seen: int
    chain_ladder: float
    outcomes: Outcomes


def nowcast(
    connection: duckdb.DuckDBPyConnection,
    texts: dict[str, str],
    shop: Shop,
    today: date,
    kinds: Iterable[str] = ("all", "category"),
) -> list[tuple[Any, ...]]:
    """Run the compiled models on a shop's data up to a day; return the open months.

    `kinds` are the types of dimensions.
    """
    sold = [
        (day, item.category, item.product, item.sku, None, None, None, units, 0)
        for (day, item), units in shop.items_sold.items()
        if day <= today
    ]
    returned = [
        (day, item.category, item.product, item.sku, delay, outcome, shown, 0, units)
        for (day, item, delay, outcome, shown), units in shop.items_returned.items()
        if day <= today
    ]
    load(
        connection,
        "units",
        "order_date date, category text, product text, sku text,"
        " days_to_return bigint, ending text, outcome text, sold_units bigint,"
        " returned_units bigint",
        [*sold, *returned],
    )
    connection.execute(
        "create or replace table int_units_by_order_date as "
        + " union all ".join(
            UNITS.replace("$kind", kind).replace("$value", DIMENSIONS[kind])
            for kind in kinds
        )
    )
    connection.execute(AROUND)
    connection.execute(
        "create or replace table int_return_maturity as select"
        f" date '{today}' as data_through_date,"
        f" {MATURITY_DAYS}::bigint as return_maturity_days"
    )
    build(connection, texts, MODELS)
    return connection.execute(
        "select dimension_type, dimension_value, period_start_date, sold_units,"
        f" returned_units, expected_returned_units, {EXPECTED}, {BOUNDS}"
        " from rpt_return_nowcast where not is_period_finished"
    ).fetchall()


def shares_by_week(shop: Shop, today: date) -> list[float]:
    """Return the share of returns made by the end of each week, by a chain ladder."""
    triangle: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (day, _, delay), units in shop.returned.items():
        if day + timedelta(delay) <= today:
            triangle[(today - day).days // 7][delay // 7] += units
    last = max((week for one in triangle.values() for week in one), default=0)
    shares = [1.0] * (last + 1)
    for week in range(last, 0, -1):
        after = before = 0
        for age, one in triangle.items():
            if age > week:
                after += sum(units for at, units in one.items() if at <= week)
                before += sum(units for at, units in one.items() if at < week)
        shares[week - 1] = shares[week] * (before / after if after else 1)
    return shares


Key = tuple[str, str, date]
"""Type and value of a dimension, and month."""


def keys(day: date, item: Item) -> list[Key]:
    """Return the keys of the rows to which a unit of an item belongs."""
    month = day.replace(day=1)
    return [
        ("all", "all", month),
        ("category", item.category, month),
        ("product", item.product, month),
        ("sku", item.sku, month),
    ]


def chain_ladders(shop: Shop, today: date) -> dict[Key, float]:
    """Return the sold units of each row times the known share of returns."""
    shares = [0.0, *shares_by_week(shop, today)]
    known: dict[Key, float] = defaultdict(float)
    for (day, item), units in shop.items_sold.items():
        if day <= today:
            week, rest = divmod((today - day).days + 1, 7)
            at, after = (shares[min(w, len(shares) - 1)] for w in (week, week + 1))
            for key in keys(day, item):
                known[key] += units * (at + (after - at) * rest / 7)
    return known


def measured(texts: dict[str, str], seeds: Iterable[int]) -> list[Row]:
    """Return the rows of the open months of shops on each of the days."""
    with duckdb.connect(config={"threads": 1}) as connection:
        return [
            row
            for shop in map(drawn, seeds)
            for name, today in DAYS.items()
            for row in _rows(connection, texts, shop, name, today)
        ]


def _rows(
    connection: duckdb.DuckDBPyConnection,
    texts: dict[str, str],
    shop: Shop,
    name: str,
    today: date,
) -> Iterator[Row]:
    final: dict[Key, Counter[str]] = defaultdict(Counter)
    seen_outcomes: dict[Key, Counter[str]] = defaultdict(Counter)
    for (day, item, delay, outcome, shown), units in shop.items_returned.items():
        for key in keys(day, item) if day <= today else ():
            final[key][outcome] += units
            if day + timedelta(delay) <= today:
                seen_outcomes[key][shown] += units
    known = chain_ladders(shop, today)
    names = {kind: name for name, kind in VALUES.items()}
    for kind, value, month, sold, seen, expected, *others in nowcast(
        connection, texts, shop, today, DIMENSIONS
    ):
        key = kind, value, month
        share = known[key] / sold
        yield Row(
            shop.kind,
            final[key].total(),
            expected,
            tuple(others[len(OUTCOMES) :]),
            name,
            names[kind],
            month,
            sold,
            seen,
            min(sold, seen / share) if share else seen,
            Outcomes(
                tuple(others[: len(OUTCOMES)]),
                tuple(seen_outcomes[key][outcome] for outcome in OUTCOMES),
                tuple(final[key][outcome] for outcome in OUTCOMES),
            ),
        )


def outcome_errors(rows: list[Row]) -> tuple[int, float, float]:
    """Return the number of rows, and the errors of the expected outcomes and of those to date."""
    chosen = [row.outcomes for row in rows if sum(row.outcomes.seen)]
    units = sum(sum(one.final) for one in chosen)

    def off(found: Sequence[float], final: Sequence[int]) -> float:
        return (
            sum(
                abs(one / sum(found) - other / sum(final))
                for one, other in zip(found, final, strict=True)
            )
            / 2
            * sum(final)
        )

    return (
        len(chosen),
        sum(off(one.expected, one.final) for one in chosen) / units,
        sum(off(one.seen, one.final) for one in chosen) / units,
    )


def held(rows: Sequence[Estimate], share: int) -> float:
    """Return the share of rows whose interval contains the final count."""
    return sum(row.is_within(share) for row in rows) / len(rows)


def errors(rows: list[Row], *, by_units: bool = False) -> tuple[float, float, float]:
    """Return the mean absolute error of the rate: nowcast, rate to date, chain ladder."""
    weights = [row.sold if by_units else 1 for row in rows]

    def mean(found: list[float]) -> float:
        off = (
            weight * abs(one - row.final) / row.sold
            for weight, one, row in zip(weights, found, rows, strict=True)
        )
        return sum(off) / sum(weights)

    return (
        mean([row.expected for row in rows]),
        mean([float(row.seen) for row in rows]),
        mean([row.chain_ladder for row in rows]),
    )


def covered_line(name: str, rows: list[Row]) -> str:
    """Return a line of the table of intervals."""
    return f"| {name} | {len(rows):,} | {held(rows, 80):.1%} | {held(rows, 95):.1%} |"


def error_line(name: str, rows: list[Row]) -> str:
    """Return a line of the table of errors."""
    ours, naive, ladder = errors(rows)
    units, naive_units, ladder_units = errors(rows, by_units=True)
    return (
        f"| {name} | {len(rows):,} | {ours:.1%} | {naive:.1%} | {ladder:.1%}"
        f" | {ours / naive:.0%} | {ours / ladder:.0%}"
        f" | {units / naive_units:.0%} | {units / ladder_units:.0%} |"
    )


def tables(rows: list[Row]) -> str:
    """Return the tables of the README."""
    lines = [
        "| intervals of | rows | 80 % holds | 95 % holds |",
        "| --- | ---: | ---: | ---: |",
    ]
    for dimension, name in NAMES.items():
        chosen = [row for row in rows if row.dimension == dimension]
        lines.append(covered_line(name, chosen))
        for label, is_more in (
            ("less than one return", False),
            ("one return or more", True),
        ):
            some = [row for row in chosen if (row.expected - row.seen >= 1) == is_more]
            lines.append(covered_line(f"{name}, {label} to come", some))
    large = [row for row in rows if row.dimension in LARGE]
    kinds = sorted({row.kind for row in rows})
    lines += [
        covered_line(kind, [row for row in large if row.kind == kind]) for kind in kinds
    ]
    lines += ["", ERRORS, "| --- |" + " ---: |" * 8]
    for day in DAYS:
        for dimension in VALUES:
            chosen = [
                row
                for row in rows
                if (row.day, row.dimension, row.month) == (day, dimension, MONTH)
            ]
            lines.append(error_line(f"{day}, {dimension}", chosen))
    for kind in kinds:
        chosen = [
            row
            for row in large
            if (row.kind, row.day, row.month) == (kind, "14th", MONTH)
        ]
        lines.append(error_line(f"14th, {kind}", chosen))
    lines += [
        "",
        "| error of the outcomes | rows | nowcast | to date |",
        "| --- | ---: | ---: | ---: |",
    ]
    for day in DAYS:
        for dimension in VALUES:
            count, ours, naive = outcome_errors(
                [
                    row
                    for row in rows
                    if (row.day, row.dimension, row.month) == (day, dimension, MONTH)
                ]
            )
            lines.append(
                f"| {day}, {dimension} | {count:,} | {ours:.1%} | {naive:.1%} |"
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shops", type=int, default=SHOPS)
    arguments = parser.parse_args()
    rows = measured(compiled(*MODELS), range(arguments.shops))
    publish("nowcast", {"shops": arguments.shops, "rows": len(rows)}, tables(rows))


if __name__ == "__main__":
    main()
