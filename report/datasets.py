"""Runs the queries in this package and packs their rows for the page."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from report.warehouse import Row, Warehouse

QUERIES = Path(__file__).parent / "queries"

_TABLE = re.compile(r"\b(?:from|join)\s+(\w+)")


def read(warehouse: Warehouse) -> dict[str, str]:
    """Read every data set.

    Args:
        warehouse: Where the marts are.

    Returns:
        Packed data sets by name, without those whose mart does not exist.
    """
    there = warehouse.tables()
    texts = {
        path.stem: path.read_text("utf-8") for path in sorted(QUERIES.glob("*.sql"))
    }
    return {
        name: pack(*warehouse.query(sql))
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
