"""Answers a question about metrics, and applies the rules for maturity, currency and size."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from metrics.definitions.catalog import Catalog, Metric, metric_key
from metrics.definitions.dimensions import Dimension, short_name
from metrics.definitions.semantic_layer import Request, Semantics
from metrics.errors import MetricsError
from metrics.query.answer_rows import change, day_of, ordered, plain, row, sizes
from metrics.query.coverage import SHOP, DataCoverage, definitions, published
from metrics.query.currencies import CURRENCY, currency_of, fixes_currency
from metrics.query.figures import Cut, Figures, Key, path
from metrics.query.reports import REPORTS
from metrics.question import periods
from metrics.question.filters import Conditions, Filter, literals
from metrics.question.periods import Period
from metrics.question.question import MOST_ROWS, Question, names, read_limit
from metrics.results import (
    Answer,
    Figure,
    Row,
    Statement,
)
from metrics.warehouse import Warehouse

MOST_VALUES = 10_000
"""With more values than this, a filter's values are searched for one by one."""
MOST_SEARCHED = 20
"""With more values than this, those of a filter are then not checked."""


@dataclass
class QueryRunner:
    """Answers questions over one warehouse."""

    semantics: Semantics
    catalog: Catalog
    warehouse: Warehouse
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        """Create the reader of figures."""
        self.figures = Figures(self.semantics, self.warehouse)

    def ask(self, question: Question) -> Answer:
        """Answer a question.

        Raises:
            MetricsError: The question cannot be answered; the text says what can be
                asked.
        """
        if not question.metrics:
            raise MetricsError("Name at least one metric; list_metrics lists them.")
        limit = read_limit(question.limit, MOST_ROWS)
        coverage = DataCoverage.read(self.warehouse, question.where)
        warnings: list[str] = []
        metrics = self.resolve(question, warnings)
        cut, currency, filters = self.cut(question, metrics, coverage, warnings)
        rows, sql = [], []
        is_asked = question.currency or fixes_currency(question)
        for metric in metrics:
            own = cut if is_asked or metric.has_money else cut.without(CURRENCY)
            found, statements = self._rows(metric, own, question, coverage, warnings)
            rows += found
            sql += statements
        rows = ordered(rows, metrics, question, warnings)
        if not rows:
            warnings.append(
                "Nothing was counted. Check the period, the filters, and whether orders "
                "are loaded (see the answer match_coverage)."
            )
        warnings += sizes(rows[:limit], metrics)
        warnings += [one.caution for one in metrics if one.caution]
        return Answer(
            rows=rows[:limit],
            row_count=len(rows),
            is_complete=len(rows) <= limit,
            start_date=cut.period.start,
            end_date=cut.period.end,
            data_through=coverage.data_through,
            currency=currency,
            match_coverage=coverage.match_coverage,
            filters=filters + guards(metrics, question, coverage),
            definitions=definitions(self.warehouse, metrics),
            warnings=list(dict.fromkeys(warnings)),
            sql=sql,
        )

    def metric(self, name: str) -> Metric:
        """Return a metric by name.

        Raises:
            MetricsError: There is no such metric, or only a report has it.
        """
        key = metric_key(name)
        if key not in self.catalog.metrics:
            known = published(self.warehouse).get(key, {})
            tables = str(known.get("report") or "").split(", ")
            answers = [one for one, report in REPORTS.items() if report.table in tables]
            if answers:
                raise MetricsError(
                    f"{key} cannot be grouped and filtered freely; get_answer has it as "
                    f"{' or '.join(answers)}."
                )
        return self.catalog.metric(name)

    def resolve(self, question: Question, warnings: list[str]) -> list[Metric]:
        """Return the metrics that answer a question."""
        named = [*question.group_by, *(one.dimension for one in question.where)]
        found = []
        for name in dict.fromkeys(question.metrics):
            metric = self.metric(name)
            chosen = self.catalog.with_goods(metric, named)
            if chosen is not metric:
                warnings.append(
                    f"{metric.name} counts whole orders, so {chosen.name} answers by "
                    f"goods: {chosen.description}"
                )
            found.append(chosen)
        return list(dict.fromkeys(found))

    def cut(
        self,
        question: Question,
        metrics: list[Metric],
        coverage: DataCoverage,
        warnings: list[str],
    ) -> tuple[Cut, str | None, list[str]]:
        """Return the cut of a question, its currency, and its filters in words."""
        period = periods.read_period(question.start_date, question.end_date)
        coverage.check(period, warnings)
        grain = periods.read_grain(question.time_grain)
        group_by = [self.catalog.dimension(one, metrics) for one in question.group_by]
        for metric in metrics:
            for name in metric.classes[:1]:
                asked = {one.name for one in group_by}
                asked |= {short_name(one.dimension) for one in question.where}
                if not asked & set(metric.classes):
                    group_by.append(self.catalog.dimension(name, metrics))
        currency = currency_of(question, metrics, group_by, coverage, warnings)
        conditions = Conditions()
        where, words = [], []
        for one in question.where:
            dimension = self.catalog.dimension(one.dimension, metrics)
            where.append((dimension, self.condition(one, dimension, conditions)))
            listed = ", ".join("null" if v is None else str(v) for v in one.values())
            words.append(f"{dimension.name} {one.operator()} {listed}")
        if currency and not fixes_currency(question):
            # Counts are of all currencies unless the question names one.
            counted = [one for one in metrics if question.currency or one.has_money]
            dimension = self.catalog.dimension(CURRENCY, counted)
            one = Filter(dimension=CURRENCY, op="=", value=currency)
            where.append((dimension, self.condition(one, dimension, conditions)))
            some = ", ".join(one.name for one in counted if counted != metrics)
            words.append(f"{CURRENCY} = {currency}{some and f' in {some}'}")
        unique = tuple({one.path: one for one in group_by}.values())
        found = Cut(unique, grain, tuple(where), period, conditions)
        for metric in metrics:
            for name, upper in metric.within.items():
                if name in found.names() and upper not in found.names():
                    warnings.append(
                        f"{metric.name}: the share of each {name} is of all cases; for its "
                        f"share within a {upper}, group by {upper} too, or filter on one."
                    )
        return found, currency, words

    def condition(
        self, one: Filter, dimension: Dimension, conditions: Conditions
    ) -> str:
        """Return a filter in MetricFlow's syntax."""
        known = None
        if not dimension.is_time:
            known = self.values(dimension, MOST_VALUES + 1)
            if len(known) > MOST_VALUES:
                known = self._like(one, dimension)
        found = literals(one, dimension, known, self.warehouse.text)
        return conditions.compare(dimension, one.operator(), found)

    def _like(self, one: Filter, dimension: Dimension) -> list[Any] | None:
        """Return the values that contain one of a filter's, or None if there are too many."""
        if len(one.values()) > MOST_SEARCHED:
            return None
        found: dict[Any, None] = {}
        for value in one.values():
            alike = self.values(dimension, MOST_VALUES + 1, str(value))
            if len(alike) > MOST_VALUES:
                return None
            found |= dict.fromkeys(alike)
        return list(found)

    def values(self, dimension: Dimension, limit: int, search: str = "") -> list[Any]:
        """Return at most ``limit`` values of a dimension that contain all words of a text."""
        conditions = Conditions()
        # A query without metrics starts at the dimension's own table.
        own = replace(dimension, path="__".join(dimension.path.split("__")[-2:]))
        where = tuple(
            conditions.contains(own, self.warehouse.text(word), self.warehouse.dialect)
            for word in search.lower().split()
        )
        request = Request((), (path(own, "day"),), where, limit=limit)
        sql = conditions.fill(self.semantics.compile(request))
        rows = self.warehouse.query(sql).rows
        return sorted(
            (plain(row[0]) for row in rows), key=lambda one: (one is None, str(one))
        )

    def _rows(
        self,
        metric: Metric,
        cut: Cut,
        question: Question,
        coverage: DataCoverage,
        warnings: list[str],
    ) -> tuple[list[Row], list[Statement]]:
        is_guarded = metric.guarded is not None and not names(question, metric.guarded)
        through = max(coverage.last_days)
        # Rows after the last day of data would have no days to be compared with.
        until = cut.until(through) if question.compare_to_previous else cut
        read = self._read(metric, until, is_guarded=is_guarded)
        undated = [key for key in read.figures if cut.grain and key[0] is None]
        lost = [read.of_all.get(key, read.figures[key]) for key in undated]
        for key in undated:
            del read.figures[key]
        if any(one.value or one.denominator for one in lost):
            warnings.append(
                f"{metric.name}: cases without {metric.date} are in no {cut.grain}; they "
                "count only without a time grain."
            )
        rows = [
            row(metric, cut, key, figure, read.of_all.get(key), is_guarded=is_guarded)
            for key, figure in read.figures.items()
        ]
        if is_guarded and any(row.maturity.status != "mature" for row in rows):
            warnings.append(
                f"{metric.name}: young orders are left out of the value, because their "
                "returns are still to come; to_date includes them and will rise."
            )
        if metric.maturity and not metric.guarded:
            warnings.append(
                f"{metric.name} is to date: young orders can still be returned."
            )
        if question.compare_to_previous:
            warnings += self._compare(
                metric, cut, rows, read, through, is_guarded=is_guarded
            )
        return rows, read.statements

    def _read(self, metric: Metric, cut: Cut, *, is_guarded: bool) -> Read:
        sql = self.figures.sql(metric, cut, only_mature=is_guarded)
        figures = self.figures.read(metric, cut, sql)
        if not is_guarded:
            return Read(
                figures, {}, [Statement(metric=metric.name, purpose="value", sql=sql)]
            )
        all_sql = self.figures.sql(metric, cut, only_mature=False)
        of_all = self.figures.read(metric, cut, all_sql)
        return Read(
            {key: figures.get(key, Figure(value=None)) for key in of_all},
            of_all,
            [
                Statement(metric=metric.name, purpose="value", sql=sql),
                Statement(metric=metric.name, purpose="to_date", sql=all_sql),
            ],
        )

    def _compare(  # noqa: PLR0913
        self,
        metric: Metric,
        cut: Cut,
        rows: list[Row],
        read: Read,
        through: dt.date,
        *,
        is_guarded: bool,
    ) -> list[str]:
        """Add the figure of the previous period to each row, over as many days.

        Returns:
            Warnings with the days that are compared, if they are not whole periods.
        """

        def over(period: Period) -> dict[Key, Figure]:
            return self._read(metric, cut.over(period), is_guarded=is_guarded).figures

        if any(one.name == metric.date for one in cut.group_by):
            raise MetricsError(
                f"Groups by {metric.date} are periods themselves; to compare them, give "
                "time_grain (--grain) and leave the group out."
            )
        if not cut.grain:
            earlier = cut.period.previous(through)
            former = over(earlier)
            for key, found in zip(read.figures, rows, strict=True):
                if key in former:
                    found.previous = change(metric, found, former[key], earlier.text)
            end = cut.period.end
            is_running = end is not None and end > through
            days = Period(cut.period.start, through)
            return [_compared(days, earlier)] if is_running else []
        warnings = []
        formers: dict[dt.date, tuple[str, dict[Key, Figure]]] = {}
        for start in sorted({day_of(key[0]) for key in read.figures}):
            days = cut.period.within(start, cut.grain, through)
            earlier = days.before(cut.grain)
            name = f"{earlier.start}"
            if days != Period().within(start, cut.grain, dt.date.max):
                name = earlier.text
                warnings.append(_compared(days, earlier))
            there = cut.period.within(
                periods.before(start, cut.grain), cut.grain, through
            )
            formers[start] = name, read.figures if there == earlier else over(earlier)
        for key, found in zip(read.figures, rows, strict=True):
            start = day_of(key[0])
            name, former = formers[start]
            other = (_like(periods.before(start, cut.grain), key[0]), *key[1:])
            if other in former:
                found.previous = change(metric, found, former[other], name)
        return warnings


@dataclass(frozen=True)
class Read:
    """The figures of a metric that were read."""

    figures: dict[Key, Figure]
    of_all: dict[Key, Figure]
    """Figures with immature cases, if ``figures`` leaves them out; else empty."""
    statements: list[Statement]


def guards(
    metrics: list[Metric], question: Question, coverage: DataCoverage
) -> list[str]:
    """Describe which cases count apart from a question's filters, and how to change that."""
    words = []
    if coverage.has_shops and not names(question, SHOP):
        words.append(
            f"All {len(coverage.last_days)} shops count. For one of them, filter on {SHOP}; "
            "for each of them, group by it."
        )
    guarded = [
        one.name for one in metrics if one.guarded and not names(question, one.guarded)
    ]
    if guarded:
        days = " or ".join(map(str, coverage.maturity_days))
        words.append(
            f"Only mature orders, {days} days old or older, count in "
            f"{', '.join(guarded)}. To include younger orders, filter on is_mature (for "
            "days to return, is_order_mature)."
        )
    return words


def _compared(days: Period, earlier: Period) -> str:
    return f"The days {days.text} are compared with {earlier.text}."


def _like(day: dt.date, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return dt.datetime.combine(day, dt.time(), value.tzinfo)
    return day
