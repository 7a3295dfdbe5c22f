"""The engine of the command line and the MCP server, with a method for each command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from metrics.definitions.dimensions import Dimension, short_name
from metrics.definitions.manifest import manifest_path, public_tables
from metrics.errors import MetricsError, similar, unknown
from metrics.query import named_answers
from metrics.query.coverage import DataCoverage, published
from metrics.query.reports import REPORTS
from metrics.question.filters import Filter
from metrics.question.question import MOST_ROWS, Question, read_limit
from metrics.results import (
    Answer,
    Dimensions,
    DimensionSummary,
    DimensionValues,
    MetricDescription,
    Metrics,
    MetricSummary,
    NamedAnswers,
    Orders,
    ReportAnswer,
    Table,
    Tables,
    TableSummary,
)
from metrics.warehouse import Warehouse, open_warehouse, schema_of_marts

if TYPE_CHECKING:
    from metrics.definitions.catalog import Catalog, Metric
    from metrics.query.runner import QueryRunner

P = ParamSpec("P")
R = TypeVar("R")


def _in_turn(verb: Callable[P, R]) -> Callable[P, R]:
    """Run one question at a time, each with one connection."""

    @wraps(verb)
    def answer(*words: P.args, **named: P.kwargs) -> R:
        engine: Any = words[0]
        with engine.session():
            return verb(*words, **named)

    return answer


class Engine:
    """Answers questions from a warehouse that dbt built."""

    def __init__(
        self, warehouse: Warehouse | None = None, manifest: Path | None = None
    ) -> None:
        """Keep the warehouse and the semantic manifest; by default those of the environment."""
        self._manifest = manifest
        self._given = warehouse
        self._turn = threading.RLock()

    @contextmanager
    def session(self) -> Iterator[None]:
        """Lock the engine and keep the warehouse open for several questions."""
        with self._turn, self.warehouse.session():
            yield

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse that answers."""
        return self._given or open_warehouse()

    @cached_property
    def _runner(self) -> QueryRunner:
        # Imported here, because MetricFlow takes most of a second to import.
        from metrics.definitions.catalog import Catalog  # noqa: PLC0415
        from metrics.definitions.semantic_layer import Semantics  # noqa: PLC0415
        from metrics.query.runner import QueryRunner  # noqa: PLC0415

        path = self._manifest_path
        semantics = Semantics(path, self.warehouse.dialect)
        if semantics.schema != schema_of_marts():
            raise MetricsError(
                f"{path} was written by a build of the schema {semantics.schema}, and the "
                f"marts are read from {schema_of_marts()}. Set DBT_TARGET_PATH to the "
                "folder that the build of this schema wrote to."
            )
        return QueryRunner(semantics, Catalog(semantics), self.warehouse)

    @cached_property
    def _manifest_path(self) -> Path:
        return self._manifest or manifest_path()

    @property
    def catalog(self) -> Catalog:
        """All metrics and their dimensions."""
        return self._runner.catalog

    @_in_turn
    def coverage(self, where: Sequence[Filter] = ()) -> DataCoverage:
        """Return the coverage of the data, such as its last day and its currencies."""
        return DataCoverage.read(self.warehouse, where)

    def warm(self) -> None:
        """Load MetricFlow in advance, which makes the first question faster."""
        with self._turn:
            _ = self._runner

    @_in_turn
    def list_metrics(self, search: str = "") -> Metrics:
        """List metrics; with ``search`` only those whose name or description contains the text."""
        wanted = search.lower().replace("_", " ").split()
        found = {one.name: _summary(one) for one in self.catalog.metrics.values()}
        names = [
            name
            for name, one in found.items()
            if all(
                word in f"{name} {one.label} {one.description}".lower()
                for word in wanted
            )
        ] or similar(search, found)
        return Metrics(metrics=[found[name] for name in names])

    @_in_turn
    def describe_metric(self, metric: str) -> MetricDescription:
        """Return the full description of a metric."""
        one = self._runner.metric(metric)
        words = published(self.warehouse).get(one.name, {})
        maturity = "not applicable"
        if one.maturity:
            maturity = (
                "mature orders only, unless you filter by is_mature or is_order_mature"
                if one.guarded
                else "to date"
            )
        return MetricDescription(
            **_summary(one).model_dump(),
            numerator=one.numerator,
            denominator=one.denominator,
            numerator_in_words=words.get("numerator"),
            denominator_in_words=words.get("denominator"),
            formula_in_words=words.get("formula_in_words") or one.description,
            grain=words.get("grain"),
            population=words.get("population"),
            cost_of_choice=words.get("cost_of_choice"),
            decisions=words.get("decisions"),
            source=words.get("source"),
            maturity=maturity,
            minimum_size=one.minimum_size,
            by_goods=one.by_goods,
            dimensions=list(self.catalog.cuts([one])),
        )

    @_in_turn
    def list_dimensions(
        self, metrics: Sequence[str] = (), search: str = ""
    ) -> Dimensions:
        """List the dimensions that metrics have in common; without metrics, those of any."""
        asked = [self.catalog.metric(one) for one in metrics]
        if asked:
            found = self.catalog.cuts(asked)
        else:
            found = {
                name: one
                for metric in self.catalog.metrics.values()
                for name, one in self.catalog.dimensions([metric]).items()
            }
        names = list(found)
        if search:
            words = search.lower().replace("_", " ").split()
            names = [
                name
                for name, one in found.items()
                if all(word in f"{name} {one.description}".lower() for word in words)
            ] or similar(search, found)
        return Dimensions(
            metrics=[one.name for one in asked],
            dimensions=[
                DimensionSummary(
                    name=name,
                    description=found[name].description,
                    is_date=found[name].is_time,
                )
                for name in sorted(names)
            ],
        )

    @_in_turn
    def dimension_values(
        self,
        dimension: str,
        metric: str | None = None,
        search: str = "",
        limit: int = 100,
    ) -> DimensionValues:
        """List the values of a dimension; with ``search`` only those that contain all its words."""
        from metrics.query.runner import MOST_VALUES  # noqa: PLC0415

        limit = read_limit(limit, MOST_ROWS)
        found = self._dimension(dimension, metric)
        values = self._runner.values(found, MOST_VALUES, search)
        return DimensionValues(
            dimension=found.name,
            values=[
                one if isinstance(one, str | int | float | bool | None) else str(one)
                for one in values[:limit]
            ],
            is_complete=len(values) <= min(limit, MOST_VALUES - 1),
        )

    @_in_turn
    def query(self, question: Question) -> Answer:
        """Answer a question about metrics."""
        return self._runner.ask(question)

    def ossie(self) -> str:
        """Return the semantic layer as an Apache Ossie document."""
        return self._runner.semantics.ossie()

    @_in_turn
    def list_answers(self) -> NamedAnswers:
        """List the named answers."""
        return NamedAnswers(
            answers=[
                named_answers.summary(
                    name,
                    self.warehouse.query(
                        f"select * from {self.warehouse.relation(one.table)} limit 0"
                    ).columns,
                )
                for name, one in REPORTS.items()
            ]
        )

    @_in_turn
    def get_answer(
        self, name: str, where: Sequence[Filter] = (), limit: int = 100
    ) -> ReportAnswer:
        """Return the rows of a named answer."""
        return named_answers.read(
            self.warehouse, name, where, read_limit(limit, named_answers.MOST_ROWS)
        )

    @_in_turn
    def orders_behind(self, question: Question, side: str = "numerator") -> Orders:
        """List orders that a figure counts."""
        from metrics.query.orders_behind import orders_behind  # noqa: PLC0415

        return orders_behind(self._runner, question, side)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return public_tables(self._manifest_path)

    def list_tables(self) -> Tables:
        """List the public tables of the warehouse."""
        return Tables(
            tables=[
                TableSummary(name=one.name, description=one.description)
                for one in self._tables.values()
            ]
        )

    def describe_table(self, table: str) -> Table:
        """Return the columns of a public table.

        Raises:
            MetricsError: There is no such table.
        """
        if table not in self._tables:
            raise unknown(
                "table", table, self._tables, "metrics://tables lists all of them."
            )
        return self._tables[table]

    def _dimension(self, name: str, metric: str | None) -> Dimension:
        if metric:
            # As in a query, another metric is used for product, SKU or category.
            asked = self.catalog.with_goods(self.catalog.metric(metric), [name])
            return self.catalog.dimension(name, [asked])
        for one in self.catalog.metrics.values():
            there = self.catalog.dimensions([one])
            key = short_name(name)
            if key in there:
                return there[key]
        return self.catalog.dimension(name, [next(iter(self.catalog.metrics.values()))])


def _summary(one: Metric) -> MetricSummary:
    return MetricSummary(
        name=one.name,
        label=one.label,
        description=one.description,
        unit=one.unit,
        date=one.date,
    )
