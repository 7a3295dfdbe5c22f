"""The reports that named answers return, each with its question and default filters."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Report:
    """A question, with the report and the rows that answer it."""

    question: str
    table: str
    defaults: dict[str, str | bool] = field(default_factory=dict)
    order: str = ""
    """Columns of the order, divided by a comma; rows without a value come last."""
    caution: str = ""
    young: str = ""
    """A caution for rows of the current period that include young orders."""


_ALL: dict[str, str | bool] = {"period_type": "all"}
_THIS_QUARTER: dict[str, str | bool] = {
    "maturity": "to_date",
    "period_type": "quarter",
    "is_current_period": True,
}
_TO_DATE = "The current quarter's orders are young: more returns will come."
_CHOSEN = (
    "Customers choose their outcome: differences show an association, not an effect."
)

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
        "return_rank",
        young=_TO_DATE,
    ),
    "sizes": Report(
        "Which sizes and colours have the highest return rate this quarter?",
        "rpt_return_rate_by_option",
        {**_THIS_QUARTER, "option_name": "size"},
        "return_rank",
        young=_TO_DATE,
    ),
    "skus": Report(
        "Which SKUs have the highest return rate this quarter?",
        "rpt_return_rate_by_sku",
        dict(_THIS_QUARTER),
        "return_rank",
        young=_TO_DATE,
    ),
    "categories": Report(
        "Which product categories have the highest return rate this quarter?",
        "rpt_return_rate_by_category",
        dict(_THIS_QUARTER),
        "return_rank",
        young=_TO_DATE,
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
        caution=_CHOSEN,
    ),
    "repurchase_by_outcome": Report(
        "How many customers buy again within 90 days of their first return?",
        "rpt_return_retention",
        order="outcome_group",
        caution=_CHOSEN,
    ),
    "repurchase_by_period": Report(
        "How does repurchase after the first return change over time?",
        "rpt_return_retention_by_period",
        {"period_type": "quarter"},
        "outcome_group, period_start_date",
        _CHOSEN,
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
        "lowest_rate_rank",
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
    "expected_returns": Report(
        "How many units of recent orders will come back in the end?",
        "rpt_return_nowcast",
        {"dimension_type": "all", "period_type": "month"},
        "period_start_date, dimension_value",
        "Expected figures are estimates; docs/nowcast.md has their errors in the past.",
    ),
    "expected_returns_before": Report(
        "How close were earlier estimates of the units that come back?",
        "rpt_return_nowcast_back_test",
        {"dimension_type": "all", "period_type": "month"},
        "as_of_date, period_start_date, dimension_value",
    ),
    "expected_by_week": Report(
        "How many units, parcels and refunds will come in each of the next eight weeks?",
        "rpt_returns_expected_by_week",
        {"is_week_over": False},
        "as_of_date, week_number",
        "Assumes that sales continue as in the last four weeks; see docs/nowcast.md.",
    ),
    "demand_by_size": Report(
        "How many units of each size do shoppers keep, and what should a plan assume?",
        "rpt_demand_by_size",
        order="product_title, product_key, size",
        caution="Expected figures are estimates; docs/nowcast.md says how they are made.",
    ),
    "alerts": Report(
        "Which products come back more often than their peers, beyond chance?",
        "rpt_return_alerts",
        order="evidence desc, dimension_type, dimension_value",
    ),
    "changes": Report(
        "What changed most from the month or quarter before?",
        "rpt_return_changes",
        {"is_notable": True},
        "period_start_date desc, mover_rank, dimension_value",
    ),
    "durations": Report(
        "How many days lie between two milestones of a return?",
        "rpt_return_durations",
        {"dimension_type": "all", **_ALL},
        "from_milestone, to_milestone, dimension_value",
    ),
    "outstanding": Report(
        "Which returns are open or still owe the customer a refund or credit?",
        "rpt_returns_outstanding",
        order="days_since_request desc, loop_return_id",
    ),
    "refund_liability": Report(
        "What refunds and store credit does the shop owe for goods sold?",
        "rpt_refund_liability",
        {"is_month_end": True},
        "as_of_date desc, currency_code, order_month_date",
        "Expected figures are estimates; docs/refund-liability.md has their errors.",
    ),
    "ledger_journal": Report(
        "What is the monthly journal of returns?",
        "rpt_ledger_journal",
        order="period_start_date desc, currency_code, account_class",
    ),
    "ledger_tie": Report(
        "Where do the ledger of returns and Shopify's sales differ, and why?",
        "rpt_ledger_tie",
        order="tie_date desc, sm_order_key, tie_line, reason_class",
    ),
    "store_credit_by_month": Report(
        "How did the store credit of returns change in each month?",
        "rpt_store_credit_roll_forward",
        order="period_start_date desc, currency_code",
    ),
    "sync_reconciliation": Report(
        "Did everything that the tap sent arrive in the warehouse?",
        "rpt_sync_reconciliation",
        order="sync_started_at desc, stream_name",
    ),
    "store_metrics": Report(
        "What are all metrics of the whole store, by period?",
        "rpt_return_metrics",
        {"maturity": "mature_only", **_ALL},
        "metric_name, period",
        "Metrics by return date have only rows with the maturity to_date; filter on it.",
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
