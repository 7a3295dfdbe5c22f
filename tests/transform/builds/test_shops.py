"""The operation `union_shops`: views over the tables of several shops in one file."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest

from metrics.engine import Engine
from metrics.errors import MetricsError
from metrics.question.filters import Filter
from metrics.question.question import Question
from metrics.warehouse import DuckDB
from report import datasets
from report.warehouse import WarehouseError, open_warehouse
from tests.transform.conftest import ROOT, Warehouse
from tests.transform.forked_dbt import Result
from tests.transform.worlds.table import VARIABLES, build_world

pytestmark = pytest.mark.slow

WORLDS = {
    "us": "a shop in New York",
    "uk": "golden",
    "no": "a shop of two currencies",
}
"""The world of each shop; they differ in time zone and currencies."""
SHOPS = {store_id: f"shop_{store_id}" for store_id in WORLDS}
"""The schema of each shop; the views are in `analytics`."""


@pytest.fixture(scope="module")
def brand(
    warehouse: Callable[..., Warehouse], tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """The marts of three shops in one file, copied from a warehouse of each."""
    shops = {
        store_id: build_world(warehouse, name) for store_id, name in WORLDS.items()
    }
    brand = Warehouse(tmp_path_factory.mktemp("brand"), raw=shops["uk"].raw)
    with duckdb.connect(str(brand.database)) as tables:
        for store_id, shop in shops.items():
            tables.execute(f"create schema {SHOPS[store_id]}")
            tables.execute(f"attach '{shop.database}' as shop (read_only)")
            for name in marts(tables, "shop", "analytics"):
                tables.execute(
                    f"create table {SHOPS[store_id]}.{name} as"
                    f" select columns(*) from shop.analytics.{name}"
                )
            tables.execute("detach shop")
            # Each shop was built as `main`, so `main` is part of its keys.
            for name, column in tables.execute(
                "select table_name, column_name from duckdb_columns()"
                " where schema_name = ? and regexp_full_match(column_name, ?)",
                [SHOPS[store_id], "sm_store_id|.*sm_.*_key"],
            ).fetchall():
                tables.execute(
                    f"update {SHOPS[store_id]}.{name} set {column} ="
                    f" regexp_replace({column}, '^main', '{store_id}')"
                )
    return brand


def marts(tables: duckdb.DuckDBPyConnection, database: str, schema: str) -> list[str]:
    """Return the names of the marts; one of them, dim_dates, is a view."""
    found = tables.execute(
        "select table_name from duckdb_tables()"
        " where database_name = ? and schema_name = ?",
        [database, schema],
    )
    return sorted({name for (name,) in found.fetchall()} | {"dim_dates"})


def union(brand: Warehouse, shops: Mapping[str | bool, str]) -> Result:
    """Run the operation with variables for which dbt has parsed the project already."""
    pairs = ", ".join(f"{store_id}: {schema}" for store_id, schema in shops.items())
    return brand.dbt(
        *("run-operation", "union_shops", "--args", f"{{shops: {{{pairs}}}}}"),
        **VARIABLES,
    )


def shops_of(brand: Warehouse, mart: str) -> set[str]:
    return {
        shop for (shop,) in brand.rows(f"select sm_store_id from {mart} group by 1")
    }


def test_a_view_has_the_rows_of_every_shop_also_of_one_that_is_added_later(
    brand: Warehouse,
) -> None:
    two = {'"us"': SHOPS["us"], '"uk"': SHOPS["uk"]}
    for shops in (two, two | {'"no"': SHOPS["no"]}):
        result = union(brand, shops)
        assert not result.code, result.output
        assert f"each of {len(shops)} shops: us, uk" in result.output
        assert len(shops_of(brand, "fct_orders")) == len(shops)
        assert len(shops_of(brand, "rpt_data_through")) == len(shops)
    with duckdb.connect(str(brand.database)) as tables:
        names = marts(tables, "warehouse", SHOPS["uk"])
        views = tables.execute(
            "select view_name from duckdb_views() where schema_name = 'analytics'"
            " order by all"
        ).fetchall()
        assert [name for (name,) in views] == names
        assert len(names) == len(set(names)) > 45
        for name in names:
            described = tables.execute(f"describe analytics.{name}").fetchall()
            columns = [column for column, *_ in described]
            assert columns[0] == "sm_store_id", name
            for store_id, schema in SHOPS.items():
                assert (
                    different_rows(
                        tables,
                        f"select {', '.join(columns[1:])} from {schema}.{name}",
                        f"select {', '.join(columns[1:])} from analytics.{name}"
                        f" where sm_store_id = '{store_id}'",
                    )
                    == 0
                ), (name, store_id)

    copied = shutil.copy(brand.database, brand.folder / "copied.duckdb")
    with duckdb.connect() as tables:
        tables.execute(f"attach '{copied}' as brand (read_only)")
        counted = tables.execute("select count(*) from brand.analytics.fct_orders")
        assert counted.fetchall() == brand.rows("select count(*) from fct_orders")


def different_rows(tables: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    [(count,)] = tables.execute(
        f"select count(*) from (({one} except all {other})"
        f" union all ({other} except all {one}))"
    ).fetchall()
    return int(count)


def test_questions_of_the_page_are_answered_over_all_shops(brand: Warehouse) -> None:
    page = (ROOT / "docs/several-shops.md").read_text()
    amounts, rate, customers = (
        brand.rows(query.replace("analytics_all.", "analytics."))
        for query in re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    )
    singles: Counter[str] = Counter()
    returned, orders = Decimal(0), Decimal(0)
    for schema in SHOPS.values():
        for currency, amount in brand.rows(
            "select currency_code, refund_amount"
            f" from {schema}.fct_returns where is_counted_return"
        ):
            singles[currency] += amount
        [(part, whole)] = brand.rows(
            f"select numerator, denominator from {schema}.rpt_return_metrics where"
            " metric_name = 'order_return_rate' and maturity = 'mature_only'"
            " and period = 'all'"
        )
        returned, orders = returned + part, orders + whole
    assert {currency: amount for currency, _, amount in amounts} == singles
    assert len(singles) > 1
    assert rate == [(pytest.approx(float(returned / orders)),)]
    assert all(shops > 1 and returns > 1 for _, shops, returns in customers)


def test_a_report_is_of_one_shop(
    brand: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        open_warehouse(brand.database) as opened,
        pytest.raises(WarehouseError, match="analytics holds 3 shops"),
    ):
        datasets.read(opened)
    monkeypatch.setenv("DBT_SCHEMA", SHOPS["us"])
    with open_warehouse(brand.database) as opened:
        assert len(datasets.read(opened)) > 10


@cache
def engine(database: Path) -> Engine:
    """Return an engine over a file, with the definitions that its build wrote."""
    manifest = database.parent / "target" / "semantic_manifest.json"
    return Engine(DuckDB(database), manifest)


OF_SHOPS = {
    "order_return_rate": [],
    "unit_return_rate": ["product_category"],
    "order_with_sku_exchange_rate": ["product_category"],
    "outcome_share_returns": ["outcome_group"],
    "return_reason_share": ["parent_return_reason", "return_reason"],
    "counted_returns": ["destination_name"],
    "net_return_cost_pct_gross_by_return": ["currency_code"],
    "label_cost": ["carrier", "currency_code"],
    "median_days_to_return": ["outcome_group"],
    "median_days_to_milestone": ["milestone"],
    "exchanged_items": ["outcome_group"],
    "customer_return_rate": ["acquisition_channel"],
    "repurchase_rate_90d": ["outcome_group"],
}
"""Metrics on every table, amounts included, each with groups that need a join."""


@pytest.mark.parametrize("metric", OF_SHOPS)
def test_a_figure_of_a_shop_is_that_of_its_own_schema(
    brand: Warehouse, warehouse: Callable[..., Warehouse], metric: str
) -> None:
    groups = OF_SHOPS[metric]
    question = Question([metric], group_by=["sm_store_id", *groups], limit=1000)
    answer = engine(brand.database).query(question)
    assert answer.is_complete
    found = {
        (row.group.pop("sm_store_id"), *row.group.values()): row for row in answer.rows
    }
    wanted = {
        (store_id, *row.group.values()): row
        for store_id, name in WORLDS.items()
        for row in engine(build_world(warehouse, name).database)
        .query(Question([metric], group_by=groups, limit=1000))
        .rows
    }
    assert found == wanted


def test_a_figure_of_several_shops_says_so_and_names_its_currency(
    brand: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    marts = engine(brand.database)
    every = marts.query(Question(["eligible_orders"]))
    apart = marts.query(Question(["eligible_orders"], group_by=["sm_store_id"]))
    assert [row.value for row in every.rows] == [sum(row.value for row in apart.rows)]
    assert {row.group["sm_store_id"] for row in apart.rows} == SHOPS.keys()
    assert any("All 3 shops count" in text for text in every.filters)
    assert not any("shops count" in text for text in apart.filters)
    days = [
        day
        for schema in SHOPS.values()
        for (day,) in brand.rows(
            f"select data_through_date from {schema}.rpt_data_through"
        )
    ]
    assert every.data_through == min(days) < max(days)
    assert "end on different days" in " ".join(every.warnings)
    uk = Filter(dimension="sm_store_id", value="uk")
    orders = marts.orders_behind(Question(["order_return_rate"], where=[uk]))
    assert {order["sm_store_id"] for order in orders.orders} == {"uk"}
    report = marts.get_answer("outcomes")
    assert [row["sm_store_id"] for row in report.rows] == sorted(
        row["sm_store_id"] for row in report.rows
    )
    with duckdb.connect(str(brand.database)) as tables:
        tables.execute(
            "update shop_uk.dim_currencies set currency_code = 'GBP';"
            "update shop_uk.rpt_data_through set main_currency_code = 'GBP'"
        )
    with pytest.raises(MetricsError, match=r"Name one with currency .*GBP"):
        marts.query(Question(["refund_amount"]))
    monkeypatch.setenv("DBT_SCHEMA", SHOPS["us"])
    manifest = brand.folder / "target" / "semantic_manifest.json"
    with pytest.raises(MetricsError, match="build of the schema analytics, and"):
        _ = Engine(DuckDB(brand.database), manifest).catalog


@pytest.mark.parametrize(
    ("change", "shops", "said"),
    [
        (
            "create schema shop_de",
            {"us": "shop_us", "de": "shop_de"},
            '"shop_de"."dim_currencies". Build the shop de first',
        ),
        (
            "alter table shop_uk.fct_returns drop column returned_unit_count",
            {"us": "shop_us", "uk": "shop_uk"},
            "another version of the models built the shop uk. Build it once",
        ),
        (
            "",
            {"us": "shop_us", "de": "shop_no"},
            "shop_no was built with store_id: no, but shops calls it de",
        ),
        ("", {"no": "shop_no"}, "reads a store_id of shops as False"),
        ("", {"us": "analytics"}, "analytics is the schema of the shop us"),
    ],
)
def test_a_shop_that_is_not_built_so_stops_it_and_changes_no_view(
    brand: Warehouse, change: str, shops: dict[str | bool, str], said: str
) -> None:
    with duckdb.connect(str(brand.database)) as tables:
        tables.execute(change) if change else None
    views = "select view_name, sql from duckdb_views() where not internal order by all"
    before = brand.rows(views)
    result = union(brand, shops)
    assert result.code
    assert said in " ".join(result.output.split())
    assert brand.rows(views) == before
