"""The orders behind a figure: what they are, and nothing about who placed them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from metrics.asker import Asker, guards
from metrics.errors import MetricsError
from metrics.question import Question, names, read_limit
from metrics.results import Orders
from metrics.shop import Shop

MOST_ORDERS = 100
COLUMNS = (
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
"""What is told of an order; no column here says who the customer is."""

Side = Literal["numerator", "denominator"]


def orders_behind(asker: Asker, question: Question, side: str) -> Orders:
    """List orders that a figure counts.

    Args:
        asker: Answers questions over the warehouse.
        question: A question about one metric; its groups and grain are not used.
        side: ``numerator``: the orders that make up the part, such as returned ones;
            ``denominator``: all that it is a part of.

    Raises:
        MetricsError: The metric is not counted from orders, or cannot be cut so.
    """
    if side not in {"numerator", "denominator"}:
        raise MetricsError("side is numerator or denominator.")
    limit = read_limit(question.limit, MOST_ORDERS)
    warehouse = asker.warehouse
    shop = Shop.read(warehouse)
    warnings: list[str] = []
    question = replace(question, group_by=(), time_grain=None)
    [metric] = asker.resolve(question, warnings)
    if metric.unit == "days":
        raise MetricsError(
            f"{metric.name} is a percentile; ask for the orders behind {metric.size}."
        )
    cut, _, filters = asker.cut(question, [metric], shop, warnings)
    key = asker.catalog.order_key(metric)
    cut = replace(cut, group_by=(key,))
    is_guarded = metric.guarded is not None and not names(question, metric.guarded)
    figures = asker.figures.sql(metric, cut, only_mature=is_guarded)
    column = metric.name
    if metric.whole:
        column = side
    elif metric.is_share:
        column = str(getattr(metric, side))
    listed = "\n  , ".join(f"orders.{one}" for one in COLUMNS)
    sql = (
        f"SELECT\n  {listed}\nFROM (\n{figures}\n) AS behind\n"
        f"JOIN {warehouse.relation('fct_orders')} AS orders\n"
        f"  ON behind.{key.path} = orders.sm_order_key\n"
        f"WHERE behind.{column} <> 0\n"
        f"ORDER BY orders.order_date DESC, orders.order_id\nLIMIT {limit + 1}"
    )
    rows = warehouse.query(sql).records()
    return Orders(
        metric=metric.name,
        orders=[_plain(row) for row in rows[:limit]],
        is_complete=len(rows) <= limit,
        data_through=shop.data_through,
        filters=filters + guards([metric], question, shop),
        warnings=warnings,
        sql=sql,
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat()
        if isinstance(value, dt.date)
        else f"{value:f}"
        if isinstance(value, Decimal)
        else value
        for name, value in row.items()
    }
