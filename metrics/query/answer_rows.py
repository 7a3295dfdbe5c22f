"""Builds and sorts the rows of an answer, with maturity, change and size."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from metrics.definitions.catalog import Metric
from metrics.definitions.dimensions import short_name
from metrics.errors import MetricsError, short
from metrics.query import intervals
from metrics.query.figures import Cut, Key, amount
from metrics.question.question import Question
from metrics.results import Change, Figure, Interval, Maturity, Number, Row


def row(  # noqa: PLR0913
    metric: Metric,
    cut: Cut,
    key: Key,
    figure: Figure,
    of_all: Figure | None,
    *,
    is_guarded: bool,
) -> Row:
    """Return the row of a group."""
    groups = [one.name for one in cut.group_by]
    values = key[1:] if cut.grain else key
    size = figure.denominator
    return Row(
        metric=metric.name,
        group={name: plain(value) for name, value in zip(groups, values, strict=True)},
        period=day_of(key[0]).isoformat() if cut.grain else None,
        **figure.model_dump(),
        is_small=size is not None
        and metric.unit in {"share", "days"}
        and float(size) < metric.minimum_size,
        maturity=_maturity(metric, figure, of_all, is_guarded=is_guarded),
        to_date=of_all if is_guarded and of_all != figure else None,
    )


def _maturity(
    metric: Metric, figure: Figure, of_all: Figure | None, *, is_guarded: bool
) -> Maturity:
    if not metric.maturity:
        return Maturity(status="not applicable")
    if not is_guarded:
        return Maturity(status="as filtered" if metric.guarded else "to date")
    every = float((of_all.denominator if of_all else 0) or 0)
    mature = float(figure.denominator or 0)
    share = mature / every if every else 0.0
    if share >= 1:
        return Maturity(status="mature", mature_share=1.0)
    if mature:
        return Maturity(status="partly mature", mature_share=share)
    return Maturity(status="immature", mature_share=0.0)


def change(metric: Metric, row: Row, former: Figure, period: str) -> Change:
    """Return the figure of the previous period, and the difference from it."""
    difference: Number | None = None
    bounds = None
    if isinstance(row.value, str) and isinstance(former.value, str):
        difference = amount(Decimal(row.value) - Decimal(former.value))
    elif isinstance(row.value, int | float) and isinstance(former.value, int | float):
        difference = row.value - former.value
    if metric.unit == "share" and row.denominator and former.denominator:
        bounds = intervals.newcombe(
            (float(row.numerator or 0), float(row.denominator)),
            (float(former.numerator or 0), float(former.denominator)),
        )
    return Change(
        **former.model_dump(),
        period=period,
        difference=difference,
        difference_interval=Interval(lower=bounds[0], upper=bounds[1])
        if bounds
        else None,
    )


def ordered(
    rows: list[Row], metrics: Sequence[Metric], question: Question, warnings: list[str]
) -> list[Row]:
    """Sort rows by time, or by the question's order, or with the greatest value first.

    If the greatest come first, a share is ranked by the lower end of its interval, else
    by the upper end, so that a share of one case out of one does not come first.
    """
    order = (question.order or ("period" if question.time_grain else "-value")).strip()
    is_down = order.startswith("-")
    name = short_name(order.removeprefix("-"))
    place = {metric.name: number for number, metric in enumerate(metrics)}
    groups = {one for row in rows for one in row.group}
    if name not in {"value", "period", *groups} and rows:
        raise MetricsError(
            f"Rows cannot be ordered by {short(name)}; choose value, period"
            f"{''.join(f', {one}' for one in sorted(groups))}, with - in front for "
            "the greatest first."
        )

    def cautious(row: Row) -> float:
        figure = row.to_date if row.value is None and row.to_date else row
        if figure.interval:
            return figure.interval.lower if is_down else figure.interval.upper
        return float(figure.value or 0)

    def rank(row: Row) -> tuple[Any, ...]:
        by_name = tuple(str(one) for one in row.group.values())
        if name == "value":
            lacks = row.value is None
            figure = cautious(row)
            return lacks, -figure if is_down else figure, row.period or "", *by_name
        return row.period or "", *by_name

    if (
        name == "value"
        and any(one.unit == "share" for one in metrics)
        and len(rows) > 1
    ):
        end = "lower" if is_down else "upper"
        warnings.append(f"Shares are ranked by the {end} end of their interval.")
    found = sorted(rows, key=rank, reverse=is_down and name == "period")
    if name in groups:
        found = sorted(
            (row for row in found if row.group[name] is not None),
            key=lambda row: _natural(row.group[name]),
            reverse=is_down,
        ) + [row for row in found if row.group[name] is None]
    return sorted(found, key=lambda row: place[row.metric])


def _natural(value: Any) -> tuple[Any, ...]:
    """Return a key that sorts numbers in texts by size; true comes after false."""
    if isinstance(value, int | float):
        return (value,)
    parts = re.split(r"(\d+)", str(value), flags=re.ASCII)
    return tuple(
        int(one) if place % 2 else one.lower() for place, one in enumerate(parts)
    )


def sizes(rows: list[Row], metrics: Sequence[Metric]) -> list[str]:
    """Return a warning with the number of rows that have few cases."""
    small = sum(row.is_small for row in rows)
    least = {one.name: one.minimum_size for one in metrics}
    minimum = ", ".join(
        f"{least[name]} of {name}"
        for name in dict.fromkeys(row.metric for row in rows if row.is_small)
    )
    if not small:
        return []
    words = (
        f"{small} of {len(rows)} rows have few cases (under {minimum}): read their "
        "interval, not their value."
    )
    return [words]


def plain(value: Any) -> Any:
    """Return a value from the warehouse for JSON: a date or timestamp as the text of its day."""
    return day_of(value).isoformat() if isinstance(value, dt.date) else value


def day_of(value: Any) -> dt.date:
    """Return a date or timestamp from the warehouse as a day."""
    found: dt.date = value.date() if isinstance(value, dt.datetime) else value
    return found
