# Breaking private parts is the point here.
# ruff: noqa: SLF001
"""Broken audits."""

from __future__ import annotations

from typing import Any

from tap_loop_returns import (
    streams,
)
from tap_loop_returns import tap as tap_module
from tap_loop_returns.output import (
    audits,
    counts,
    list_pass,
    writers,
)
from tap_loop_returns.reading.ranges import Range
from tap_loop_returns.streams import base

from .registry import mutant


@mutant("test_items_of_a_return_with_one_id")
def takes_repeated_keys_for_none() -> None:
    """Does not report items of a return that share an id."""
    writers.StreamWriter._tell_repeated = lambda *_: None


@mutant("test_a_return_without_an_id_is_named")
def counts_no_unread_returns() -> None:
    """Leaves unread returns out of the audits."""
    finish = list_pass.ListPass.finish
    list_pass.ListPass.finish = lambda self, _count: finish(self, 0)


@mutant("test_a_return_that_moves_to_another_listing_is_claimed_once")
def claims_every_row_as_a_key() -> None:
    """Counts a key that is sent twice as two."""
    counts.SeenKeys.known = lambda _self, _keys: set()


@mutant("test_a_return_that_moves_to_another_listing")
def claims_what_may_come_twice() -> None:
    """Counts each key as new unless it is remembered."""
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


@mutant(
    "test_what_is_sent_of_an_unread_second",
    "test_a_second_that_loop_may_cut_is_claimed_once",
)
def claims_unread_seconds_twice() -> None:
    """After a kill, counts the returns of an unread second again."""
    Range.overlaps = lambda *_: False


@mutant("test_an_older_catalog_without_the_sync_id")
def claims_keys_without_a_sync_id() -> None:
    """Counts keys of rows that do not carry the sync's id."""
    base.LoopStream.has_sync_id = True


@mutant("test_a_state_of_another_shape")
def any_audits_will_do() -> None:
    """Continues with whatever the state holds as audits."""
    tap_module.files._are_audits = lambda _mark: True
