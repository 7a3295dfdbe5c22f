"""A question about metrics, in the engine's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.definitions.dimensions import short_name
from metrics.errors import MetricsError
from metrics.question.filters import Filter

MOST_ROWS = 1_000


@dataclass(frozen=True)
class Question:
    """A question, with the fields of the tool ``query_metrics``."""

    metrics: Sequence[str]
    group_by: Sequence[str] = ()
    where: Sequence[Filter] = ()
    time_grain: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    currency: str | None = None
    compare_to_previous: bool = False
    order: str | None = None
    limit: int = 100


def read_limit(limit: int, most: int) -> int:
    """Return the requested number of rows if it is allowed.

    Raises:
        MetricsError: The number is less than one or too large.
    """
    if not 1 <= limit <= most:
        raise MetricsError(f"limit is from 1 to {most:,}.")
    return limit


def names(question: Question, dimension: str) -> bool:
    """Return whether a question groups or filters by a dimension."""
    wanted = short_name(dimension)
    named = [*question.group_by, *(one.dimension for one in question.where)]
    return wanted in {short_name(one) for one in named}
