"""Lands Singer messages in DuckDB as target-duckdb does: typed columns, newest row per key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Json = dict[str, Any]


def land(
    lines: Iterable[str],
    database: Path,
    schema: str,
    change: Callable[[str, dict[str, list[Json]]], dict[str, list[Json]]] | None = None,
) -> dict[str, int]:
    """Load messages into a schema; return the number of rows of each table.

    `change` returns, for a schema and its rows by stream, the rows to load.
    """
    schemas: dict[str, Json] = {}
    rows: dict[str, dict[tuple[Any, ...], Json]] = {}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            schemas[message["stream"]] = message
            rows.setdefault(message["stream"], {})
        elif message["type"] == "RECORD":
            keys = schemas[message["stream"]]["key_properties"]
            record = message["record"]
            key = tuple(record.get(name) for name in keys)
            rows[message["stream"]][key] = record
    records = {stream: list(found.values()) for stream, found in rows.items()}
    if change:
        records = change(schema, records)
    with duckdb.connect(str(database)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create schema if not exists {schema}")
        for stream, message in schemas.items():
            table = f"{schema}.{stream}"
            _create(connection, table, message["schema"]["properties"])
            _fill(
                connection,
                table,
                message["schema"]["properties"],
                records[stream],
                database.parent,
            )
    return {stream: len(found) for stream, found in records.items()}


def _column_type(declared: Json) -> str:
    """Return the type the loader makes of a property."""
    if "anyOf" in declared:
        declared = next(one for one in declared["anyOf"] if one.get("type") != "null")
    words = declared.get("type", "string")
    words = [words] if isinstance(words, str) else words
    if declared.get("format") == "date-time":
        return "timestamp"
    for word, name in (
        ("object", "json"),
        ("array", "json"),
        ("string", "varchar"),
        ("number", "double"),
        ("integer", "hugeint"),
        ("boolean", "boolean"),
    ):
        if word in words:
            return name
    return "varchar"


def _create(
    connection: duckdb.DuckDBPyConnection, table: str, properties: Json
) -> None:
    """Create the table again, with columns in lower case."""
    columns = ", ".join(
        f'"{name.lower()}" {_column_type(declared)}'
        for name, declared in properties.items()
    )
    connection.execute(f"create or replace table {table} ({columns})")


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    properties: Json,
    records: Iterable[Json],
    folder: Path,
) -> None:
    """Insert the rows; empty text becomes null, and timestamps become UTC without a zone."""
    file = folder / f"{table}.ndjson"
    with file.open("w", encoding="utf-8") as handle:
        for record in records:
            row = {name.lower(): record.get(name) for name in properties}
            handle.write(json.dumps(row) + "\n")
    if not file.stat().st_size:
        return
    types = {
        name.lower(): _column_type(declared) for name, declared in properties.items()
    }
    read = ", ".join(
        f"{json.dumps(name)}: '{'json' if kind == 'json' else 'varchar'}'"
        for name, kind in types.items()
    )
    casts = ", ".join(
        f'cast(cast("{name}" as timestamptz) as timestamp)'
        if kind == "timestamp"
        else f"cast(nullif(\"{name}\", '') as {kind})"
        if kind != "json"
        else f'case when cast("{name}" as varchar) <> \'null\' then "{name}" end'
        for name, kind in types.items()
    )
    connection.execute(
        f"insert into {table} select {casts} from read_json('{file}', columns = {{{read}}}, "
        "format = 'newline_delimited')"
    )
    file.unlink()
