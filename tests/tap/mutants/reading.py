# Breaking private parts is the point here.
# ruff: noqa: SLF001, PLW0108
"""Broken reading of the list of returns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import requests

from tap_loop_returns import (
    timestamps,
)
from tap_loop_returns.reading import bookmark, paging, ranges, reader
from tap_loop_returns.reading.ranges import Range

from .registry import mutant


@mutant(
    "test_any_order_with_any_next_link",
    "test_no_answer_of_a_link",
    "test_an_empty_page_with_a_next_link",
)
def follows_links() -> None:
    """Follows nextPageUrl unchanged, as most connectors do."""
    ask = reader.ReturnsReader._ask

    def _ask(self: Any, request: Any) -> Any:
        answer = self.client.get(
            reader.PATH,
            self._params(request),
            parse=reader._read,
        )
        found, _, link = answer
        after = [request.range] if link else []
        self._put(reader.Page(found, request.range, after))
        while link:
            host = link.split("/api/")[0]
            old, self.client._base_url = self.client._base_url, host + "/api/2026-10"
            query = dict(requests.utils.urlparse(link)._asdict())["query"]
            params = dict(pair.split("=", 1) for pair in query.split("&"))
            params = {k: requests.utils.unquote(v) for k, v in params.items()}
            answer = self.client.get(reader.PATH, params, parse=reader._read)
            self.client._base_url = old
            found, _, link = answer
            after = [request.range] if link else []
            self._put(reader.Page(found, request.range, after))
        return None

    reader.ReturnsReader._ask = _ask
    assert ask is not _ask


@mutant(
    "test_any_order_with_any_ends",
    "test_returns_at_midnight",
    "test_a_target_holds_the_truth",
)
def drops_the_overlap_second() -> None:
    """Requests exactly its range, so exclusive ends hide the edges."""

    def _params(self: Any, request: Any) -> Any:
        span = request.range
        params: dict[str, Any] = {
            "filter": span.column,
            "from": timestamps.from_epoch(span.start),
            "to": timestamps.from_epoch(span.end),
        }
        if span.state:
            params["state"] = span.state
        if not request.whole:
            params |= {"paginate": "true", "pageSize": self.page_size}
        return params

    reader.ReturnsReader._params = _params


@mutant("test_any_order_with_any_ends")
def keeps_the_overlap() -> None:
    """Also sends the returns in the overlap seconds."""
    paging._overlap = lambda _span: ()


@mutant("test_any_order_with_any_ends", "test_other_open_questions")
def trusts_sorted_pages() -> None:
    """Treats every page as sorted by the requested column, without proof."""

    def _direction(_span: Any, _returns: Any, known: list[int], _link: str) -> int:
        return 1 if known[-1] >= known[0] else -1

    paging._direction = _direction


@mutant("test_a_second_with_more_returns_than_a_page")
def steps_over_the_last_second() -> None:
    """Continues after the page's last second, as the documented cursor does."""
    advance = paging._advance

    def _advance(span: Range, settled: list[int], left: list[Range]) -> Any:
        left = [replace(r, start=r.start + 1) for r in left if r.start < r.end]
        return advance(span, settled, left)

    paging._advance = _advance


@mutant("test_unpaged_answers_that_are_cut_short")
def believes_unpaged_answers() -> None:
    """Treats any unpaged answer as complete."""
    reader.ReturnsReader._is_proven_whole = lambda *_: True


@mutant("test_a_limit_between_a_page_and_the_crowd", "test_a_crowd_with_nothing_around")
def believes_in_no_limit() -> None:
    """Treats an unpaged answer as complete if it is larger than a page."""
    reader.ReturnsReader._is_proven_whole = lambda _, request, count, link: (
        not link and count >= request.at_least
    )


@mutant("test_a_limit_above_the_crowd")
def compares_with_the_crowd_alone() -> None:
    """Looks for a larger unpaged response in the dense second only."""
    reader.PROBE_RADII = (0,)


@mutant(
    "test_any_order_with_any_next_link",
    "test_any_page_size",
    "test_any_number_of_requests",
)
def stops_after_the_first_page() -> None:
    """Treats the first page as complete."""
    interpret_page = paging.interpret_page
    reader.interpret_page = lambda request, found, link, **_: interpret_page(
        request, found, link, is_last=True
    )


@mutant(
    "test_any_order_with_any_next_link",
    "test_unpaged_answers_that_are_cut_short",
)
def believes_full_pages_without_a_link() -> None:
    """Treats a full page without a link as the last."""
    interpret_page = paging.interpret_page
    reader.interpret_page = lambda request, found, link, **_: interpret_page(
        request, found, link, is_last=request.whole or not link
    )


@mutant("test_a_second_with_exactly_a_page")
def finds_no_crowd_alone() -> None:
    """Requires a larger unpaged response even if no other return could be in it."""
    reader.ReturnsReader._is_alone = lambda _self, _dense: False


@mutant("test_edges_of_the_periods_asked_for")
def leaves_gaps_between_windows() -> None:
    """Starts each window a second late."""
    windows = ranges.windows

    def cut(spans: list[Range]) -> list[Range]:
        pieces = windows(spans)
        firsts = {min(p.start for p in pieces)} if pieces else set()
        return [
            p if p.start in firsts else replace(p, start=p.start + 1) for p in pieces
        ]

    bookmark.ranges.windows = cut


@mutant("test_every_request_is_one_that_loop_accepts")
def asks_for_longer_spans() -> None:
    """Requests ranges of 130 days."""
    ranges.WINDOW = 130 * ranges.DAY


@mutant(
    "test_rows_hold_what_the_payload_holds",
    "test_counts_and_money",
    "test_the_handmade_worlds",
)
def forgets_hidden_states() -> None:
    """Never requests cancelled returns and those in review."""
    ranges.listings = lambda states: [""] if states else []
    bookmark.ranges.listings = ranges.listings


@mutant("test_when_nothing_is_new_three_requests_tell", "test_the_three_default_states")
def asks_for_each_state_apart() -> None:
    """Makes five listings instead of three."""
    bookmark.ranges.listings = lambda states: sorted(states)


@mutant("test_requests_overlap")
def asks_one_at_a_time() -> None:
    """Makes no parallel requests."""
    made = reader.ReturnsReader.__init__

    def _init(self: Any, *args: Any) -> None:
        made(self, *args[:2], 1)

    reader.ReturnsReader.__init__ = _init


@mutant("test_a_year_of_20000_returns")
def asks_for_small_pages() -> None:
    """Uses a page size of 100 whatever the setting."""
    made = reader.ReturnsReader.__init__

    def _init(self: Any, c: Any, size: int, count: int) -> None:
        made(self, c, min(size, 100), count)

    reader.ReturnsReader.__init__ = _init


@mutant("test_a_full_second_costs_few", "test_a_year_of_20000_returns")
def halves_only() -> None:
    """Never accepts that a page proves the order."""
    paging._direction = lambda *_: 0
