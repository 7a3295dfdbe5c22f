"""How many bytes would BigQuery bill for a build, at ten million returns?

Question: the logical bytes that each model and a whole build read in BigQuery.

Method: the script does not use BigQuery. It applies the sizes of types in BigQuery's
documentation to the demo's warehouse: text 2 bytes plus its UTF-8, numeric 16, boolean
1, dates, times, integers and floats 8, null 0; a raw row is the text of its JSON. A
model counts with all columns of all tables it refers to, also through views. The
figures are upper bounds, since BigQuery counts only the columns that are used. Bytes
per return
are multiplied by ten million, so the shop's proportions are those of the demo. A day's
build reads the same bytes: in append-only raw tables the newest row of a key can be
anywhere, and an incremental model saves JSON parsing, not reading.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measuring import publish
from demo.paths import ROOT

WAREHOUSE, RAW = ROOT / "output/warehouse.duckdb", ROOT / "output/raw.duckdb"
VARIABLES = {
    "shopify_source": "tap_shopify_graphql",
    "subscription_source": "tap_recharge",
}
RETURNS = 10_000_000
LARGEST = 12
# Dollars for a TiB on demand, as published for the US.
PRICE = 6.25
SIZES = {"VARCHAR": None, "BOOLEAN": 1, "DECIMAL": 16}


def main() -> None:
    """Measure and publish."""
    if not WAREHOUSE.exists():
        sys.exit(f"There is no {WAREHOUSE}; run `make demo` first.")
    nodes = _nodes()
    with duckdb.connect(str(WAREHOUSE), read_only=True) as tables:
        tables.execute(f"attach '{RAW}' as raw (read_only)")
        [(returns,)] = tables.execute(
            "select count(*) from raw.tap_loop_returns.returns"
        ).fetchall()
        sizes = {name: _size(tables, node) for name, node in nodes.items()}
    read = {
        node["name"]: sum(_behind(one, nodes, sizes) for one in node["depends_on"])
        for node in nodes.values()
        if node["kind"] == "model" and not node["is_view"]
    }
    per_return = {name: size / returns for name, size in read.items()}
    result = {"returns": returns, "bytes_per_return": per_return}
    publish("scanned_bytes", result, table(per_return))


def _nodes() -> dict[str, dict[str, Any]]:
    """Return models, seeds and raw tables, as dbt names them."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DBT_TARGET_PATH": folder, "DBT_LOG_PATH": folder}
        words = ("parse", "--quiet", "--vars", json.dumps(VARIABLES))
        subprocess.run(  # noqa: S603
            [Path(sys.executable).with_name("dbt"), *words],
            cwd=ROOT / "transform",
            env=os.environ | environment,
            check=True,
        )
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
    return {
        name: {
            "name": node.get("alias") or node["name"],
            "kind": node["resource_type"],
            "place": (node["schema"], node.get("alias") or node["identifier"]),
            "is_view": node["config"].get("materialized") in ("view", "ephemeral"),
            "depends_on": node.get("depends_on", {}).get("nodes", []),
        }
        for name, node in (manifest["nodes"] | manifest["sources"]).items()
        if node["resource_type"] in ("model", "seed", "source")
    }


def _behind(name: str, nodes: dict[str, Any], sizes: dict[str, int]) -> int:
    """Return the bytes that are read for a table, or for the tables behind a view."""
    node = nodes[name]
    if node["is_view"]:
        return sum(_behind(one, nodes, sizes) for one in node["depends_on"])
    return sizes[name]


def _size(tables: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> int:
    schema, name = node["place"]
    columns = tables.execute(
        "select column_name, data_type from duckdb_columns()"
        " where schema_name = ? and table_name = lower(?)",
        [schema, name],
    ).fetchall()
    if not columns:
        return 0
    if node["kind"] == "source":
        total = "strlen(cast(to_json(one) as varchar))"
        place = f'raw."{schema}"."{name}" as one'
    else:
        total = " + ".join(_width(f'"{column}"', kind) for column, kind in columns)
        place = f'"{schema}"."{name}"'
    [(size,)] = tables.execute(f"select sum({total}) from {place}").fetchall()
    return int(size or 0)


def _width(column: str, kind: str) -> str:
    size = SIZES.get(kind.partition("(")[0], 8)
    told = f"2 + strlen({column})" if size is None else str(size)
    return f"case when {column} is null then 0 else {told} end"


def table(per_return: dict[str, float]) -> str:
    """Write the table of the README."""

    def line(name: str, size: float) -> str:
        return f"| {name} | {size:,.0f} | {size * RETURNS / 1e9:,.0f} |"

    largest = sorted(per_return, key=lambda name: -per_return[name])[:LARGEST]
    total = sum(per_return.values())
    rest = total - sum(per_return[name] for name in largest)
    dollars = total * RETURNS / 2**40 * PRICE
    return "\n".join(
        [
            f"| model | bytes read for a return | GB at {RETURNS:,} returns |",
            "| --- | ---: | ---: |",
            *(line(f"`{name}`", per_return[name]) for name in largest),
            line(f"the other {len(per_return) - LARGEST}", rest),
            line("a build", total),
            "",
            f"At {PRICE} dollars for a TiB on demand, {dollars:,.0f} dollars a build at most.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
