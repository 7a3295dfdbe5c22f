"""Prints results as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rich.table import Table

from metrics.results import (
    Answer,
    Dimensions,
    DimensionValues,
    Figure,
    MetricDescription,
    Metrics,
    NamedAnswers,
    Orders,
    ReportAnswer,
    Row,
)

if TYPE_CHECKING:
    from rich.console import Console

MOST_COLUMNS = 12


def show(result: Any, console: Console) -> None:
    """Print a result of the engine."""
    match result:
        case Metrics():
            _table(
                console,
                ("metric", "unit", "by", "what it says"),
                [(m.name, m.unit, m.date, m.description) for m in result.metrics],
            )
        case MetricDescription():
            words = result.model_dump(exclude_none=True)
            words["dimensions"] = ", ".join(result.dimensions)
            _table(console, ("", ""), [(k, str(v)) for k, v in words.items()])
        case Dimensions():
            _table(
                console,
                ("dimension", "what it says"),
                [(d.name, d.description) for d in result.dimensions],
            )
        case DimensionValues():
            _table(console, (result.dimension,), [(_text(v),) for v in result.values])
        case NamedAnswers():
            _table(
                console,
                ("answer", "question", "report"),
                [(a.name, a.question, a.report) for a in result.answers],
            )
        case Answer():
            _answer(result, console)
        case ReportAnswer():
            _records(console, result.rows)
            _footing(console, result)
        case Orders():
            _records(console, result.orders)
            _footing(console, result)


def _answer(result: Answer, console: Console) -> None:
    units = {one.metric: one.unit for one in result.definitions}
    rows = result.rows
    groups = list(dict.fromkeys(name for row in rows for name in row.group))
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
                *(_text(row.group.get(name)) for name in groups),
                _value(row, unit),
                *(_parts(row) if has["of"] else ()),
                *([_to_date(row, unit)] if has["to date"] else []),
                *(_before(row, unit) if has["before"] else ()),
            )
        )
    _table(console, headings, table)
    for one in result.definitions:
        console.print(
            f"{one.metric}: {one.formula_in_words} ({one.unit}, by {one.date})"
        )
    _footing(console, result)


def _parts(row: Row) -> tuple[str, ...]:
    ends = row.interval
    return (
        _text(row.numerator),
        _text(row.denominator) + (" few" if row.is_small else ""),
        f"{ends.lower:.1%}" if ends else "",
        f"{ends.upper:.1%}" if ends else "",
        row.maturity.status,
    )


def _value(figure: Figure, unit: str) -> str:
    if figure.value is None:
        return "-"
    return f"{figure.value:.1%}" if unit.startswith("share") else _text(figure.value)


def _to_date(row: Row, unit: str) -> str:
    if row.to_date is None:
        return ""
    one = row.to_date
    return f"{_value(one, unit)} ({_text(one.numerator)} of {_text(one.denominator)})"


def _before(row: Row, unit: str) -> tuple[str, str]:
    if row.previous is None:
        return "", ""
    change = row.previous.difference
    if change is None:
        return _value(row.previous, unit), ""
    points = (
        f"{100 * change:+.1f} points" if unit.startswith("share") else f"{change:+g}"
    )
    return _value(row.previous, unit), points


def _records(console: Console, records: Sequence[dict[str, Any]]) -> None:
    names = list(records[0]) if records else []
    kept = [name for name in names if any(row[name] is not None for row in records)]
    kept = kept[:MOST_COLUMNS]
    _table(console, kept, [tuple(_text(row[name]) for name in kept) for row in records])


def _footing(console: Console, result: Answer | ReportAnswer | Orders) -> None:
    for text in result.filters:
        console.print(f"Shown: {text}", style="dim")
    for text in result.warnings:
        console.print(f"Note: {text}", style="yellow")
    if not result.is_complete:
        console.print("There are more rows; raise --limit.", style="yellow")
    console.print(f"Data through {result.data_through}")


def _table(
    console: Console, headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    listed = list(rows)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for place, heading in enumerate(headings):
        is_number = bool(listed) and all(
            row[place][:1].lstrip("-+").isdigit() or not row[place] for row in listed
        )
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(heading, justify=justify)
    for row in listed:
        table.add_row(*(one.replace("[", r"\[") for one in row))
    console.print(table)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(str(value).split())
