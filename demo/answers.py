"""The seven answers, read from the marts and printed; nothing is calculated here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Question:
    """A question, the metric that answers it, and the mart and rows of the answer."""

    text: str
    metric: str
    scope: str
    """Description of the rows that are shown."""
    query: str
    columns: tuple[str, ...]
    """Headings. A trailing ``%`` is removed from the heading and added to the
    values."""


QUESTIONS = (
    Question(
        "What share of returns becomes an exchange, a refund or credit?",
        "outcome_share_returns",
        "all returns that count, by the date of the return, all time",
        """
        select outcome, numerator, denominator, share, share_lower, share_upper
        from analytics.rpt_outcome_split
        where metric_name = 'outcome_share_returns' and date_basis = 'return'
            and stage = 'initiated' and maturity = 'to_date' and period_type = 'all'
        order by share desc
        """,
        ("outcome", "returns", "of", "share%", "at least%", "at most%"),
    ),
    Question(
        "Which SKUs have the highest return rate this quarter?",
        "unit_return_rate_pooled",
        "units ordered this quarter, to date; the four styles, four sizes (each within its "
        "category) and four SKUs with the highest pooled rate",
        """
        select 'style' as level, return_rank, product_title as goods,
            product_category, sold_units, returned_units, unit_return_rate,
            unit_return_rate_pooled, unit_return_rate_pooled_lower,
            unit_return_rate_pooled_upper
        from analytics.rpt_return_rate_by_product
        where maturity = 'to_date' and period_type = 'quarter' and is_current_period
            and return_rank <= 4
        union all
        select 'size', return_rank, option_value, product_category, sold_units,
            returned_units, unit_return_rate, unit_return_rate_pooled,
            unit_return_rate_pooled_lower, unit_return_rate_pooled_upper
        from analytics.rpt_return_rate_by_option
        where maturity = 'to_date' and period_type = 'quarter' and is_current_period
            and option_name = 'size' and return_rank <= 4
        union all
        select 'SKU', return_rank, sku, product_category, sold_units, returned_units,
            unit_return_rate, unit_return_rate_pooled, unit_return_rate_pooled_lower,
            unit_return_rate_pooled_upper
        from analytics.rpt_return_rate_by_sku
        where maturity = 'to_date' and period_type = 'quarter' and is_current_period
            and return_rank <= 4
        order by level desc, return_rank
        """,
        (
            "level",
            "rank",
            "goods",
            "category",
            "sold",
            "returned",
            "rate%",
            "pooled%",
            "at least%",
            "at most%",
        ),
    ),
    Question(
        "What are the top reasons for returns in each product category?",
        "return_reason_share",
        "units returned this quarter; the first two reasons of each category",
        """
        select dimension_value, reason_rank, parent_return_reason, returned_units,
            group_units, return_reason_share
        from analytics.rpt_return_reasons
        where dimension_type = 'category' and reason_level = 'parent'
            and period_type = 'quarter' and is_current_period and reason_rank <= 2
        order by dimension_value, reason_rank, parent_return_reason
        """,
        ("category", "rank", "reason", "units", "of", "share%"),
    ),
    Question(
        "Do customers who exchange buy again more often than those who refund?",
        "repurchase_difference_90d",
        "customers whose first return is at least 90 days old, by its outcome, compared "
        "with customers without a return, as many days after an order of the same index "
        "and value; an association, because people choose their outcome",
        """
        select outcome_group, matched_customers, repurchased_customers,
            repurchase_rate_matched, repurchase_rate_expected,
            repurchase_difference_90d, repurchase_difference_90d_lower,
            repurchase_difference_90d_upper
        from analytics.rpt_repurchase_comparison
        where is_ranked
        order by outcome_group = 'any return', repurchase_difference_90d desc
        """,
        (
            "outcome",
            "customers",
            "bought again",
            "rate%",
            "without return%",
            "difference%",
            "at least%",
            "at most%",
        ),
    ),
    Question(
        "Which acquisition channels bring the orders that are returned least?",
        "order_return_rate",
        "mature orders, by the channel of the customer's first order; "
        "channels sell different goods, so `same goods` is the return rate of units as if "
        "each channel sold the whole shop's mix of SKUs",
        """
        select channel, order_count, returned_order_count, order_return_rate,
            order_return_rate_lower, order_return_rate_upper, unit_return_rate,
            unit_return_rate_standardised
        from analytics.rpt_return_rate_by_channel
        where metric_name = 'order_return_rate' and channel_type = 'acquisition_channel'
            and maturity = 'mature_only' and period_type = 'all' and is_ranked
        order by lowest_rate_rank
        """,
        (
            "channel",
            "orders",
            "returned",
            "rate%",
            "at least%",
            "at most%",
            "units%",
            "same goods%",
        ),
    ),
    Question(
        "How does the time from order to return differ by outcome?",
        "days_to_return",
        "mature orders, all time; days from order to return",
        """
        select outcome_group, return_count, first_quartile_days, median_days,
            third_quartile_days, share_within_14_days, share_within_28_days
        from analytics.rpt_return_timing
        where metric_name = 'days_to_return' and date_basis = 'order'
            and maturity = 'mature_only' and period_type = 'all'
        order by median_days, outcome_group
        """,
        (
            "outcome",
            "returns",
            "quarter by",
            "half by",
            "3 quarters by",
            "14 days%",
            "28 days%",
        ),
    ),
    Question(
        "What do returns cost, as a share of gross revenue?",
        "net_return_cost_pct_gross",
        "by the day a return was closed, else started; by quarter and all time",
        """
        select cost_form, period, currency_code, net_cost, order_gross_revenue,
            cost_share_of_gross
        from analytics.rpt_net_return_cost
        where date_basis = 'return' and maturity = 'to_date'
            and (period_type = 'all'
                or period_type = 'quarter' and cost_form = 'net_return_cost')
        order by cost_form, period_type desc, period
        """,
        ("form", "period", "currency", "net cost", "gross revenue", "share%"),
    ),
)


def show(warehouse: Path, console: Console) -> int:
    """Print all answers.

    Args:
        warehouse: The models' file.
        console: Where to print.

    Returns:
        How many questions have an answer.
    """
    answered = 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        lacking = _reason_for_no_answer(connection)
        for number, question in enumerate(QUESTIONS, 1):
            rows = connection.execute(question.query).fetchall()
            answered += bool(rows)
            console.print(
                _answer(number, question, rows, _formula(connection, question), lacking)
            )
        console.print(_footing(connection))
    return answered


def _formula(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    query = """
        select formula_in_words from analytics.dim_metric_definitions
        where metric_name = ?
    """
    row = connection.execute(query, [question.metric]).fetchone()
    return str(row[0]) if row else ""


def _reason_for_no_answer(connection: duckdb.DuckDBPyConnection) -> str:
    [(orders,)] = connection.execute(
        "select count(*) from analytics.fct_orders"
    ).fetchall()
    if orders:
        return "No answer yet: not enough data."
    return (
        "No answer: orders are not loaded. Load them from your shop and set the "
        "variable shopify_source, see docs/sources.md."
    )


def _answer(
    number: int, question: Question, rows: list[Row], formula: str, lacking: str
) -> Group:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for place, heading in enumerate(question.columns):
        numeric = any(isinstance(row[place], (int, float, Decimal)) for row in rows)
        justify: Literal["left", "right"] = "right" if numeric else "left"
        table.add_column(heading.rstrip("%"), justify=justify)
    for row in rows:
        pairs = zip(question.columns, row, strict=True)
        table.add_row(*(_text(heading, value) for heading, value in pairs))
    return Group(
        "",
        Text(f"{number}. {question.text}", style="bold"),
        Text.assemble((question.metric, "cyan"), f": {formula}."),
        Text(f"Shown: {question.scope}.", style="dim"),
        table if rows else Text(lacking, style="yellow"),
    )


def _footing(connection: duckdb.DuckDBPyConnection) -> Group:
    query = "select data_through_date from analytics.rpt_data_through"
    through = connection.execute(query).fetchone()
    query = """
        select coverage, finding, row_count, all_row_count, match_coverage
        from analytics.rpt_match_coverage where is_found order by coverage, finding
    """
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for coverage, finding, rows, all_rows, share in connection.execute(
        query
    ).fetchall():
        of = f"{rows:,} of {all_rows:,}"
        table.add_row(coverage, finding, of, _text("%", share))
    return Group(
        "",
        Text.assemble(
            ("Data through ", "bold"), str(through[0]) if through else "unknown"
        ),
        Text.assemble(("Joined, ", "bold"), ("match_coverage", "cyan")),
        table,
    )


def _text(heading: str, value: Any) -> str:
    if value is None:
        return "-"
    if heading.endswith("%"):
        return f"{value:.1%}"
    if isinstance(value, Decimal) and value % 1:
        return f"{value:,.2f}"
    if isinstance(value, (int, float, Decimal)):
        return f"{value:,.0f}"
    return str(value).replace("\n", " ")
