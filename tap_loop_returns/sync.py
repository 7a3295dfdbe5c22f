"""One pass over the returns list: read, fan out, write, move the state."""

from __future__ import annotations

import gc
import logging
from contextlib import ExitStack
from typing import Any, Protocol

from tap_loop_returns.context import SyncContext
from tap_loop_returns.errors import IncompleteSyncError
from tap_loop_returns.output.list_pass import ListPass
from tap_loop_returns.output.stream import WritableStream
from tap_loop_returns.output.writers import StreamWriter, writer_of
from tap_loop_returns.reading.progress import Progress
from tap_loop_returns.reading.reader import Page, ReturnsReader
from tap_loop_returns.rows import Raw

# Returns between two STATE messages: what a killed sync reads again at most, beside
# the pages in flight.
RETURNS_PER_STATE = 5_000
# Returns after which a dry run stops looking for a row of every stream.
DRY_RUN_RETURNS = 3_000
# New objects between two searches for cycles: rows have none, and to look for some at
# Python's 700 takes a fifteenth of a sync.
OBJECTS_PER_SEARCH = 100_000


class ReturnsStream(WritableStream, Protocol):
    """The stream that the pass belongs to."""

    @property
    def sync_context(self) -> SyncContext:
        """The sync that runs."""

    @property
    def logger(self) -> logging.Logger:
        """The stream's logger."""

    @property
    def selected(self) -> bool:
        """The stream itself is written, and not only its children."""

    @property
    def selected_parts(self) -> list[WritableStream]:
        """The selected streams among this one and those cut out of it."""

    def filter_returns(self, returns: list[Raw]) -> list[Raw]:
        """Return the returns that a stream map lets through."""


def sync_returns(returns: ReturnsStream) -> None:
    """Read every unread range and write the selected streams."""
    context, is_dry = returns.sync_context, returns.ABORT_AT_RECORD_COUNT is not None
    writers = _writers(returns)
    _write_schemas(returns, writers)
    states = [
        {}
        if writer.stream.replication_method == "FULL_TABLE"
        else writer.stream.stream_state
        for writer in writers
    ]
    list_pass = ListPass(context, states, [writer.counts for writer in writers])
    size, requests = (
        returns.config[name] for name in ("page_size", "parallel_requests")
    )
    reader = ReturnsReader(context.client, size, requests)
    progress = Progress(returns.logger, context.client, list_pass.planned)
    written = 0
    with ExitStack() as stack:
        stack.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(OBJECTS_PER_SEARCH)
        for writer in writers:
            stack.enter_context(writer.counter)
        for page in reader.pages(list_pass.planned):
            list_pass.begin()
            _write(page, returns, writers, list_pass)
            list_pass.mark_read(page)
            written += len(page.returns)
            progress.report(len(page.returns), list_pass.unread)
            if is_dry:
                if _is_enough(writers, written):
                    return
            elif written >= RETURNS_PER_STATE:
                _save(writers, list_pass.save())
                written = 0
    context.failures.extend(map(IncompleteSyncError, reader.problems))
    if not is_dry:
        bookmark = list_pass.finish()
        if list_pass.has_begun:
            _save(writers, bookmark)
    progress.finish()


def _writers(returns: ReturnsStream) -> list[StreamWriter]:
    return [writer_of(stream) for stream in returns.selected_parts]


def _write(
    page: Page,
    returns: ReturnsStream,
    writers: list[StreamWriter],
    list_pass: ListPass,
) -> None:
    for block in page.blocks():
        filtered = returns.filter_returns(block)
        list_pass.observe(filtered)
        for writer in writers:
            writer.write(filtered)


def _write_schemas(returns: ReturnsStream, writers: list[StreamWriter]) -> None:
    """Send the SCHEMA of each stream that the SDK does not sync by itself."""
    for writer in writers[1:] if returns.selected else writers:
        writer.stream.write_schema()


def _is_enough(writers: list[StreamWriter], returns: int) -> bool:
    """Return whether a dry run has seen what it can."""
    return returns > DRY_RUN_RETURNS or all(writer.is_full for writer in writers)


def _save(writers: list[StreamWriter], bookmark: dict[str, Any]) -> None:
    """Send a STATE; every stream carries the bookmark, for targets that split it."""
    for writer in writers:
        writer.flush()
    for writer in writers:
        entry = {"replication_key": writer.stream.replication_key}
        writer.stream.stream_state.update(entry | bookmark)
    writers[0].stream.write_state()
