"""Decides what a response of the returns list proves, and which requests remain.

A response that is not full and has no next page contains all returns of its range. A
full page that proves the order of the list contains those before its last timestamp.
The rest of the range, or all of it if nothing is proven, is requested in smaller parts.
Links are never followed: the documented cursor holds one timestamp and skips returns
that share it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median_low
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tap_loop_returns import timestamps
from tap_loop_returns.reading.ranges import Range

# A page with twenty different seconds is sorted by chance with a probability of 2 / 20!.
ENOUGH_SECONDS = 20


@dataclass(frozen=True)
class ListRequest:
    """One request: a range, paged or whole."""

    range: Range
    whole: bool = False
    """Whether to request it unpaged, for a second with more returns than a page."""
    narrows: bool = False
    """Whether it is a part of a range that could not be read at once."""
    at_least: int = 0
    """Minimum number of returns in the unpaged response: those of the full page before
    it, and one more if that page had a link."""
    is_linked: bool = False
    """Whether that page had a link to a next page."""


@dataclass(frozen=True)
class PageOutcome:
    """The returns of a response to send, and the remaining requests for its range."""

    keep: Sequence[int]
    """Positions in the response of the returns that belong to this range."""
    rest: list[ListRequest] = field(default_factory=list)
    seconds_read: int = 0
    """Seconds of the range that this response completed, to estimate the rest."""


def interpret_page(
    request: ListRequest, returns: Sequence[Any], next_link: str, *, is_last: bool
) -> PageOutcome:
    """Return which returns of a response to keep, and the remaining requests.

    Args:
        request: The request; it reached one second past both ends of its range, since
            Loop does not document whether the ends are inclusive.
        returns: The returns of the answer, with their timestamps as attributes.
        next_link: The link to the next page, empty if there is none.
        is_last: Whether the request was unpaged, or the page has no link and is not
            full.
    """
    span = request.range
    seconds = [timestamps.epoch(getattr(r, span.column)) for r in returns]
    overlap = _overlap(span)
    owned = [i for i, s in enumerate(seconds) if s not in overlap]
    if span.unstamped:
        keep = [i for i in owned if timestamps.epoch(returns[i].updated_at) is None]
    else:
        keep = owned
    if is_last:
        return PageOutcome(keep, seconds_read=span.end - span.start + 1)

    known = [s for s in seconds if s is not None]
    if not known or min(known) < span.start - 1 or max(known) > span.end + 1:
        middle = (span.start + span.end) // 2
        return PageOutcome([], _halves(span, middle, returns, next_link))
    direction = _direction(span, returns, known, next_link)
    edge = known[-1]
    if direction > 0 and span.start < edge:
        left = span.part(edge, span.end)
        read = [i for i in keep if (seconds[i] or edge - 1) < edge]
        return _advance(span, read, left)
    if direction < 0 and edge < span.end:
        left = span.part(span.start, edge)
        read = [i for i in keep if (seconds[i] or edge + 1) > edge]
        return _advance(span, read, left)
    if direction or min(known) == max(known):
        return PageOutcome([], _around(span, edge, returns, next_link))
    return PageOutcome([], _halves(span, median_low(known), returns, next_link))


def _overlap(span: Range) -> tuple[int, int]:
    """Return the two seconds whose returns belong to the neighbouring ranges.

    A return with a timestamp further out, or without one, shows that Loop filters by a
    value other than the one that it shows; such returns are kept.
    """
    return span.start - 1, span.end + 1


def _advance(span: Range, read: list[int], left: list[Range]) -> PageOutcome:
    done = span.end - span.start + 1 - sum(r.end - r.start + 1 for r in left)
    return PageOutcome(read, [ListRequest(r) for r in left], done)


def _halves(
    span: Range, middle: int, returns: Sequence[Any], next_link: str
) -> list[ListRequest]:
    if span.end - span.start <= 1:
        return _whole(span, returns, next_link)
    middle = min(max(middle, span.start), span.end - 1)
    parts = span.part(span.start, middle) + span.part(middle + 1, span.end)
    return [ListRequest(part) for part in parts]


def _around(
    span: Range, second: int, returns: Sequence[Any], next_link: str
) -> list[ListRequest]:
    """Return requests that read one timestamp separately, as its returns alone fill a page.

    The neighbours start two seconds away, so that their overlap does not reach this
    timestamp.
    """
    dense = span.part(second - 1, second + 1)
    if dense == [span]:
        return _whole(span, returns, next_link)
    sides = span.part(span.start, second - 2) + span.part(second + 2, span.end)
    return [ListRequest(part) for part in dense + sides]


def _whole(span: Range, returns: Sequence[Any], next_link: str) -> list[ListRequest]:
    """Request the range unpaged, after a page that may have a next page."""
    is_linked = bool(next_link)
    at_least = len(returns) + is_linked
    return [ListRequest(span, whole=True, at_least=at_least, is_linked=is_linked)]


def _direction(
    span: Range, returns: Sequence[Any], known: list[int], next_link: str
) -> int:
    """Return 1 (ascending) or -1 (descending) if the response proves the order of the list, else 0.

    A page proves the order if it is sorted by the range's column, and either the link's
    cursor names that column first, or the order cannot be due to chance or to another
    column.
    """
    direction = _sorted(known)
    if not direction:
        return 0
    if _cursor_column(next_link) == span.column:
        return direction
    other = "updated_at" if span.column == "created_at" else "created_at"
    rivals = (
        [timestamps.epoch(getattr(r, other)) or 0 for r in returns],
        [int(str(r.id)) if str(r.id).isdecimal() else 0 for r in returns],
    )
    proven = len(set(known)) >= ENOUGH_SECONDS and not any(map(_sorted, rivals))
    return direction if proven else 0


def _sorted(values: Sequence[int]) -> int:
    if not values or values[0] == values[-1]:
        return 0
    if all(a <= b for a, b in pairwise(values)):
        return 1
    return -1 if all(a >= b for a, b in pairwise(values)) else 0


def _cursor_column(link: str) -> str | None:
    """Return the column that a cursor names first, if the cursor has the documented form."""
    cursor = parse_qs(urlsplit(link).query).get("cursor", [""])[0]
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    column = next(iter(content), None)
    return column.rpartition(".")[2] if isinstance(column, str) else None
