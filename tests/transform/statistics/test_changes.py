"""Changes from one month or quarter to the next that are more than noise."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import pytest

from tests.transform.oracle.shop import wilson
from tests.transform.worlds.table import build_world

from .compiled import Models

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

TABLES = {
    "rpt_return_metrics": (
        "metric_name text, date_basis text, maturity text, currency_code text,"
        " period_type text, period text, period_start_date date, metric_value double,"
        " metric_value_lower double, metric_value_upper double"
    ),
    "rpt_net_return_cost": (
        "metric_name text, date_basis text, maturity text, cost_form text,"
        " currency_code text, period_type text, period text, period_start_date date,"
        " cost_share_of_gross double"
    ),
    "rpt_return_rate_by_category": (
        "date_basis text, maturity text, product_category text, period_type text,"
        " period text, period_start_date date, is_period_mature boolean,"
        " is_ranked boolean, unit_return_rate double, unit_return_rate_lower double,"
        " unit_return_rate_upper double"
    ),
    "rpt_return_rate_by_channel": (
        "channel_type text, date_basis text, maturity text, channel text,"
        " period_type text, period text, period_start_date date,"
        " is_period_mature boolean, is_ranked boolean, order_return_rate double,"
        " order_return_rate_lower double, order_return_rate_upper double"
    ),
    "rpt_outcome_split": (
        "metric_name text, date_basis text, stage text, maturity text, outcome text,"
        " currency_code text, period_type text, period text, period_start_date date,"
        " denominator numeric, share double, share_lower double, share_upper double"
    ),
    "rpt_return_reasons": (
        "metric_name text, date_basis text, dimension_type text, reason_level text,"
        " parent_return_reason text, period_type text, period text,"
        " period_start_date date, group_units bigint,"
        " return_reason_share double, return_reason_share_lower double,"
        " return_reason_share_upper double"
    ),
    "rpt_return_retention_by_period": (
        "metric_name text, date_basis text, outcome_group text, period_type text,"
        " period text, period_start_date date, is_period_mature boolean,"
        " is_ranked boolean, repurchase_rate_90d double,"
        " repurchase_rate_90d_lower double, repurchase_rate_90d_upper double"
    ),
    "rpt_return_nowcast": (
        "metric_name text, date_basis text, dimension_type text, dimension_value text,"
        " period_type text, period text, period_start_date date, sold_units bigint,"
        " returned_units bigint, unit_return_rate double,"
        " unit_return_rate_expected double, unit_return_rate_expected_lower_95 double,"
        " unit_return_rate_expected_upper_95 double"
    ),
    "int_periods": "period_type text, period text, period_start_date date",
    "rpt_data_through": "months_complete_through_date date",
    "int_eligible_orders_summed_to_periods": (
        "maturity text, period text, is_period_mature boolean"
    ),
}


@pytest.fixture(scope="module")
def models(warehouse: Callable[..., Warehouse]) -> Models:
    found = Models(build_world(warehouse, "golden"))
    for name, columns in TABLES.items():
        found.connection.execute(f"create table {name} ({columns})")
    return found


def changes(
    models: Models, rates: dict[str, dict[str, tuple[int, int]]]
) -> dict[tuple[str, str], list[Any]]:
    """Build the model for returned and sold units by category and month.

    Returns:
        Bounds of the change, whether it is notable, and its rank, by category and month.
    """
    models.table(
        "rpt_return_rate_by_category",
        TABLES["rpt_return_rate_by_category"],
        [
            (
                *("order", "to_date", category, "month", month, f"{month}-01"),
                *(month < "2026-06", True, back / sold, *wilson(back, sold)),
            )
            for category, months in rates.items()
            for month, (back, sold) in months.items()
        ],
    )
    models.build("rpt_return_changes")
    return {
        (category, month): row
        for category, month, *row in models.rows(
            "select dimension_value, period, metric_change_lower, metric_change_upper,"
            " is_notable, mover_rank from rpt_return_changes"
        )
    }


def over(models: Models, *months: str) -> None:
    """Make months that are over, and the month 2026-06, which is not."""
    models.table(
        "int_periods",
        TABLES["int_periods"],
        [("month", month, f"{month}-01") for month in (*months, "2026-06")],
    )
    models.table(
        "rpt_data_through", TABLES["rpt_data_through"], [(dt.date(2026, 5, 31),)]
    )


def test_the_interval_is_that_of_newcombe(models: Models) -> None:
    """Newcombe's example (1998, method 10): 56 of 70 less 48 of 80."""
    found = changes(models, {"Tops": {"2026-04": (48, 80), "2026-05": (56, 70)}})
    lower, upper, is_notable, _ = found["Tops", "2026-05"]
    assert (round(lower, 4), round(upper, 4)) == (0.0524, 0.3339)
    assert is_notable


def test_only_changes_of_the_newest_month_beyond_three_errors_are_ranked(
    models: Models,
) -> None:
    rates = {
        "Alike": {"2026-04": (100, 1000), "2026-05": (110, 1000)},
        "Doubtful": {"2026-04": (100, 1000), "2026-05": (130, 1000)},
        "Larger": {"2026-04": (100, 1000), "2026-05": (200, 1000)},
        "Largest": {"2026-04": (300, 1000), "2026-05": (100, 1000)},
        "Earlier": {
            "2026-03": (100, 1000),
            "2026-04": (400, 1000),
            "2026-05": (400, 1000),
        },
    }
    found = changes(models, rates)
    assert {key: row[2] for key, row in found.items()} == {
        ("Alike", "2026-05"): False,
        ("Doubtful", "2026-05"): True,
        ("Larger", "2026-05"): True,
        ("Largest", "2026-05"): True,
        ("Earlier", "2026-04"): True,
        ("Earlier", "2026-05"): False,
    }
    ranks = {key: row[3] for key, row in found.items() if row[3]}
    assert ranks == {("Largest", "2026-05"): 1, ("Larger", "2026-05"): 2}
    # A change has a rank only if it exceeds three standard errors. The standard error is
    # the distance from the change to the end of Newcombe's interval nearer to zero,
    # divided by 1.96.
    for (category, month), (lower, upper, _, rank) in found.items():
        middle = rates[category][month][0] / 1000 - (
            rates[category][f"2026-{int(month[5:]) - 1:02}"][0] / 1000
        )
        errors = middle / ((middle - lower) if middle > 0 else (upper - middle))
        is_beyond = math.fabs(errors) * 1.959963984540054 > 3
        assert (rank is not None) == (is_beyond and month == "2026-05")


def test_months_that_are_young_or_not_adjacent_are_not_compared(models: Models) -> None:
    rates = {
        "Young": {"2026-05": (100, 1000), "2026-06": (300, 1000)},
        "Gap": {"2026-03": (100, 1000), "2026-05": (300, 1000)},
    }
    assert changes(models, rates) == {}


def test_quarters_are_compared_with_quarters_and_years_end(models: Models) -> None:
    models.table(
        "int_eligible_orders_summed_to_periods",
        TABLES["int_eligible_orders_summed_to_periods"],
        [("to_date", period, True) for period in ("2025-Q4", "2026-Q1", "2026-01")],
    )
    models.table(
        "rpt_return_metrics",
        TABLES["rpt_return_metrics"],
        [
            (
                *("order_return_rate", "order", "to_date", "", kind, period, day),
                *(0.2, 0.19, 0.21),
            )
            for kind, period, day in [
                ("quarter", "2025-Q4", dt.date(2025, 10, 1)),
                ("quarter", "2026-Q1", dt.date(2026, 1, 1)),
                ("month", "2026-01", dt.date(2026, 1, 1)),
            ]
        ],
    )
    models.connection.execute("delete from rpt_return_rate_by_category")
    models.build("rpt_return_changes")
    assert models.rows(
        "select period, previous_period, is_notable from rpt_return_changes"
    ) == [("2026-Q1", "2025-Q4", False)]


def test_a_reason_that_is_new_or_gone_is_a_change_from_or_to_nothing(
    models: Models,
) -> None:
    units = {
        "2026-03": {"Size": 60, "Faulty": 0},
        "2026-04": {"Size": 60, "Faulty": 40},
        "2026-05": {"Size": 60, "Faulty": 0},
    }
    models.connection.execute("delete from rpt_return_rate_by_category")
    models.connection.execute("delete from rpt_return_metrics")
    over(models, *units)
    models.table(
        "rpt_return_reasons",
        TABLES["rpt_return_reasons"],
        [
            (
                *("return_reason_share", "return", "all", "parent", reason),
                *("month", month, f"{month}-01", sum(found.values())),
                *(one / sum(found.values()), *wilson(one, sum(found.values()))),
            )
            for month, found in units.items()
            for reason, one in found.items()
            if one
        ],
    )
    models.build("rpt_return_changes")
    found = models.rows(
        "select period, previous_value, metric_value, is_notable from rpt_return_changes"
        " where dimension_value = 'Faulty' order by period"
    )
    assert found == [
        ("2026-04", 0, pytest.approx(0.4), True),
        ("2026-05", pytest.approx(0.4), 0, True),
    ]


def test_channels_of_orders_are_compared_where_they_are_ranked(models: Models) -> None:
    for name in TABLES:
        models.connection.execute(f"delete from {name}")
    models.table(
        "rpt_return_rate_by_channel",
        TABLES["rpt_return_rate_by_channel"],
        [
            (
                *(kind, "order", "to_date", channel, "month", month, f"{month}-01"),
                *(True, is_ranked, back / 1000, *wilson(back, 1000)),
            )
            for kind, channel, is_ranked in [
                ("order_channel", "google / cpc", True),
                ("order_channel", "few / orders", False),
                ("acquisition_channel", "google / cpc", True),
            ]
            for month, back in (("2026-04", 100), ("2026-05", 200))
        ],
    )
    models.build("rpt_return_changes")
    assert models.rows(
        "select compared_metric_name, dimension_type, dimension_value, previous_value,"
        " metric_value, mover_rank from rpt_return_changes"
    ) == [("order_return_rate", "channel", "google / cpc", 0.1, 0.2, 1)]


def test_expected_rates_are_compared_with_the_uncertainty_of_returns_to_come(
    models: Models,
) -> None:
    """A month without returns to come has Newcombe's interval."""
    for name in TABLES:
        models.connection.execute(f"delete from {name}")
    over(models, "2026-03", "2026-04", "2026-05")
    months = {
        "2026-03": (48, 80, 0.6, 0.6, 0.6),
        "2026-04": (56, 70, 0.8, 0.8, 0.8),
        "2026-05": (7, 70, 0.4, 0.3, 0.52),
        "2026-06": (0, 70, 0.4, 0.3, 0.52),
    }
    models.table(
        "rpt_return_nowcast",
        TABLES["rpt_return_nowcast"],
        [
            (
                *("unit_return_rate_expected", "order", "all", "all", "month", month),
                *(f"{month}-01", sold, back, back / sold, *expected),
            )
            for month, (back, sold, *expected) in months.items()
        ],
    )
    models.build("rpt_return_changes")
    finished, young = models.rows(
        "select period, metric_change, metric_change_lower, metric_change_upper,"
        " is_notable, mover_rank from rpt_return_changes order by period"
    )
    assert [finished[0], *(round(value, 4) for value in finished[1:4])] == [
        *("2026-04", 0.2, 0.0524, 0.3339),
    ]
    _, _, seen_upper = (0.1, *wilson(7, 70))
    (before_lower, _) = wilson(56, 70)
    half = math.hypot(seen_upper - 0.1, 0.52 - 0.4, 0.8 - before_lower)
    assert young[0] == "2026-05"
    assert young[3] == pytest.approx(-0.4 + half)
    assert young[4:] == (True, None)
