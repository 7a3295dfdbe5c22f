"""Writers of a stream's rows: pages, BATCH files, or single records."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_loop_returns.output import page_writer
from tap_loop_returns.output.counts import StreamCounts
from tap_loop_returns.output.writable_stream import WritableStream
from tap_loop_returns.rows import Raw, Row

if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

    from singer_sdk.helpers._batch import BatchConfig


# Number of repeated rows per stream until which the log names them; the audits count all.
LONGEST_LIST = 20


class StreamWriter(ABC):
    """Writes and counts the rows of one selected stream."""

    def __init__(self, stream: WritableStream) -> None:
        """Write for this stream."""
        self.stream = stream
        self.counter = stream.get_record_counter()
        self.counts = stream.new_counts()
        self._written = 0

    @property
    def is_full(self) -> bool:
        """Whether a dry run has enough rows of this stream."""
        limit = self.stream.ABORT_AT_RECORD_COUNT
        return limit is not None and self._written >= limit

    def ask(self, pool: ThreadPool, returns: list[Raw]) -> None:
        """Start the requests that are needed to build the rows of these returns."""
        if not self.is_full:
            self.stream.ask(pool, returns)

    def write(self, returns: list[Raw]) -> None:
        """Write the rows of some returns."""
        if self.is_full:
            return
        extracted_at = datetime.now(UTC)
        rows = self.stream.rows_of(returns)
        if (limit := self.stream.ABORT_AT_RECORD_COUNT) is not None:
            rows = rows[: limit - self._written]
        self._written += len(rows)
        self.counter.increment(len(rows))
        self._write_rows(rows, extracted_at)
        for counts in self.counts.values():
            if counts.repeated:
                self._tell_repeated(counts, returns)

    def flush(self) -> None:  # noqa: B027 (most writers hold nothing back)
        """Write the collected rows, so that a STATE may follow."""

    @abstractmethod
    def _write_rows(self, rows: list[Row], extracted_at: datetime) -> None:
        """Write and count rows."""

    def _tell_repeated(self, counts: StreamCounts, returns: list[Raw]) -> None:
        """Log a warning if items of one return share an id."""
        if len(counts.keys) == 1:
            return
        times = Counter(str(raw.get("id")) for raw in returns)
        for (return_id, *item), more in counts.repeated.items():
            # A return that is listed twice repeats its items, which is harmless.
            if more < max(times[return_id], 1):
                continue
            counts.repeated_keys += more
            if counts.repeated_keys <= LONGEST_LIST:
                logging.getLogger("tap-loop-returns").warning(
                    "Return %s has %s rows in %s with the same key (%s); a target that "
                    "replaces rows by key keeps only one. Ask Loop about this return.",
                    return_id,
                    more + 1,
                    counts.name,
                    ", ".join(map(str, item)),
                )

    def _count_written(self) -> None:
        for name, counts in self.counts.items():
            counts.add([row for target, row in self.stream.written if target == name])
        self.stream.written.clear()


class PageWriter(StreamWriter):
    """Encodes all rows of a page at once."""

    @override
    def _write_rows(self, rows: list[Row], extracted_at: datetime) -> None:
        page_writer.write(page_writer.encode_records(self.stream, rows, extracted_at))
        (counts,) = self.counts.values()
        counts.add(rows)


class RecordWriter(StreamWriter):
    """Lets the SDK map and write the rows one by one."""

    @override
    def _write_rows(self, rows: list[Row], extracted_at: datetime) -> None:
        self.stream.write_rows(rows)
        self._count_written()


class BatchWriter(StreamWriter):
    """Collects mapped rows and writes them as BATCH files before each STATE."""

    def __init__(self, stream: WritableStream, config: BatchConfig) -> None:
        """Write the rows of this stream as BATCH files, with these settings."""
        super().__init__(stream)
        self._config = config
        self._waiting: dict[str, list[Row]] = {}

    @override
    def _write_rows(self, rows: list[Row], extracted_at: datetime) -> None:
        for name, row in self.stream.mapped(rows):
            self._waiting.setdefault(name, []).append(row)
        self._count_written()

    @override
    def flush(self) -> None:
        for name, rows in self._waiting.items():
            self.stream.write_batch_files(self._config, name, rows)
        self._waiting = {}


def writer_of(stream: WritableStream) -> StreamWriter:
    """Return the writer that a stream's settings and maps allow."""
    if page_writer.can_write_pages(stream):
        return PageWriter(stream)
    if config := stream.get_batch_config(stream.config):
        return BatchWriter(stream, config)
    return RecordWriter(stream)
