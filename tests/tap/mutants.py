# Breaking private parts is the point here, and the script speaks.
# ruff: noqa: SLF001, T201, UP031, PLW0108
"""Deliberately broken taps, to see the tests fail.

``TAP_MUTANT=name pytest tests/tap`` runs the tests against one of them;
``python tests/tap/mutants.py`` runs all and writes the table of README.md.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from tap_loop_returns import (
    client,
    decoding,
    pacing,
    settings,
    streams,
    sync,
    timestamps,
)
from tap_loop_returns import tap as tap_module
from tap_loop_returns.checkup import probe, question
from tap_loop_returns.client import LoopClient
from tap_loop_returns.output import (
    audits,
    counts,
    list_pass,
    missed,
    page_writer,
    writers,
)
from tap_loop_returns.reading import bookmark, paging, ranges, reader
from tap_loop_returns.reading.bookmark import Bookmark
from tap_loop_returns.reading.ranges import Range
from tap_loop_returns.rows import builder, values
from tap_loop_returns.streams import base, endpoints, returns

HERE = Path(__file__).parent
SCENARIOS = [
    f"test_{name}.py"
    for name in (
        *("returns", "reading", "state", "faults"),
        *("scopes", "shop", "paths", "citizen", "worlds", "audits"),
        *("hostile_values", "files", "personal_data", "settings"),
        *("network", "pacing", "versions", "checkup"),
    )
]
MUTANTS: dict[str, Callable[[], None]] = {}
EXPECTED: dict[str, tuple[str, ...]] = {}
"""For each mutant the tests that must fail, by the beginnings of their names."""


def mutant(*must_fail: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a broken tap under its function's name."""

    def register(patch: Callable[[], None]) -> Callable[[], None]:
        name = patch.__name__.replace("_", "-")
        MUTANTS[name], EXPECTED[name] = patch, must_fail
        return patch

    return register


def apply(name: str) -> None:
    """Break the tap of this process; ``none`` leaves it whole."""
    if name != "none":
        MUTANTS[name]()


# Reading the list


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
            parse=lambda b: reader._read(b, request),
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
            answer = self.client.get(
                reader.PATH, params, parse=lambda b: reader._read(b, request)
            )
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
    paging._in_overlap = lambda _second, _span: False


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
    """Takes a full page without a link for the last."""
    interpret_page = paging.interpret_page
    reader.interpret_page = lambda request, found, link, **_: interpret_page(
        request, found, link, is_last=request.whole or not link
    )


@mutant("test_a_second_with_exactly_a_page")
def finds_no_crowd_alone() -> None:
    """Wants a larger unpaged answer even where nothing else can be in one."""
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


# State


@mutant("test_no_stamp_of_a_record_reaches_the_state")
def bookmark_at_the_newest_record() -> None:
    """Uses the highest updated_at as the bookmark, as the SDK does."""
    write = writers.StreamWriter.write
    newest = [0]

    def _write(self: Any, found: Any) -> None:
        moments = [timestamps.epoch(raw.get("updated_at")) for raw in found]
        newest[0] = max([newest[0], *(m for m in moments if m)])
        write(self, found)

    to_state = Bookmark.to_state

    def _to_state(self: Any) -> Any:
        self.through = max(newest[0], 1)
        return to_state(self)

    writers.StreamWriter.write, Bookmark.to_state = _write, _to_state


@mutant("test_clocks_that_differ_hide_nothing")
def bookmark_by_the_hosts_clock() -> None:
    """Uses the host's clock as the bookmark."""
    begin = Bookmark.begin
    Bookmark.begin = lambda self, scope, _clock, now: begin(self, scope, now, now)


@mutant("test_clocks_that_differ_hide_nothing")
def bookmark_beyond_the_question() -> None:
    """Uses Loop's clock even if the requested range ended before it."""
    begin = Bookmark.begin
    Bookmark.begin = lambda self, scope, clock, now: begin(
        self, scope, clock, max(now, clock)
    )


@mutant(
    "test_what_changes_during_the_first_sync",
    "test_a_return_that_changes_state",
    "test_an_edit_while_a_later_sync",
    "test_resuming_a_first_sync",
    "test_a_target_holds_the_truth",
)
def bookmark_at_the_end_of_the_sync() -> None:
    """Takes the clock at the end of the sync instead of its start."""
    begin = Bookmark.begin

    def _begin(self: Any, scope: Any, clock: int, now: int) -> None:
        begin(self, scope, clock + 3_000, now)

    Bookmark.begin = _begin


@mutant("test_loops_clock_is_that_of_the_start")
def clock_of_each_answer() -> None:
    """Takes the clock of a response from its own request."""
    client._clock_before = lambda response, _moment: client._date(response)


@mutant("test_returns_that_become_visible_late", "test_the_last_bookmark_is_where")
def no_lookback() -> None:
    """Starts at the end of the last sync, without a look-back."""
    scope = tap_module.settings.sync_scope
    tap_module.settings.sync_scope = lambda config: replace(scope(config), lookback=0)


@mutant("test_a_state_never_runs_ahead", "test_a_target_holds_the_truth")
def state_before_rows() -> None:
    """Marks a range as read before its rows are written."""
    write, save = writers.StreamWriter.write, sync._save
    held: list[Any] = []

    def _write(self: Any, found: Any) -> None:
        if self.stream.name == "returns":
            write(self, found)
        else:
            held.append((self, found))

    def _save(found: Any, mark: Any) -> None:
        save(found, mark)
        while held:
            writer, returned = held.pop(0)
            write(writer, returned)

    writers.StreamWriter.write, sync._save = _write, _save


@mutant("test_wherever_the_output_ends", "test_kill_9", "test_a_target_holds_the_truth")
def unread_ranges_are_not_saved() -> None:
    """Moves the bookmark, but drops the unread ranges."""
    to_state = Bookmark.to_state
    Bookmark.to_state = lambda self: to_state(self) | {"unread": []}


@mutant("test_only_a_small_slice_is_read_again")
def no_state_until_the_end() -> None:
    """Sends a single STATE at the end."""
    save = sync._save
    sync._save = lambda found, mark: None if mark["unread"] else save(found, mark)


@mutant("test_a_target_that_flushes_one_stream_at_a_time")
def children_without_state() -> None:
    """Writes a bookmark for `returns` only."""
    of_streams = Bookmark.of_streams.__func__

    def _of_streams(cls: Any, states: Any) -> Any:
        return of_streams(cls, list(states)[:1])

    Bookmark.of_streams = classmethod(_of_streams)


@mutant("test_a_target_that_flushes_one_stream_at_a_time", "test_a_stream_left_out")
def goes_on_from_the_newest_bookmark() -> None:
    """Takes the latest of the streams' bookmarks."""

    def _of_streams(cls: Any, states: Any) -> Any:
        marks = [cls._from_state(state or {}) for state in states]
        marks = [m for m in marks if m.through is not None]
        return min(marks, key=lambda m: len(m.unread)) if marks else cls()

    Bookmark.of_streams = classmethod(_of_streams)


@mutant("test_a_newly_selected_stream_gets_its_past")
def new_streams_have_no_past() -> None:
    """Ignores that a stream has no bookmark."""
    of_streams = Bookmark.of_streams.__func__

    def _of_streams(cls: Any, states: Any) -> Any:
        return of_streams(cls, [s for s in states if s])

    Bookmark.of_streams = classmethod(_of_streams)


@mutant(
    "test_an_edit_between_two_syncs",
    "test_notes_of_changed_returns",
    "test_a_return_without_created_at",
    "test_a_bookmark_at_the_start",
)
def follows_creation_only() -> None:
    """Reads by created_at in later syncs, which find no changes."""
    add = Bookmark._add

    def _add(self: Any, states: Any, _column: str, *args: Any, **kwargs: Any) -> None:
        add(self, states, "created_at", *args, **kwargs)

    Bookmark._add = _add


@mutant("test_a_first_sync_finds_returns_without_updated_at")
def first_sync_by_update() -> None:
    """Reads by updated_at in the first sync."""
    add = Bookmark._add

    def _add(self: Any, states: Any, _column: str, *args: Any, **kwargs: Any) -> None:
        add(self, states, "updated_at", *args, **kwargs)

    Bookmark._add = _add


@mutant("test_a_new_return_without_updated_at")
def never_sweeps() -> None:
    """Never sweeps for returns without updated_at."""
    Bookmark._is_sweep_due = lambda self, _now: self.swept_at is None


@mutant("test_when_nothing_is_new_three_requests_tell")
def always_sweeps() -> None:
    """Sweeps for returns without updated_at in every sync."""
    Bookmark._is_sweep_due = lambda _self, _now: True


@mutant("test_a_state_added_to_the_settings", "test_an_earlier_start")
def forgets_what_settings_add() -> None:
    """Ignores that states, start or end have changed since the last sync."""
    load = Bookmark._from_state.__func__

    def _from_state(cls: Any, state: Any) -> Any:
        mark = load(cls, state)
        return replace(mark, start=None, end=None, states=frozenset(ranges.STATES))

    Bookmark._from_state = classmethod(_from_state)


@mutant("test_sigterm_is_no_success")
def sigterm_is_success() -> None:
    """Exits with 0 on SIGTERM, as the SDK does."""

    def _handle(self: Any, signum: int, frame: Any) -> None:
        sys.exit(0)

    tap_module.TapLoopReturns._handle_termination = _handle


@mutant("test_the_real_command_sends_a_state_every_5000")
def saves_rarely() -> None:
    """Sends a STATE every 100,000 returns."""
    sync.RETURNS_PER_STATE = 100_000


# Trouble


@mutant("test_an_answer_that_stays_unreadable_fails", "test_a_target_holds_the_truth")
def wrong_shape_is_an_empty_page() -> None:
    """Reads any body without returns as an empty list."""
    read = reader._read

    def _read(body: bytes, request: Any) -> Any:
        try:
            return read(body, request)
        except ValueError:
            return [], [], ""

    reader._read = _read


@mutant("test_an_impossible_answer_is_refused")
def takes_whatever_comes() -> None:
    """Accepts returns without an id, and an empty page before the last."""

    def _read(body: bytes, _question: Any) -> Any:
        content = reader._open(body)
        if isinstance(content, list):
            return content, [reader._timestamps(one) for one in content], ""
        timestamped = [reader._timestamps(one) for one in content.returns]
        return (
            content.returns,
            timestamped,
            content.next_page_url or "" if timestamped else "",
        )

    reader._read = _read


@mutant("test_trouble_once_is_recovered_from", "test_twelve_requests_at_once")
def no_retry() -> None:
    """Never retries."""
    client.RETRY_DEADLINE = client.FIRST_CONTACT_DEADLINE = -1.0
    client.UNREADABLE_TRIES = 1


@mutant("test_twelve_times_in_a_row", "test_two_minutes_of_429")
def five_tries() -> None:
    """Gives up after half a minute, as the SDK does."""
    client.RETRY_DEADLINE = 32.0


@mutant("test_trouble_without_an_end_fails_at_last")
def never_gives_up() -> None:
    """Never gives up retrying."""
    LoopClient._give_up_after = lambda *_: None


@mutant("test_an_address_where_nobody_answers")
def patient_with_a_wrong_address() -> None:
    """Retries an address that never responded for a quarter of an hour."""
    client.FIRST_CONTACT_DEADLINE = 900.0


@mutant("test_retry_after_is_heeded")
def ignores_retry_after() -> None:
    """Ignores Retry-After."""
    client._retry_after = lambda _response: None


@mutant("test_retry_after_is_heeded")
def retry_after_in_seconds_only() -> None:
    """Does not read Retry-After as a date."""
    read = client._retry_after

    def _retry_after(response: Any) -> Any:
        text = response.headers.get("Retry-After", "")
        return read(response) if text.isdecimal() else None

    client._retry_after = _retry_after


@mutant("test_a_retry_after_of_a_day")
def waits_a_day() -> None:
    """Waits for any Retry-After, however long."""
    client.LONGEST_RETRY_AFTER = 1e9


@mutant("test_nought_as_retry_after")
def hammers() -> None:
    """Retries immediately after Retry-After: 0."""
    read = client._retry_after

    def _retry_after(response: Any) -> Any:
        found = read(response)
        return 1e-9 if found == 0 else found

    client._retry_after = _retry_after


@mutant("test_a_first_sync_under_an_enforced_limit")
def no_pacing() -> None:
    """Sends requests without pacing."""
    client.Pacer.wait = lambda self: self._started.append(time.monotonic())


@mutant("test_a_key_shared_with_another_program")
def ignores_the_limit_headers() -> None:
    """Ignores x-ratelimit-remaining."""
    client.Pacer.learn = lambda _self, _remaining: None


@mutant("test_no_request_waits_for_ever")
def no_timeout() -> None:
    """Has no timeout for a silent server."""
    client.TIMEOUT = (None, None)


@mutant("test_the_key_never_goes_to_another_host")
def follows_redirects() -> None:
    """Sends the key to any redirect target."""
    get = requests.Session.get

    def _get(self: Any, url: str, **kwargs: Any) -> Any:
        return get(self, url, **kwargs | {"allow_redirects": True})

    requests.Session.get = _get


@mutant(
    "test_a_refusal_in_the_middle",
    "test_a_wrong_path",
    "test_a_page_size_beyond",
    "test_a_wrong_key_is_not_tried",
)
def retries_refusals() -> None:
    """Retries 401, 403 and redirects."""
    LoopClient._raise_if_final = lambda *_: None


@mutant("test_twelve_times_in_a_row_is_recovered_from")
def tells_the_key() -> None:
    """Logs the headers of a failed request."""
    give_up = LoopClient._give_up_after

    def _give_up_after(self: Any, *args: Any) -> None:
        self._log.warning("Headers: %s", self._headers)
        give_up(self, *args)

    LoopClient._give_up_after = _give_up_after


@mutant(
    "test_a_wrong_key_is_one_line",
    "test_an_unreadable_state",
    "test_a_dry_run_with_a_wrong_key",
)
def stack_traces() -> None:
    """Prints a stack trace for errors."""
    tap_module._one_line_errors = contextlib.nullcontext


@mutant("test_a_full_disk_is_one_line", "test_a_target_that_ends_early_is_one_line")
def lets_a_full_disk_be_a_traceback() -> None:
    """Does not explain why standard output cannot be written."""
    tap_module.OUTPUT.clear()


# Rows


@mutant("test_rows_hold_what_the_payload_holds", "test_a_value_of_the_wrong_type")
def drops_unknown_fields() -> None:
    """Drops unknown fields."""
    builder.RowBuilder._with_rest = lambda made, row, *_: {
        name: row.get(name) for name in made._names
    }


@mutant("test_rows_hold_what_the_payload_holds", "test_counts_and_money")
def float_money() -> None:
    """Converts money to floats."""

    def decimal(value: Any) -> str | None:
        number = values.text(value)
        return None if number is None else str(float(number))

    values.decimal = decimal


@mutant(
    "test_rows_hold_what_the_payload_holds", "test_rows_fit_the_schema", "test_webhooks"
)
def numbers_stay_numbers() -> None:
    """Passes numeric ids on as numbers."""

    def text(value: Any) -> Any:
        return None if value in values.NONE_WORDS else value

    values.text = text
    values.key = lambda value: value


@mutant("test_rows_hold_what_the_payload_holds", "test_details")
def keeps_words_for_none() -> None:
    """Passes N/A and the empty text on."""
    values.NONE_WORDS = frozenset()


@mutant("test_rows_hold_what_the_payload_holds")
def forgets_zones() -> None:
    """Passes timestamps on unchanged."""
    values.timestamp = lambda value: value if isinstance(value, str) else None


@mutant("test_rows_hold_what_the_payload_holds")
def lists_only() -> None:
    """Reads an object instead of a list as no items."""
    returns.nested_items = lambda value, _identity: (
        value if isinstance(value, list) else []
    )


@mutant("test_rows_hold_what_the_payload_holds", "test_the_handmade_worlds")
def amounts_only() -> None:
    """Recognises an outcome by its amount only."""
    returns.ReturnOutcomes._said = classmethod(lambda _cls, _words: frozenset())


@mutant("test_rows_hold_what_the_payload_holds")
def label_places_from_nought() -> None:
    """Counts labels from 0."""
    items_of = returns.ReturnLabels.items_of

    def _items_of(self: Any, raw: Any) -> Any:
        found = items_of(self, raw)
        return [r | {"label_position": r["label_position"] - 1} for r in found]

    returns.ReturnLabels.items_of = _items_of


@mutant("test_a_strange_return_neither_crashes")
def crashes_on_misfits() -> None:
    """Stops the sync at a value of the wrong type."""

    def _build_by_column(*_: Any) -> Any:
        raise ValueError

    builder.RowBuilder._build_by_column = _build_by_column


@mutant("test_units_without_an_id")
def null_keys() -> None:
    """Sends a null key for an item without an id."""
    returns.EmbeddedStream.items_of = lambda stream, raw: returns.nested_items(
        raw.get(stream.field), stream.identity
    )


@mutant("test_only_the_states_asked_for")
def reads_all_states() -> None:
    """Ignores the setting `states`."""
    scope = tap_module.settings.sync_scope
    every = frozenset(ranges.STATES)
    tap_module.settings.sync_scope = lambda config: replace(scope(config), states=every)


@mutant("test_start_and_end_date_bound")
def dates_without_zones() -> None:
    """Ignores the UTC offset of start_date."""
    moment = tap_module.settings._moment

    def _moment(value: Any) -> Any:
        return moment(re.sub(r"[+-]\d\d:\d\d$", "", str(value)) if value else value)

    tap_module.settings._moment = _moment


# Messages


@mutant("test_the_default_catalog", "test_strange_shapes")
def pages_without_quoting() -> None:
    """Writes the alias into the message without escaping."""

    def encode_records(stream: Any, found: Any, extracted_at: Any) -> bytes:
        lines = [
            (
                '{"type":"RECORD","stream":"%s","record":{%s},"time_extracted":"%s"}\n'
                % (
                    stream.stream_maps[0].stream_alias,
                    ",".join(
                        f'"{k}":"{v}"'
                        if isinstance(v, str)
                        else f'"{k}":' + msgspec.json.encode(v).decode()
                        for k, v in row.items()
                    ),
                    extracted_at.isoformat(),
                )
            ).encode()
            for row in found
        ]
        return b"".join(lines)

    page_writer.encode_records = encode_records


@mutant(
    "test_stream_maps",
    "test_a_filter_on_a_child",
    "test_a_copy",
    "test_a_stream_mapped_away",
    "test_flattening",
    "test_batch_files_hold",
)
def pages_whatever_the_maps() -> None:
    """Writes whole pages even if a stream map applies."""
    page_writer.can_write_pages = lambda stream: len(stream.stream_maps) > 0


@mutant("test_the_pages_are_really_written_as_pages")
def never_writes_pages() -> None:
    """Writes all rows with the SDK."""
    page_writer.can_write_pages = lambda _stream: False


@mutant("test_a_filter_on_returns_takes_their_items_along")
def filters_leave_children() -> None:
    """Sends the items of a return that is filtered out."""
    returns.Returns.filter_returns = lambda _self, found: found


@mutant("test_a_schema_is_sent_once")
def schema_for_every_page() -> None:
    """Sends a SCHEMA before each page of a child stream."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        self.stream.write_schema()
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_deselected_columns")
def deselected_columns_are_sent() -> None:
    """Ignores column selection."""
    base.LoopStream._has = lambda _self, _column: True


@mutant(
    "test_deselected_streams", "test_children_without_returns", "test_a_single_child"
)
def deselected_streams_are_sent() -> None:
    """Writes embedded streams that are not selected."""
    sync._writers = lambda stream: [
        writers.writer_of(s) for s in (stream, *stream.child_streams[:6])
    ]


@mutant("test_a_state_follows_only_closed_batch_files")
def state_before_batch_files() -> None:
    """Sends the STATE before the BATCH file."""
    flush, save = writers.BatchWriter.flush, sync._save

    def _save(found: Any, mark: Any) -> None:
        writers.BatchWriter.flush = lambda _self: None
        save(found, mark)
        writers.BatchWriter.flush = flush
        for writer in found:
            writer.flush()

    sync._save = _save


@mutant("test_nothing_of_a_payload_reaches_the_log")
def logs_rows() -> None:
    """Logs rows, as the SDK's metrics do with contexts."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        for raw in found[:1]:
            self.stream.logger.info("Wrote %s", dict(raw))
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_a_person_is_told_how_far", "test_logs_can_be_read", "test_all_is_said")
def says_nothing() -> None:
    """Logs no progress."""
    sync.Progress.report = lambda *_: None
    sync.Progress.finish = lambda *_: None


@mutant("test_personal_data")
def personal_data_in_unknown_fields() -> None:
    """Does not hash or drop unknown fields when the SDK writes the rows."""
    rows_of = returns.Returns.rows_of

    def _rows_of(self: Any, found: Any) -> Any:
        kept = rows_of(self, found)
        return (
            kept
            if page_writer.can_write_pages(self)
            else [row | {"customer": "shopper@example.test"} for row in kept]
        )

    returns.Returns.rows_of = _rows_of


@mutant("test_discovery_needs_no_key")
def everything_is_selected() -> None:
    """Reads streams with one request per return by default."""
    returns.RequestedStream.selected_by_default = True


@mutant("test_the_catalog_entry_is_as_reviewed")
def changes_a_key() -> None:
    """Changes a primary key."""
    for stream in (returns.Returns, *returns.Returns.__subclasses__()):
        stream.primary_keys = ("id", "state")


# Scopes and the small endpoints


@mutant("test_streams_that_the_key_cannot_read", "test_one_missing_scope")
def scopes_fail_everything() -> None:
    """Stops the sync at a missing scope."""
    endpoints.EndpointStream._is_chosen = True


@mutant("test_a_stream_chosen_in_the_catalog")
def scopes_are_never_missed() -> None:
    """Skips a selected stream without the scope."""
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
        yield from decoding.blocks(self._get(path, **params)[self.wrapper])

    endpoints.EndpointStream._pages = _pages


@mutant(
    "test_a_full_page_of_a_list_may_continue",
    "test_every_wrapper",
)
def lists_end_where_they_say() -> None:
    """Takes a full page of a list for the last if it does not announce another."""
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
            yield from decoding.blocks(content[self.wrapper])
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
    """Sends notices of the day that two periods share twice."""
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
    """Takes a period of shipping notices that fails for one without notices."""
    get = endpoints.AdvancedShippingNotices._get

    def _get(self: Any, path: str, **params: Any) -> Any:
        try:
            return get(self, path, **params)
        except endpoints.LoopError:
            return {"data": []}

    endpoints.AdvancedShippingNotices._get = _get


@mutant("test_shipping_notices_are_given_up_after_two_periods")
def asks_for_every_failing_period() -> None:
    """Never gives up the shipping notices."""

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
    """Sends a STATE only every 5,000 returns, even with a request per return."""
    save = sync._save
    sync._save = lambda found, mark: None if mark["unread"] else save(found, mark)


@mutant("test_the_cost_of_a_request_for_each_return")
def keeps_the_cost_to_itself() -> None:
    """Does not warn of streams with a request per return."""
    sync._tell_cost = lambda *_: None


@mutant("test_an_unknown_authority_names", "test_a_bundle_that_is_not_there")
def knows_no_company_network() -> None:
    """Has no advice about certificates and proxies."""
    client.network.advice = lambda _error: None


@mutant("test_html_without_an_end", "test_twelve_times_in_a_row")
def takes_html_for_an_answer() -> None:
    """Treats an HTML page of a proxy as an unreadable response of Loop."""
    made = client._Trouble.__init__

    def _init(self: Any, problem: str, **known: Any) -> None:
        made(self, problem, **known)
        self.is_unreadable |= "HTML" in problem

    client._Trouble.__init__ = _init


@mutant("test_a_limit_at_its_end_in_every_answer")
def waits_without_a_word() -> None:
    """Does not warn that the rate limit is always used up."""
    made = pacing.Pacer.__init__

    def _init(self: Any, requests_per_minute: int) -> None:
        made(self, requests_per_minute)
        self._is_told = True

    pacing.Pacer.__init__ = _init


@mutant("test_a_grade_in_any_form", "test_every_stream_is_read_from_each_version")
def grades_are_words_only() -> None:
    """Reads grades as texts only, as before 2026-10."""
    returns._with_grade_object = lambda unit: unit


@mutant("test_shipping_notices_are_asked_for_within_120_days")
def notices_of_a_year_at_once() -> None:
    """Requests longer periods than 2026-10 allows."""
    endpoints.AdvancedShippingNotices.PERIOD = 200 * ranges.DAY


@mutant("test_items_of_a_return_with_one_id")
def takes_repeated_keys_for_none() -> None:
    """Does not report items of a return that share an id."""
    writers.StreamWriter._tell_repeated = lambda *_: None


@mutant("test_a_return_without_an_id_is_named")
def counts_no_unread_returns() -> None:
    """Leaves unread returns out of the audits."""
    finish = list_pass.ListPass.finish
    list_pass.ListPass.finish = lambda self, _count: finish(self, 0)


@mutant("test_a_catalog_with_another_type_is_refused")
def takes_any_type_of_a_catalog() -> None:
    """Accepts a catalog that declares numbers for texts."""
    tap_module.files.check_types = lambda *_: None


@mutant("test_notes_in_both_shapes")
def no_notes_is_an_error() -> None:
    """Stops the sync at a 422 with false."""
    returns.NO_NOTES = 404


@mutant("test_a_422_that_is_not_the_word_false")
def any_422_is_no_notes() -> None:
    """Reads every 422 as a return without notes."""
    raise_if_final = LoopClient._raise_if_final

    def _raise(self: Any, status: int, body: bytes, *args: Any) -> None:
        raise_if_final(self, status, b"false" if status == 422 else body, *args)

    LoopClient._raise_if_final = _raise


@mutant("test_happy_returns_shipments", "test_rows_fit_their_schemas")
def integers_as_text() -> None:
    """Sends counts as texts."""
    values.integer = lambda value: str(value)


@mutant("test_no_row_is_sent_twice")
def sends_pages_twice() -> None:
    """Writes every page twice."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        write(self, found)
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_a_world_without_returns")
def saves_only_after_rows() -> None:
    """Sends no STATE if nothing was found."""
    settle, save = Bookmark.mark_read, sync._save
    found: list[bool] = []
    read = writers.StreamWriter.write

    def _write(self: Any, rows_found: Any) -> None:
        found.extend([True] * bool(rows_found))
        read(self, rows_found)

    writers.StreamWriter.write = _write
    sync._save = lambda made, mark: save(made, mark) if found else None
    Bookmark.mark_read = settle


@mutant("test_a_full_second_costs_few", "test_a_year_of_20000_returns")
def halves_only() -> None:
    """Never accepts that a page proves the order."""
    paging._direction = lambda *_: 0


@mutant("test_a_deselected_stream_costs_no", "test_details_and_notes_cost_nothing")
def asks_for_details_always() -> None:
    """Reads streams with one request per return without their being selected."""
    sync._writers = lambda stream: [
        writers.writer_of(s) for s in (stream, *stream.child_streams)
    ]


@mutant("test_nothing_but_the_selected_stream")
def selects_everything() -> None:
    """Ignores the selection."""
    base.LoopStream.selected = True


@mutant("test_a_state_from_elsewhere")
def forgets_other_bookmarks() -> None:
    """Keeps only the streams of this sync in the state."""
    save = sync._save

    def _save(found: Any, mark: Any) -> None:
        known = {writer.stream.name for writer in found}
        marks = found[0].stream.tap_state["bookmarks"]
        for name in set(marks) - known:
            del marks[name]
        save(found, mark)

    sync._save = _save


@mutant("test_a_silent_server")
def never_times_out() -> None:
    """Does not pass the timeout to the request."""
    get = requests.Session.get

    def _get(self: Any, url: str, **kwargs: Any) -> Any:
        return get(self, url, **kwargs | {"timeout": None})

    requests.Session.get = _get


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
    """Gives only the status of a refusal."""
    raise_if_final = LoopClient._raise_if_final

    def _raise(self: Any, *args: Any) -> None:
        raise_if_final(self, *args[:-1], "(unknown)")

    LoopClient._raise_if_final = _raise


@mutant("test_destinations", "test_label_requests", "test_rows_hold_what_the_payload")
def nested_fields_are_lost() -> None:
    """Finds no value at a path inside an object."""
    field_at = builder.field_at

    def _field_at(tree: Any, path: str) -> Any:
        return field_at(tree, path if path[0] == "^" else path.replace(".", "/"))

    builder.field_at = _field_at


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


@mutant("test_about_as_json", "test_about_as_markdown")
def settings_are_not_told() -> None:
    """Lists no settings in --about."""
    tap_module.TapLoopReturns.config_jsonschema = {"properties": {}}


@mutant("test_wrong_settings_fail")
def settings_are_not_checked() -> None:
    """Accepts any setting."""
    tap_module.settings.problems = lambda _config: []


@mutant("test_an_alias_renames", "test_flattening")
def rows_without_maps() -> None:
    """Sends single rows without stream maps."""

    def write_rows(self: Any, found: Any) -> None:
        for row in found:
            line = {"type": "RECORD", "stream": self.name, "record": row}
            page_writer.write(msgspec.json.encode(line) + b"\n")

    base.LoopStream.write_rows = write_rows


@mutant("test_no_snapshot_is_left_over")
def forgets_a_stream() -> None:
    """Lacks one stream."""
    streams.STREAMS = tap_module.STREAMS = streams.STREAMS[:-1]


@mutant("test_version")
def another_name() -> None:
    """Has another name."""
    tap_module.TapLoopReturns.name = "tap-other"


@mutant("test_standard_output_holds", "test_the_real_command_writes")
def chatters() -> None:
    """Prints a text between the messages."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        print("writing", len(found))
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_a_dry_run_succeeds_with_few")
def dry_runs_read_everything() -> None:
    """Does not stop early with --test, and requests tiny pages."""
    made = reader.ReturnsReader.__init__
    sync.DRY_RUN_RETURNS = 10**9
    writers.StreamWriter.is_full = False

    def _init(self: Any, c: Any, _size: int, count: int) -> None:
        made(self, c, 2, count)

    reader.ReturnsReader.__init__ = _init


@mutant("test_a_return_that_moves_to_another_listing_is_claimed_once")
def claims_every_row_as_a_key() -> None:
    """Counts a key that is sent twice as two."""
    counts.SeenKeys.known = lambda _self, _keys: set()


@mutant("test_a_return_that_moves_to_another_listing")
def claims_what_may_come_twice() -> None:
    """Counts keys that are not remembered as new."""
    audits.ListAudit._may_have_moved = lambda _self, _raw: False


@mutant("test_what_a_killed_sync_sent_is_claimed")
def forgets_the_claims_of_killed_syncs() -> None:
    """Does not count the rows of the killed sync that it continues."""
    streams.audits.SyncAudits.checkpoint = {}


@mutant("test_bookmarks_of_different_moments_claim_only")
def believes_the_counts_of_any_state() -> None:
    """Uses saved counts with any list of unread ranges."""
    audits._seconds = lambda _unread: 0


@mutant("test_a_sync_that_breaks_off_behind_the_returns")
def claims_wait_for_nobody() -> None:
    """Drops audits that were not sent."""
    streams.audits.SyncAudits.enqueue = lambda self, found: self.written.extend(found)
    streams.audits.SyncAudits.get_records = lambda self, _context: iter(
        list(self.written)
    )


@mutant("test_a_stream_map_is_counted_as_what")
def claims_what_a_map_holds_back() -> None:
    """Counts rows before stream maps."""

    def write_rows(self: Any, found: Any) -> None:
        for row in found:
            self._write_record_message(row)
        self.written[:] = [(m.stream_alias, r) for m in self.stream_maps for r in found]

    base.LoopStream.write_rows = write_rows


@mutant("test_claims_come_last_and_a_state_after_them")
def claims_come_by_name() -> None:
    """Syncs streams in the SDK's order."""
    tap_module.TapLoopReturns.streams = tap_module.Tap.streams


# Odd records, endpoints, clocks, files and settings


@mutant("test_one_odd_value_costs")
def crashes_at_the_end_of_the_calendar() -> None:
    """Stops the sync at a timestamp that its offset moves out of the calendar."""

    def parse(value: Any) -> Any:
        if isinstance(value, dict):
            return timestamps._from_php(value)
        return datetime.fromisoformat(value).astimezone(UTC)

    timestamps.parse = parse


@mutant("test_one_odd_value_costs", "test_a_value_nested_too_deeply")
def repairs_nothing() -> None:
    """Treats a response with one undecodable value as unreadable."""
    reader.repaired = decoding.repaired = lambda body: body


@mutant("test_one_odd_value_costs")
def digits_of_any_script() -> None:
    """Accepts digits of other scripts as decimals."""
    values._DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")


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


@mutant("test_a_server_clock_ahead_hides_nothing")
def believes_loops_clock() -> None:
    """Uses Loop's clock even if it is in the host's future."""
    begin = Bookmark.begin
    Bookmark.begin = lambda self, scope, clock, now: begin(
        self, scope, clock, max(now, clock)
    )


@mutant("test_a_bookmark_in_the_future")
def believes_bookmarks_in_the_future() -> None:
    """Accepts a bookmark in the future."""
    Bookmark.is_ahead = lambda _self, _now: False


@mutant("test_a_full_table_stream")
def incremental_whatever_the_catalog_says() -> None:
    """Ignores FULL_TABLE."""
    base.LoopStream.replication_method = "INCREMENTAL"


@mutant("test_a_wrapped_state", "test_a_state_of_another_shape")
def any_state_will_do() -> None:
    """Ignores a state of another shape."""
    tap_module.files.bookmarks = lambda state: (
        {"bookmarks": state["bookmarks"]} if "bookmarks" in state else {}
    )


@mutant("test_a_file_that_is_no_json_object")
def files_are_not_checked() -> None:
    """Prints a stack trace for a broken file."""
    tap_module.files.checked = lambda _option, file: file


@mutant("test_a_misspelt_setting")
def misspelt_settings_are_ignored() -> None:
    """Accepts any setting."""
    tap_module.settings.unknown_settings = lambda *_: []


@mutant("test_no_unknown_field_at_any_level")
def opaque_columns_are_harmless() -> None:
    """Does not hash or drop values in objects that are passed on whole."""
    builder.treat_nested = lambda _treat, _harmless: lambda value: value


@mutant("test_a_return_without_its_own_answer")
def one_missing_answer_ends_the_sync() -> None:
    """A return whose details or notes are refused ends the sync."""

    def add(_self: Any, _item: Any, _item_id: Any, error: Any) -> None:
        raise error

    missed.Missed.add = add


@mutant("test_a_return_without_its_own_answer")
def missing_answers_are_forgotten() -> None:
    """The next sync does not ask again."""
    missed.Missed.unread = []


@mutant("test_an_endpoint_without_any_answer")
def asks_a_missing_endpoint_for_every_return() -> None:
    """Never gives an endpoint up."""
    missed.MOST_IN_A_ROW = 10**9


@mutant("test_a_shipment_without_its_items")
def one_shipment_ends_the_others() -> None:
    """Leaves the shipments behind one without items unread."""
    pages = endpoints.HappyReturnsShipmentItems.pages

    def until_one_is_missed(self: Any) -> Any:
        for page in pages(self):
            if not self.missed.count:
                yield page

    endpoints.HappyReturnsShipmentItems.pages = until_one_is_missed


@mutant("test_many_returns_updated_in_one_second")
def gives_up_a_crowded_second() -> None:
    """Never reads by creation what was updated in one second."""
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


@mutant(
    "test_what_is_sent_of_an_unread_second",
    "test_a_second_that_loop_may_cut_is_claimed_once",
)
def claims_unread_seconds_twice() -> None:
    """After a kill, counts again what was sent of a second that stays unread."""
    Range.overlaps = lambda *_: False


@mutant("test_an_older_catalog_without_the_sync_id")
def claims_keys_without_a_sync_id() -> None:
    """Counts keys of rows that do not carry the sync's id."""
    base.LoopStream.has_sync_id = True


@mutant("test_a_number_in_the_environment")
def numbers_in_the_environment_are_not_checked() -> None:
    """A word in the place of a number ends in a stack trace."""
    tap_module.settings.unreadable_numbers = lambda _environment: []


@mutant("test_a_proxy_that_refuses")
def sends_the_key_openly_without_a_word() -> None:
    """Does not warn of an address without encryption."""
    client.network.is_open_to_others = lambda _url: False


@mutant("test_a_state_of_another_shape")
def any_audits_will_do() -> None:
    """Continues with whatever the state holds as audits."""
    tap_module.files._are_audits = lambda _mark: True


@mutant("test_a_password_in_the_address")
def tells_the_password() -> None:
    """Prints the address with its password."""
    client._without_password = lambda url: url


@mutant("test_a_wrong_value_gives_one_sentence")
def salts_of_any_length() -> None:
    """Takes one letter for a salt."""
    settings._PROPERTIES["personal_data_salt"]["minLength"] = 1


@mutant("test_a_proxy_that_refuses")
def proxies_are_not_named() -> None:
    """Does not say what to do about a proxy that refuses."""
    client.network.PROXY = "Check `api_url`."


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
    """Prints every answer if asked for details."""
    body_of = client._body

    def _body(response: Any, path: str) -> bytes:
        body = body_of(response, path)
        logging.getLogger("tap-loop-returns").debug("%r", body)
        return body

    client._body = _body


# The check-up


@mutant("test_a_contradiction_says", "test_rates_in_whole_units_contradict")
def contradicts_nothing() -> None:
    """Whatever Loop does, the tap is right."""
    question.Finding.contradicts = False


@mutant("test_the_setting_of_each_switch", "test_rates_in_whole_units_contradict")
def every_answer_is_yes() -> None:
    """Answers each question with yes."""
    question.Question.is_it = lambda self, _is_so, *said, **named: self.yes(
        *said, **named
    )


@mutant("test_the_documented_loop_contradicts_nothing")
def doubts_everything() -> None:
    """Takes each answer for a contradiction."""
    question.Finding.contradicts = True


@mutant("test_the_setting_of_each_switch")
def stops_after_ten_requests() -> None:
    """Leaves most questions open."""
    probe.MOST_REQUESTS = 10


# Running them


class FirstFailures:
    """A plugin of pytest that tries no other form of a test that has failed."""

    def __init__(self) -> None:
        """Start with none."""
        self.tests: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> None:
        """Leave out the form."""
        if item.originalname in self.tests:
            pytest.skip("found")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the name of a test that failed."""
        if report.failed:
            self.tests.add(report.location[2].partition("[")[0])


def _failed(name: str, *arguments: str) -> set[str]:
    """Run tests against a mutant; return the names of those that failed.

    They run in a fork of this process, which has imported most of what they need.
    """
    with tempfile.TemporaryDirectory() as folder:
        said, names = Path(folder, "said"), Path(folder, "names")
        child = os.fork()
        if not child:
            # Whatever happens here, only the parent removes the folder.
            try:
                with said.open("w") as file:
                    os.dup2(file.fileno(), 1)
                    os.dup2(file.fileno(), 2)
                os.environ["TAP_MUTANT"] = name
                plugin = FirstFailures()
                options = ["-q", "--tb=no", "--show-capture=no", "--assert=plain"]
                options += ["-p", "no:cacheprovider", "-p", "no:xdist"]
                options.append(f"--confcutdir={HERE}")
                pytest.main([*options, *arguments], plugins=[plugin])
                names.write_text("\n".join(plugin.tests))
            except BaseException:  # noqa: BLE001 (the parent prints it)
                traceback.print_exc()
            os._exit(0)
        os.waitpid(child, 0)
        if not names.exists():
            raise RuntimeError(said.read_text()[-4_000:])
        return set(names.read_text().split())


def challenge(name: str, *, whole: bool) -> set[str]:
    """Run the tests that must find a mutant; return those that failed.

    Args:
        name: The mutant.
        whole: The whole files they stand in, and not only these tests.
    """
    wanted = EXPECTED[name]
    homes = sorted(
        {
            str(HERE / file)
            for file in SCENARIOS
            if any(f"def {test}" in (HERE / file).read_text() for test in wanted)
        }
    )
    failed = _failed(name, *homes) if whole else set()
    missing = [t for t in wanted if not any(f.startswith(t) for f in failed)]
    if missing:
        failed |= _failed(name, *homes, "-k", " or ".join(missing))
    for test in missing:
        if not any(found.startswith(test) for found in failed):
            print(f"{name}: {test} DID NOT FAIL", flush=True)
    return failed


def write_table(results: dict[str, list[str]]) -> None:
    """Put the results into README.md."""
    lines = ["| broken tap | what it does | tests that failed |", "| --- | --- | --- |"]
    for name, patch in MUTANTS.items():
        tests = ", ".join(f"`{t.removeprefix('test_')}`" for t in results.get(name, ()))
        what = (patch.__doc__ or "").strip()
        nothing = "**none**" if name in results else "not run yet"
        lines.append(f"| `{name}` | {what} | {tests or nothing} |")
    path = HERE / "README.md"
    head, mark, _ = path.read_text().partition("<!-- table -->\n")
    path.write_text(head + mark + "\n".join(["", *lines, ""]))


def main() -> None:
    """Act as a broken tap's command, or try the tests on all broken taps."""
    if sys.argv[1:2] and sys.argv[1].isdecimal():
        sync.RETURNS_PER_STATE = int(sys.argv.pop(1))
        if name := os.environ.get("TAP_MUTANT"):
            apply(name)
        tap_module.TapLoopReturns.cli()
    record = HERE / "mutants.json"
    results = msgspec.json.decode(record.read_bytes()) if record.exists() else {}
    names = [name for name in sys.argv[1:] if name != "--whole"]
    for name in names or MUTANTS:
        found = challenge(name, whole="--whole" in sys.argv)
        results[name] = sorted(found)
        print(name, *results[name], flush=True)
        encoded = msgspec.json.encode(results, order="sorted")
        record.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    write_table(results)


if __name__ == "__main__":
    main()
