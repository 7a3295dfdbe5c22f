"""The semantic layer: reads dbt's semantic manifest and compiles queries with MetricFlow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from metricflow.engine.metricflow_engine import (
    MetricFlowEngine,
    MetricFlowQueryRequest,
)
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.big_query import BigQuerySqlPlanRenderer
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from metrics.definitions.dimensions import Dimension
from metrics.errors import MetricsError

TIME = "metric_time"
_RENDERERS = {
    "duckdb": (SqlEngine.DUCKDB, DuckDbSqlPlanRenderer),
    "postgres": (SqlEngine.POSTGRES, PostgresSQLSqlPlanRenderer),
    "bigquery": (SqlEngine.BIGQUERY, BigQuerySqlPlanRenderer),
}


@dataclass(frozen=True)
class Request:
    """A query of the semantic layer, in MetricFlow's names."""

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    limit: int | None = None


class Dialect:
    """A stand-in for a connection, with only what MetricFlow needs to compile."""

    def __init__(self, name: str) -> None:
        """Set the kind of database."""
        self.sql_engine_type, renderer = _RENDERERS[name]
        self.sql_plan_renderer = renderer()

    def render_bind_parameter_key(self, key: str) -> str:
        """Return the placeholder of a bind parameter; no query here has bind parameters."""
        return f":{key}"


class Semantics:
    """Semantic models and metrics of a dbt project."""

    def __init__(self, manifest: Path, dialect: str) -> None:
        """Read the semantic manifest that dbt wrote.

        Args:
            manifest: The file ``semantic_manifest.json``.
            dialect: Kind of database that queries are compiled for.

        Raises:
            MetricsError: There is no such file.
        """
        if not manifest.exists():
            raise MetricsError(
                f"There is no {manifest}; dbt writes it when it builds. Run `make demo`, "
                f"or `meltano run dbt-{dialect}:build` for your shop."
            )
        text = manifest.read_text("utf-8")
        read: Any = parse_manifest_from_dbt_generated_manifest(
            manifest_json_string=text
        )
        if dialect != "bigquery":
            _forget_the_database(read)
        self.manifest = read
        self._engine = MetricFlowEngine(
            semantic_manifest_lookup=SemanticManifestLookup(read),
            sql_client=Dialect(dialect),  # type: ignore[arg-type]
        )
        self.compile = cache(self._compile)
        self.dimensions = cache(self._dimensions)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Metrics of the manifest by name."""
        return {one.name: one for one in self.manifest.metrics}

    @cached_property
    def measures(self) -> dict[str, tuple[Any, Any]]:
        """Semantic model and measure by the measure's name."""
        return {
            measure.name: (model, measure)
            for model in self.manifest.semantic_models
            for measure in model.measures
        }

    def _compile(self, request: Request) -> str:
        """Return the SQL of a query."""
        explained = self._engine.explain(
            MetricFlowQueryRequest.create(
                metric_names=list(request.metrics) or None,
                group_by_names=list(request.group_by) or None,
                where_constraints=list(request.where) or None,
                time_constraint_start=_midnight(request.start),
                time_constraint_end=_midnight(request.end),
                limit=request.limit,
            )
        )
        return _without_comments(explained.sql_statement.sql)

    def saved_query(self, name: str) -> str:
        """Return the SQL of a saved query."""
        request = MetricFlowQueryRequest.create(saved_query_name=name)
        return self._engine.explain(request).sql_statement.sql

    def ossie(self) -> str:
        """Return the semantic models and metrics as an Apache Ossie document."""
        # Imported here, because only this document needs it.
        from metricflow.converters.msi_to_osi import MSIToOSIConverter  # noqa: PLC0415

        found = MSIToOSIConverter().convert(self.manifest, "loop_returns")
        return found.output.to_osi_json(indent=2)

    def _dimensions(self, metrics: tuple[str, ...]) -> dict[str, Dimension]:
        """Return the dimensions that all these metrics have, by short name.

        If several tables have a dimension, the table that all the metrics come from is
        preferred, then the one with the fewest joins, which lose rows without a partner,
        then the tables in the order of ``_ORDER``.
        """
        home = {model.name for name in metrics for model in self._models(name)}
        found: dict[str, Dimension] = {}
        far: dict[str, tuple[bool, int, int]] = {}
        for one in self._engine.simple_dimensions_for_metrics(list(metrics)):
            path = one.granularity_free_dunder_name
            if path == TIME:
                continue
            model = one.semantic_model_reference
            name = path.rsplit("__", 1)[-1]
            is_own = model is not None and {model.semantic_model_name} == home
            distance = (
                not is_own,
                path.count("__"),
                _ORDER.index(path.split("__")[0])
                if path.split("__")[0] in _ORDER
                else len(_ORDER),
            )
            if name not in far or distance < far[name]:
                far[name] = distance
                found[name] = Dimension(
                    name,
                    path,
                    one.description or "",
                    is_time=one.type.value == "time",
                    is_hidden=bool(one.config and one.config.meta.get("is_hidden")),
                )
        return dict(sorted(found.items()))

    def _models(self, metric: str) -> Iterable[Any]:
        inputs = self.metrics[metric].type_params.input_measures
        return [self.measures[one.name][0] for one in inputs]

    @property
    def schema(self) -> str:
        """The schema that dbt built the marts in."""
        return str(self.manifest.semantic_models[0].node_relation.schema_name)

    def time_dimensions(self, metric: str) -> list[Any]:
        """Return the time dimensions of a metric; for a share, the denominator's come first."""
        read = self.metrics[metric].type_params
        sides = [one.name for one in (read.denominator, read.numerator) if one]
        found = []
        for name in sides or [metric]:
            for one in self.metrics[name].type_params.input_measures:
                model, measure = self.measures[one.name]
                time = measure.agg_time_dimension or model.defaults.agg_time_dimension
                found += [each for each in model.dimensions if each.name == time]
        return found

    def adds_money(self, metric: str) -> bool:
        """Tell whether a metric sums amounts, which must be of one currency."""
        inputs = self.metrics[metric].type_params.input_measures
        return any(one.name.endswith("_all_currencies") for one in inputs)


_ORDER = ("order_line", "return", "currency", "sales_order", "customer")
"""Entities of tables, the preferred ones first, if several tables have a dimension.
Joining the tables of the first ones loses no rows."""


def _forget_the_database(manifest: Any) -> None:
    """Remove the database name (in DuckDB the file's) from table names.

    The manifest may come from a build with another file or warehouse.
    """
    spines = manifest.project_configuration.time_spines
    for one in (*manifest.semantic_models, *spines):
        place = one.node_relation
        place.relation_name = f'"{place.schema_name}"."{place.alias}"'


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time()) if day else None


def _without_comments(sql: str) -> str:
    lines: Sequence[str] = sql.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("-- "))
