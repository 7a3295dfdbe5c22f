"""The figures of an answer as a table: formatted for people, or with exact values as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics.results import Answer, Figure, Row

_UNSEEN = (
    r"\s\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = re.compile(
    rf"^(?=[\t\r\n])|(?:^|(?<=[;|\t\r\n]))(?=[{_UNSEEN}]*"
    r"[=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20])"
)
"""Where a spreadsheet may start a formula: at the beginning of a text and, if it uses another
separator than commas, after any separator or line break. Invisible characters may precede the
sign, which may be a full-width one."""


@dataclass(frozen=True)
class Table:
    """Headings and rows of text."""

    headings: list[str]
    rows: list[tuple[str, ...]]


def answer(result: Answer) -> Table:
    """Return the figures of an answer, without the columns that it does not need."""
    units = {one.metric: one.unit for one in result.definitions}
    rows = result.rows
    groups = group_names(result)
    has = {
        "period": any(row.period for row in rows),
        "of": any(row.denominator is not None or row.to_date for row in rows),
        "to date": any(row.to_date for row in rows),
        "before": any(row.previous for row in rows),
        "metric": len(units) > 1,
    }
    headings = [
        *(["metric"] if has["metric"] else []),
        *(["period"] if has["period"] else []),
        *groups,
        "value",
        *(["part", "of", "at least", "at most", "maturity"] if has["of"] else []),
        *(["to date"] if has["to date"] else []),
        *(["before", "difference"] if has["before"] else []),
    ]
    table = []
    for row in rows:
        unit = units[row.metric]
        table.append(
            (
                *([row.metric] if has["metric"] else []),
                *([row.period or ""] if has["period"] else []),
                *(text(row.group.get(name)) for name in groups),
                value_text(row, unit),
                *(_parts(row) if has["of"] else ()),
                *([_to_date(row, unit)] if has["to date"] else []),
                *(_before(row, unit) if has["before"] else ()),
            )
        )
    return Table(headings, table)


def answer_csv(result: Answer) -> str:
    """Return the rows of an answer as CSV, with exact values and always the same columns.

    The columns of the groups are between ``period`` and ``value``. The last columns are
    the same in every row: the question's filters and days, and whether the rows are all.
    """
    groups = group_names(result)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        [
            *("metric", "period", *groups),
            *("value", "numerator", "denominator", "lower", "upper"),
            *("is_small", "maturity", "mature_share"),
            *("to_date", "to_date_numerator", "to_date_denominator"),
            *("previous_period", "previous", "difference"),
            *("currency", "filters", "start_date", "end_date"),
            *("data_through", "is_complete"),
        ]
    )
    for row in result.rows:
        to_date = row.to_date or Figure(value=None)
        before = row.previous
        cells = [
            *(row.metric, row.period, *(row.group.get(name) for name in groups)),
            *(row.value, row.numerator, row.denominator),
            *((row.interval.lower, row.interval.upper) if row.interval else ("", "")),
            *(row.is_small, row.maturity.status, row.maturity.mature_share),
            *(to_date.value, to_date.numerator, to_date.denominator),
            *((before.period, before.value, before.difference) if before else [""] * 3),
            *(result.currency, "; ".join(result.filters)),
            *(result.start_date, result.end_date),
            *(result.data_through, result.is_complete),
        ]
        writer.writerow([_cell(one) for one in cells])
    return file.getvalue()


def group_names(result: Answer) -> list[str]:
    """Return the dimensions that the rows are grouped by."""
    return list(dict.fromkeys(name for row in result.rows for name in row.group))


def holds_numbers(column: Sequence[str]) -> bool:
    """Return whether all cells of a column are numbers or empty."""
    return bool(column) and all(
        one[:1].lstrip("-+").isdigit() or not one for one in column
    )


def value_text(figure: Figure, unit: str) -> str:
    """Return the value of a figure; shares are percentages."""
    if figure.value is None:
        return "-"
    return f"{figure.value:.1%}" if unit.startswith("share") else text(figure.value)


def text(value: Any) -> str:
    """Return a value for people; a missing value is a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if abs(value) < 1_000:  # noqa: PLR2004
            return f"{value:.4g}"
        return f"{value:,.2f}".removesuffix("0").removesuffix(".0")
    return " ".join(str(value).split())


def _parts(row: Row) -> tuple[str, ...]:
    ends = row.interval
    return (
        text(row.numerator),
        text(row.denominator) + (" few" if row.is_small else ""),
        f"{ends.lower:.1%}" if ends else "",
        f"{ends.upper:.1%}" if ends else "",
        row.maturity.status,
    )


def _to_date(row: Row, unit: str) -> str:
    if row.to_date is None:
        return ""
    one = row.to_date
    return f"{value_text(one, unit)} ({text(one.numerator)} of {text(one.denominator)})"


def _before(row: Row, unit: str) -> tuple[str, str]:
    if row.previous is None:
        return "", ""
    change = row.previous.difference
    if change is None:
        return value_text(row.previous, unit), ""
    sign = "+" if float(change) > 0 else ""
    words = f"{sign}{text(change)}"
    if unit.startswith("share"):
        words = f"{100 * float(change):+.1f} points"
    return value_text(row.previous, unit), words


def _cell(value: Any) -> Any:
    # Amounts are texts too, but a minus sign before an amount does not start a formula.
    if isinstance(value, str) and not _is_number(value):
        return _FORMULA.sub("'", value)
    return value


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None
