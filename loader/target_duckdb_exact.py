"""Run target-duckdb 0.8.0 with records handed to DuckDB as the tap wrote them.

The loader as released takes each record apart in Python, writes a CSV file without
a header, and lets DuckDB guess what it looks like; where DuckDB guesses "header",
a row is lost with exit code 0. Here a record stays text: Python reads its key only,
and DuckDB's own JSON reader does the rest. Tables and columns, batches, state and
upserts stay the loader's; docs/decisions/0005-embedded-loader.md says what was counted.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import target_duckdb
from target_duckdb.db_sync import DbSync, primary_column_names, safe_column_name

LARGEST_RECORD = 128 * 1024 * 1024
"""Bytes that DuckDB may read as one record; its own default is an eighth."""
LOG_SIZE = "256MB"
"""Of changes that DuckDB may log before it writes them into its tables."""
BATCHED_AT = "_sdc_batched_at"
"""The column of every table that says when a row was written; the models compare it."""
UNREAD_REFUSES = ("validate_records", "data_flattening_max_level")
"""Settings that would need every record taken apart."""


class Message(msgspec.Struct):
    """A Singer message whose record is not read."""

    type: str = ""
    stream: str = ""
    record: msgspec.Raw = msgspec.Raw()
    time_extracted: str | None = None


_decode = msgspec.json.Decoder(Message).decode


def read(line: bytes) -> dict[str, Any]:
    """Read a message; a record stays text."""
    message = _decode(line)
    if message.type != "RECORD":
        content: dict[str, Any] = json.loads(line)
        return content
    return {
        "type": "RECORD",
        "stream": message.stream,
        "record": message.record,
        "time_extracted": message.time_extracted,
    }


def with_metadata(message: dict[str, Any]) -> bytes:
    """Append what the loader knows of a record alone; a batch is stamped as a whole."""
    stamp = {"_sdc_extracted_at": message["time_extracted"]}
    return bytes(message["record"])[:-1] + b"," + json.dumps(stamp).encode()[1:]


class UnreadSync(DbSync):
    """Writes one stream's batches to its table."""

    def __init__(
        self, connection: Any, config: dict[str, Any], message: dict[str, Any]
    ) -> None:
        """Prepare to read keys; every table says when a row was written."""
        message["schema"]["properties"][BATCHED_AT] = {
            "type": ["null", "string"],
            "format": "date-time",
        }
        super().__init__(connection, config, message)
        names = self.stream_schema_message["key_properties"]
        fields = [(f"key_{place}", Any) for place in range(len(names))]
        keys = msgspec.defstruct(
            "Keys",
            fields,
            rename=dict(zip((name for name, _ in fields), names, strict=True)),
        )
        self._keys: Callable[[Any], Any] = msgspec.json.Decoder(keys).decode

    def create_table_query(self) -> str:
        """Leave the key without an index, which every batch would pay for."""
        table = self.table_name(self.stream_schema_message["stream"])
        columns = zip(self.column_names(), self.column_types(), strict=True)
        return f"CREATE TABLE {table} ({', '.join(map(' '.join, columns))})"

    def record_primary_key_string(self, record: msgspec.Raw) -> str | None:
        """Read the key, by which a later record in a batch replaces an earlier one.

        Raises:
            ValueError: The record lacks a part of its key.
        """
        try:
            parts = msgspec.structs.astuple(self._keys(record))
        except msgspec.ValidationError:
            stream = self.stream_schema_message["stream"]
            names = ", ".join(self.stream_schema_message["key_properties"])
            message = f"A record of {stream} lacks its key: {names}."
            raise ValueError(message) from None
        return ",".join(map(str, parts)) if parts else None

    def load_rows(self, records: Collection[Any], count: int, temp_dir: str) -> None:
        """Replace or add a batch of rows."""
        table = self.table_name(self.stream_schema_message["stream"])
        self.logger.info("Loading %d rows into '%s'", count, table)
        with tempfile.NamedTemporaryFile(dir=temp_dir, suffix=".jsonl") as file:
            file.write(b"\n".join(records))
            file.flush()
            self.conn.execute(f"CREATE TEMP TABLE batch AS {self._rows(file.name)}")
        self.conn.execute("BEGIN")
        keys = primary_column_names(self.stream_schema_message)
        if keys:
            same = " AND ".join(f"old.{key} = batch.{key}" for key in keys)
            delete = f"DELETE FROM {table} old USING batch WHERE {same}"  # noqa: S608
            self.conn.execute(delete)
        self.conn.execute(f"INSERT INTO {table} BY NAME FROM batch")
        self.conn.execute("COMMIT")
        self.conn.execute("DROP TABLE batch")

    def _rows(self, file: str) -> str:
        """Write the query that reads a batch."""
        names = list(self.flatten_schema)
        kinds = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in names)
        now = _quoted(datetime.now(UTC).isoformat())
        values = ", ".join(
            f"CAST({now if name == BATCHED_AT else _text(name)} AS {kind})"
            f" AS {safe_column_name(name)}"
            for name, kind in zip(names, self.column_types(), strict=True)
        )
        return (
            f"SELECT {values} FROM "  # noqa: S608 - names of the schema, quoted
            f"read_json({_quoted(file)}, columns = {{{kinds}}}, "
            f"format = 'newline_delimited', maximum_object_size = {LARGEST_RECORD})"
        )


def _text(name: str) -> str:
    """Write a field of the record as SQL; empty text is null, as it is in a CSV file."""
    return f"""NULLIF("{name}", '')"""


def _quoted(text: str) -> str:
    """Write a text of SQL."""
    return "'" + text.replace("'", "''") + "'"


_open = target_duckdb.duckdb_connect


def _connect(config: dict[str, Any]) -> Any:
    """Open the database; its folder is made if there is none."""
    for name in UNREAD_REFUSES:
        if config.get(name):
            sys.exit(f"target-duckdb: remove the setting {name}; records are not read.")
    path = str(config.get("path", ""))
    if path and not path.startswith("md:"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    connection = _open(config)
    # At each checkpoint the last, half-filled group of rows is compressed anew.
    connection.execute(f"SET checkpoint_threshold = '{LOG_SIZE}'")
    return connection


def main() -> None:
    """Run the loader's own command line."""
    target_duckdb.json = SimpleNamespace(
        loads=read, load=json.load, dumps=json.dumps, decoder=json.decoder
    )
    # The loader reads standard input through this, as text; messages are bytes here.
    target_duckdb.io = SimpleNamespace(TextIOWrapper=lambda stream, **_: stream)
    target_duckdb.DbSync = UnreadSync
    target_duckdb.add_metadata_values_to_record = with_metadata
    target_duckdb.duckdb_connect = _connect
    target_duckdb.main()
