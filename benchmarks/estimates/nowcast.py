"""How close is the nowcast to the final returns, and do its intervals contain them?

Question: which share of final counts is within the 80 and 95 % intervals, and what is
the mean absolute error of the final unit return rate on the 14th of a month, at its end
and 14 days later? The nowcast is compared with the rate to date, and with a chain ladder by
weeks whose factors are calculated for the whole shop.

Method: 200 shops are drawn whose returns are all known. There are six kinds: steady,
growing, seasonal, small, with a change of policy, and sized (styles differ in their
rates). On each of the three days, the compiled models of the nowcast run on the data up
to that day. Rates count the orders placed up to that day. In the first error each row
has the same weight; the second error is weighted by units. Intervals are checked for
every month for which some returns may still be to come.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from benchmarks.estimates.compiled_models import build, compiled, load
from benchmarks.estimates.shops_with_ends import Shop, drawn
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
    "int_returns_seen",
    "int_returns_expected",
    "int_returns_nowcast",
    "rpt_return_nowcast",
)
MATURITY_DAYS = 60
ERRORS = (
    "| error of the final rate | rows | nowcast | rate to date | chain ladder "
    "| of rate to date | of chain ladder | by units, of rate to date "
    "| by units, of chain ladder |"
)
UNITS = """
create or replace table int_units_by_order_date as
select
    'category' as dimension_type, category as dimension_value, order_date,
    date_trunc('month', order_date)::date as order_month_date, 'USD' as currency_code,
    days_to_return, sold_units, (50 * sold_units)::decimal(18, 4) as sold_amount,
    returned_units, (50 * returned_units)::decimal(18, 4) as returned_amount,
    2500.0::double * returned_units as price_squares
from units
union all by name
select
    'all' as dimension_type, 'all' as dimension_value, order_date,
    date_trunc('month', order_date)::date as order_month_date, 'USD' as currency_code,
    days_to_return, sum(sold_units)::bigint as sold_units,
    (50 * sum(sold_units))::decimal(18, 4) as sold_amount,
    sum(returned_units)::bigint as returned_units,
    (50 * sum(returned_units))::decimal(18, 4) as returned_amount,
    2500.0::double * sum(returned_units) as price_squares
from units group by order_date, days_to_return
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
class Row(Estimate):
    """The estimate of a given day for a month of one category or of all, and other figures."""

    day: str
    dimension: str
    month: date
    sold: int
    seen: int
    chain_ladder: float


def nowcast(
    connection: duckdb.DuckDBPyConnection,
    texts: dict[str, str],
    shop: Shop,
    today: date,
) -> list[tuple[Any, ...]]:
    """Run the compiled models on a shop's data up to a day; return the open months."""
    sold = [
        (day, category, None, units, 0)
        for (day, category), units in shop.sold.items()
        if day <= today
    ]
    returned = [
        (day, category, delay, 0, units)
        for (day, category, delay), units in shop.returned.items()
        if day <= today
    ]
    load(
        connection,
        "units",
        "order_date date, category text, days_to_return bigint,"
        " sold_units bigint, returned_units bigint",
        [*sold, *returned],
    )
    connection.execute(UNITS)
    connection.execute(AROUND)
    connection.execute(
        "create or replace table int_return_maturity as select"
        f" date '{today}' as data_through_date,"
        f" {MATURITY_DAYS}::bigint as return_maturity_days"
    )
    build(connection, texts, MODELS)
    return connection.execute(
        "select dimension_value, period_start_date, sold_units, returned_units,"
        f" expected_returned_units, {BOUNDS} from rpt_return_nowcast"
        " where not is_period_finished"
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


def chain_ladders(shop: Shop, today: date) -> dict[tuple[str, date], float]:
    """Return the sold units of each category and month times the known share of returns."""
    shares = [0.0, *shares_by_week(shop, today)]
    known: dict[tuple[str, date], float] = defaultdict(float)
    for (day, category), units in shop.sold.items():
        if day <= today:
            week, rest = divmod((today - day).days + 1, 7)
            at, after = (shares[min(w, len(shares) - 1)] for w in (week, week + 1))
            for value in (category, "all"):
                known[value, day.replace(day=1)] += units * (
                    at + (after - at) * rest / 7
                )
    return known


def measured(texts: dict[str, str], seeds: Iterable[int]) -> list[Row]:
    """Return the rows of the open months of shops on each of the days."""
    rows = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for seed in seeds:
            shop = drawn(seed)
            for name, today in DAYS.items():
                final: dict[tuple[str, date], int] = defaultdict(int)
                for (day, category, _), units in shop.returned.items():
                    if day <= today:
                        final[category, day.replace(day=1)] += units
                        final["all", day.replace(day=1)] += units
                known = chain_ladders(shop, today)
                for value, month, sold, seen, expected, *bounds in nowcast(
                    connection, texts, shop, today
                ):
                    share = known[value, month] / sold
                    rows.append(
                        Row(
                            shop.kind,
                            final[value, month],
                            expected,
                            tuple(bounds),
                            name,
                            "month" if value == "all" else "category",
                            month,
                            sold,
                            seen,
                            min(sold, seen / share) if share else seen,
                        )
                    )
    return rows


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
    for dimension, name in (("month", "months"), ("category", "categories of months")):
        chosen = [row for row in rows if row.dimension == dimension]
        lines.append(covered_line(name, chosen))
        for label, is_more in (
            ("less than one return", False),
            ("one return or more", True),
        ):
            some = [row for row in chosen if (row.expected - row.seen >= 1) == is_more]
            lines.append(covered_line(f"{name}, {label} to come", some))
    lines += [
        covered_line(kind, [row for row in rows if row.kind == kind])
        for kind in sorted({row.kind for row in rows})
    ]
    lines += [
        "",
        ERRORS,
        "| --- |" + " ---: |" * 8,
    ]
    for day in DAYS:
        for dimension, name in (("month", "month"), ("category", "category")):
            chosen = [
                row
                for row in rows
                if (row.day, row.dimension, row.month) == (day, dimension, MONTH)
            ]
            lines.append(error_line(f"{day}, {name}", chosen))
    for kind in sorted({row.kind for row in rows}):
        chosen = [
            row
            for row in rows
            if (row.kind, row.day, row.month) == (kind, "14th", MONTH)
        ]
        lines.append(error_line(f"14th, {kind}", chosen))
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
