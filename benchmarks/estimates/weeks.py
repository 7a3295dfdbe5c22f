"""How close are the returns expected in the next eight weeks to the actual returns?

Question: in which share of the weeks are the returned units within the 80 and 95 %
intervals, and how large is the error, compared with that of the mean of the last four
weeks?

Method: the shops and days are those of the nowcast benchmark. On each day the compiled
models of the forecast run on the data up to that day. The actual returns include those of
orders placed after that day, whose number follows the season and the growth of each shop.
The error is the sum of the weeks' absolute differences, divided by the units that came
back.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from benchmarks.estimates.compiled_models import build, compiled
from benchmarks.estimates.nowcast import (
    BOUNDS,
    DAYS,
    MODELS,
    SHOPS,
    Estimate,
    held,
    nowcast,
)
from benchmarks.estimates.shops_with_ends import Shop, drawn
from benchmarks.measuring import publish

WEEKS = (
    "int_returns_expected_of_placed_orders",
    "int_returns_expected_of_later_orders",
    "int_returns_expected_by_week",
    "rpt_returns_expected_by_week",
)
# Parcels and refunds are proportional to units and not measured.
AROUND = """
create or replace table int_refunds_expected (
    as_of_date date, order_month_date date, currency_code text,
    refund_amount decimal(18, 4)
);
create or replace table fct_returns (
    loop_return_id text, is_counted_return boolean, return_date date,
    returned_unit_count bigint
);
create or replace table fct_return_labels (loop_return_id text)
"""


@dataclass(frozen=True)
class Week(Estimate):
    """A week after the day of a forecast, and the units that came back in it."""

    number: int
    recent: float
    """Mean of the four weeks before the forecast."""


def measured(texts: dict[str, str], seeds: Iterable[int]) -> list[Week]:
    """Return the weeks after each of the days, for shops drawn from seeds."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(AROUND)
        return [
            week
            for shop in map(drawn, seeds)
            for today in DAYS.values()
            for week in _weeks(connection, texts, shop, today)
        ]


def _weeks(
    connection: duckdb.DuckDBPyConnection,
    texts: dict[str, str],
    shop: Shop,
    today: date,
) -> Iterator[Week]:
    nowcast(connection, texts, shop, today)
    build(connection, texts, WEEKS)
    units: Counter[int] = Counter()
    for (day, _, delay), returned in shop.returned.items():
        units[((day + timedelta(delay) - today).days + 6) // 7] += returned
    last_day = max(day for day, _ in shop.sold)
    for number, expected, *bounds in connection.execute(
        f"select week_number, expected_returned_units, {BOUNDS}"
        " from rpt_returns_expected_by_week where as_of_date = ? and week_end_date <= ?",
        [today, last_day],
    ).fetchall():
        recent = sum(units[week] for week in range(-3, 1)) / 4
        yield Week(shop.kind, units[number], expected, tuple(bounds), number, recent)


def errors(weeks: list[Week]) -> tuple[float, float]:
    """Return the errors of the forecast and of the mean of the last four weeks."""
    units = sum(week.final for week in weeks)
    return (
        sum(abs(week.expected - week.final) for week in weeks) / units,
        sum(abs(week.recent - week.final) for week in weeks) / units,
    )


def table(weeks: list[Week]) -> str:
    """Return the table of the README."""
    groups = {"all": weeks}
    for first, last in ((1, 2), (3, 4), (5, 8)):
        groups[f"weeks {first} to {last}"] = [
            week for week in weeks if first <= week.number <= last
        ]
    for kind in sorted({week.kind for week in weeks}):
        groups[kind] = [week for week in weeks if week.kind == kind]
    lines = [
        "| weeks | rows | 80 % holds | 95 % holds | error | of the last four weeks |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, some in groups.items():
        ours, recent = errors(some)
        lines.append(
            f"| {name} | {len(some):,} | {held(some, 80):.1%} | {held(some, 95):.1%}"
            f" | {ours:.1%} | {recent:.1%} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shops", type=int, default=SHOPS)
    arguments = parser.parse_args()
    weeks = measured(compiled(*MODELS, *WEEKS), range(arguments.shops))
    publish("weeks", {"shops": arguments.shops, "rows": len(weeks)}, table(weeks))


if __name__ == "__main__":
    main()
