"""Every set of sources builds, and two shapes of one shop give the same answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import land_world

if TYPE_CHECKING:
    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

ONCE = ("--exclude-resource-type", "unit_test")
"""Unit tests do not depend on the world; only the golden world runs them."""
NEEDS_ORDERS = re.compile(
    "sold|gross|net_revenue|order_count|orders|customer|days_to|returned_again|redeemed"
)
KNOWN_TO_LOOP = {
    *("rpt_outcome_split", "rpt_return_metrics", "rpt_return_reasons"),
    *("rpt_match_coverage", "rpt_return_changes"),
}
"""Reports whose shares need only Loop's data; they may be zero."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    sources = ("tap_loop_returns", "tap_shopify", "tap_shopify_rest", "tap_recharge")
    return land_world(
        tmp_path_factory.mktemp("shop"), "shop", sources, returns=300, seed=7
    )


@pytest.fixture(scope="module")
def graphql(shop: Warehouse) -> Warehouse:
    return shop.another("graphql").build(
        *ONCE, shopify_source="tap_shopify_graphql", subscription_source="tap_recharge"
    )


def test_both_shapes_of_shopify_give_the_same_answers(
    shop: Warehouse, graphql: Warehouse
) -> None:
    rest = shop.another("rest").build(
        *ONCE,
        shopify_source="tap_shopify_rest",
        shopify_schema="tap_shopify_rest",
        subscription_source="tap_recharge",
    )
    marts, wanted = rest.marts(), graphql.marts()
    # The simulated REST source has no unit costs, so it has no return asset.
    without_asset = (
        "select * exclude (return_asset_amount, goods_cost_share, cost_known_share)"
        " from rpt_refund_liability order by all"
    )
    for built, found in ((rest, marts), (graphql, wanted)):
        found["rpt_refund_liability"] = built.rows(without_asset)
    assert marts == wanted


def test_a_believable_shop_breaks_few_rules(graphql: Warehouse) -> None:
    found = dict(graphql.rows("select check_name, row_count from rpt_data_quality"))
    assert "raw_table_missing" not in found
    assert "row_without_key" not in found
    assert found.get("shopify_refund_differs", 0) <= 15


def test_a_visit_without_campaign_names_its_referrer(graphql: Warehouse) -> None:
    channels = {
        row[0] for row in graphql.rows("select distinct order_channel from fct_orders")
    }
    assert {"google / cpc", "google.com / organic", "(none) / (none)"} <= channels


def test_the_standardised_rates_stand_for_the_same_units(graphql: Warehouse) -> None:
    [(returned, sold, low, high)] = graphql.rows(
        "select sum(returned_units), sum(sold_units),"
        " min(unit_return_rate_standardised), max(unit_return_rate_standardised)"
        " from rpt_return_rate_by_channel where channel_type = 'order_channel'"
        " and period = 'all' and maturity = 'to_date' and sold_units > 30"
    )
    assert low <= returned / sold <= high


def test_the_trend_counts_a_customer_once_in_each_period(graphql: Warehouse) -> None:
    [(in_quarters, customers)] = graphql.rows(
        "select sum(index_customers) filter (period_type = 'quarter'),"
        " (select sum(index_customers) from rpt_return_retention where not is_baseline)"
        " from rpt_return_retention_by_period"
    )
    assert in_quarters >= customers > 0


def test_exchanges_flow_from_variants_to_variants(graphql: Warehouse) -> None:
    [(flows, items)] = graphql.rows(
        "select sum(exchanged_units) filter (period = 'all'),"
        " (select count(*) from fct_return_exchanges where is_counted_return)"
        " from rpt_exchange_flows"
    )
    assert flows == items > 0


def test_credit_is_never_spent_beyond_what_was_issued(graphql: Warehouse) -> None:
    [(issued, redeemed, outstanding)] = graphql.rows(
        "select followed_issued_amount, redeemed_amount, outstanding_amount from rpt_store_credit"
    )
    assert issued == redeemed + outstanding
    assert outstanding >= 0


def test_store_credits_add_up_to_the_report(graphql: Warehouse) -> None:
    figures = "sum(issued_amount), sum(redeemed_amount), sum(outstanding_amount)"
    found = graphql.rows(f"select {figures} from fct_store_credits")
    assert found == graphql.rows(f"select {figures} from rpt_store_credit")


def test_a_product_has_one_title_on_order_and_return_lines(graphql: Warehouse) -> None:
    assert not graphql.rows(
        "select product_id from (select product_id, product_title from fct_order_lines"
        " union select product_id, product_title from fct_return_lines)"
        " where product_id is not null group by all having count(*) > 1"
    )


def test_every_destination_of_a_return_has_a_name(graphql: Warehouse) -> None:
    assert graphql.rows(
        "select count(*) > 0, count(*) = count(destination_name)"
        " from fct_returns join dim_destinations using (destination_id)"
    ) == [(True, True)]


@pytest.fixture(scope="module")
def loop_alone(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("loop-alone")
    world = land_world(folder, "shop", ("tap_loop_returns",), seed=5, returns=250)
    return world.build(*ONCE)


def test_with_loop_alone_no_figure_that_needs_orders_is_zero(
    loop_alone: Warehouse,
) -> None:
    named = loop_alone.rows(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'analytics' and table_name like 'rpt!_%' escape '!'"
    )
    needing = [
        (table, column)
        for table, column, kind in named
        if (kind == "DOUBLE" and table not in KNOWN_TO_LOOP)
        or (kind in {"BIGINT", "DECIMAL(18,4)"} and NEEDS_ORDERS.search(column))
    ]
    assert len(needing) > 50
    assert [
        f"{table}.{column}"
        for table, column in needing
        if loop_alone.rows(f"select count(*) from {table} where {column} = 0") != [(0,)]
    ] == []


def test_with_loop_alone_the_reports_hold_what_loop_knows(
    loop_alone: Warehouse,
) -> None:
    for report in (
        *("rpt_outcome_split", "rpt_return_reasons", "rpt_net_return_cost"),
        *("rpt_exchange_flows", "rpt_store_credit", "rpt_match_coverage"),
    ):
        assert loop_alone.rows(f"select count(*) > 0 from {report}") == [(True,)]
    assert loop_alone.rows("select distinct date_basis from rpt_return_metrics") == [
        ("return",)
    ]
    assert loop_alone.rows(
        "select distinct compared_metric_name from rpt_return_changes"
    ) == [("return_reason_share",)]
    assert loop_alone.rows(
        "select distinct order_gross_revenue, cost_share_of_gross from rpt_net_return_cost"
    ) == [(None, None)]


def test_loop_alone_builds_and_a_deselected_stream_is_named(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = land_world(tmp_path_factory.mktemp("loop"), "tiny", ("tap_loop_returns",))
    with duckdb.connect(str(world.raw)) as raw:
        for table in ("return_exchanges", "return_labels", "return_reasons"):
            raw.execute(f"drop table tap_loop_returns.{table}")
            raw.execute(
                f"delete from tap_loop_returns.sync_audits where stream_name = '{table}'"
            )
    world.build(*ONCE)
    assert world.rows("select count(*) from fct_returns") == [(12,)]
    assert world.rows("select count(*) from fct_return_labels") == [(0,)]
    assert world.rows(
        "select row_count, example_id from rpt_data_quality"
        " where check_name = 'raw_table_missing'"
    ) == [(2, "loop_returns.return_exchanges")]


def test_empty_raw_tables_build(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = land_world(tmp_path_factory.mktemp("empty"), "empty")
    world.build(
        *ONCE, shopify_source="tap_shopify_graphql", subscription_source="tap_recharge"
    )
    assert world.rows("select * from rpt_data_quality") == []
    assert world.rows("select count(*) from rpt_return_metrics") == [(0,)]
