"""Compares every public table of a warehouse with DuckDB's, row by row."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb

Row = tuple[Any, ...]
Read = Callable[[str, list[str]], Iterable[Row]]
"""Gives the rows of a mart of the other warehouse, by its name and its columns."""

OF_ITS_OWN = {"rpt_sync_reconciliation"}
"""Tables about the syncs into a warehouse, which differ between warehouses."""


@dataclass
class Comparison:
    """What was compared, and what differs."""

    warehouse: str
    tables: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Sum it up in one line."""
        return (
            f"DuckDB = {self.warehouse}: {self.tables} tables, {self.rows:,} rows, "
            f"{len(self.differences)} differences"
        )


def compare(file: Path, warehouse: str, read: Read) -> Comparison:
    """Compare all marts. Amounts, texts and times must be equal; floats to 1e-9."""
    found = Comparison(warehouse)
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for table, columns in _tables(connection).items():
            if table in OF_ITS_OWN:
                continue
            words = ", ".join(columns)
            rows = connection.execute(f"select {words} from analytics.{table}")
            ours = ordered(rows.fetchall())
            theirs = ordered(read(table, columns))
            found.tables += 1
            found.rows += len(ours)
            if len(ours) != len(theirs):
                found.differences.append(
                    f"{table}: {len(ours):,} rows, {len(theirs):,} there"
                )
                continue
            for one, other in zip_longest(ours, theirs):
                found.differences += [
                    f"{table}.{column}: {value!r}, there {there!r}"
                    for column, value, there in zip(columns, one, other, strict=True)
                    if not _equal(value, there)
                ]
    return found


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    rows = connection.execute(
        "select table_name, column_name from information_schema.columns"
        " inner join information_schema.tables using (table_schema, table_name)"
        " where table_schema = 'analytics' and table_type = 'BASE TABLE'"
        " and column_name <> 'built_at'"
        " order by table_name, ordinal_position"
    )
    for table, column in rows.fetchall():
        tables.setdefault(table, []).append(column)
    return tables


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Sort by the columns that must be equal, then by floats."""
    plain = [tuple(_plain(value) for value in row) for row in rows]
    return sorted(plain, key=lambda row: (_exact(row), repr(row)))


def _exact(row: Row) -> str:
    return repr([value for value in row if not isinstance(value, float)])


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.normalize() if value else Decimal(0)
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-12)
    return type(value) is type(other) and value == other
