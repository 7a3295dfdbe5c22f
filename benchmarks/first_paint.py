"""How fast does the report load, for a shop of 100,000 returns?

Question: time to first paint, and until all data is shown, for every page of the
report.

Method: the demo's raw tables (`make demo`) are copied fifty times in SQL, each copy with
returns, orders and customers of its own; dbt builds the models from them, and
`python -m report` makes the file. Chromium opens each page from disk several times,
each in a new context; the times are the browser's own. Subscriptions are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measuring import publish, spread
from report.__main__ import build
from report.browser import open_browser
from report.html import page_names

ROOT = Path(__file__).parents[1]
RAW = ROOT / "output" / "raw.duckdb"
COPIES = 50
RUNS = 5
# Values that must differ between copies: names, and ids, which keep their length and
# are also inside JSON.
IDS = {
    "id",
    "return_id",
    "line_item_id",
    "exchange_id",
    "exchange_order_id",
    "gift_card_order_id",
    "order_id",
    "provider_order_id",
    "provider_line_item_id",
    "provider_refund_id",
    "legacyresourceid",
}
HOLDERS = {"id", "customer", "lineitems", "order", "refundlineitems"}
NAMES = {"exchange_order_name", "gift_card_order_name", "order_name", "name"}
# The first two digits of an id are the same for all objects of one kind.
ID = "^[0-9]{2}"
GLOBAL_ID = "(gid://shopify/(?:Order|LineItem|Customer|Refund)[A-Za-z]*/)[0-9]{2}"
KEPT = {"products", "product_variants", "inventory_items"}
MARKS = """
    () => ({
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
        complete: performance.getEntriesByName('shown')[0]?.startTime,
    })
"""


def main() -> None:
    """Measure and publish."""
    if not RAW.exists():
        sys.exit(f"There is no {RAW}; run `make demo` first.")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        warehouse = _warehouse(Path(folder))
        page = build(warehouse, Path(folder) / "report")
        size = page.stat().st_size / 1e6
        with duckdb.connect(str(warehouse), read_only=True) as marts:
            returns, orders = marts.execute(
                "select (select count(*) from analytics.fct_returns),"
                " (select count(*) from analytics.fct_orders)"
            ).fetchall()[0]
        result = {
            "returns": returns,
            "orders": orders,
            "file_mb": round(size, 1),
            "made_in_s": round(time.perf_counter() - began),
            "pages": _pages(page),
        }
    publish("first_paint", result, _table(result))


def _warehouse(folder: Path) -> Path:
    """Copy the raw tables and build the models from them."""
    raw = folder / "raw.duckdb"
    with duckdb.connect(str(raw)) as connection:
        connection.execute(f"attach '{RAW}' as demo (read_only)")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_catalog = 'demo' and table_schema <> 'tap_recharge'"
        ).fetchall()
        for schema, name in tables:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(_copy(connection, schema, name))
    warehouse = folder / "warehouse.duckdb"
    places = {"DUCKDB_PATH": warehouse, "RAW_DUCKDB_PATH": raw}
    places |= {"DBT_TARGET_PATH": folder / "target", "DBT_LOG_PATH": folder / "logs"}
    environment = os.environ | {name: str(path) for name, path in places.items()}
    subprocess.run(  # noqa: S603
        [
            str(Path(sys.executable).with_name("dbt")),
            *("build", "--exclude-resource-types", "test", "unit_test", "--quiet"),
            *("--vars", json.dumps({"shopify_source": "tap_shopify_graphql"})),
        ],
        cwd=ROOT / "transform",
        env=environment,
        check=True,
    )
    return warehouse


def _copy(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    """Return the statement that copies a table; each copy has its own names."""
    if name in KEPT:
        return f"create table {schema}.{name} as from demo.{schema}.{name}"
    columns = connection.execute(f"describe demo.{schema}.{name}").fetchall()
    chosen = ", ".join(_column(column, kind) for column, kind, *_ in columns)
    copies = f"select (10 + range)::varchar as copy from range({COPIES})"
    return (
        f"create table {schema}.{name} as select {chosen}"
        f" from demo.{schema}.{name} cross join ({copies})"
    )


def _column(column: str, kind: str) -> str:
    if column not in IDS | HOLDERS | NAMES:
        return f'"{column}"'
    told = f'"{column}"::varchar'
    if column in NAMES:
        told = f"{told} || '-' || copy"
    if column in HOLDERS:
        told = f"regexp_replace({told}, '{GLOBAL_ID}', '\\1' || copy, 'g')"
    if column in IDS:
        told = f"regexp_replace({told}, '{ID}', copy)"
    return f'({told})::{kind} as "{column}"'


def _pages(page: Path) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    with open_browser() as browser:
        for name in page_names():
            moments = []
            for _ in range(RUNS):
                view = browser.new_page(viewport={"width": 1280, "height": 900})
                view.goto(f"{page.resolve().as_uri()}#/{name}")
                view.wait_for_selector(f"main[data-page={name}]")
                moments.append(view.evaluate(MARKS))
                view.close()
            measured[name] = {
                moment: spread([one[moment] / 1000 for one in moments])
                for moment in ("paint", "complete")
            }
    return measured


def _table(result: dict[str, Any]) -> str:
    def line(name: str, part: dict[str, Any]) -> str:
        paint, complete = part["paint"], part["complete"]
        return (
            f"| {name} | {paint['median']:.2f} | {paint['max']:.2f} "
            f"| {complete['median']:.2f} | {complete['max']:.2f} |"
        )

    slowest = max(part["paint"]["max"] for part in result["pages"].values())
    summary = (
        f"The report on {result['returns']:,} returns and {result['orders']:,} orders has "
        f"{result['file_mb']} MB. The slowest first paint took {slowest:.2f} s."
    )
    lines = [
        "| page | first paint, s | slowest | complete, s | slowest |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(line(name, part) for name, part in result["pages"].items()),
        "",
        summary,
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
