"""Compiles dbt models to SQL for DuckDB, to run them on a benchmark's or test's tables."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.models import Project

RELATION = re.compile(r'"\w+"\."\w+"\."(\w+)"')


def compiled(*names: str) -> dict[str, str]:
    """Compile models for DuckDB; return their SQL by name, with table names without a schema."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project = Project(folder / "project", folder / "raw.duckdb")
        duckdb.connect(str(project.raw)).close()
        project.dbt("compile", "--select", *names)
        return texts(project.folder / "target")


def texts(target: Path) -> dict[str, str]:
    """Return the SQL of models by name, from the target folder of dbt."""
    return {
        path.stem: RELATION.sub(r"\1", path.read_text("utf-8"))
        for path in (target / "compiled/loop_returns/models").rglob("*.sql")
        # dbt names the input rows of a unit test after their model.
        if path.parent.suffix != ".yml"
    }


def load(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: str,
    rows: Iterable[Iterable[Any]],
) -> None:
    """Make a table of rows; ``columns`` are names with their types."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        csv.writer(file).writerows(rows)
        file.flush()
        connection.execute(f"create or replace table {table} ({columns})")
        connection.execute(f"copy {table} from '{file.name}' (header false)")


def build(
    connection: duckdb.DuckDBPyConnection, models: dict[str, str], names: Iterable[str]
) -> None:
    """Make the tables of models, in this order."""
    for name in names:
        connection.execute(f"create or replace table {name} as {models[name]}")
