"""A Singer target for DuckDB that lets DuckDB read the records.

Python reads the envelope of each message; a record stays text until DuckDB's own
JSON reader parses it with the columns of its schema. All streams are written in
one transaction, and the state that covers them follows.
docs/decisions/0005-embedded-loader.md has the reasons and the measurements.
"""

from __future__ import annotations

import argparse
import errno
import logging
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import msgspec

LARGEST_MESSAGE = 128 * 1024 * 1024
"""Maximum bytes of a line; DuckDB's default for a record is an eighth of this."""
LOG_SIZE = "256MB"
"""Bytes of changes in DuckDB's write-ahead log before a checkpoint."""
STORAGE_VERSION = "v1.3.0"
"""Storage version of a new file, whose text compression is faster and twice as dense."""
BATCHED_AT = "_sdc_batched_at"
"""Column of every table with the time when a row was written; the models compare it."""
TIMESTAMP = "TIMESTAMP"

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Numbers of the system's errors that mean a full disk."""

logger = logging.getLogger("target-duckdb")


class LoaderError(Exception):
    """An error whose text says what to do and never contains a value of a record."""


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """The settings of meltano.yml."""

    path: str
    default_target_schema: str
    batch_size_rows: int = 10_000
    batch_size_bytes: int = 64 * 1024 * 1024


class Message(msgspec.Struct):
    """A Singer message; record and state stay text."""

    type: str = ""
    stream: str = ""
    record: msgspec.Raw = msgspec.Raw()
    value: msgspec.Raw = msgspec.Raw()
    schema: dict[str, Any] = {}
    key_properties: list[str] | None = None


_decode = msgspec.json.Decoder(Message).decode

_ESCAPE = re.compile(
    rb"\\(?:(?P<pair>u[dD][89abAB]..\\u[dD][c-fC-F]..)|(?P<half>u[dD][89a-fA-F]..)|.)",
    re.DOTALL,
)


def messages(source: BinaryIO) -> Iterator[tuple[int, Message]]:
    """Yield each message with the number of bytes of its line.

    Raises:
        LoaderError: A line is too long or is not a Singer message.
    """
    lines = iter(partial(source.readline, LARGEST_MESSAGE + 1), b"")
    for number, line in enumerate(lines, 1):
        if len(line) > LARGEST_MESSAGE:
            msg = (
                f"Line {number} of the input is longer than {LARGEST_MESSAGE:,} bytes. "
                "Deselect the column that makes it so large, or the stream."
            )
            raise LoaderError(msg)
        try:
            yield len(line), _decode(line if line.isascii() else _utf8(line))
        except (msgspec.DecodeError, RecursionError):
            yield len(line), _read_repaired(line, number)


def _utf8(line: bytes) -> bytes:
    """Return the line with bytes that are not UTF-8 replaced by U+FFFD."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode(errors="replace").encode()
    return line


def _read_repaired(line: bytes, number: int) -> Message:
    """Read a line again with each half of a surrogate pair replaced by U+FFFD."""

    def whole(escape: re.Match[bytes]) -> bytes:
        return rb"\ufffd" if escape["half"] else escape[0]

    try:
        return _decode(_ESCAPE.sub(whole, _utf8(line)))
    except (msgspec.DecodeError, RecursionError):
        msg = f"Line {number} of the input cannot be read as a Singer message."
        raise LoaderError(msg) from None


class Table:
    """The table of a stream, and the collected records to write to it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, schema: str, message: Message
    ) -> None:
        """Create the table, or add the columns that it lacks.

        Raises:
            LoaderError: The schema has no key, or two columns with the same name.
        """
        self.waiting: list[msgspec.Raw] = []
        self._stream = message.stream
        self._connection = connection
        properties = message.schema.get("properties", {})
        self._types = {name: column_type(kind) for name, kind in properties.items()}
        if len({name.lower() for name in self._types}) < len(self._types):
            msg = f"Two properties of {message.stream} differ only in upper and lower case."
            raise LoaderError(msg)
        self._keys = message.key_properties or []
        if not self._keys or not self._types.keys() >= set(self._keys):
            msg = f"Stream {message.stream} names no key among its properties."
            raise LoaderError(msg)
        self._schema = schema
        self._table = table_name(message.stream)
        [[catalog]] = self._ask("SELECT current_database()")
        self.name = ".".join(map(_name, (catalog, schema, self._table)))
        self._match_columns()

    def write(self, file: Path, batched_at: datetime) -> None:
        """Write the last collected row of each key; it replaces stored rows with that key.

        Raises:
            LoaderError: A record lacks its key, or DuckDB cannot read a value.
        """
        logger.info("Loading %s rows into %s", f"{len(self.waiting):,}", self.name)
        file.write_bytes(b"\n".join(self.waiting))
        try:
            self._ask(f"CREATE TEMP TABLE batch AS {self._rows(file, batched_at)}")
        except duckdb.Error as error:
            self._connection.rollback()
            raise self._unreadable(file, error) from None
        keys = list(map(_column, self._keys))
        empty = " AND ".join(f"{key} IS NULL" for key in keys)
        if self._ask(f"SELECT 1 FROM batch WHERE {empty} LIMIT 1"):  # noqa: S608
            msg = f"A record of {self._stream} lacks its key: {', '.join(self._keys)}."
            raise LoaderError(msg)
        # Parts of a key may be null, and nulls must be equal here as in GROUP BY.
        same = " AND ".join(
            f"old.{key} IS NOT DISTINCT FROM batch.{key}" for key in keys
        )
        self._ask(f"DELETE FROM {self.name} old USING batch WHERE {same}")  # noqa: S608
        last = f"SELECT max(rowid) FROM batch GROUP BY {', '.join(keys)}"  # noqa: S608
        self._ask(f"INSERT INTO {self.name} BY NAME FROM batch WHERE rowid IN ({last})")
        self._ask("DROP TABLE batch")
        self.waiting.clear()

    def _match_columns(self) -> None:
        """Create the table, or add a column for each property that it lacks.

        A column whose type has changed keeps its values under another name; the values
        of a key are converted.
        """
        query = (
            "SELECT lower(column_name), data_type FROM duckdb_columns() "
            "WHERE database_name = current_database() "
            "AND schema_name = ? AND table_name = ?"
        )
        there = dict(self._ask(query, [self._schema, self._table]))
        wanted = {
            **{name.lower(): kind for name, kind in self._types.items()},
            BATCHED_AT: TIMESTAMP,
        }
        if not there:
            # There is no index on the key, because every batch would have to update it.
            columns = ", ".join(f"{_name(name)} {wanted[name]}" for name in wanted)
            self._ask(f"CREATE TABLE {self.name} ({columns})")
            return
        for name, kind in wanted.items():
            if there.get(name) == kind:
                continue
            if name in map(str.lower, self._keys) and name in there:
                # With a new, empty key no stored row would ever be replaced.
                self._convert_key(name, kind)
                continue
            if name in there:
                former = f"{name}_{datetime.now(UTC):%Y%m%d_%H%M%S}"
                self._ask(
                    f"ALTER TABLE {self.name} RENAME {_name(name)} TO {_name(former)}"
                )
                logger.warning("%s: %s is now %s", self.name, name, former)
            self._ask(f"ALTER TABLE {self.name} ADD COLUMN {_name(name)} {kind}")

    def _convert_key(self, name: str, kind: str) -> None:
        """Change the type of a key column.

        Raises:
            LoaderError: A stored key has no value of this type.
        """
        try:
            self._ask(f"ALTER TABLE {self.name} ALTER {_name(name)} TYPE {kind}")
        except duckdb.Error:
            msg = (
                f"The key {name} of {self._stream} is now {kind}, and the stored keys "
                f"cannot be converted. Rename the table {self.name}, then load "
                "everything again."
            )
            raise LoaderError(msg) from None

    def _rows(self, file: Path, batched_at: datetime) -> str:
        """Return the query that reads a batch."""
        values = ", ".join(
            f"CAST({_value(name, kind)} AS {kind}) AS {_column(name)}"
            for name, kind in self._types.items()
            if name != BATCHED_AT
        )
        stamp = f"CAST({_text(batched_at.isoformat())} AS {TIMESTAMP})"
        return f"SELECT {values}, {stamp} AS {BATCHED_AT} FROM {self._reading(file)}"  # noqa: S608

    def _reading(self, file: Path) -> str:
        """Return the table function that reads a batch, with all columns except JSON as text."""
        columns = ", ".join(
            f"{_text(name)}: '{kind if kind == 'JSON' else 'VARCHAR'}'"
            for name, kind in self._types.items()
        )
        return (
            f"read_json({_text(str(file))}, columns = {{{columns}}}, "
            f"format = 'newline_delimited', maximum_object_size = {LARGEST_MESSAGE})"
        )

    def _unreadable(self, file: Path, error: duckdb.Error) -> LoaderError:
        """Return the error that names column and key of the first value of wrong type."""
        keys = ", ".join(map(_name, self._keys))
        for name, kind in self._types.items():
            if kind == "JSON":
                continue
            value = _value(name, kind)
            query = (
                f"SELECT {keys} FROM {self._reading(file)} "  # noqa: S608
                f"WHERE {value} IS NOT NULL AND TRY_CAST({value} AS {kind}) IS NULL"
                " LIMIT 1"
            )
            for key in self._ask(query):
                # If the key has the wrong type, the error does not show the value of
                # the key either.
                shown = [
                    "?" if part == name else str(value)
                    for part, value in zip(self._keys, key, strict=True)
                ]
                return LoaderError(
                    f"{self._stream}: column {name} takes {kind}, and the record with "
                    f"the key {', '.join(shown)} has another value there."
                )
        return LoaderError(
            f"{self._stream}: DuckDB cannot read the batch ({type(error).__name__})."
        )

    def _ask(self, query: str, values: list[str] | None = None) -> list[Any]:
        return self._connection.execute(query, values).fetchall()


def table_name(stream: str) -> str:
    """Return the name of a stream's table."""
    return re.sub(r"[.-]", "_", stream).lower()


def column_type(schema: dict[str, Any]) -> str:
    """Return DuckDB's type for a property; JSON for objects, lists and untyped properties."""
    parts = (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))
    kinds: set[str] = set()
    for part in parts:
        named = part.get("type", ())
        kinds.update([named] if isinstance(named, str) else named)
    kinds.discard("null")
    if not kinds or kinds & {"object", "array"}:
        return "JSON"
    if kinds == {"string"}:
        format_ = next((part["format"] for part in parts if "format" in part), "")
        return {"date-time": TIMESTAMP, "time": "TIME"}.get(format_, "VARCHAR")
    if kinds <= {"number", "integer"}:
        return "DOUBLE" if "number" in kinds else "HUGEINT"
    return "BOOLEAN" if kinds == {"boolean"} else "VARCHAR"


def _value(name: str, kind: str) -> str:
    """Return the SQL of a field; an empty text is null unless the column is text."""
    return _name(name) if kind in {"VARCHAR", "JSON"} else f"NULLIF({_name(name)}, '')"


def _column(name: str) -> str:
    return _name(name.lower())


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Loader:
    """Writes what a tap sends to one database file."""

    def __init__(self, settings: Settings) -> None:
        """Open the database; create its folder and schema if necessary.

        Raises:
            LoaderError: The file cannot be opened, for example because another program
                has it open.
        """
        # DuckDB would expand ``~`` too, but not for the batch beside the database.
        path = Path(settings.path).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only the owner may read the shoppers' data. The report is in this folder too,
        # and a web server may read it.
        os.umask(0o077)
        self._settings = settings
        # Only one process can open the database, so once it is open, an existing file
        # is left over from a killed loader.
        self._file = path.with_name(f"{path.name}.batch")
        self._tables: dict[str, Table] = {}
        self._bytes = 0
        self._state = b""
        config: dict[str, str | bool | int | float | list[str]] = {
            "storage_compatibility_version": STORAGE_VERSION,
            # One thread is enough: a batch is so small that two threads take 1.6 times
            # the CPU time.
            "threads": 1,
        }
        try:
            self._connection = duckdb.connect(str(path), config=config)
        except duckdb.IOException as error:
            raise _not_opened(path, error) from None
        self._file.unlink(missing_ok=True)
        # Checkpoints are rare, because each compresses the last, half-filled row group again.
        self._connection.execute(f"SET checkpoint_threshold = '{LOG_SIZE}'")
        schema = _name(settings.default_target_schema)
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")

    def load(self, source: BinaryIO) -> None:
        """Write all messages and print each state once its records are written.

        Raises:
            LoaderError: A message cannot be written; nothing of its batch is then
                stored.
        """
        settings = self._settings
        for size, message in messages(source):
            if message.type == "RECORD":
                try:
                    waiting = self._tables[message.stream].waiting
                except KeyError:
                    msg = f"A record of {message.stream} came before its schema."
                    raise LoaderError(msg) from None
                waiting.append(message.record)
                self._bytes += size
                if (
                    len(waiting) >= settings.batch_size_rows
                    or self._bytes >= settings.batch_size_bytes
                ):
                    self._flush()
            elif message.type == "STATE":
                self._state = bytes(message.value)
            elif message.type == "SCHEMA":
                if message.stream in self._tables:
                    self._flush()
                self._refuse_shared_table(message.stream)
                self._tables[message.stream] = Table(
                    self._connection, settings.default_target_schema, message
                )
            elif message.type != "ACTIVATE_VERSION":
                msg = f"Messages of type {message.type!r} are not supported."
                raise LoaderError(msg)
        self._flush()
        self._connection.close()

    def _refuse_shared_table(self, stream: str) -> None:
        """Check that no other stream is written to the table of a stream.

        Raises:
            LoaderError: Another stream is, and rows with the same key would replace
                each other.
        """
        for other in self._tables:
            if other != stream and table_name(other) == table_name(stream):
                msg = (
                    f"Streams {other} and {stream} have one table, "
                    f"{table_name(stream)}. Rename one of them with a stream map."
                )
                raise LoaderError(msg)

    def _flush(self) -> None:
        """Write all collected records in one transaction, then print the state."""
        waiting = [table for table in self._tables.values() if table.waiting]
        batched_at = datetime.now(UTC)
        self._connection.begin()
        try:
            for table in waiting:
                table.write(self._file, batched_at)
            self._connection.commit()
        finally:
            self._file.unlink(missing_ok=True)
        self._bytes = 0
        if self._state:
            sys.stdout.buffer.write(self._state + b"\n")
            sys.stdout.buffer.flush()
            self._state = b""


def _not_opened(path: Path, error: duckdb.Error) -> LoaderError:
    """Return the error that names the process which has the file open, or DuckDB's reason."""
    holder = re.search(r"held in (.+?) \(PID (\d+)\)", str(error))
    if holder:
        return LoaderError(
            f"{path} is open in {holder[1]} (process {holder[2]}). Close it, then run "
            "again; nothing was written."
        )
    # This text holds the path, and nothing of the file's content.
    reason = str(error).splitlines()[0]
    return LoaderError(f"{path} cannot be opened; nothing was written. {reason}")


def main() -> None:
    """Load standard input with the settings in the file after --config."""
    parser = argparse.ArgumentParser(prog="target-duckdb", description=__doc__)
    parser.add_argument("-c", "--config", required=True, help="JSON file of settings")
    file = Path(parser.parse_args().config)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        settings = msgspec.json.decode(file.read_bytes(), type=Settings, strict=False)
    except (OSError, msgspec.DecodeError) as error:
        sys.exit(f"target-duckdb: {file}: {error}")
    try:
        Loader(settings).load(sys.stdin.buffer)
    except LoaderError as error:
        sys.exit(f"target-duckdb: {error}")
    except BrokenPipeError:
        sys.exit(
            "target-duckdb: The program that reads the states has ended; see its log, "
            "then run again. All rows up to the last batch are written."
        )
    except (OSError, duckdb.Error) as error:
        sys.exit(
            f"target-duckdb: {_reason(error, settings.path)} This batch was left out; "
            "those before it are written."
        )


def _reason(error: Exception, path: str) -> str:
    """Return what is known about an error of the disk or of DuckDB, without values."""
    # DuckDB wraps the system's text in errors of several types.
    if any(os.strerror(number) in str(error) for number in FULL):
        return f"{path}: The disk is full; free some space, then run again."
    if isinstance(error, OSError):
        return f"{path}: {error}."
    if isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)):
        return f"{str(error).splitlines()[0]}."
    # The text of any other error of DuckDB may contain values.
    return f"DuckDB refused a batch ({type(error).__name__})."
