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
            _table(
                console, (result.dimension,), [(tables.text(v),) for v in result.values]
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
    kept = [name for name in names if any(row[name] is not None for row in records)]
    kept = kept[:MOST_COLUMNS]
    _table(
        console,
        kept,
        [tuple(tables.text(row[name]) for name in kept) for row in records],
    )


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
        table.add_row(*(one.replace("[", r"\[") for one in row))
    console.print(table)
