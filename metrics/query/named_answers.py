"""Named answers: reports that metrics cannot express, such as curves and rankings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from metrics.errors import MetricsError, unknown
from metrics.query.coverage import SHOP, DataCoverage, published
from metrics.question.filters import Filter
from metrics.results import Definition, NamedAnswer, ReportAnswer
from metrics.warehouse import Warehouse

TIMES = {"period", "period_type", "period_start_date", "is_current_period"}
"""Columns that select a period; a filter on one disables the defaults of the others."""
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Report:
    """A question, with the report and the rows that answer it."""

    question: str
    table: str
    defaults: dict[str, str | bool] = field(default_factory=dict)
    order: str = ""
    caution: str = ""


_ALL: dict[str, str | bool] = {"period_type": "all"}
_THIS_QUARTER: dict[str, str | bool] = {
    "maturity": "to_date",
    "period_type": "quarter",
    "is_current_period": True,
}
_RANKED = "case when return_rank is null then 1 else 0 end, return_rank"
_TO_DATE = "The current quarter's orders are young: more returns will come."

REPORTS = {
    "outcomes": Report(
        "What share of returns becomes an exchange, a refund or credit?",
        "rpt_outcome_split",
        {
            "metric_name": "outcome_share_returns",
            "date_basis": "return",
            "stage": "initiated",
            "maturity": "to_date",
            **_ALL,
        },
        "share desc",
    ),
    "products": Report(
        "Which products have the highest return rate this quarter?",
        "rpt_return_rate_by_product",
        dict(_THIS_QUARTER),
        _RANKED,
        _TO_DATE,
    ),
    "sizes": Report(
        "Which sizes and colours have the highest return rate this quarter?",
        "rpt_return_rate_by_option",
        {**_THIS_QUARTER, "option_name": "size"},
        _RANKED,
        _TO_DATE,
    ),
    "skus": Report(
        "Which SKUs have the highest return rate this quarter?",
        "rpt_return_rate_by_sku",
        dict(_THIS_QUARTER),
        _RANKED,
        _TO_DATE,
    ),
    "categories": Report(
        "Which product categories have the highest return rate this quarter?",
        "rpt_return_rate_by_category",
        dict(_THIS_QUARTER),
        _RANKED,
        _TO_DATE,
    ),
    "reasons": Report(
        "What are the top reasons for returns in each product category?",
        "rpt_return_reasons",
        {"reason_level": "parent", "dimension_type": "category", **_ALL},
        "dimension_value, reason_rank",
    ),
    "repurchase": Report(
        "Do customers who exchange buy again more often than those who refund?",
        "rpt_repurchase_comparison",
        order="outcome_group",
        caution="Customers choose their outcome: an association, not an effect.",
    ),
    "repurchase_by_outcome": Report(
        "How many customers buy again within 90 days of their first return?",
        "rpt_return_retention",
        order="outcome_group",
        caution="Customers choose their outcome: an association, not an effect.",
    ),
    "repurchase_by_period": Report(
        "How does repurchase after the first return change over time?",
        "rpt_return_retention_by_period",
        {"period_type": "quarter"},
        "outcome_group, period_start_date",
        "Customers choose their outcome: an association, not an effect.",
    ),
    "repurchase_curve": Report(
        "How does the share of customers who have bought again grow by day?",
        "rpt_repurchase_curve",
        order="outcome_group, days_since_return",
    ),
    "channels": Report(
        "Which acquisition channels bring the orders that are returned least?",
        "rpt_return_rate_by_channel",
        {
            "channel_type": "acquisition_channel",
            "maturity": "mature_only",
            **_ALL,
        },
        "case when lowest_rate_rank is null then 1 else 0 end, lowest_rate_rank",
    ),
    "days_to_return": Report(
        "How does the time from order to return differ by outcome?",
        "rpt_return_timing",
        {"metric_name": "days_to_return", "maturity": "mature_only", **_ALL},
        "median_days, outcome_group",
    ),
    "weeks_to_return": Report(
        "In which weeks after the order do returns start?",
        "rpt_return_timing_bands",
        {"maturity": "mature_only", **_ALL},
        "outcome_group, return_week_bucket_sort",
    ),
    "net_return_cost": Report(
        "What do returns cost, as a share of gross revenue?",
        "rpt_net_return_cost",
        {"date_basis": "return", "maturity": "to_date", **_ALL},
        "cost_form, currency_code, period",
    ),
    "exchange_flows": Report(
        "What are goods exchanged for?",
        "rpt_exchange_flows",
        dict(_ALL),
        "exchanged_units desc, from_sku, to_sku",
    ),
    "store_credit": Report(
        "How much store credit was issued, spent and is outstanding?",
        "rpt_store_credit",
        order="currency_code",
    ),
    "store_metrics": Report(
        "What are all metrics of the whole store, by period?",
        "rpt_return_metrics",
        {"maturity": "mature_only", **_ALL},
        "metric_name, period",
        "Metrics with date_basis return have no mature_only rows; filter maturity.",
    ),
    "match_coverage": Report(
        "How many returns and units were matched with the shop's orders?",
        "rpt_match_coverage",
        order="coverage, finding",
    ),
    "data_quality": Report(
        "Which rows of raw data break a rule?",
        "rpt_data_quality",
        order="row_count desc, check_name",
    ),
    "data_through": Report(
        "How far does the data reach, and when is an order mature?",
        "rpt_data_through",
    ),
}


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
    """Describe a named answer whose report has these columns."""
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
    coverage = DataCoverage.read(warehouse)
    table = warehouse.relation(found.table)
    columns = warehouse.query(f"select * from {table} limit 0").columns
    asked = list(where)
    conditions, words = _defaults(warehouse, found, asked)
    for one in asked:
        condition, word = _condition(warehouse, table, columns, one)
        conditions.append(condition)
        words.append(word)
    sql = f"select *\nfrom {table}"
    if conditions:
        sql += "\nwhere " + "\n  and ".join(conditions)
    # In views of several shops each row has its shop, and ranks are within a shop.
    order = [SHOP] if coverage.has_shops else []
    order += [found.order] if found.order else []
    if order:
        sql += f"\norder by {', '.join(order)}"
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
        warnings=[found.caution] if found.caution else [],
        sql=sql,
    )


def _defaults(
    warehouse: Warehouse, found: Report, asked: list[Filter]
) -> tuple[list[str], list[str]]:
    named = {one.dimension for one in asked}
    dropped = named | (TIMES if named & TIMES else set())
    kept = {key: value for key, value in found.defaults.items() if key not in dropped}
    return (
        [f"{key} = {_literal(warehouse, value)}" for key, value in kept.items()],
        [f"{key} = {value}" for key, value in kept.items()],
    )


def _condition(
    warehouse: Warehouse, table: str, columns: list[str], one: Filter
) -> tuple[str, str]:
    if one.dimension not in columns:
        raise unknown("column", one.dimension, columns, "list_answers names them.")
    op = one.operator()
    literals = [_literal(warehouse, value) for value in one.values()]
    if None in one.values():
        raise MetricsError("A filter of a report takes values, not null.")
    known = warehouse.query(
        f"select distinct {one.dimension} from {table} limit 1001"
    ).rows
    texts = [value for (value,) in known if isinstance(value, str)]
    for value in one.values():
        if texts and len(known) <= MOST_ROWS and value not in texts:
            raise unknown("value", str(value), texts, "get_answer shows the values.")
    listed = ", ".join(literals)
    right = f"({listed})" if op in {"in", "not in"} else listed
    words = ", ".join(str(value) for value in one.values())
    return f"{one.dimension} {op} {right}", f"{one.dimension} {op} {words}"


def _literal(warehouse: Warehouse, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else warehouse.text(str(value))
