"""A range is read completely and once, whatever order, range ends and links Loop uses."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tap_loop_returns.reading.paging import ListRequest, interpret_page
from tap_loop_returns.reading.ranges import DAY, Range, join, listings, windows
from tap_loop_returns.timestamps import from_epoch

START = 1_700_000_000


@dataclass
class Row:
    """The parts of a return that paging uses."""

    id: str
    created_at: str | None
    updated_at: str | None
    second: int


@dataclass
class Listing:
    """A list endpoint reduced to its undocumented choices."""

    rows: list[Row]
    page_size: int
    order: str = "asc"
    from_included: bool = True
    to_included: bool = True
    cursor: str = "documented"
    has_links: bool = True
    requests: int = 0

    def answer(self, request: ListRequest) -> tuple[list[Row], str]:
        """Answer one request as such an endpoint would."""
        self.requests += 1
        low, high = request.range.start - 1, request.range.end + 1
        shown = [
            row
            for row in self.rows
            if (low <= row.second if self.from_included else low < row.second)
            and (row.second <= high if self.to_included else row.second < high)
        ]
        if self.order == "shuffled":
            Random(len(shown)).shuffle(shown)
        elif self.order == "by_id":
            shown.sort(key=lambda row: row.id)
        else:
            shown.sort(key=lambda row: row.second, reverse=self.order == "desc")
        if request.whole or len(shown) <= self.page_size:
            return shown, ""
        page = shown[: self.page_size]
        return page, self._link(page)

    def _link(self, page: list[Row]) -> str:
        # A cursor tells the truth about the column the listing is sorted by.
        if not self.has_links:
            return ""
        if self.cursor == "opaque" or self.order == "shuffled":
            return "https://loop.example/list?cursor=b3BhcXVl"
        column = "id" if self.order == "by_id" else "updated_at"
        content = {column: getattr(page[-1], column), "_pointsToNextItems": True}
        cursor = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
        return f"https://loop.example/list?cursor={cursor.rstrip('=')}"


def read(listing: Listing, span: Range) -> Counter[str]:
    """Send requests until none is left; count how often each return is kept."""
    todo, kept = [ListRequest(span)], Counter[str]()
    while todo:
        assert listing.requests < 3_000, "reading does not come to an end"
        request = todo.pop()
        returns, link = listing.answer(request)
        is_last = request.whole or not (link or len(returns) == listing.page_size)
        finding = interpret_page(request, returns, link, is_last=is_last)
        kept.update(returns[place].id for place in finding.keep)
        todo.extend(finding.rest)
    return kept


def rows_at(seconds: list[int]) -> list[Row]:
    ids = list(range(len(seconds)))
    Random(7).shuffle(ids)
    return [
        Row(
            f"{number:06}",
            from_epoch(START - 1000 * number),
            from_epoch(second),
            second,
        )
        for number, second in zip(ids, seconds, strict=True)
    ]


shapes = st.fixed_dictionaries(
    {
        "order": st.sampled_from(["asc", "desc", "shuffled", "by_id"]),
        "from_included": st.booleans(),
        "to_included": st.booleans(),
        "cursor": st.sampled_from(["documented", "opaque"]),
        "has_links": st.booleans(),
        "page_size": st.integers(1, 40),
    }
)


@settings(max_examples=300, deadline=None)
@given(
    seconds=st.lists(st.integers(0, 300), max_size=120),
    crowds=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=3),
    shape=shapes,
)
def test_every_return_of_a_range_is_kept_exactly_once(seconds, crowds, shape) -> None:
    seconds = seconds + [second for second, size in crowds for _ in range(size)]
    rows = rows_at([START + second for second in seconds])
    span = Range(START + 20, START + 280, "updated_at")
    kept = read(Listing(rows, **shape), span)
    inside = {row.id for row in rows if span.start <= row.second <= span.end}
    assert kept == Counter(dict.fromkeys(inside, 1))


@settings(max_examples=100, deadline=None)
@given(
    seconds=st.lists(st.integers(0, 60), max_size=80),
    shape=shapes,
    cut=st.integers(1, 59),
)
def test_neighbouring_ranges_share_no_return_and_miss_none(seconds, shape, cut) -> None:
    rows = rows_at([START + second for second in seconds])
    kept = Counter[str]()
    for low, high in ((0, cut), (cut + 1, 60)):
        span = Range(START + low, START + high, "updated_at")
        kept += read(Listing(rows, **shape), span)
    assert kept == Counter(row.id for row in rows)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_an_ordered_listing_costs_hardly_more_than_its_pages(order) -> None:
    spread = Random(1)
    rows = rows_at([START + spread.randrange(100 * DAY) for _ in range(20_000)])
    listing = Listing(rows, 750, order=order)
    read(listing, Range(START, START + 100 * DAY, "updated_at"))
    assert listing.requests <= 28


def test_a_second_with_more_returns_than_a_page_is_asked_for_unpaged_once() -> None:
    spread = Random(2)
    seconds = [START + spread.randrange(DAY) for _ in range(500)] + [START + 500] * 900
    listing = Listing(rows_at(seconds), 750)
    assert sum(read(listing, Range(START, START + DAY, "updated_at")).values()) == 1400
    assert listing.requests <= 6


def test_a_listing_in_another_order_is_read_by_halves() -> None:
    spread = Random(3)
    rows = rows_at([START + spread.randrange(100 * DAY) for _ in range(3_000)])
    listing = Listing(rows, 750, order="by_id")
    assert len(read(listing, Range(START, START + 100 * DAY, "updated_at"))) == 3_000
    assert listing.requests <= 12


def test_returns_without_a_stamp_are_kept_wherever_they_turn_up() -> None:
    rows = [*rows_at([START + 1, START + 2]), Row("x", None, None, START + 1)]
    listing = Listing(rows, 10)
    assert read(listing, Range(START, START + 9, "updated_at"))["x"] == 1


def test_a_sweep_keeps_only_returns_without_updated_at() -> None:
    old = Row("old", from_epoch(START + 5), None, START + 5)
    new = Row("new", from_epoch(START + 6), from_epoch(START + 6), START + 6)
    span = Range(START, START + 9, "created_at", unstamped=True)
    assert read(Listing([old, new], 10), span) == Counter(["old"])


def test_all_five_states_take_three_listings() -> None:
    everything = frozenset({"open", "closed", "cancelled", "expired", "review"})
    assert listings(everything) == ["", "cancelled", "review"]
    assert listings(frozenset({"open", "cancelled"})) == ["open", "cancelled"]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 400)), max_size=12))
def test_windows_cover_what_they_were_cut_from_and_fit_loop(pairs) -> None:
    ranges = [Range(s * DAY, (s + n) * DAY, "created_at") for s, n in pairs]
    cut = windows(ranges)
    assert all((r.end + 1) - (r.start - 1) <= 120 * DAY for r in cut)
    assert join(cut) == join(ranges)
    assert all(a.end < b.start for a, b in pairwise(cut))


def test_a_range_survives_the_state() -> None:
    for item in (
        Range(START, START + 5, "created_at"),
        Range(START, START + 5, "created_at", "review", unstamped=True),
    ):
        assert Range.from_state(json.loads(json.dumps(item.to_state()))) == item
