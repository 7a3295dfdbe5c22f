"""Compiles a metric and runs it: numerator and denominator by group, for mature or all cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from metrics.definitions.catalog import Metric
from metrics.definitions.dimensions import Dimension
from metrics.definitions.semantic_layer import TIME, Request, Semantics
from metrics.errors import MetricsError
from metrics.query import intervals
from metrics.question.filters import Conditions
from metrics.question.periods import Period, after, first_day
from metrics.results import Figure, Interval, Number
from metrics.warehouse import Warehouse

MOST_GROUPS = 5_000
"""A question with more groups is refused."""

FLOAT = {"duckdb": "DOUBLE", "postgres": "DOUBLE PRECISION", "bigquery": "FLOAT64"}
"""Name of the 64-bit float type by kind of database."""

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Cut:
    """Groups, filters and period of figures."""

    group_by: tuple[Dimension, ...]
    grain: str | None
    where: tuple[tuple[Dimension, str], ...]
    """Conditions, each with its dimension."""
    period: Period
    conditions: Conditions

    def paths(self, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return MetricFlow's names of the groups, time first."""
        time = (f"{TIME}__{self.grain}",) if self.grain else ()
        return time + tuple(
            path(one, self.grain) for one in self.group_by if one.name not in without
        )

    def names(self) -> set[str]:
        """Return the names of the dimensions of groups and filters."""
        return {one.name for one in (*self.group_by, *(each for each, _ in self.where))}

    def request(
        self, metrics: tuple[str, ...], *more: str, without: tuple[str, ...] = ()
    ) -> Request:
        """Return a query of metrics with additional conditions."""
        where = tuple(text for one, text in self.where if one.name not in without)
        return Request(
            metrics,
            self.paths(without),
            where + self._days() + more,
            self.period.start,
            self.period.end,
        )

    def _days(self) -> tuple[str, ...]:
        """Return the conditions of a period that begins or ends within a grain's period.

        MetricFlow extends the limits of time to whole periods of the grain.
        """
        start, end, grain = self.period.start, self.period.end, self.grain or "day"
        day = f"{{{{ TimeDimension('{TIME}', 'day') }}}}"
        found = []
        if start and start != first_day(start, grain):
            found.append(f"{day} >= '{start}'")
        if end and after(first_day(end, grain), grain) != end + dt.timedelta(1):
            found.append(f"{day} <= '{end}'")
        return tuple(found)

    def over(self, period: Period) -> Cut:
        """Return a copy of the cut for another period."""
        return replace(self, period=period)

    def until(self, day: dt.date) -> Cut:
        """Return a copy of the cut that ends on a day at the latest."""
        return self.over(replace(self.period, end=min(self.period.end or day, day)))

    def without(self, name: str) -> Cut:
        """Return a copy of the cut without the conditions on a dimension."""
        return replace(
            self, where=tuple(one for one in self.where if one[0].name != name)
        )


def path(dimension: Dimension, grain: str | None) -> str:
    """Return MetricFlow's name of a group."""
    return (
        f"{dimension.path}__{grain or 'month'}" if dimension.is_time else dimension.path
    )


class Figures:
    """Runs metrics of the semantic layer in a warehouse."""

    def __init__(self, semantics: Semantics, warehouse: Warehouse) -> None:
        """Keep the semantic layer and the warehouse."""
        self._semantics = semantics
        self._warehouse = warehouse

    def sql(self, metric: Metric, cut: Cut, *, only_mature: bool) -> str:
        """Return the SQL of a metric with its numerator and denominator."""
        guard = f"{{{{ Dimension('{metric.maturity}') }}}} = true"
        more = (guard,) if only_mature else ()
        if metric.whole:
            return cut.conditions.fill(self._share_sql(metric, cut))
        if metric.is_share:
            return cut.conditions.fill(self._ratio_sql(metric, cut, more))
        names = (metric.name, metric.size) if metric.size else (metric.name,)
        return cut.conditions.fill(self._semantics.compile(cut.request(names, *more)))

    def _ratio_sql(self, metric: Metric, cut: Cut, more: tuple[str, ...]) -> str:
        """Return the SQL of a ratio: numerator, denominator, and their quotient.

        MetricFlow would join the ratio to its parts; this SQL reads each table only
        once. A group that only the table of the denominator has is zero in the other.
        """
        above, below = str(metric.numerator), str(metric.denominator)
        parts = self._semantics.compile(cut.request((above, below), *more))
        kind = FLOAT[self._warehouse.dialect]
        count = f"COALESCE({above}, CASE WHEN {below} IS NOT NULL THEN 0 END)"
        listed = "".join(f"\n  , {one}" for one in cut.paths())
        return (
            f"SELECT\n  CAST({count} AS {kind})"
            f" / NULLIF(CAST({below} AS {kind}), 0) AS {metric.name}\n"
            f"  , {count} AS {above}\n  , {below}{listed}\n"
            f"FROM (\n{parts}\n) AS parts"
        )

    def _share_sql(self, metric: Metric, cut: Cut) -> str:
        """Return the SQL of the share that one class has of all cases."""
        name = str(metric.whole)
        # A question that names both levels asks for the share within the upper one.
        upper = {metric.within.get(one) for one in cut.names()}
        classes = tuple(one for one in metric.classes if one not in upper)
        part = self._semantics.compile(cut.request((name,)))
        whole = self._semantics.compile(cut.request((name,), without=classes))
        groups = cut.paths()
        shared = cut.paths(without=classes)
        # A group without any case of the class has a share of zero.
        join = (
            "FROM whole LEFT JOIN part" if groups == shared else "FROM part JOIN whole"
        )
        side = "whole" if groups == shared else "part"
        listed = "".join(f"\n  , {side}.{one}" for one in groups)
        same = " AND ".join(
            f"(part.{one} = whole.{one} OR (part.{one} IS NULL AND whole.{one} IS NULL))"
            for one in shared
        )
        count = f"COALESCE(part.{name}, 0)"
        return (
            f"WITH part AS (\n{part}\n),\nwhole AS (\n{whole}\n)\nSELECT\n"
            f"  1.0 * {count} / NULLIF(whole.{name}, 0) AS {metric.name}\n"
            f"  , {count} AS numerator\n  , whole.{name} AS denominator{listed}\n"
            f"{join} ON {same or '1 = 1'}"
        )

    def read(self, metric: Metric, cut: Cut, sql: str) -> dict[Key, Figure]:
        """Run the SQL of a metric.

        Returns:
            Figures by group; the time of a grain comes first in the key.

        Raises:
            MetricsError: There are too many groups.
        """
        # The limit is not part of the SQL, which others join; it is for all of its rows.
        records = self._warehouse.query(f"{sql}\nLIMIT {MOST_GROUPS + 1}").records()
        if len(records) > MOST_GROUPS:
            raise MetricsError(
                f"That gives more than {MOST_GROUPS:,} groups. Add a filter, or group by "
                "fewer or broader dimensions."
            )
        found = {}
        for record in records:
            key = tuple(record[one] for one in cut.paths())
            figure = _figure(metric, record)
            if figure.value is not None or figure.denominator or figure.numerator:
                found[key] = figure
        return found


def _figure(metric: Metric, record: dict[str, Any]) -> Figure:
    if metric.whole:
        numerator, denominator = record["numerator"], record["denominator"]
    else:
        numerator = record[metric.numerator] if metric.numerator else None
        side = metric.denominator or metric.size
        denominator = record[side] if side else None
    value = record[metric.name]
    if metric.is_share and value is not None:
        value = float(value)
    bounds = None
    if metric.unit == "share" and numerator is not None and denominator:
        bounds = intervals.wilson(float(numerator), float(denominator))
    number = amount if metric.has_money else _count
    return Figure(
        value=value if metric.is_share else number(value),
        numerator=number(numerator),
        denominator=number(denominator),
        interval=Interval(lower=bounds[0], upper=bounds[1]) if bounds else None,
    )


def _count(value: Any) -> Number | None:
    return None if value is None else int(value)


def amount(value: Any) -> Number | None:
    """Return an amount as text: exact, with at least two decimals."""
    if value is None:
        return None
    text = f"{Decimal(str(value)).quantize(Decimal('0.0001')):f}"
    return text[:-2] if text.endswith("00") else text.rstrip("0")
