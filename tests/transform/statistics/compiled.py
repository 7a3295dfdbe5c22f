"""Runs the SQL of single models, as dbt compiled it, on tables that a test makes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from benchmarks.estimates.compiled_models import build, load, texts
from tests.transform.conftest import Warehouse


class Models:
    """Compiled models over a database in memory; a table has the name of its model."""

    def __init__(self, built: Warehouse) -> None:
        """Read the SQL that dbt compiled when it built the warehouse."""
        self.texts = texts(built.folder / "target")
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")

    def table(self, name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Make a table that models read, from its columns with types and its rows."""
        load(self.connection, name, columns, rows)

    def build(self, name: str) -> None:
        """Make the table of a model."""
        build(self.connection, self.texts, [name])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.connection.execute(sql).fetchall()
