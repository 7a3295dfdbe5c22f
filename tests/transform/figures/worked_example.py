"""The value of each metric in the worked example, read from the reports."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Ask = Callable[[str], list[tuple[Any, ...]]]

JANUARY = "period = '2025-01' and date_basis = 'order' and maturity = 'to_date'"
REFUND = "outcome_group = 'refund'"
SLICES = {
    "rpt_return_metrics": JANUARY + " and metric_name = '{metric}'",
    "rpt_net_return_cost": JANUARY + " and metric_name = '{metric}'",
    "rpt_outcome_split": JANUARY
    + " and stage = 'initiated' and outcome = 'refund' and metric_name = '{metric}'",
    "rpt_return_rate_by_sku": f"{JANUARY} and sku = 'X'",
    "rpt_return_rate_by_channel": f"{JANUARY} and channel_type = 'order_channel'",
    "rpt_return_reasons": "period = '2025-01' and dimension_type = 'all'"
    " and reason_level = 'parent' and parent_return_reason = 'Size'",
    "rpt_return_timing": f"{JANUARY} and {REFUND}" + " and metric_name = '{metric}'",
    "rpt_return_timing_bands": f"{JANUARY} and {REFUND}"
    " and return_week_bucket = '0-7 days'",
    "rpt_return_retention": REFUND,
    "rpt_return_retention_by_period": f"{REFUND} and period = '2025-01'",
    "rpt_repurchase_curve": f"{REFUND} and days_since_return = 50",
    "rpt_exchange_flows": "period = '2025-01' and from_sku = 'X' and to_sku = 'Z'",
    "rpt_match_coverage": "coverage = 'returns with their order' and is_found",
    "rpt_order_returns_v1": "order_name = '#O1'",
    "rpt_data_through": "true",
    "rpt_store_credit": "true",
}
WORDS = {
    "rpt_return_metrics": "January orders",
    "rpt_net_return_cost": "January orders",
    "rpt_outcome_split": "January orders, refund",
    "rpt_return_rate_by_sku": "January orders, SKU X",
    "rpt_return_rate_by_channel": "January orders, no campaign",
    "rpt_return_reasons": "January returns, Size",
    "rpt_return_timing": "January orders, refund",
    "rpt_return_timing_bands": "January orders, refund, 0-7 days",
    "rpt_return_retention": "First return was a refund",
    "rpt_return_retention_by_period": "First return in January was a refund",
    "rpt_repurchase_curve": "First return was a refund, by day 50",
    "rpt_exchange_flows": "January, X to Z",
    "rpt_match_coverage": "Returns with their order",
    "rpt_order_returns_v1": "Order #O1",
    "rpt_data_through": "The store",
    "rpt_store_credit": "The store",
}
"""The slices in words."""
COMPANIONS = {
    "share": 2,
    "money": 0,
    "count": 0,
    "days": 0,
    "flag": 0,
}
"""By unit, how many of the columns after a figure are its numerator and denominator."""
ONE_SIDED = {
    "repurchase_rate_90d_any_order": "any_order_customers, mature_customers",
    "repurchase_new_money_rate": "new_money_customers, mature_customers",
    "repurchase_rate_naive": "naive_customers, index_customers",
}
"""Figures whose parts are listed with another metric."""


def example(ask: Ask, metric: str, unit: str, report_columns: str) -> str:
    """Return a metric's figure in the worked example, in words."""
    report, _, named = report_columns.partition("; ")[0].partition(": ")
    if report not in SLICES:
        return "none"
    figure, *others = named.split(", ")
    parts = ONE_SIDED.get(metric, ", ".join(others[: COMPANIONS[unit]])).split(", ")
    columns = [figure, *(part for part in parts if part)]
    rows = ask(
        f"select {', '.join(columns)} from {report}"
        f" where {SLICES[report].format(metric=metric)}"
    )
    if len(rows) != 1 or rows[0][0] is None:
        return "none"
    value, *sides = rows[0]
    return f"{WORDS[report]}: {_told(value, sides, unit)}"


def _told(value: Any, sides: list[Any], unit: str) -> str:
    if unit == "share":
        share = f"{100 * value:.1f} %"
        return (
            f"{_plain(sides[0])} of {_plain(sides[1])}, {share}"
            if len(sides) > 1
            else share
        )
    if unit == "flag":
        return "yes" if value else "no"
    return f"{_plain(value)} days" if unit == "days" else _plain(value)


def _plain(value: Any) -> str:
    number = Decimal(value)
    return str(int(number)) if number == int(number) else f"{number:.2f}"
