"""One pass over the returns list: read, fan out, write, move the state."""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tap_loop_returns import page_writer
from tap_loop_returns.audits import ListAudit, Tally
from tap_loop_returns.bookmark import Bookmark
from tap_loop_returns.progress import Progress
from tap_loop_returns.ranges import DAY
from tap_loop_returns.reader import Page, ReturnsReader

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BatchConfig
    from singer_sdk.metrics import Counter

    from tap_loop_returns.rows import Raw, Row
    from tap_loop_returns.streams.returns import EmbeddedStream, Returns

# Returns between two STATE messages: what a killed sync reads again at most, beside
# the pages in flight.
RETURNS_PER_STATE = 5_000
# Returns after which a dry run stops looking for a row of every stream.
DRY_RUN_RETURNS = 3_000
# New objects between two searches for cycles: rows have none, and to look for some at
# Python's 700 takes a fifteenth of a sync.
OBJECTS_PER_SEARCH = 100_000


def sync_returns(returns: Returns) -> None:
    """Read every unread range and write the selected streams."""
    lanes = _lanes(returns)
    _write_schemas(returns, lanes)
    bookmark = Bookmark.of_streams(lane.stream.stream_state for lane in lanes)
    wanted, now = returns.wanted, int(time.time())
    audit = ListAudit.open(
        returns.sync_id,
        [lane.tallies for lane in lanes],
        returns.audits.unfinished,
        bookmark.unread,
    )
    unread = bookmark.plan(wanted, now)
    audit.ask(unread, wanted.states, returns.client.request_count)
    reader = ReturnsReader(
        returns.client, returns.config["page_size"], returns.config["parallel_requests"]
    )
    progress = Progress(returns.logger, returns.client, unread)
    written = 0
    begun = False
    with ExitStack() as stack:
        stack.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(OBJECTS_PER_SEARCH)
        for lane in lanes:
            stack.enter_context(lane.counter)
        for page in reader.pages(unread):
            if not begun:
                bookmark.begin(wanted, _clock(page.began_at, now), now)
                audit.begin(bookmark.through)
                begun = True
            _write(page, returns, lanes, audit)
            bookmark.settle(page.before, page.after)
            written += len(page.returns)
            progress.report(len(page.returns), bookmark.unread)
            if returns.ABORT_AT_RECORD_COUNT is not None:
                if _is_enough(lanes, written):
                    return
            elif written >= RETURNS_PER_STATE:
                returns.audits.note(audit.to_state(returns.client, bookmark.unread))
                _save(lanes, bookmark)
                written = 0
    if returns.ABORT_AT_RECORD_COUNT is None:
        returns.audits.note({})
        returns.audits.owe(audit.rows(returns.client))
        if begun:
            _save(lanes, bookmark)
    progress.finish()


class Lane:
    """One selected stream and the way its rows leave the process."""

    def __init__(self, stream: Returns | EmbeddedStream) -> None:
        """Choose the way: pages, BATCH files, or the SDK record by record."""
        self.stream = stream
        self.counter: Counter = stream.get_record_counter()
        self._pages = page_writer.can_write_pages(stream)
        self._batch: BatchConfig | None = stream.get_batch_config(stream.config)
        self.tallies = Tally.of_stream(stream)
        self._waiting: dict[str, list[Row]] = {}
        self._count = 0

    @property
    def is_full(self) -> bool:
        """A dry run needs no more rows of this stream."""
        limit = self.stream.ABORT_AT_RECORD_COUNT
        return limit is not None and self._count >= limit

    def write(self, returns: list[Raw]) -> None:
        """Write the rows of some returns."""
        if self.is_full:
            return
        extracted_at = datetime.now(UTC)
        rows = self.stream.rows_of(returns)
        if (limit := self.stream.ABORT_AT_RECORD_COUNT) is not None:
            rows = rows[: limit - self._count]
        self._count += len(rows)
        self.counter.increment(len(rows))
        if self._pages:
            lines = page_writer.encode_records(self.stream, rows, extracted_at)
            page_writer.write(lines)
            (tally,) = self.tallies.values()
            tally.add(rows)
            return
        if self._batch:
            for name, row in self.stream.mapped(rows):
                self._waiting.setdefault(name, []).append(row)
        else:
            self.stream.write_rows(rows)
        for name, tally in self.tallies.items():
            tally.add([row for sent_as, row in self.stream.sent if sent_as == name])
        self.stream.sent.clear()

    def flush(self) -> None:
        """Close the BATCH file, so that a STATE may follow."""
        if self._batch:
            for name, rows in self._waiting.items():
                self.stream.write_batch_files(self._batch, name, rows)
            self._waiting = {}


def _lanes(returns: Returns) -> list[Lane]:
    streams = [returns, *returns.child_streams]
    return [Lane(stream) for stream in streams if stream.selected]  # type: ignore[arg-type]


def _write(page: Page, returns: Returns, lanes: list[Lane], audit: ListAudit) -> None:
    for found in page.blocks():
        passing = returns.passing(found)
        audit.look_at(passing)
        for lane in lanes:
            lane.write(passing)


def _write_schemas(returns: Returns, lanes: list[Lane]) -> None:
    """Send the SCHEMA of each stream that the SDK does not sync by itself."""
    for lane in lanes[1:] if returns.selected else lanes:
        lane.stream.write_schema()


def _is_enough(lanes: list[Lane], returns: int) -> bool:
    """Tell whether a dry run has seen what it can."""
    return returns > DRY_RUN_RETURNS or all(lane.is_full for lane in lanes)


def _save(lanes: list[Lane], bookmark: Bookmark) -> None:
    """Send a STATE; every stream carries the bookmark, for targets that split it."""
    for lane in lanes:
        lane.flush()
    for lane in lanes:
        entry: dict[str, Any] = {"replication_key": lane.stream.replication_key}
        lane.stream.stream_state.update(entry | bookmark.to_state())
    lanes[0].stream.write_state()


def _clock(began_at: datetime | None, now: int) -> int:
    """Loop's clock, or a day before the host's if Loop tells none."""
    return int(began_at.timestamp()) if began_at else now - DAY
