"""How often is the early warning wrong, and how soon does it find a bad item?

Question: how many false alarms are there per 100 SKU-months in shops where nothing is
wrong? If a style is returned twice as often as its peers, in how many shops is it found
within 60 returned units of the style? If a size is returned twice as often as the other
sizes of its style, in how many shops is it found within 90?

Method: shops with styles and sizes and half a year of orders are drawn at random. The
compiled models of the early warning run on the data of the last day. They return the
day on which each alert would have been raised, from the returns up to that day. In a
shop where nothing is wrong, each alert of each type counts as a false alarm, even if
the styles and sizes of the shop are drawn with different return rates.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from benchmarks.estimates.compiled_models import build, compiled, load
from benchmarks.estimates.shops_with_styles import (
    KINDS,
    LAST_DAY,
    Kind,
    Shop,
    Unit,
    drawn,
)
from benchmarks.measuring import publish

SHOPS = 100
MODELS = (
    "int_units_sold_by_date",
    "int_returns_by_item",
    "int_return_tests",
    "rpt_return_alerts",
)
MONTHS = 6
WITHIN = {"style": 60, "size": 90}
"""Returned units within which a bad style or size should be found."""
BAD = (
    "| one is bad | shops | within returned units | found within | found at all"
    " | median returned units |"
)
TABLES = f"""
create or replace table int_order_lines_returned as
select
    line as sm_order_line_key, order_number as sm_order_key, order_date,
    date_trunc('month', order_date)::date as order_month_date, category as product_category,
    style as product_id, style as product_title, style || ' ' || size as sku,
    style || ' ' || size as variant_id, 'USD' as currency_code, 'online' as order_channel,
    1::bigint as sold_units, (return_date is not null)::bigint as returned_units,
    0::bigint as exchange_added_units, 0::decimal(18, 4) as sold_amount,
    count(*) over (partition by order_number, style) = 1 as is_only_line_of_item
from units;
create or replace table int_return_lines as
select line as sm_order_line_key, true as is_rate_unit, return_date, reason as reason_group
from units where return_date is not null;
create or replace table int_variant_options as
select distinct style || ' ' || size as variant_id, size from units;
create or replace table int_return_maturity as
select date '{LAST_DAY}' as data_through_date;
create or replace table dim_products as
select distinct style as product_id, style as product_title from units
"""


@dataclass(frozen=True)
class Alert:
    """A row of the report."""

    kind: str
    product: str
    value: str
    noticed: date


@dataclass(frozen=True)
class Found:
    """The alerts of a shop."""

    kind: Kind
    alerts: list[Alert]
    units_when_noticed: int | None
    """Units of the bad item that had come back on the day of its first alert."""
    units_back: int
    """Units of the bad item that came back in the end."""

    @property
    def is_in_time(self) -> bool:
        """Whether the bad item was found within the limit of returned units."""
        units = self.units_when_noticed
        return units is not None and units <= WITHIN[self.kind.bad]


def alerts(
    connection: duckdb.DuckDBPyConnection, texts: dict[str, str], shop: Shop
) -> list[Alert]:
    """Run the compiled models on a shop; return the rows of the report."""
    load(
        connection,
        "units",
        "line bigint, order_number bigint, order_date date, category text, style text,"
        " size text, return_date date, reason text",
        ((number, *unit) for number, unit in enumerate(shop.units)),
    )
    connection.execute(TABLES)
    build(connection, texts, MODELS)
    return [
        Alert(*row)
        for row in connection.execute(
            "select dimension_type, product_key, dimension_value, noticed_date"
            " from rpt_return_alerts"
        ).fetchall()
    ]


def is_bad(shop: Shop, unit: Unit) -> bool:
    """Return whether a unit belongs to the bad item."""
    return unit.style == shop.bad_style and shop.bad_size in {"", unit.size}


def is_of_the_bad(shop: Shop, alert: Alert) -> bool:
    """Return whether an alert is about the bad item."""
    return alert.product == shop.bad_style and (
        not shop.bad_size
        or alert.value in {shop.bad_size, f"{shop.bad_style} {shop.bad_size}"}
    )


def measured(texts: dict[str, str], kind: Kind, seeds: Iterable[int]) -> list[Found]:
    """Return the alerts of all shops of one kind."""
    found = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for seed in seeds:
            shop = drawn(kind, seed)
            rows = alerts(connection, texts, shop)
            first = min(
                (row.noticed for row in rows if is_of_the_bad(shop, row)), default=None
            )
            back = [
                unit.returned
                for unit in shop.units
                if unit.returned and is_bad(shop, unit)
            ]
            units = None if first is None else sum(day <= first for day in back)
            found.append(Found(kind, rows, units, len(back)))
    return found


def false_alarms(found: list[Found]) -> float:
    """Return the false alarms per 100 SKU-months in shops where nothing is wrong."""
    alarms = sum(len(one.alerts) for one in found)
    return 100 * alarms / sum(one.kind.skus * MONTHS for one in found)


def tables(found: list[Found]) -> str:
    """Return the tables of the README."""
    lines = [
        "| nothing is wrong | shops | SKU-months | false alarms | for 100 SKU-months |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind in (kind for kind in KINDS if not kind.bad):
        shops = [one for one in found if one.kind == kind]
        alarms = sum(len(one.alerts) for one in shops)
        lines.append(
            f"| {kind.name} | {len(shops)} | {len(shops) * kind.skus * MONTHS:,}"
            f" | {alarms} | {false_alarms(shops):.3f} |"
        )
    lines += [
        "",
        BAD,
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in (kind for kind in KINDS if kind.bad):
        most = WITHIN[kind.bad]
        shops = [one for one in found if one.kind == kind and one.units_back >= most]
        times = sorted(one.units_when_noticed or 10**6 for one in shops)
        in_time = sum(one.is_in_time for one in shops) / len(shops)
        at_all = sum(one.units_when_noticed is not None for one in shops) / len(shops)
        lines.append(
            f"| {kind.name} | {len(shops)} | {most} | {in_time:.0%} | {at_all:.0%}"
            f" | {times[len(times) // 2]} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shops", type=int, default=SHOPS, help="of each kind")
    arguments = parser.parse_args()
    texts = compiled(*MODELS)
    found = [
        one for kind in KINDS for one in measured(texts, kind, range(arguments.shops))
    ]
    publish("early_warning", {"shops": len(found)}, tables(found))


if __name__ == "__main__":
    main()
