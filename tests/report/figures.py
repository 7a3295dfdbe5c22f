"""Figures as the pages write them, and the cells of a table."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def share(value) -> str:
    if value is None:
        return "\u2013"
    rounded = (Decimal(repr(value)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP) + 0
    return f"{rounded}%"


def points(value) -> str:
    return f"{value * 100:+.1f} points"


def between(value, lower, upper) -> str:
    return f"{share(value)} ({share(lower)} to {share(upper)})"


def dollars(value: Decimal) -> str:
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{'-' if rounded < 0 else ''}US${abs(rounded):,.2f}"


def table_box(view, caption: str):
    """Return a table with its search and its buttons."""
    return view.locator(".table", has=view.locator("caption", has_text=caption)).first


def table(view, caption: str) -> list[list[str]]:
    """Return the cells of a table, all of its rows."""
    box = table_box(view, caption)
    more = box.get_by_role("button", name="Show all")
    if more.count():
        more.click()
    return box.locator("tbody").evaluate(
        "body => [...body.rows].map(row => [...row.cells].map(cell =>"
        " (cell.querySelector('button') ?? cell.firstChild).textContent))"
    )
