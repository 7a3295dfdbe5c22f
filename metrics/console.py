"""Prints results as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rich.table import Table

from metrics import tables
from metrics.results import (
    Answer,
    Dimensions,
    DimensionValues,
    MetricDescription,
    Metrics,
    NamedAnswers,
    Orders,
    ReportAnswer,
)

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 60
"""Letters of a column of records after which its cells may wrap."""


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
            _table(
                console, (result.dimension,), [(tables.text(v),) for v in result.values]
            )
            if not result.is_complete:
                console.print(
                    "There are more values; raise --limit, or use --search.",
                    style="yellow",
                )
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
    figures = tables.answer(result)
    _table(console, figures.headings, figures.rows)
    for one in result.definitions:
        console.print(
            f"{one.metric}: {one.formula_in_words} ({one.unit}, by {one.date})"
        )
    _footing(console, result)


def _records(console: Console, records: Sequence[dict[str, Any]]) -> None:
    names = list(records[0]) if records else []
    cells = {
        name: [tables.text(row[name]) for row in records]
        for name in names
        if any(row[name] is not None for row in records)
    }
    same = [name for name in cells if len(records) > 1 and len({*cells[name]}) == 1]
    for columns in _parts(records, cells, same, console.width):
        rows = zip(*(cells[name] for name in columns), strict=True)
        _table(console, columns, rows)
    if same:
        words = ", ".join(f"{name} {cells[name][0]}" for name in same)
        console.print(f"The same in all rows: {words}", style="dim")


def _parts(
    records: Sequence[dict[str, Any]],
    cells: dict[str, list[str]],
    same: Sequence[str],
    width: int,
) -> Iterable[list[str]]:
    """Return the columns of tables that fit the width, each with the first texts of the rows."""
    kept = [name for name in cells if name not in same]
    wide = {name: 2 + min(WIDEST, max(map(len, [name, *cells[name]]))) for name in kept}
    keys = kept[:1]
    for name in kept[1:]:
        if not isinstance(records[0][name], str) or (
            sum(wide[one] for one in [*keys, name]) > width / 3
        ):
            break
        keys.append(name)
    part = list(keys)
    for name in kept[len(keys) :]:
        if len(part) > len(keys) and sum(wide[one] for one in [*part, name]) > width:
            yield part
            part = list(keys)
        part.append(name)
    yield part


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
        is_number = tables.holds_numbers([row[place] for row in listed])
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(heading, justify=justify)
    for row in listed:
        table.add_row(*row)
    console.print(table)
