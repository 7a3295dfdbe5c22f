"""Queries of the semantic layer give the figures of the reports."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml

from metrics.definitions.semantic_layer import Request, Semantics
from tests.transform.conftest import BIN, ROOT, Warehouse
from tests.transform.worlds.table import build_world

BY_ORDER = [
    "order_return_rate",
    "order_return_rate_realised",
    "refund_order_rate",
    "exchange_order_rate",
    "credit_order_rate",
    "unit_return_rate",
    "return_request_rate",
    "root_order_return_rate_any_depth",
    "warranty_claim_rate",
    "all_source_return_rate",
    "value_return_rate",
]
BY_RETURN = [
    "retained_revenue_ratio",
    "retained_revenue_ratio_ex_tax",
    "upsell_rate",
    "upsell_share_of_exchange",
]
AMOUNTS = {
    "gross_revenue_of_cost": ("sales_order", "fct_orders", "is_cost_cohort_order"),
    "net_cost": ("sales_order", "fct_orders", "is_cost_cohort_order"),
    "net_cost_cash": ("sales_order", "fct_orders", "is_cost_cohort_order"),
    "net_cost_landed": ("sales_order", "fct_orders", "is_cost_cohort_order"),
    "sold_amount": ("order_line", "fct_order_lines", "true"),
    "returned_amount": ("order_line", "fct_order_lines", "true"),
    "retained_revenue": ("return", "fct_returns", "is_counted_return"),
    "retained_or_refunded_revenue": ("return", "fct_returns", "is_counted_return"),
    "retained_revenue_ex_tax": ("return", "fct_returns", "is_counted_return"),
    "retained_or_refunded_revenue_ex_tax": (
        *("return", "fct_returns", "is_counted_return"),
    ),
    "refund_amount": ("return", "fct_returns", "is_counted_return"),
    "gift_card_amount": ("return", "fct_returns", "is_counted_return"),
    "exchanged_value": ("return", "fct_returns", "is_counted_return"),
    "upsell_amount": ("return", "fct_returns", "is_counted_return"),
    "label_cost": ("return_label", "fct_return_labels", "is_counted_return"),
    "settled_net_cost": ("return", "fct_returns", "is_realised_return"),
    "settled_net_cost_cash": ("return", "fct_returns", "is_realised_return"),
    "settled_net_cost_landed": ("return", "fct_returns", "is_realised_return"),
}
"""Metrics of money: the entity, table and rows that they are summed over."""
EXPRESSIONS = {
    "gross_revenue_of_cost": "order_gross_revenue",
    "net_cost": "net_return_cost",
    "net_cost_cash": "net_return_cost_cash",
    "net_cost_landed": "net_return_cost_landed",
    "retained_or_refunded_revenue": "retained_revenue + refund_amount",
    "retained_or_refunded_revenue_ex_tax": (
        "retained_revenue_ex_tax + refund_amount_ex_tax"
    ),
    "settled_net_cost": "net_return_cost",
    "settled_net_cost_cash": "net_return_cost_cash",
    "settled_net_cost_landed": "net_return_cost_landed",
}
"""What a metric of AMOUNTS sums, if it is not the column of the metric's name."""
RATIOS_OF_MONEY = {
    "value_return_rate": "order_line",
    "net_return_cost_pct_gross": "sales_order",
    "net_return_cost_cash_pct_gross": "sales_order",
    "net_return_cost_landed_pct_gross": "sales_order",
    "retained_revenue_ratio": "return",
    "retained_revenue_ratio_ex_tax": "return",
    "upsell_share_of_exchange": "return",
    "net_return_cost_pct_gross_by_return": "return",
    "net_return_cost_cash_pct_gross_by_return": "return",
    "net_return_cost_landed_pct_gross_by_return": "return",
}
COSTS = [
    "net_return_cost_pct_gross",
    "net_return_cost_cash_pct_gross",
    "net_return_cost_landed_pct_gross",
]
Figures = dict[tuple[str, str], float]


@cache
def semantics(folder: Path) -> Semantics:
    """Return the semantic layer from the manifest in a warehouse's folder."""
    return Semantics(folder / "target/semantic_manifest.json", "duckdb")


def figures(
    built: Warehouse, metrics: list[str], by: str = "", where: str = ""
) -> Figures:
    """Return the figures of metrics that are not null, by metric and by month or group.

    Without `by`, the group is an empty text.
    """
    request = Request(
        tuple(metrics),
        group_by=(by,) if by else (),
        where=(where,) if where else (),
    )
    columns = ", ".join([by or "''", *metrics])
    return {
        (metric, str(group)[:7] if by.startswith("metric_time") else group): float(one)
        for group, *row in built.rows(
            f"select {columns} from ({semantics(built.folder).compile(request)})"
        )
        for metric, one in zip(metrics, row, strict=True)
        if one is not None
    }


@pytest.fixture(scope="module")
def shop(warehouse: Callable[..., Warehouse]) -> Iterator[Warehouse]:
    with build_world(warehouse, "a shop in New York").opened() as built:
        yield built


def reported(built: Warehouse, sql: str) -> Figures:
    return {
        (metric, group): value
        for metric, group, value in built.rows(sql)
        if value is not None
    }


def test_the_semantic_models_are_valid(shop: Warehouse, tmp_path: Path) -> None:
    # MetricFlow looks for the manifest of the last build in the project itself.
    project = tmp_path / "project"
    unwanted = shutil.ignore_patterns("target", "logs")
    shutil.copytree(ROOT / "transform", project, ignore=unwanted)
    shutil.copytree(shop.folder / "target", project / "target")
    done = subprocess.run(
        [str(BIN / "mf"), "validate-configs", "--skip-dw"],
        cwd=project,
        env={
            **os.environ,
            "DUCKDB_PATH": str(tmp_path / "warehouse.duckdb"),
            "RAW_DUCKDB_PATH": str(shop.raw),
            "DBT_PROFILES_DIR": str(project),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]


def test_monthly_figures_are_those_of_the_reports(shop: Warehouse) -> None:
    monthly = "period_type = 'month' and maturity = 'to_date'"
    wanted = reported(
        shop,
        "select metric_name, period, metric_value from rpt_return_metrics"
        f" where {monthly} and (date_basis = 'order' and metric_name in {(*BY_ORDER,)}"
        f" or date_basis = 'return' and metric_name in {(*BY_RETURN,)})"
        " union all select metric_name, period, cost_share_of_gross"
        f" from rpt_net_return_cost where {monthly} and date_basis = 'order'",
    )
    found = figures(shop, [*BY_ORDER, *BY_RETURN, *COSTS], "metric_time__month")
    assert len(wanted) > 100
    assert {key: found[key] for key in wanted} == pytest.approx(wanted, abs=1e-9)


OF_CUSTOMERS = [
    "repurchase_rate_90d",
    "repurchase_rate_90d_any_order",
    "repurchase_new_money_rate",
    "second_return_rate",
    "median_days_to_repurchase",
]


def test_repurchase_is_that_of_the_report(shop: Warehouse) -> None:
    wanted = reported(
        shop,
        " union all ".join(
            f"select '{name}', outcome_group, {name} from rpt_return_retention"
            for name in OF_CUSTOMERS
        ),
    )
    found = figures(shop, OF_CUSTOMERS, "followed_customer__outcome_group")
    assert len(wanted) > 3 * len(OF_CUSTOMERS)
    assert found == pytest.approx(wanted, abs=1e-9)


def test_medians_are_those_of_the_report(shop: Warehouse) -> None:
    names = ("days_to_return", "days_to_return_from_root", "days_return_to_close")
    wanted = reported(
        shop,
        "select 'median_' || metric_name, outcome_group, median_days"
        f" from rpt_return_timing where metric_name in {names}"
        " and maturity = 'to_date' and period_type = 'all'",
    )
    found = figures(shop, [f"median_{name}" for name in names], "return__outcome_group")
    assert len(wanted) > 2 * len(names)
    assert {key: found[key] for key in wanted} == wanted


def test_milestones_are_those_of_the_report(shop: Warehouse) -> None:
    wanted = reported(
        shop,
        "select 'median_days_to_milestone', to_milestone, median_days"
        " from rpt_return_durations where from_milestone = 'requested'"
        " and dimension_type = 'all' and period_type = 'all'",
    )
    metrics = ["median_days_to_milestone", "milestones_reached"]
    found = figures(shop, metrics, "return_event__milestone")
    assert len(wanted) > 4
    assert {key: found[key] for key in wanted} == wanted
    for milestone, count in shop.rows(
        "select milestone, count(*) from fct_return_events where is_counted_return"
        " group by milestone"
    ):
        assert found["milestones_reached", milestone] == count


SAVED_QUERIES = {
    "outcomes_of_returns": """
        select outcome, numerator from rpt_outcome_split
        where metric_name = 'outcome_share_returns' and date_basis = 'return'
            and stage = 'initiated' and maturity = 'to_date' and period_type = 'all'
    """,
    "return_rate_by_sku": """
        select sku, product_title, unit_return_rate, returned_units, sold_units
        from rpt_return_rate_by_sku
        where maturity = 'mature_only' and period_type = 'all'
    """,
    "reasons_by_category": """
        select dimension_value, parent_return_reason, returned_units
        from rpt_return_reasons
        where reason_level = 'parent' and dimension_type = 'category'
            and period_type = 'all'
    """,
    "repurchase_by_outcome": """
        select outcome_group, repurchase_rate_90d, repurchased_customers,
            mature_customers
        from rpt_return_retention
    """,
    "return_rate_by_channel": """
        select channel, order_return_rate, returned_order_count, order_count
        from rpt_return_rate_by_channel
        where metric_name = 'order_return_rate' and maturity = 'mature_only'
            and channel_type = 'acquisition_channel' and period_type = 'all'
    """,
    "days_to_return_by_outcome": """
        select outcome_group, return_count, first_quartile_days, median_days,
            third_quartile_days, share_within_14_days, share_within_28_days
        from rpt_return_timing
        where metric_name = 'days_to_return' and maturity = 'mature_only'
            and period_type = 'all'
    """,
    "net_return_cost": """
        select currency_code,
            max(case when cost_form = 'net_return_cost' then cost_share_of_gross end),
            max(case when cost_form = 'net_return_cost_cash'
                then cost_share_of_gross end),
            max(case when cost_form = 'net_return_cost_landed'
                then cost_share_of_gross end)
        from rpt_net_return_cost
        where date_basis = 'return' and maturity = 'to_date' and period_type = 'all'
        group by currency_code
    """,
}
"""SQL that reads the columns of each saved query from the report of its question."""


@pytest.mark.parametrize("name", SAVED_QUERIES)
def test_a_saved_query_gives_the_report_of_its_question(
    shop: Warehouse, name: str
) -> None:
    layer = semantics(shop.folder)
    wanted = sorted(shop.rows(SAVED_QUERIES[name]))
    found = sorted(row for row in shop.rows(layer.saved_query(name)) if any(row[-3:]))
    assert len(wanted) > 0
    assert [plain(row) for row in found] == [
        pytest.approx(plain(row), abs=1e-9) for row in wanted
    ]


def plain(row: tuple[object, ...]) -> list[object]:
    return [
        float(one) if isinstance(one, int | float | Decimal) else one for one in row
    ]


def test_every_question_of_the_report_has_a_saved_query(shop: Warehouse) -> None:
    layer = semantics(shop.folder)
    assert {one.name for one in layer.manifest.saved_queries} == SAVED_QUERIES.keys()


def test_a_ratio_is_the_quotient_of_its_parts_without_filters_of_its_own(
    shop: Warehouse,
) -> None:
    """The engine of `metrics` divides the parts, so that it reads them once."""
    layer = semantics(shop.folder)
    for metric in layer.metrics.values():
        sides = (metric.type_params.numerator, metric.type_params.denominator)
        if all(sides):
            assert metric.filter is None, metric.name
            assert not [one for one in sides if one.filter], metric.name


def money_columns(table: str) -> list[str]:
    """Return the columns of a public fact that hold amounts."""
    models = yaml.safe_load(
        (ROOT / "transform/models/marts/_marts__models.yml").read_text()
    )
    money = models["anchors"][0]
    [model] = [one for one in models["models"] if one["name"] == table]
    return [one["name"] for one in model["columns"] if one["data_type"] == money]


def test_no_metric_of_money_adds_currencies(
    warehouse: Callable[..., Warehouse],
) -> None:
    shop = build_world(warehouse, "a shop of two currencies")
    known = figures(shop, [*AMOUNTS, *RATIOS_OF_MONEY, *BY_ORDER[:-1]])
    assert {metric for metric, _ in known} == {*BY_ORDER[:-1]}
    for entity in ("sales_order", "order_line", "return", "return_label"):
        metrics = [name for name, (of, _, _) in AMOUNTS.items() if of == entity]
        wanted = {
            (name, currency): float(amount)
            for name in metrics
            for currency, amount in shop.rows(
                f"select currency_code, sum({EXPRESSIONS.get(name, name)})"
                f" from {AMOUNTS[name][1]} where {AMOUNTS[name][2]} group by all"
            )
        }
        by = f"{entity}__currency_code"
        assert figures(shop, metrics, by) == pytest.approx(wanted)
        assert {currency for _, currency in wanted} == {"CAD", "USD"}
        of_main = {key: value for key, value in wanted.items() if key[1] == "USD"}
        found = figures(
            shop, metrics, where="{{ Dimension('currency__is_main_currency') }}"
        )
        assert {(name, "USD"): value for (name, _), value in found.items()} == (
            pytest.approx(of_main)
        )


def test_every_metric_of_money_is_null_for_several_currencies() -> None:
    definitions = yaml.safe_load(
        (ROOT / "transform/models/semantic/_metrics__semantics.yml").read_text()
    )
    parts = {
        metric["name"]
        for metric in definitions["metrics"]
        if metric["name"].endswith("_all_currencies")
    }
    assert {f"{name}_all_currencies" for name in AMOUNTS} == parts
    for metric in definitions["metrics"]:
        read = metric["type_params"]
        sides = {
            read.get("numerator"),
            read.get("denominator"),
            *read.get("metrics", ()),
        }
        if sides & parts:
            assert "case when currencies_of_" in read["expr"]
        if sides & AMOUNTS.keys() and "numerator" in read:
            assert metric["name"] in {*RATIOS_OF_MONEY}
    money = {
        name
        for table in ("fct_orders", "fct_order_lines", "fct_returns")
        for name in money_columns(table)
    }
    for model in definitions["semantic_models"]:
        for measure in model.get("measures", ()):
            names = set(re.findall(r"\w+", measure.get("expr", measure["name"])))
            assert measure["name"] in parts or not names & money, measure["name"]
