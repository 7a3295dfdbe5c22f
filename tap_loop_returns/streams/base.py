"""What every stream of the tap shares."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import SchemaDirectory, Stream, StreamSchema
from singer_sdk.batch import Batcher
from singer_sdk.helpers._batch import SDKBatchMessage
from typing_extensions import override

from tap_loop_returns import schemas
from tap_loop_returns.personal import treatment
from tap_loop_returns.rows import Row, RowBuilder

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BatchConfig

    from tap_loop_returns.client import LoopClient
    from tap_loop_returns.tap import TapLoopReturns


class LoopStream(Stream):
    """A stream whose rows are built from Loop's items as its schema file says."""

    schema: ClassVar[StreamSchema] = StreamSchema(SchemaDirectory(schemas))
    # One bookmark a stream; a parent's record never becomes a partition.
    state_partitioning_keys = ()
    consumed: ClassVar[tuple[str, ...]] = ()
    """Fields of an item that other streams take."""
    scope: ClassVar[str] = "Returns"
    """Scope of the key that the endpoint needs, in Loop's words."""

    _tap: TapLoopReturns

    @property
    def client(self) -> LoopClient:
        """The tap's one client, which paces all requests."""
        return self._tap.client

    @functools.cached_property
    def builder(self) -> RowBuilder:
        """Builds the selected columns."""
        return RowBuilder(
            self.schema,
            columns={n for n in self.schema["properties"] if self._has(n)},
            consumed=self.consumed,
            personal=treatment(
                self.config["personal_data"], self.config.get("personal_data_salt", "")
            ),
        )

    def write_schema(self) -> None:
        """Send the SCHEMA of a stream that the SDK does not sync by itself."""
        self._write_schema_message()

    def write_rows(self, rows: list[Row]) -> None:
        """Send rows the SDK's way, stream maps and flattening included."""
        for row in rows:
            self._write_record_message(row)

    def write_batch_files(self, config: BatchConfig, rows: list[Row]) -> None:
        """Send rows as BATCH files, mapped as single records would be."""
        batcher = Batcher(self.tap_name, self.name, config)
        for stream_map in self.stream_maps:
            mapped = (stream_map.transform(row) for row in rows)
            passed = (row for row in mapped if row is not None)
            for manifest in batcher.get_batches(passed):
                message = SDKBatchMessage(
                    stream=stream_map.stream_alias,
                    encoding=config.encoding,
                    manifest=manifest,
                )
                self._tap.write_message(message)

    def write_state(self) -> None:
        """Send the state of the whole tap."""
        self._tap.state_writer.write_state(self.tap_state)

    @override
    def get_replication_key_signpost(self, context: Any = None) -> None:
        """Return none: the bookmark never comes from the host's clock."""

    def _has(self, column: str) -> bool:
        return bool(self.mask.get(("properties", column), True))
