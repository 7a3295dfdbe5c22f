# Breaking private parts is the point here.
# ruff: noqa: SLF001
"""Broken scopes and small endpoints."""

from __future__ import annotations

import contextlib
from multiprocessing.pool import ThreadPool
from typing import Any

from tap_loop_returns import (
    client,
    decoding,
    sync,
)
from tap_loop_returns.client import LoopClient
from tap_loop_returns.reading import ranges
from tap_loop_returns.streams import endpoints, returns

from .registry import mutant


@mutant("test_streams_that_the_key_cannot_read", "test_one_missing_scope")
def scopes_fail_everything() -> None:
    """Fails the sync if the key lacks the scope of any stream."""
    endpoints.EndpointStream._is_chosen = True


@mutant("test_a_stream_chosen_in_the_catalog")
def scopes_are_never_missed() -> None:
    """Skips a selected stream if the key lacks its scope."""
    endpoints.EndpointStream._is_chosen = False


@mutant("test_a_wrong_key_is_not_taken_for_a_missing")
def a_bad_key_is_a_missing_scope() -> None:
    """Never checks whether the key is valid at all."""
    LoopClient.prove_key = lambda _self: None


@mutant(
    "test_block_and_allow_lists_are_read",
    "test_every_wrapper",
    "test_the_key_stays_here",
)
def first_page_of_lists() -> None:
    """Reads only the first of several numbered pages."""

    def _pages(self: Any, path: str, **params: Any) -> Any:
        yield self._get(path, **params)[self.wrapper]

    endpoints.EndpointStream._pages = _pages


@mutant(
    "test_a_full_page_of_a_list_may_continue",
    "test_every_wrapper",
)
def lists_end_where_they_say() -> None:
    """Treats a full page of a list as the last if it announces no other page."""
    get = endpoints.EndpointStream._get
    for stream in (
        endpoints.BlocklistItems,
        endpoints.AllowlistItems,
        endpoints.HappyReturnsShipments,
    ):
        stream.is_paged = False

    def _get(self: Any, path: str, **params: Any) -> Any:
        content = get(self, path, **params)
        return {n: value for n, value in content.items() if n != "per_page"}

    endpoints.EndpointStream._get = _get


@mutant("test_a_list_that_never_ends")
def endless_lists() -> None:
    """Follows next pages without a check."""

    def _pages(self: Any, path: str, **_: Any) -> Any:
        page = 0
        while page < 2_000:
            page += 1
            content = self._get(path, page=page)
            yield content[self.wrapper]
            last = content.get("last_page")
            if (page >= last) if last else not content.get("next_page_url"):
                return

    endpoints.EndpointStream._pages = _pages


@mutant("test_label_requests_are_read_over_all_offsets")
def short_page_is_the_last() -> None:
    """Ends the list at a page shorter than the page size."""

    def pages(self: Any) -> Any:
        offset = 0
        while True:
            found = self._get(self.path, limit=250, offset=offset)["data"]
            yield from decoding.blocks(found)
            offset += len(found)
            if len(found) < 250:
                return

    endpoints.LabelRequests.pages = pages


@mutant("test_an_impossible_list_is_refused")
def odd_lists_are_empty() -> None:
    """Reads a body that is not a list as empty."""
    wrapped = endpoints.EndpointStream._wrapped

    def _wrapped(self: Any, body: bytes) -> Any:
        try:
            return wrapped(self, body)
        except ValueError:
            return {self.wrapper: []}

    endpoints.EndpointStream._wrapped = _wrapped


@mutant("test_unwrapped_answers_are_read")
def wrapped_lists_only() -> None:
    """Refuses a bare list."""
    wrapped = endpoints.EndpointStream._wrapped

    def _wrapped(self: Any, body: bytes) -> Any:
        if body.startswith(b"["):
            raise ValueError
        return wrapped(self, body)

    endpoints.EndpointStream._wrapped = _wrapped


@mutant("test_shipping_notices_are_asked_for_with_dates")
def notices_by_date_time() -> None:
    """Sends dates that Loop reads as the epoch."""
    get = endpoints.AdvancedShippingNotices._get

    def _get(self: Any, path: str, **params: Any) -> Any:
        return get(self, path, **{k: f"{v} 00h" for k, v in params.items()})

    endpoints.AdvancedShippingNotices._get = _get


@mutant("test_shipping_notices_of_parcels_still_alive")
def notices_from_the_bookmark() -> None:
    """Does not read parcels in transit again."""
    endpoints.AdvancedShippingNotices.PARCEL_LIFE = 0


@mutant("test_shipping_notices_hold_every_unit_once")
def notices_twice() -> None:
    """Sends the notices of a day twice if two periods share it."""
    endpoints.AdvancedShippingNotices.rows_of = endpoints.EndpointStream.rows_of


@mutant("test_a_period_of_shipping_notices_costs_its_own_rows")
def one_failing_period_ends_the_notices() -> None:
    """Reads no shipping notices after a period that fails."""
    get = endpoints.AdvancedShippingNotices._get

    def _get(self: Any, path: str, **params: Any) -> Any:
        try:
            return get(self, path, **params)
        except endpoints.LoopError as error:
            raise endpoints.IncompleteSyncError(str(error)) from error

    endpoints.AdvancedShippingNotices._get = _get


@mutant("test_a_period_of_shipping_notices_costs_its_own_rows")
def a_failing_period_is_an_empty_one() -> None:
    """Treats a failed period of shipping notices as a period without notices."""
    get = endpoints.AdvancedShippingNotices._get

    def _get(self: Any, path: str, **params: Any) -> Any:
        try:
            return get(self, path, **params)
        except endpoints.LoopError:
            return {"data": []}

    endpoints.AdvancedShippingNotices._get = _get


@mutant("test_shipping_notices_are_given_up_after_two_periods")
def asks_for_every_failing_period() -> None:
    """Never stops requesting shipping notices that fail."""

    class Moment(int):
        def __sub__(self, _: int) -> int:
            return -1

    endpoints.range = lambda *arguments: map(Moment, range(*arguments))


@mutant("test_details_that_loop_does_not_find", "test_details_of_another_shape")
def errors_are_details() -> None:
    """Reads an error with status 200 as a return."""
    returns._details = lambda body: [client.decode(body)]


@mutant("test_requests_for_single_returns_overlap", "test_items_of_several_shipments")
def asks_for_single_returns_one_by_one() -> None:
    """Requests single returns and shipments one at a time."""
    sync.ThreadPool = endpoints.ThreadPool = lambda _count: ThreadPool(1)


@mutant("test_a_slow_answer_holds_up_no_other_request")
def asks_for_no_return_ahead() -> None:
    """Writes the rows of a block before requesting those of the next."""

    def asked_for(blocks: Any, made: Any, pool: Any) -> Any:
        for block in blocks:
            for writer in made:
                writer.ask(pool, block.returns)
            yield block

    sync._asked_for = asked_for


@mutant("test_a_killed_sync_asks_for_few_returns_again")
def forgets_what_single_returns_cost() -> None:
    """Sends a STATE only at the end, even with a request per return."""
    save = sync._save
    sync._save = lambda found, mark: None if mark["unread"] else save(found, mark)


@mutant("test_the_cost_of_a_request_for_each_return")
def keeps_the_cost_to_itself() -> None:
    """Does not warn of streams with a request per return."""
    sync._tell_cost = lambda *_: None


@mutant("test_shipping_notices_are_asked_for_within_120_days")
def notices_of_a_year_at_once() -> None:
    """Requests longer periods than 2026-10 allows."""
    endpoints.AdvancedShippingNotices.PERIOD = 200 * ranges.DAY


@mutant("test_notes_in_both_shapes")
def no_notes_is_an_error() -> None:
    """Treats a 422 with false as a failed request."""
    returns.NO_NOTES = 404


@mutant("test_a_422_that_is_not_the_word_false")
def any_422_is_no_notes() -> None:
    """Reads every 422 as a return without notes."""
    raise_if_final = LoopClient._raise_if_final

    def _raise(self: Any, status: int, body: bytes, *args: Any) -> None:
        raise_if_final(self, status, b"false" if status == 422 else body, *args)

    LoopClient._raise_if_final = _raise


@mutant("test_without_the_returns_scope", "test_a_refusal_in_the_middle")
def refused_returns_are_skipped() -> None:
    """Ends quietly at a refused key."""
    read = sync.sync_returns

    def sync_returns(stream: Any) -> None:
        with contextlib.suppress(client.AccessRefusedError):
            read(stream)

    returns.sync_returns = sync_returns


@mutant("test_a_scope_lost_in_the_middle", "test_without_the_returns_scope")
def scopes_are_not_named() -> None:
    """Does not name the scope in the error about a refusal."""
    raise_if_final = LoopClient._raise_if_final

    def _raise(self: Any, *args: Any) -> None:
        raise_if_final(self, *args[:-1], "(unknown)")

    LoopClient._raise_if_final = _raise


@mutant("test_items_of_happy_returns_shipments")
def shipments_share_their_items() -> None:
    """Gives every item the position 1."""
    items_of = endpoints.HappyReturnsShipmentItems._items_of
    endpoints.HappyReturnsShipmentItems._items_of = lambda self, shipment: [
        {**item, "item_position": 1} for item in items_of(self, shipment)
    ]


@mutant("test_details_as_object_or_array")
def details_are_one_object() -> None:
    """Reads an array of details as no return."""
    details = returns._details
    returns._details = lambda body: [] if body.startswith(b"[") else details(body)
