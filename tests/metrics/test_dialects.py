"""What MetricFlow compiles for BigQuery is BigQuery's SQL; integration tests run some of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlglot

from metrics.definitions.catalog import Catalog, Metric
from metrics.definitions.semantic_layer import Semantics
from metrics.query.figures import Cut
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
