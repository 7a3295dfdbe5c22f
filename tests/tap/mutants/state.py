# Breaking private parts is the point here.
# ruff: noqa: SLF001
"""Broken bookmarks, clocks and state."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from tap_loop_returns import (
    client,
    sync,
    timestamps,
)
from tap_loop_returns import tap as tap_module
from tap_loop_returns.output import (
    writers,
)
from tap_loop_returns.reading import ranges
from tap_loop_returns.reading.bookmark import Bookmark

from .registry import mutant


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
    """Moves the bookmark to 50 minutes after the start of the sync, as if to its end."""
    begin = Bookmark.begin

    def _begin(self: Any, scope: Any, clock: int, now: int) -> None:
        begin(self, scope, clock + 3_000, now)

    Bookmark.begin = _begin


@mutant("test_loops_clock_is_that_of_the_start")
def clock_of_each_answer() -> None:
    """Uses the clock of the first response as the clock at the start of the sync."""
    client._clock_before = lambda response, _moment: client._date(response)


@mutant("test_returns_that_become_visible_late", "test_the_last_bookmark_is_where")
def no_lookback() -> None:
    """Starts at the beginning of the last sync, without a look-back."""
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
    """Reads the bookmark of `returns` only."""
    of_streams = Bookmark.of_streams.__func__

    def _of_streams(cls: Any, states: Any) -> Any:
        return of_streams(cls, list(states)[:1])

    Bookmark.of_streams = classmethod(_of_streams)


@mutant("test_a_target_that_flushes_one_stream_at_a_time", "test_a_stream_left_out")
def goes_on_from_the_newest_bookmark() -> None:
    """Takes the bookmark with the fewest unread ranges, whichever stream has it."""

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
    """Sweeps for returns without updated_at only once."""
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


@mutant("test_a_server_clock_ahead_hides_nothing")
def believes_loops_clock() -> None:
    """Uses Loop's clock even if it is ahead of the host's clock."""
    begin = Bookmark.begin
    Bookmark.begin = lambda self, scope, clock, now: begin(
        self, scope, clock, max(now, clock)
    )


@mutant("test_a_bookmark_in_the_future")
def believes_bookmarks_in_the_future() -> None:
    """Accepts a bookmark in the future."""
    Bookmark.is_ahead = lambda _self, _now: False
