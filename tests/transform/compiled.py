"""Runs the SQL of single models, as dbt compiled it, on tables that a test makes."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable
from typing import Any

import duckdb

from .conftest import Warehouse

RELATION = re.compile(r'"\w+"\."\w+"\."(\w+)"')


class Models:
    """Compiled models over a database in memory; a table has the name of its model."""

    def __init__(self, built: Warehouse) -> None:
        """Read the SQL that dbt compiled when it built the warehouse."""
        folder = built.folder / "target" / "compiled" / "loop_returns" / "models"
        self.texts = {
            path.stem: RELATION.sub(r"\1", path.read_text("utf-8"))
            for path in folder.rglob("*.sql")
            # Rows that unit tests give have the name of their model.
            if path.parent.suffix != ".yml"
        }
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")

    def table(self, name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Make a table that models read, from its columns with types and its rows."""
        self.connection.execute(f"create or replace table {name} ({columns})")
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
            csv.writer(file).writerows(rows)
            file.flush()
            self.connection.execute(f"copy {name} from '{file.name}' (header false)")

    def build(self, name: str) -> None:
        """Make the table of a model."""
        self.connection.execute(f"create or replace table {name} as {self.texts[name]}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.connection.execute(sql).fetchall()
