"""The nowcast of returns, on built worlds and on shops whose later returns are known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from benchmarks.estimates import refund_liability, weeks
from benchmarks.estimates.nowcast import (
    LARGE,
    errors,
    held,
    measured,
    outcome_errors,
)
from tests.transform.worlds.table import build_world

from .compiled import Models

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow


@pytest.fixture(
    scope="module", params=["a shop in New York", "a shop of two currencies"]
)
def shop(request, warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, request.param)


def test_a_shop_with_a_year_of_orders_has_a_nowcast_of_each_kind(
    shop: Warehouse,
) -> None:
    rows = shop.rows(
        "select dimension_type, bool_or(is_period_finished),"
        " bool_or(not is_period_finished) from rpt_return_nowcast group by all"
        " order by all"
    )
    assert rows == [
        ("all", True, True),
        ("category", True, True),
        ("channel", True, True),
        ("product", False, True),
        ("sku", False, True),
    ]
    assert shop.rows("select count(*) > 0 from rpt_return_nowcast_back_test") == [
        (True,)
    ]


def test_a_finished_month_is_expected_to_be_what_it_is(shop: Warehouse) -> None:
    assert (
        shop.rows(
            "select dimension_value, period from rpt_return_nowcast"
            " where is_period_finished and (expected_returned_units, share_known,"
            " expected_returned_units_lower_95, expected_returned_units_upper_95,"
            " expected_returned_amount) is distinct from (returned_units::double, 1,"
            " returned_units::double, returned_units::double, returned_amount)"
        )
        == []
    )


def test_no_less_is_expected_than_was_seen_and_no_more_than_was_sold(
    shop: Warehouse,
) -> None:
    [(least, most)] = shop.rows(
        "select min(least(expected_returned_units_lower_95 - returned_units,"
        " expected_returned_units - expected_returned_units_lower_80,"
        " expected_returned_units_upper_80 - expected_returned_units,"
        " expected_returned_units_upper_95 - expected_returned_units_upper_80,"
        " expected_returned_amount_lower_95 - returned_amount,"
        " expected_returned_amount_upper_95 - expected_returned_amount)),"
        " max(expected_returned_units_upper_95 - greatest(sold_units, returned_units))"
        " from rpt_return_nowcast"
    )
    assert least >= -1e-9
    assert most <= 1e-9


def test_outcomes_add_up_to_what_is_expected(shop: Warehouse) -> None:
    [(rows, units, amount, least)] = shop.rows(
        "select count(*), max(abs(expected_returned_units - expected_refunded_units"
        " - expected_exchanged_units - expected_credited_units)),"
        " max(abs(expected_returned_amount - expected_refunded_amount"
        " - expected_exchanged_amount - expected_credited_amount)),"
        " min(least(expected_refunded_units, expected_exchanged_units,"
        " expected_credited_units, expected_refunded_amount,"
        " expected_exchanged_amount, expected_credited_amount)) from rpt_return_nowcast"
    )
    assert rows > 200
    assert units < 1e-9
    assert amount == 0
    assert least >= 0


def test_outcomes_of_a_finished_month_are_those_of_its_units(shop: Warehouse) -> None:
    found = shop.rows(
        "select period, expected_refunded_units - refunded,"
        " expected_exchanged_units - exchanged, expected_credited_units - credited,"
        " unresolved from rpt_return_nowcast join (select root_order_month_date,"
        " countif(line_outcome = 'refund') as refunded,"
        " countif(line_outcome = 'exchange') as exchanged,"
        " countif(line_outcome = 'credit') as credited,"
        " countif(line_outcome = 'unresolved') as unresolved"
        " from analytics_intermediate.int_return_lines where is_rate_unit group by all)"
        " on period_start_date = root_order_month_date"
        " where dimension_type = 'all' and is_period_finished"
    )
    assert len(found) > 5
    for _, *outcomes, unresolved in found:
        assert all(-1e-9 <= share <= unresolved + 1e-9 for share in outcomes)
        assert sum(outcomes) == pytest.approx(unresolved)


def test_products_and_skus_have_the_returns_of_their_rate_reports(
    shop: Warehouse,
) -> None:
    """Only the rate to date includes a return made after the data-through date."""
    for kind, report, value in (
        ("product", "rpt_return_rate_by_product", "product_key"),
        ("sku", "rpt_return_rate_by_sku", "sku"),
    ):
        rows = shop.rows(
            "select nowcast.product_title, rates.product_title,"
            " rates.returned_units - nowcast.returned_units,"
            " rates.sold_units - nowcast.sold_units from rpt_return_nowcast as nowcast"
            f" left join {report} as rates on dimension_value = rates.{value}"
            " and nowcast.period = rates.period and rates.maturity = 'to_date'"
            f" where dimension_type = '{kind}'"
        )
        assert len(rows) > 20
        assert {(title, sold) for title, _, _, sold in rows} >= {
            (title, 0) for _, title, _, _ in rows
        }
        assert {later for _, _, later, _ in rows} <= {0, 1, 2}


def test_units_sold_and_seen_are_those_of_the_rate_report(shop: Warehouse) -> None:
    """Only the rate report includes sales and returns after the data-through date."""
    [(sold, seen, rate_sold, rate_seen)] = shop.rows(
        "select sum(nowcast.sold_units), sum(nowcast.returned_units),"
        " sum(rates.sold_units), sum(rates.returned_units) from rpt_return_nowcast as"
        " nowcast join rpt_return_rate_by_category as rates"
        " on nowcast.period = rates.period"
        " and nowcast.dimension_value = rates.product_category"
        " where nowcast.dimension_type = 'category' and rates.maturity = 'to_date'"
    )
    [(sold_later, seen_later)] = shop.rows(
        "select (select coalesce(sum(sold_units), 0) from fct_order_lines"
        " where order_date > data_through_date), (select count(*) from fct_return_lines"
        " where return_date > data_through_date) from rpt_data_through"
    )
    assert rate_sold - sold_later <= sold <= rate_sold
    assert rate_seen - seen_later <= seen <= rate_seen


def test_the_young_are_told_from_the_mature_as_in_other_reports(
    shop: Warehouse,
) -> None:
    assert (
        shop.rows(
            "select nowcast.period from rpt_return_nowcast as nowcast"
            " join rpt_return_metrics as metrics on nowcast.period = metrics.period"
            " where metrics.metric_name = 'order_return_rate'"
            " and metrics.maturity = 'to_date'"
            " and nowcast.is_period_mature <> metrics.is_period_mature"
        )
        == []
    )


def test_a_month_is_finished_when_its_youngest_order_is_as_old_as_returns_take(
    shop: Warehouse,
) -> None:
    assert (
        shop.rows(
            "select period from rpt_return_nowcast join (select as_of_date,"
            " max(last_return_days) as days from analytics_intermediate.int_return_delays"
            " group by all) on as_of_date = data_through_date"
            " join (select order_month_date, product_category, max(order_date) as youngest"
            " from fct_order_lines where sold_units > 0 group by all)"
            " on order_month_date = period_start_date"
            " and product_category = dimension_value"
            " where dimension_type = 'category'"
            " and is_period_finished <> (data_through_date - youngest >= days)"
        )
        == []
    )


def test_amounts_are_of_the_main_currency_alone(shop: Warehouse) -> None:
    assert (
        shop.rows(
            "select period, dimension_value from rpt_return_nowcast as nowcast"
            " left join (select order_month_date, sum(sold_amount) as sold_amount"
            " from analytics_intermediate.int_order_lines_returned"
            " join dim_currencies using (currency_code)"
            " where is_main_currency and order_date <= (select data_through_date"
            " from rpt_data_through) group by all) as lines"
            " on period_start_date = order_month_date where dimension_type = 'all'"
            " and nowcast.sold_amount is distinct from lines.sold_amount"
        )
        == []
    )
    assert shop.rows(
        "select distinct currency_code from rpt_return_nowcast"
        " where sold_amount is not null"
    ) == shop.rows("select currency_code from dim_currencies where is_main_currency")


def test_the_back_test_shows_what_the_nowcast_is_worth(shop: Warehouse) -> None:
    [(rows, held, error, naive)] = shop.rows(
        "select count(*), avg(is_within_95::int), avg(abs(nowcast_error)),"
        " avg(abs(to_date_error)) from rpt_return_nowcast_back_test"
        " where dimension_type = 'category'"
    )
    assert rows > 10
    assert held > 0.85
    assert error < naive


def test_sizes_expect_about_as_many_returns_as_the_nowcast(shop: Warehouse) -> None:
    """The two reports estimate the returns separately."""
    [(sizes, known, of_sizes, of_months)] = shop.rows(
        "select count(*), min(share_known), sum(expected_returned_units -"
        " returned_units), (select sum(expected_returned_units - returned_units)"
        " from rpt_return_nowcast where dimension_type = 'all')"
        " from rpt_demand_by_size where sold_units > 0"
    )
    assert sizes > 20
    assert known < 1
    assert of_sizes == pytest.approx(of_months, rel=0.3)


def test_a_size_may_be_sold_a_million_times(
    warehouse: Callable[..., Warehouse],
) -> None:
    models = Models(build_world(warehouse, "golden"))
    goods = ("shirt", "M", "Shirt", "Tops", dt.date(2026, 1, 1))
    models.table(
        "int_units_by_size",
        "product_key text, size text, product_title text, product_category text,"
        " order_date date, sold_units bigint, exchanged_in_units bigint",
        [(*goods, 1_000_000, 0)],
    )
    models.table(
        "int_returned_units_by_size",
        "product_key text, size text, product_title text, product_category text,"
        " order_date date, is_rate_unit boolean, is_exchanged boolean,"
        " is_resale_known boolean, is_resold boolean, days_to_return bigint,"
        " days_to_resale bigint",
        [(*goods, True, False, True, True, 5, 9)],
    )
    today = dt.date(2026, 3, 1)
    models.table("int_return_maturity", "data_through_date date", [(today,)])
    models.table(
        "int_return_delays",
        "as_of_date date, age_days bigint, share_returned float8",
        [(today, 59, 1)],
    )
    models.build("rpt_demand_by_size")
    assert models.rows("select sold_units, share_known from rpt_demand_by_size") == [
        (1_000_000, 1)
    ]


def test_units_of_the_weeks_are_those_of_the_nowcast(shop: Warehouse) -> None:
    """The weeks hold all expected units only if no return takes longer than 56 days."""
    rows = shop.rows(
        "select days <= 56, sum(expected_units_of_placed_orders), any_value(future)"
        " from rpt_returns_expected_by_week join (select as_of_date,"
        " sum(future_returned_units) as future"
        " from analytics_intermediate.int_returns_nowcast where dimension_type = 'all'"
        " group by all) using (as_of_date) join (select as_of_date,"
        " max(last_return_days) as days from analytics_intermediate.int_return_delays"
        " group by all) using (as_of_date) group by as_of_date, days"
    )
    assert rows
    for is_all_within, of_weeks, future in rows:
        assert of_weeks <= future * (1 + 1e-9)
        if is_all_within:
            assert of_weeks == pytest.approx(future)


def test_a_week_that_is_over_has_the_units_that_came_back(shop: Warehouse) -> None:
    """A return dated before its order counts on the day of the order."""
    found = shop.rows(
        "select as_of_date, week_number, returned_units, (select count(*)"
        " from analytics_intermediate.int_return_lines as lines"
        " join (select sm_order_key, max(order_date) as order_date"
        " from analytics_intermediate.int_order_lines_returned group by all)"
        " using (sm_order_key) where is_rate_unit and"
        " greatest(return_date, order_date) between week_start_date and week_end_date)"
        " from rpt_returns_expected_by_week where is_week_over"
    )
    assert len(found) > 50
    assert [row for row in found if row[2] != row[3]] == []
    assert shop.rows(
        "select count(*) from rpt_returns_expected_by_week where not is_week_over"
        " and as_of_date = (select data_through_date from rpt_data_through)"
        " and expected_returned_units > 0 and expected_parcels > 0"
        " and expected_refund_amount > 0 and returned_units is null"
    ) == [(8,)]


def test_intervals_of_weeks_hold_on_shops_whose_end_is_known(
    warehouse: Callable[..., Warehouse],
) -> None:
    """A short form of the benchmark: one shop of each kind."""
    built = build_world(warehouse, "golden")
    found = weeks.measured(Models(built).texts, range(6))
    assert 0.65 <= held(found, 80) <= 0.92
    assert 0.88 <= held(found, 95) <= 0.99
    ours, recent = weeks.errors(found)
    assert ours < recent


def test_the_liability_is_near_what_is_given_later_on_shops_whose_end_is_known(
    warehouse: Callable[..., Warehouse],
) -> None:
    """A short form of the benchmark: one shop of each kind."""
    built = build_world(warehouse, "golden")
    owed = refund_liability.measured(Models(built).texts, range(6))
    assert len(owed) == 6 * 12
    assert abs(refund_liability.bias(owed)) < 0.1


def test_intervals_hold_and_errors_are_small_on_shops_whose_end_is_known(
    warehouse: Callable[..., Warehouse],
) -> None:
    """A short form of the benchmark: one shop of each kind."""
    built = build_world(warehouse, "golden")
    rows = measured(Models(built).texts, range(6))
    large = [row for row in rows if row.dimension in LARGE]
    assert 0.75 <= held(large, 80) <= 0.92
    assert 0.92 <= held(large, 95) <= 0.99
    early = [row for row in large if row.day == "14th" and row.month.month == 9]
    ours, naive, ladder = errors(early)
    assert ours <= 0.5 * naive
    assert ours <= 0.8 * ladder
    for kind in ("product", "SKU"):
        items = [row for row in rows if row.dimension == kind]
        some = [row for row in items if row.expected - row.seen >= 2]
        assert 0.75 <= held(some, 80) <= 0.92
        assert held(some, 95) >= 0.92
        to_come = sum(row.final - row.seen for row in items)
        assert sum(row.expected - row.seen for row in items) == pytest.approx(
            to_come, rel=0.1
        )
    _, ours, naive = outcome_errors([row for row in early if row.dimension == "month"])
    assert ours <= 0.6 * naive
