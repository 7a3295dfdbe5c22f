"""The choices of a person, as the query string of the page contains them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Protocol

from metrics.errors import MetricsError, short
from metrics.question.filters import read_filter
from metrics.question.question import Question

ROWS = 100
"""Rows that are shown if the person does not choose how many."""

_SIGNS = {"in": "=", "not in": "!="}
"""Operators that the command line writes with a sign."""


class Parameters(Protocol):
    """The parameters of a query string."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a parameter."""
        ...


@dataclass(frozen=True)
class Condition:
    """A filter as it was typed."""

    dimension: str
    op: str
    text: str


@dataclass(frozen=True)
class Choice:
    """The fields of the form; an empty field means no choice."""

    metric: str = ""
    by: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    grain: str = ""
    start: str = ""
    end: str = ""
    currency: str = ""
    compare: bool = False
    order: str = ""
    limit: str = ""

    @classmethod
    def read(cls, parameters: Parameters) -> Choice:
        """Read a query string; parameters with other names are ignored."""

        def one(name: str) -> str:
            return next(iter(parameters.getlist(name)), "").strip()

        triples = zip_longest(
            *(parameters.getlist(name) for name in ("dimension", "op", "value")),
            fillvalue="",
        )
        return cls(
            metric=one("metric"),
            by=tuple(dict.fromkeys(filter(None, parameters.getlist("by")))),
            conditions=tuple(
                Condition(dimension, _SIGNS.get(op, op or "="), text.strip())
                for dimension, op, text in triples
                if dimension
            ),
            grain=one("grain").lower(),
            start=one("from"),
            end=one("to"),
            currency=one("currency"),
            compare=bool(one("compare")),
            order=one("order"),
            limit=one("limit"),
        )

    def question(self, rows: int = ROWS) -> Question:
        """Return the question for the engine, for so many rows if the person chose no number.

        Raises:
            MetricsError: A filter has no value, or the number of rows is no number.
        """
        for one in self.conditions:
            if not one.text:
                raise MetricsError(
                    f"The filter on {short(one.dimension)} has no value; choose one of "
                    "those that its field suggests, or remove the filter."
                )
        if not re.fullmatch(r"\d{0,9}", self.limit, re.ASCII):
            raise MetricsError(f"{short(self.limit)} is not a number of rows.")
        return Question(
            metrics=[self.metric],
            group_by=self.by,
            where=[
                read_filter(one.dimension, one.op, one.text) for one in self.conditions
            ],
            time_grain=self.grain or None,
            start_date=self.start or None,
            end_date=self.end or None,
            currency=self.currency or None,
            compare_to_previous=self.compare,
            order=self.order or None,
            limit=int(self.limit or rows),
        )

    def command(self) -> str:
        """Return the command that answers the same question."""
        return shlex.join(["python", "-m", "metrics", "query", *self._words()])

    def _words(self) -> Iterator[str]:
        yield self.metric
        yield from _options("--by", self.by)
        yield from _options(
            "--where",
            (f"{one.dimension}{one.op}{one.text}" for one in self.conditions),
        )
        yield from _options("--grain", [self.grain])
        yield from _options("--from", [self.start])
        yield from _options("--to", [self.end])
        yield from _options("--currency", [self.currency])
        if self.compare:
            yield "--compare"
        # Option and value are one word, because an order may start with a hyphen.
        if self.order:
            yield f"--order={self.order}"
        yield from _options("--limit", [self.limit or str(ROWS)])


def _options(name: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        if value:
            yield from (name, value)
