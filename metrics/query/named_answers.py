"""Named answers: reports that metrics cannot express, such as curves and rankings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from metrics.errors import MetricsError, unknown
from metrics.query.coverage import SHOP, DataCoverage, published
from metrics.query.reports import REPORTS, Report
from metrics.question.filters import Filter, literal
from metrics.results import Definition, NamedAnswer, ReportAnswer
from metrics.warehouse import Warehouse, unfit

TIMES = {"period", "period_type", "period_start_date", "is_current_period"}
"""Columns that select a period; a filter on one drops the default filters on all."""
MOST_ROWS = 1_000


def report(name: str) -> Report:
    """Return a named answer's report.

    Raises:
        MetricsError: There is no such answer.
    """
    key = "_".join(str(name).lower().split())
    if key not in REPORTS:
        raise unknown("answer", name, REPORTS, "list_answers names all of them.")
    return REPORTS[key]


def summary(name: str, columns: Iterable[str]) -> NamedAnswer:
    """Describe a named answer; `columns` are the columns of its report."""
    found = report(name)
    return NamedAnswer(
        name=name,
        question=found.question,
        report=found.table,
        filters=sorted(columns),
        defaults=found.defaults,
    )


def read(
    warehouse: Warehouse, name: str, where: Iterable[Filter], limit: int
) -> ReportAnswer:
    """Read the rows of a named answer.

    Raises:
        MetricsError: There is no such answer, column or value.
    """
    found = report(name)
    asked = list(where)
    coverage = DataCoverage.read(warehouse, asked)
    table = warehouse.relation(found.table)
    columns = warehouse.query(f"select * from {table} limit 0").columns
    conditions, defaults = _defaults(warehouse, found, asked)
    words = list(defaults)
    for one in asked:
        condition, word = _condition(warehouse, table, columns, one)
        conditions.append(condition)
        words.append(word)
    sql = f"select *\nfrom {table}"
    if conditions:
        sql += "\nwhere " + "\n  and ".join(conditions)
    # In views of several shops each row has its shop, and ranks are within a shop.
    order = [SHOP] if coverage.has_shops else []
    order += found.order.split(", ") if found.order else []
    if order:
        # By default, PostgreSQL and BigQuery sort nulls to different ends.
        sql += "\norder by " + ", ".join(f"{one} nulls last" for one in order)
    sql += f"\nlimit {limit + 1}"
    rows = warehouse.query(sql).plain_records()
    known = published(warehouse)
    metrics = {str(row["metric_name"]) for row in rows if row.get("metric_name")}
    return ReportAnswer(
        name="_".join(name.lower().split()),
        question=found.question,
        rows=rows[:limit],
        row_count=len(rows[:limit]),
        is_complete=len(rows) <= limit,
        data_through=coverage.data_through,
        filters=words,
        definitions=[
            Definition(
                metric=one,
                formula_in_words=known[one]["formula_in_words"],
                unit=known[one]["unit"],
                date=known[one]["date_basis"],
            )
            for one in sorted(metrics & known.keys())
        ],
        warnings=_cautions(found, rows, defaults),
        sql=sql,
    )


def _cautions(
    found: Report, rows: list[dict[str, Any]], defaults: list[str]
) -> list[str]:
    if not rows and defaults:
        words = (
            f"No row passes the filters. By default they include {', '.join(defaults)}; "
            "a filter on the same column takes the place of a default one."
        )
        return [words]
    # Other filters than the default ones may select older or only mature orders.
    is_young = any(
        row.get("is_current_period") and row.get("maturity") == "to_date"
        for row in rows
    )
    return [one for one in (found.caution, found.young if is_young else "") if one]


def _defaults(
    warehouse: Warehouse, found: Report, asked: list[Filter]
) -> tuple[list[str], list[str]]:
    named = {one.dimension for one in asked}
    dropped = named | (TIMES if named & TIMES else set())
    kept = {key: value for key, value in found.defaults.items() if key not in dropped}
    return (
        [f"{key} = {literal(value, warehouse.text)}" for key, value in kept.items()],
        [f"{key} = {value}" for key, value in kept.items()],
    )


def _condition(
    warehouse: Warehouse, table: str, columns: list[str], one: Filter
) -> tuple[str, str]:
    if one.dimension not in columns:
        raise unknown("column", one.dimension, columns, "list_answers names them.")
    op = one.operator()
    if None in one.values():
        raise MetricsError("A filter of a report takes values, not null.")
    rows = warehouse.query(
        f"select distinct {one.dimension} from {table} limit {MOST_ROWS + 1}"
    ).rows
    known = [value for (value,) in rows if value is not None]
    values = [_typed(value, known) for value in one.values()]
    if op in {"=", "!=", "in", "not in"} and len(rows) <= MOST_ROWS:
        texts = [value for value in known if isinstance(value, str)]
        for value in values if texts else []:
            if value not in texts:
                raise unknown("value", value, texts, "get_answer shows the values.")
    listed = ", ".join(literal(value, warehouse.text) for value in values)
    right = f"({listed})" if op in {"in", "not in"} else listed
    condition = f"{one.dimension} {op} {right}"
    if op in {"!=", "not in"}:
        # A null is different from every value.
        condition = f"({condition} or {one.dimension} is null)"
    return condition, f"{one.dimension} {op} {', '.join(map(str, values))}"


def _typed(value: Any, known: list[Any]) -> Any:
    """Return a filter's value in the type of its column, which BigQuery needs.

    Args:
        value: The value, perhaps written as a text.
        known: Values of the column.

    Raises:
        MetricsError: It does not fit.
    """
    sample = known[0] if known else value
    try:
        if isinstance(sample, str):
            return str(value)
        if isinstance(sample, bool) and isinstance(value, str):
            return {"true": True, "false": False}[value.strip().lower()]
        if isinstance(sample, int | float | Decimal) and isinstance(value, str):
            return float(value) if "." in value else int(value)
    except (KeyError, ValueError) as error:
        raise unfit() from error
    return value
