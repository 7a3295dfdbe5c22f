"""The reports equal an independent computation on generated worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.oracle.comparison import TABLES, differences
from tests.transform.oracle.facts import checks
from tests.transform.oracle.shop import Shop
from tests.transform.worlds.table import (
    STRAIGHT,
    build_world,
    oracle_of,
)


@pytest.fixture(scope="module", params=STRAIGHT)
def world(
    request, warehouse: Callable[..., Warehouse]
) -> Iterator[tuple[Warehouse, Shop]]:
    with build_world(warehouse, request.param).opened() as built:
        yield built, oracle_of(request.param)


@pytest.mark.parametrize("report", TABLES)
def test_a_report_equals_the_oracle(world: tuple[Warehouse, Shop], report: str) -> None:
    built, shop = world
    assert differences(shop, report, built.rows) == []


def test_units_that_break_a_rule_are_counted(world: tuple[Warehouse, Shop]) -> None:
    built, shop = world
    expected = {name: row["row_count"] for (name,), row in checks(shop).items()}
    found = dict(built.rows("select check_name, row_count from rpt_data_quality"))
    names = {"return_without_order", "line_outcome_unresolved"} | {
        name for name in found if name.startswith("unit_")
    }
    assert {name: found[name] for name in names & found.keys()} == expected


def test_a_reason_has_as_many_units_as_the_report_of_reasons(
    world: tuple[Warehouse, Shop],
) -> None:
    built, _ = world
    assert (
        built.rows(
            "select * from dim_return_reasons as reasons full join"
            " (select * from rpt_return_reasons where reason_level = 'child'"
            " and dimension_type = 'all' and period = 'all') as report"
            " using (parent_return_reason, return_reason)"
            " where coalesce(returned_unit_count, 0) <> coalesce(returned_units, 0)"
        )
        == []
    )


def test_the_data_reach_as_far_as_the_oracle_says(
    world: tuple[Warehouse, Shop],
) -> None:
    built, shop = world
    assert built.rows(
        "select data_through_date, return_maturity_days, median_days_to_return"
        " from rpt_data_through"
    ) == [(shop.data_through, shop.maturity_days, shop.median_days)]


@pytest.mark.parametrize(
    ("report", "partition", "rank", "by"),
    [
        (
            "rpt_return_rate_by_sku",
            "maturity, period",
            "return_rank",
            "unit_return_rate_pooled desc",
        ),
        (
            "rpt_return_rate_by_product",
            "maturity, period",
            "return_rank",
            "unit_return_rate_pooled desc",
        ),
        (
            "rpt_return_rate_by_option",
            "option_name, maturity, period",
            "return_rank",
            "unit_return_rate_pooled desc",
        ),
        (
            "rpt_return_rate_by_category",
            "maturity, period",
            "return_rank",
            "unit_return_rate_pooled desc",
        ),
        (
            "rpt_return_rate_by_channel",
            "channel_type, maturity, period",
            "lowest_rate_rank",
            "order_return_rate_upper",
        ),
    ],
)
def test_ranks_follow_the_pooled_rate_or_the_cautious_end_of_the_interval(
    world: tuple[Warehouse, Shop], report: str, partition: str, rank: str, by: str
) -> None:
    built, _ = world
    assert (
        built.rows(
            f"select * from (select {rank} as given, is_ranked, rank() over (partition by"
            f" {partition}, is_ranked order by {by}) as earned, count(*) over (partition by"
            f" {partition}, is_ranked, {by.split(maxsplit=1)[0]}) as ties from {report})"
            " where (given is not null) <> is_ranked or given < earned"
            " or given >= earned + ties"
        )
        == []
    )


@pytest.mark.parametrize(
    ("report", "of"),
    [
        ("rpt_return_rate_by_sku", "sku"),
        ("rpt_return_rate_by_product", "product_key"),
        ("rpt_return_rate_by_option", "option_name, product_category, option_value"),
        ("rpt_return_rate_by_category", "product_category"),
        ("rpt_return_rate_by_channel", "channel_type, channel"),
        ("rpt_net_return_cost", "cost_form, currency_code"),
    ],
)
def test_a_young_period_is_young_in_both_readings(
    world: tuple[Warehouse, Shop], report: str, of: str
) -> None:
    built, _ = world
    assert (
        built.rows(
            f"select {of}, period from {report} where date_basis = 'order'"
            " group by all having count(distinct is_period_mature) > 1"
        )
        == []
    )


def test_exchanged_units_of_a_product_add_up_within_the_period(
    world: tuple[Warehouse, Shop],
) -> None:
    built, _ = world
    assert (
        built.rows(
            "select period, coalesce(from_product_id, from_product_title) as product"
            " from rpt_exchange_flows group by all"
            " having min(from_product_units) <> sum(exchanged_units)"
            " or max(from_product_units) <> sum(exchanged_units)"
        )
        == []
    )


def test_an_exchange_order_has_the_channels_of_its_first_order(
    world: tuple[Warehouse, Shop],
) -> None:
    built, _ = world
    assert (
        built.rows(
            "select one.order_id from fct_orders as one join fct_orders as first"
            " on one.root_sm_order_key = first.sm_order_key"
            " where one.order_role = 'exchange'"
            " and (one.order_channel, one.sales_channel, one.order_utm_source_medium)"
            " <> (first.order_channel, first.sales_channel, first.order_utm_source_medium)"
        )
        == []
    )


@pytest.mark.parametrize(
    ("report", "figures"),
    [
        ("rpt_outcome_split", "numerator"),
        ("rpt_return_rate_by_product", "sold_units, returned_units, order_count"),
        ("rpt_return_rate_by_option", "sold_units, returned_units, order_count"),
        ("rpt_return_rate_by_sku", "sold_units, returned_units, sold_amount"),
        ("rpt_return_rate_by_category", "sold_units, returned_units, sold_amount"),
        ("rpt_return_rate_by_channel", "order_count, sold_units, returned_units"),
        ("rpt_return_reasons", "returned_units"),
        ("rpt_return_timing", "return_count"),
        ("rpt_return_timing_bands", "return_count"),
        ("rpt_return_durations", "from_count, return_count"),
        ("rpt_net_return_cost", "net_cost, order_gross_revenue"),
        ("rpt_exchange_flows", "exchanged_units, returned_again_units"),
        ("rpt_return_metrics", "numerator, denominator"),
    ],
)
def test_rows_add_up_once_the_columns_before_the_period_are_chosen(
    world: tuple[Warehouse, Shop], report: str, figures: str
) -> None:
    built, _ = world
    names = columns(built, report)
    reading = names[: names.index("period")]
    sums = ", ".join(f"sum({name}) as {name}" for name in figures.split(", "))
    apart = ", ".join(name for name in reading if name != "period_type")
    totals = f"select {', '.join(reading)}, {sums} from {report} group by all"
    assert (
        built.rows(
            f"select {apart} from ({totals}) group by {apart} having count(*) <> 3 or "
            + " or ".join(f"min({f}) <> max({f})" for f in figures.split(", "))
        )
        == []
    )


@pytest.mark.parametrize(
    ("table", "narrow", "wide"),
    [
        ("fct_orders", "is_loop_eligible_order", "is_cost_cohort_order"),
        ("fct_orders", "is_cost_cohort_order", "is_customer_order"),
        ("fct_orders", "is_customer_order_sm", "is_order_sm_valid"),
        ("fct_orders", "is_first_customer_order", "is_customer_order"),
        ("fct_orders", "has_realised_return", "has_return"),
        ("fct_orders", "has_return", "has_return_from_any_source"),
        ("fct_returns", "is_realised_return", "is_counted_return"),
        ("fct_returns", "is_rate_return", "is_counted_return"),
        ("fct_return_lines", "is_rate_unit", "is_counted_return and is_merchandise"),
    ],
)
def test_flags_are_nested_as_the_table_of_questions_says(
    world: tuple[Warehouse, Shop], table: str, narrow: str, wide: str
) -> None:
    built, _ = world
    wrong = f"select count(*) from {table} where {narrow} and ({wide}) is not true"
    assert built.rows(wrong) == [(0,)]
    assert built.rows(f"select count(*) > 0 from {table} where {narrow}") == [(True,)]


def columns(built: Warehouse, report: str) -> list[str]:
    return [
        name
        for name, *_ in built.rows(
            "select column_name from information_schema.columns"
            f" where table_schema = 'analytics' and table_name = '{report}'"
        )
    ]
