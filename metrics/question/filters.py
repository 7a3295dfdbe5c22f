"""Filters of a question, and their values as SQL literals."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field

from metrics.definitions.dimensions import Dimension
from metrics.errors import MetricsError, short, unknown
from metrics.question.periods import read_day

Value = str | int | float | bool | None
OPERATORS = ("=", "!=", "in", "not in", "<", "<=", ">", ">=")
_ORDERED = {"<", "<=", ">", ">="}
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_MARK = re.compile(r"'value \d{3,}'")


class Filter(BaseModel):
    """One condition; all of a question's conditions must hold."""

    dimension: str = Field(description="A name from list_dimensions.")
    op: str = Field(default="=", description="One of =, !=, in, not in, <, <=, >, >=.")
    value: Value | list[Value] = Field(
        description="A value from dimension_values; a list for in and not in."
    )

    def values(self) -> list[Value]:
        """Return the values as a list."""
        return self.value if isinstance(self.value, list) else [self.value]

    def operator(self) -> str:
        """Return the operator in its standard spelling.

        Raises:
            MetricsError: There is no such operator, it takes one value only, or there is
                no value.
        """
        op = " ".join(str(self.op).lower().replace("_", " ").split())
        op = {"==": "=", "<>": "!="}.get(op, op)
        if op not in OPERATORS:
            raise MetricsError(
                f"There is no operator {short(self.op)}; "
                f"choose one of {', '.join(OPERATORS)}."
            )
        if isinstance(self.value, list) and op in {"=", "!="}:
            return "in" if op == "=" else "not in"
        if len(self.values()) != 1 and op in _ORDERED:
            raise MetricsError(f"{op} takes one value.")
        if not self.values():
            raise MetricsError(f"The filter on {short(self.dimension)} has no value.")
        return op


def read_filter(dimension: str, op: str, text: str) -> Filter:
    """Read a filter whose values are written as text.

    Args:
        dimension: Its name.
        op: Its operator.
        text: Values with commas between them; a value that contains a comma is in
            double quotes. ``true``, ``false`` and ``null`` are read as the values that
            they name, not as texts.
    """
    [texts] = csv.reader([" ".join(text.split())], skipinitialspace=True)
    values = [_WORDS.get(one.strip().lower(), one.strip()) for one in texts or [""]]
    return Filter(
        dimension=dimension, op=op, value=values if len(values) > 1 else values[0]
    )


def written(value: Value) -> str:
    """Return a value as ``read_filter`` reads it."""
    for word, meant in _WORDS.items():
        if value is meant:
            return word
    file = io.StringIO()
    csv.writer(file, lineterminator="").writerow([value])
    return file.getvalue()


@dataclass
class Conditions:
    """Conditions for MetricFlow, with placeholders instead of values.

    MetricFlow renders conditions as templates, so values do not pass through it; they
    are inserted into the compiled SQL as literals.
    """

    literals: dict[str, str] = field(default_factory=dict)

    def compare(self, dimension: Dimension, op: str, values: list[str]) -> str:
        """Return a condition in MetricFlow's syntax."""
        column = _column(dimension)
        known = [self._mark(one) for one in values if one != "null"]
        has_null = len(known) < len(values)
        if op in {"=", "in"}:
            parts = [f"{column} in ({', '.join(known)})"] if known else []
            parts += [f"{column} is null"] if has_null else []
            return f"({' or '.join(parts)})"
        if op in {"!=", "not in"}:
            parts = [f"{column} not in ({', '.join(known)})"] if known else []
            if has_null:
                return f"({' and '.join([*parts, f'{column} is not null'])})"
            # A null is different from every value.
            return f"({' or '.join([*parts, f'{column} is null'])})"
        if has_null:
            raise MetricsError(f"{op} takes a value, not null.")
        return f"{column} {op} {known[0]}"

    def contains(self, dimension: Dimension, literal: str, dialect: str) -> str:
        """Return the condition that a value contains a text in lower case."""
        kind = "string" if dialect == "bigquery" else "varchar"
        column = f"lower(cast({_column(dimension)} as {kind}))"
        return f"strpos({column}, {self._mark(literal)}) > 0"

    def fill(self, sql: str) -> str:
        """Return compiled SQL with the placeholders replaced by the values."""
        # In one pass, so that a value that looks like a placeholder is not replaced.
        return _MARK.sub(lambda mark: self.literals.get(mark[0], mark[0]), sql)

    def _mark(self, literal: str) -> str:
        mark = f"'value {len(self.literals):03}'"
        self.literals[mark] = literal
        return mark


def _column(dimension: Dimension) -> str:
    # MetricFlow takes one entity in the name, and those on the way to it apart.
    *way, entity, name = dimension.path.split("__")
    kind, grain = (
        ("TimeDimension", ", 'day'") if dimension.is_time else ("Dimension", "")
    )
    return f"{{{{ {kind}('{entity}__{name}'{grain}, entity_path={way}) }}}}"


def literals(
    one: Filter,
    dimension: Dimension,
    known: Iterable[Any] | None,
    text: Callable[[str], str],
) -> list[str]:
    """Return the literals of a filter's values.

    Args:
        one: The filter.
        dimension: Its dimension.
        known: The dimension's values, or None if there are too many to check.
        text: Function that writes a string as a literal in the SQL of the warehouse.

    Raises:
        MetricsError: The dimension has no such value, or a value of a date is no day.
    """
    if dimension.is_time:
        return [f"cast({text(_day(value))} as date)" for value in one.values()]
    spelled = None if known is None else [one for one in known if one is not None]
    found: list[str] = []
    for value in one.values():
        if value is None:
            found.append("null")
        elif spelled is None or (
            one.operator() in _ORDERED and not isinstance(value, bool)
        ):
            found.append(literal(value, text))
        else:
            found.append(literal(_known(value, spelled, dimension), text))
    return found


def _known(value: Value, spelled: list[Any], dimension: Dimension) -> Any:
    """Return the dimension's value that is meant: spelled so, or else the only similar one."""
    exact = [one for one in spelled if str(one) == str(value)]
    same = exact or [one for one in spelled if folded(one) == folded(value)]
    if len(same) > 1:
        raise MetricsError(
            f"{short(value)} may be {' or '.join(short(one) for one in same)}; write one "
            "of them, or all."
        )
    if not same:
        raise unknown(
            "value",
            str(value),
            [str(one) for one in spelled],
            f"dimension_values names those of {dimension.name}.",
        )
    return same[0]


def folded(value: Any) -> str:
    """Return a value's text without capitals and repeated blanks."""
    return " ".join(str(value).lower().split())


def literal(value: Any, text: Callable[[str], str]) -> str:
    """Return a value of a filter as a literal of SQL.

    Raises:
        MetricsError: It is an infinite number or none.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        raise MetricsError(f"{short(value)} is no number; write one such as 12.5.")
    if isinstance(value, int | float):
        return repr(value)
    return text(str(value))


def _day(value: Value) -> str:
    try:
        return read_day(value).isoformat()
    except ValueError as error:
        raise MetricsError(
            f"{short(value)} is not a day; write it as 2026-06-30."
        ) from error
