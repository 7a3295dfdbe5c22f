"""Lists the orders that a figure counts, without anything about the customer."""

from __future__ import annotations

from dataclasses import replace

from metrics.errors import MetricsError
from metrics.query.coverage import DataCoverage
from metrics.query.runner import QueryRunner, guards
from metrics.question.question import Question, names, read_limit
from metrics.results import Orders

MOST_ORDERS = 100
COLUMNS = (
    "sm_store_id",
    "order_name",
    "order_id",
    "order_date",
    "order_role",
    "order_channel",
    "sales_channel",
    "currency_code",
    "sold_units",
    "order_gross_revenue",
    "rate_return_count",
)
"""The columns returned for an order; none identifies the customer."""


def orders_behind(runner: QueryRunner, question: Question, side: str) -> Orders:
    """List orders that a figure counts.

    Args:
        runner: Answers questions over the warehouse.
        question: A question about one metric; its groups and grain are not used.
        side: ``numerator``: the orders that make up the part, such as returned ones;
            ``denominator``: all orders that the figure is divided by.

    Raises:
        MetricsError: The metric does not count orders, or has no such dimension.
    """
    if side not in {"numerator", "denominator"}:
        raise MetricsError("side is numerator or denominator.")
    limit = read_limit(question.limit, MOST_ORDERS)
    warehouse = runner.warehouse
    coverage = DataCoverage.read(warehouse, question.where)
    warnings: list[str] = []
    question = replace(question, group_by=(), time_grain=None)
    [metric] = runner.resolve(question, warnings)
    if metric.unit == "days":
        raise MetricsError(
            f"{metric.name} is a percentile; ask for the orders behind {metric.size}."
        )
    cut, _, filters = runner.cut(question, [metric], coverage, warnings)
    key = runner.catalog.order_key(metric)
    cut = replace(cut, group_by=(key,))
    is_guarded = metric.guarded is not None and not names(question, metric.guarded)
    figures = runner.figures.sql(metric, cut, only_mature=is_guarded)
    column = metric.name
    if metric.whole:
        column = side
    elif metric.is_share:
        column = str(getattr(metric, side))
    listed = "\n  , ".join(f"orders.{one}" for one in COLUMNS)
    sql = (
        f"SELECT\n  {listed}\nFROM (\n{figures}\n) AS figure\n"
        f"JOIN {warehouse.relation('fct_orders')} AS orders\n"
        f"  ON figure.{key.path} = orders.sm_order_key\n"
        f"WHERE figure.{column} <> 0\n"
        f"ORDER BY orders.order_date DESC, orders.sm_order_key\nLIMIT {limit + 1}"
    )
    rows = warehouse.query(sql).plain_records()
    return Orders(
        metric=metric.name,
        orders=rows[:limit],
        is_complete=len(rows) <= limit,
        data_through=coverage.data_through,
        filters=filters + guards([metric], question, coverage),
        warnings=warnings,
        sql=sql,
    )
