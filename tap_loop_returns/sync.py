"""One pass over the returns list or an endpoint: reads, writes, and advances the state."""

from __future__ import annotations

import gc
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.pool import ThreadPool
from typing import Any, NamedTuple, Protocol

from tap_loop_returns.context import SyncContext
from tap_loop_returns.errors import IncompleteSyncError, LoopError
from tap_loop_returns.output.audits import EndpointAudit
from tap_loop_returns.output.list_pass import ListPass
from tap_loop_returns.output.writable_stream import WritableStream
from tap_loop_returns.output.writers import StreamWriter, writer_of
from tap_loop_returns.reading.progress import Progress
from tap_loop_returns.reading.reader import Page, ReturnsReader
from tap_loop_returns.rows import Raw
from tap_loop_returns.rows.nested_lists import with_lists

# Returns between two STATE messages; a killed sync reads at most this many again, plus
# the pages in flight. With a request for each return, there is a STATE after every
# page.
RETURNS_PER_STATE = 5_000
# Returns that are requested ahead of the rows being written: the maximum of parallel
# requests.
RETURNS_AHEAD = 32
# Returns after which a dry run stops looking for a row of every stream.
DRY_RUN_RETURNS = 3_000
# New objects between two runs of the garbage collector. Rows have no cycles, and with
# Python's default of 700 it takes a fifteenth of a sync.
OBJECTS_PER_SEARCH = 100_000


class ReturnsStream(WritableStream, Protocol):
    """The stream of the pass."""

    @property
    def sync_context(self) -> SyncContext:
        """The sync that runs."""

    @property
    def logger(self) -> logging.Logger:
        """The stream's logger."""

    @property
    def selected(self) -> bool:
        """Whether the stream itself is written, and not only its children."""

    @property
    def selected_parts(self) -> list[WritableStream]:
        """The selected streams among this one and its embedded streams."""

    def filter_returns(self, returns: list[Raw]) -> list[Raw]:
        """Return the returns that pass the filter of a stream map."""


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
    written, cost = 0, sum(writer.stream.requests_per_return for writer in writers)
    returns_per_state = 1 if cost else RETURNS_PER_STATE
    with ExitStack() as stack:
        stack.enter_context(_few_searches_for_cycles())
        for writer in writers:
            stack.enter_context(writer.counter)
        # Daemon threads, which end with the process whatever they wait for.
        pool = stack.enter_context(ThreadPool(requests)) if cost else None
        blocks = _blocks(reader.pages(list_pass.planned), returns)
        for block in _asked_for(blocks, writers, pool) if pool else blocks:
            list_pass.begin()
            list_pass.observe(block.returns, block.page.before)
            for writer in writers:
                writer.write(block.returns)
                writer.stream.missed.keep_unread(block.page.before)
            if not block.is_last:
                continue
            page = block.page
            list_pass.mark_read(page)
            written += len(page.returns)
            progress.report(len(page.returns), list_pass.unread)
            if is_dry:
                if _is_enough(writers, written):
                    return
            elif written >= returns_per_state:
                _save(writers, list_pass.save())
                written = 0
    context.failures.extend(map(IncompleteSyncError, reader.problems))
    context.failures.extend(_missed(writers))
    if not is_dry:
        bookmark = list_pass.finish(len(reader.problems))
        if list_pass.has_begun:
            _save(writers, bookmark)
    progress.finish()


def _missed(writers: list[StreamWriter]) -> Iterator[IncompleteSyncError]:
    """Count the items whose own request failed; yield an error for each stream."""
    for writer in writers:
        for counts in writer.counts.values():
            counts.missed = writer.stream.missed.count
        if failure := writer.stream.missed.failure():
            yield failure


class Block(NamedTuple):
    """Returns that are written together, and their page."""

    page: Page
    returns: list[Raw]
    is_last: bool
    """No other block of the page follows."""


class EndpointStream(WritableStream, Protocol):
    """A stream of an endpoint other than the returns list."""

    @property
    def sync_context(self) -> SyncContext:
        """The sync that runs."""

    @property
    def period(self) -> list[int] | None:
        """Start and end of the requested period, in seconds; None if there is none."""

    def pages(self) -> Iterator[list[Raw]]:
        """Yield the items of the endpoint in blocks."""


def sync_endpoint(stream: EndpointStream) -> None:
    """Read an endpoint completely and write its stream.

    Raises:
        LoopError: The endpoint could not be read completely; the rows read so far are
            written.
    """
    context, writer = stream.sync_context, writer_of(stream)
    audit = EndpointAudit(context.client, context.sync_id, writer.counts.values())
    problem: LoopError | None = None
    try:
        with writer.counter, _few_searches_for_cycles():
            for page in stream.pages():
                writer.write(page)
                if writer.is_full:
                    return
    except LoopError as error:
        problem = error
    else:
        context.audits.enqueue(audit.rows(stream.period))
    writer.flush()
    stream.write_state()
    if problem:
        raise problem


@contextmanager
def _few_searches_for_cycles() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_PER_SEARCH)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _writers(returns: ReturnsStream) -> list[StreamWriter]:
    return [writer_of(stream) for stream in returns.selected_parts]


def _blocks(pages: Iterable[Page], returns: ReturnsStream) -> Iterator[Block]:
    """Decode the returns of pages in blocks, with their nested items as lists."""
    for page in pages:
        left = len(page.returns)
        if not left:
            yield Block(page, [], is_last=True)
        for block in page.blocks():
            left -= len(block)
            found = returns.filter_returns(with_lists(block))
            yield Block(page, found, is_last=not left)


def _asked_for(
    blocks: Iterable[Block], writers: list[StreamWriter], pool: ThreadPool
) -> Iterator[Block]:
    """Yield each block after starting the requests for it and for the next returns."""
    ahead: deque[Block] = deque()
    is_told = False
    for block in blocks:
        if block.returns and not is_told:
            is_told = True
            _tell_cost(writers, len(block.page.returns))
        for writer in writers:
            writer.ask(pool, block.returns)
        ahead.append(block)
        while sum(len(one.returns) for one in list(ahead)[1:]) >= RETURNS_AHEAD:
            yield ahead.popleft()
    yield from ahead


def _tell_cost(writers: list[StreamWriter], returns: int) -> None:
    """Log a warning about streams that need requests for every return."""
    asking = [w.stream for w in writers if w.stream.requests_per_return]
    requests = sum(stream.requests_per_return for stream in asking)
    hour = 60 * asking[0].config["requests_per_minute"]
    logging.getLogger("tap-loop-returns").warning(
        "%s: every return costs %s more. The first %s returns take %s requests. In an "
        "hour the tap can read %s returns. Deselect the streams that you do not need.",
        " and ".join(stream.name for stream in asking),
        "a request" if requests == 1 else f"{requests} requests",
        f"{returns:,}",
        f"{requests * returns:,}",
        f"{hour // requests:,}",
    )


def _write_schemas(returns: ReturnsStream, writers: list[StreamWriter]) -> None:
    """Send the SCHEMA of each stream that the SDK does not sync."""
    for writer in writers[1:] if returns.selected else writers:
        writer.stream.write_schema()


def _is_enough(writers: list[StreamWriter], returns: int) -> bool:
    """Return whether a dry run has enough rows."""
    return returns > DRY_RUN_RETURNS or all(writer.is_full for writer in writers)


def _save(writers: list[StreamWriter], bookmark: dict[str, Any]) -> None:
    """Send a STATE; every stream carries the bookmark, for targets that split it."""
    for writer in writers:
        writer.flush()
    for writer in writers:
        entry = {"replication_key": writer.stream.replication_key, **bookmark}
        # If only one stream missed a range, the other streams need not read it again.
        entry["unread"] = bookmark["unread"] + writer.stream.missed.unread
        writer.stream.stream_state.update(entry)
    writers[0].stream.write_state()
