"""The interface of a stream for the writers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from tap_loop_returns.output.counts import StreamCounts
from tap_loop_returns.output.missed import Missed
from tap_loop_returns.rows import Raw, Row

if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

    from singer_sdk.helpers._batch import BatchConfig
    from singer_sdk.mapper import StreamMap
    from singer_sdk.metrics import Counter


class WritableStream(Protocol):
    """A stream whose rows come from pages of returns, or of an endpoint's items."""

    ABORT_AT_RECORD_COUNT: int | None
    name: str
    requests_per_return: ClassVar[int]
    """Requests per return in addition to the list."""

    @property
    def replication_key(self) -> str | None:
        """Column of the bookmark."""

    @property
    def replication_method(self) -> str:
        """Replication method in the catalog."""

    @property
    def config(self) -> Mapping[str, Any]:
        """The tap's settings."""

    @property
    def schema(self) -> dict[str, Any]:
        """The stream's own schema."""

    @property
    def effective_schema(self) -> dict[str, Any]:
        """The schema after the catalog's changes."""

    @property
    def stream_maps(self) -> list[StreamMap]:
        """The stream maps that the rows pass through."""

    @property
    def stream_state(self) -> MutableMapping[str, Any]:
        """The stream's part of the state."""

    @property
    def missed(self) -> Missed:
        """Items whose own request failed."""

    @property
    def written(self) -> list[tuple[str, Row]]:
        """Rows that passed the stream maps and are not counted yet, with their target names."""

    def rows_of(self, returns: Iterable[Raw]) -> list[Row]:
        """Return the rows of some returns."""

    def ask(self, pool: ThreadPool, returns: list[Raw]) -> None:
        """Start the requests that are needed to build the rows of these returns."""

    def new_counts(self) -> dict[str, StreamCounts]:
        """Return new counts for each name of the stream in the target."""

    def mapped(self, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
        """Yield the rows that the stream maps return, each with its stream's name."""

    def write_rows(self, rows: list[Row]) -> None:
        """Write rows with the SDK."""

    def write_batch_files(
        self, config: BatchConfig, name: str, rows: list[Row]
    ) -> None:
        """Write BATCH files."""

    def write_schema(self) -> None:
        """Write the SCHEMA message."""

    def write_state(self) -> None:
        """Write the state of the whole tap."""

    def get_batch_config(self, config: Mapping[str, Any]) -> BatchConfig | None:
        """Return the settings of BATCH files, if BATCH is configured."""

    def get_record_counter(self) -> Counter:
        """Return the SDK's row counter."""
