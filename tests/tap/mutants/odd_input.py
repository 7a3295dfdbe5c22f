# Breaking private parts is the point here.
# ruff: noqa: SLF001
"""Broken handling of odd records and endpoints."""

from __future__ import annotations

import logging
from typing import Any

from tap_loop_returns import (
    client,
    decoding,
)
from tap_loop_returns import tap as tap_module
from tap_loop_returns.client import LoopClient
from tap_loop_returns.output import (
    missed,
)
from tap_loop_returns.reading import reader
from tap_loop_returns.reading.ranges import Range
from tap_loop_returns.streams import endpoints

from .registry import mutant


@mutant("test_one_odd_value_costs", "test_a_value_nested_too_deeply")
def repairs_nothing() -> None:
    """Treats a response with one undecodable value as unreadable."""
    reader.repaired = decoding.repaired = lambda body: body


@mutant("test_a_return_without_an_id_is_named")
def returns_without_an_id_are_skipped() -> None:
    """Skips a return without an id silently."""
    reader.ReturnsReader._set_aside = lambda *_: []


@mutant("test_a_range_that_loop_cannot_show")
def one_bad_return_fails_all() -> None:
    """Never splits a range with an unreadable return."""

    def _narrow(_self: Any, _request: Any, error: Any) -> Any:
        raise error

    reader.ReturnsReader._narrow = _narrow


@mutant("test_a_body_without_end", "test_an_answer_that_never_ends")
def answers_without_bounds() -> None:
    """Reads responses without a size limit."""
    client._body = lambda response, _path: response.raw.read(decode_content=True)


@mutant("test_an_endpoint_that_the_plan_lacks")
def failures_are_forgotten() -> None:
    """Exits with 0 although a selected stream failed."""
    tap_module.TapLoopReturns.sync_all = tap_module.Tap.sync_all


@mutant("test_returns_are_read_before_all_other_streams")
def optional_endpoints_first() -> None:
    """Reads the streams in the SDK's order, audits last."""

    def in_order(self: Any) -> Any:
        found = dict(tap_module.Tap.streams.fget(self))
        found["sync_audits"] = found.pop("sync_audits")
        return found

    tap_module.TapLoopReturns.streams = property(in_order)


@mutant("test_a_return_without_its_own_answer")
def one_missing_answer_ends_the_sync() -> None:
    """Ends the sync at a return whose details or notes are refused."""

    def add(_self: Any, _item: Any, _item_id: Any, error: Any) -> None:
        raise error

    missed.Missed.add = add


@mutant("test_a_return_without_its_own_answer")
def missing_answers_are_forgotten() -> None:
    """Does not request missing rows again in the next sync."""
    missed.Missed.unread = []


@mutant("test_an_endpoint_without_any_answer")
def asks_a_missing_endpoint_for_every_return() -> None:
    """Never stops requesting an endpoint that fails."""
    missed.MOST_IN_A_ROW = 10**9


@mutant("test_a_shipment_without_its_items")
def one_shipment_ends_the_others() -> None:
    """Does not read the shipments after one without items."""
    pages = endpoints.HappyReturnsShipmentItems.pages

    def until_one_is_missed(self: Any) -> Any:
        for page in pages(self):
            if not self.missed.count:
                yield page

    endpoints.HappyReturnsShipmentItems.pages = until_one_is_missed


@mutant("test_many_returns_updated_in_one_second")
def gives_up_a_crowded_second() -> None:
    """Never reads a crowded second of updates by creation date."""
    others = Range.narrower_listings
    Range.narrower_listings = lambda self, earliest: (
        [] if self.state else others(self, earliest)
    )


@mutant("test_a_crowd_that_loop_cuts_is_read_by_state")
def reads_no_state_alone() -> None:
    """Never reads a crowded second by state."""
    others = Range.narrower_listings
    Range.narrower_listings = lambda self, earliest: (
        others(self, earliest) if self.state else []
    )


@mutant("test_no_marker_is_in_the_line_about_an_odd_answer")
def tells_what_an_odd_answer_holds() -> None:
    """Prints an answer that cannot be read."""
    attempt = LoopClient._try

    def _try(self: Any, path: str, params: Any, scope: str, parse: Any) -> Any:
        def telling(body: bytes) -> Any:
            try:
                return parse(body)
            except ValueError as error:
                raise ValueError(body.decode()) from error

        return attempt(self, path, params, scope, telling)

    LoopClient._try = _try


@mutant("test_no_marker_is_in_rows_state_or_log")
def logs_answers_at_debug_level() -> None:
    """Prints every response at log level debug."""
    body_of = client._body

    def _body(response: Any, path: str) -> bytes:
        body = body_of(response, path)
        logging.getLogger("tap-loop-returns").debug("%r", body)
        return body

    client._body = _body
