"""Runs the queries in this package, and packs their rows for the page."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from report.warehouse import (
    Row,
    Warehouse,
    WarehouseError,
    build_command,
    schema_of_marts,
)

QUERIES = {
    path.stem: path
    for path in sorted((Path(__file__).parent / "queries").rglob("*.sql"))
}
"""The file of each data set's query."""

_TABLE = re.compile(r"\b(?:from|join)\s+(\w+)")


class Table(NamedTuple):
    """The result of a query: names of columns, and rows."""

    columns: list[str]
    rows: list[Row]

    def records(self) -> Iterator[dict[str, Any]]:
        """Return the rows as values by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


def read(warehouse: Warehouse, names: Iterable[str] | None = None) -> dict[str, Table]:
    """Read data sets.

    Args:
        warehouse: Where the marts are.
        names: Names of the data sets; None for all.

    Returns:
        Data sets by name, without those whose mart does not exist.

    Raises:
        WarehouseError: The schema holds no shop, or several.
    """
    there = warehouse.tables()
    if "rpt_data_through" not in there:
        raise WarehouseError(
            f"The schema {schema_of_marts()} holds no shop, or you may not read it. "
            f"Build it with {build_command()}, or set DBT_SCHEMA (on BigQuery BIGQUERY_DATASET) "
            "to the schema of your marts."
        )
    _, shops = warehouse.query("select data_through_date from rpt_data_through")
    if len(shops) > 1:
        raise WarehouseError(
            f"The schema {schema_of_marts()} holds {len(shops)} shops, but a report "
            "covers one shop. Set DBT_SCHEMA (on BigQuery BIGQUERY_DATASET) to the "
            "schema of one shop."
        )
    texts = {name: QUERIES[name].read_text("utf-8") for name in names or QUERIES}
    return {
        name: Table(*warehouse.query(sql))
        for name, sql in texts.items()
        if there.issuperset(_TABLE.findall(sql))
    }


def pack(columns: list[str], rows: list[Row]) -> str:
    """Pack rows by column and compress them as text for HTML.

    Args:
        columns: Names of the columns.
        rows: Values in the order of the columns.

    Returns:
        Base64 of gzip of JSON: each column as its distinct values and, per row, an
        index into them.
    """
    content = {"length": len(rows), "columns": {}}
    lists = zip(*rows, strict=True) if rows else ([] for _ in columns)
    content["columns"] = {
        name: _column([_plain(value) for value in values])
        for name, values in zip(columns, lists, strict=True)
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _column(values: list[Any]) -> dict[str, list[Any]]:
    # True and 1 are equal in Python, so values are compared by their JSON text.
    position: dict[str, int] = {}
    places = [position.setdefault(json.dumps(value), len(position)) for value in values]
    return {"values": [json.loads(text) for text in position], "places": places}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime) and value.tzinfo:
        # BigQuery gives timestamps with their zone, DuckDB in UTC without one.
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
