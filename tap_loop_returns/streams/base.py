"""The base class of every stream."""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from singer_sdk import SchemaDirectory, Stream, StreamSchema
from singer_sdk.batch import Batcher
from singer_sdk.helpers._batch import SDKBatchMessage
from typing_extensions import override

from tap_loop_returns import schemas
from tap_loop_returns.client import LoopClient
from tap_loop_returns.context import HasContext, SyncContext
from tap_loop_returns.output.counts import StreamCounts
from tap_loop_returns.output.missed import Missed
from tap_loop_returns.rows import Raw, Row
from tap_loop_returns.rows.builder import RowBuilder
from tap_loop_returns.rows.personal import treatment

if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

    from singer_sdk.helpers._batch import BatchConfig
    from singer_sdk.singerlib import RecordMessage


# Column of every row with the id of the sync that sent it.
SYNC_ID = "sync_id"


class LoopStream(Stream):
    """A stream whose rows are built from Loop's items according to its schema file."""

    schema: ClassVar[StreamSchema] = StreamSchema(SchemaDirectory(schemas))
    # One bookmark per stream, without partitions by parent record.
    state_partitioning_keys = ()
    fields_of_other_streams: ClassVar[tuple[str, ...]] = ()
    """Fields of an item that belong to other streams."""
    requests_per_return: ClassVar[int] = 0
    """Requests for each return in addition to the list."""
    asked_items: ClassVar[str] = "returns"
    """Name, in the plural, of the items that have requests of their own."""
    scope: ClassVar[str] = "Returns"
    """Scope of the key that the endpoint needs, in Loop's words."""

    @property
    def sync_context(self) -> SyncContext:
        """The sync that runs."""
        return cast("HasContext", self._tap).context

    @property
    def client(self) -> LoopClient:
        """The tap's one client, which paces all requests."""
        return self.sync_context.client

    @functools.cached_property
    def builder(self) -> RowBuilder:
        """Builds the selected columns."""
        sent = {n: p for n, p in self.schema["properties"].items() if n != SYNC_ID}
        return RowBuilder(
            {**self.schema, "properties": sent},
            columns={n for n in sent if self._has(n)},
            constants={SYNC_ID: self.sync_context.sync_id} if self.has_sync_id else {},
            fields_of_other_streams=self.fields_of_other_streams,
            personal=treatment(
                self.config["personal_data"], self.config.get("personal_data_salt", "")
            ),
        )

    @functools.cached_property
    def written(self) -> list[tuple[str, Row]]:
        """Rows that passed the stream maps and are not counted yet, with their target names."""
        return []

    @functools.cached_property
    def missed(self) -> Missed:
        """Items whose own request failed."""
        return Missed(self.name, self.asked_items)

    def new_counts(self) -> dict[str, StreamCounts]:
        """Return new counts for each name that the stream maps give the stream."""
        keys = tuple(self.primary_keys or ())
        return {
            one.stream_alias: StreamCounts(
                one.stream_alias,
                keys,
                self.replication_key,
                tap_stream=self.name,
                keeps_keys=tuple(one.transformed_key_properties or ()) == keys
                and self.has_sync_id,
            )
            for one in self.stream_maps
        }

    def ask(self, pool: ThreadPool, returns: list[Raw]) -> None:
        """Start the requests that the rows of some returns need; most streams need none."""

    @property
    def has_sync_id(self) -> bool:
        """Whether the column of the sync's id is selected."""
        return self._has(SYNC_ID)

    def write_schema(self) -> None:
        """Send the SCHEMA of a stream that the SDK does not sync."""
        self._write_schema_message()

    def write_rows(self, rows: list[Row]) -> None:
        """Send rows the SDK's way, stream maps and flattening included."""
        for row in rows:
            self._write_record_message(row)

    def mapped(self, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
        """Yield the rows that the stream maps return, each with its stream's name."""
        for stream_map in self.stream_maps:
            for row in rows:
                if (mapped := stream_map.transform(row)) is not None:
                    self.written.append((stream_map.stream_alias, row))
                    yield stream_map.stream_alias, mapped

    def write_batch_files(
        self, config: BatchConfig, name: str, rows: list[Row]
    ) -> None:
        """Send mapped rows of one name as BATCH files."""
        batcher = Batcher(self.tap_name, self.name, config)
        for manifest in batcher.get_batches(iter(rows)):
            message = SDKBatchMessage(
                stream=name, encoding=config.encoding, manifest=manifest
            )
            self._tap.write_message(message)

    def write_state(self) -> None:
        """Send the state of the whole tap."""
        self._tap.state_writer.write_state(self.tap_state)

    @override
    def get_replication_key_signpost(self, context: Any = None) -> None:
        """Return None, because the bookmark never comes from the host's clock."""

    @override
    def _generate_record_messages(
        self, record: Row
    ) -> Generator[RecordMessage, None, None]:
        for message in super()._generate_record_messages(record):
            self.written.append((message.stream, record))
            yield message

    def _has(self, column: str) -> bool:
        # An older catalog may lack the property.
        is_known = column in self.effective_schema["properties"]
        return is_known and bool(self.mask.get(("properties", column), True))
