"""What MetricFlow compiles for BigQuery is BigQuery's SQL; integration tests run some of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from metrics import Engine
from metrics.definitions.catalog import Catalog, Metric
from metrics.definitions.semantic_layer import Semantics
from metrics.query.figures import Cut
from metrics.query.reports import REPORTS
from metrics.query.runner import QueryRunner
from metrics.question.filters import Conditions
from metrics.question.periods import read_period
from metrics.warehouse import DuckDB
from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow


def for_bigquery(shop: Warehouse, folder: Path) -> Semantics:
    """Return the semantic layer as dbt writes it for BigQuery."""
    manifest = json.loads((shop.folder / "target/semantic_manifest.json").read_text())
    spines = manifest["project_configuration"]["time_spines"]
    for one in (*manifest["semantic_models"], *spines):
        place = one["node_relation"]
        names = (place["database"], place["schema_name"], place["alias"])
        place["relation_name"] = ".".join(f"`{name}`" for name in names)
        for measure in one.get("measures", ()):
            if measure["agg_params"]:
                measure["agg_params"]["use_discrete_percentile"] = False
                measure["agg_params"]["use_approximate_percentile"] = True
    file = folder / "semantic_manifest.json"
    file.write_text(json.dumps(manifest))
    return Semantics(file, "bigquery")


def test_every_metric_compiles_by_month_and_with_a_filter(
    shop: Warehouse, tmp_path: Path
) -> None:
    semantics = for_bigquery(shop, tmp_path)
    catalog = Catalog(semantics)
    runner = QueryRunner(semantics, catalog, DuckDB(shop.database))
    for metric in catalog.metrics.values():
        sql = sql_of(runner, metric)
        [parsed] = sqlglot.parse(sql, dialect="bigquery")
        assert parsed is not None, metric.name
        assert "value 0" not in sql


def test_a_manifest_that_dbt_wrote_for_another_database_serves_postgres(
    shop: Warehouse,
) -> None:
    """PostgreSQL refuses the name of another database, even for tables that exist."""
    there = shop.folder / "target" / "semantic_manifest.json"
    semantics = Semantics(there, "postgres")
    catalog = Catalog(semantics)
    runner = QueryRunner(semantics, catalog, DuckDB(shop.database))
    sql = sql_of(runner, catalog.metric("order_return_rate"))
    tables = sqlglot.parse_one(sql, dialect="postgres").find_all(exp.Table)
    named = [(table.catalog, table.db) for table in tables if table.db]
    assert set(named) == {("", "analytics")}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "bigquery"])
def test_rows_without_a_value_come_last_in_each_answer(
    engine: Engine, dialect: str
) -> None:
    """By default, these three sort nulls to different ends."""
    for name in REPORTS:
        parsed = sqlglot.parse_one(engine.get_answer(name).sql, dialect=dialect)
        columns = parsed.args["order"].expressions if REPORTS[name].order else []
        assert not [one.sql() for one in columns if one.args["nulls_first"]], name


def sql_of(runner: QueryRunner, metric: Metric) -> str:
    name = next(
        name
        for name in ("outcome_group", "sku", "flow_kind", "acquisition_channel")
        if name in runner.catalog.dimensions([metric])
    )
    dimension = runner.catalog.dimension(name, [metric])
    conditions = Conditions()
    mark = conditions.compare(dimension, "in", ["'one'", "'other'"])
    cut = Cut(
        (dimension,),
        "month",
        ((dimension, mark),),
        read_period("2026-01", "2026-03"),
        conditions,
    )
    return runner.figures.sql(metric, cut, only_mature=metric.guarded is not None)
