"""The worked example: thirteen orders and ten returns whose metrics are known."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.transform.worlds.table import build_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.transform.conftest import Warehouse

JANUARY = "period = '2025-01' and date_basis = 'order' and maturity = 'to_date'"


@pytest.fixture(scope="module")
def golden(warehouse: Callable[..., Warehouse]) -> Iterator[Warehouse]:
    with build_world(warehouse, "golden").opened() as built:
        yield built


@pytest.mark.parametrize("maturity", ["to_date", "mature_only"])
@pytest.mark.parametrize(
    ("metric", "numerator", "denominator"),
    [
        ("order_return_rate", 6, 8),
        ("order_return_rate_realised", 6, 8),
        ("order_return_rate_sm_any", 4, 6),
        ("order_return_rate_sm", 2, 6),
        ("return_request_rate", 7, 8),
        ("root_order_return_rate_any_depth", 6, 8),
        ("refund_order_rate", 4, 8),
        ("exchange_order_rate", 2, 8),
        ("credit_order_rate", 1, 8),
        ("unit_return_rate", 8, 11),
        ("value_return_rate", 320, 450),
        ("retained_revenue_ratio", 130, 380),
        ("upsell_rate", 1, 2),
        ("upsell_share_of_exchange", 10, 100),
    ],
)
def test_the_january_orders_have_the_known_headline(
    golden: Warehouse, metric: str, numerator: int, denominator: int, maturity: str
) -> None:
    [(above, below, value)] = golden.rows(
        "select numerator, denominator, metric_value from rpt_return_metrics"
        f" where metric_name = '{metric}' and period = '2025-01'"
        f" and date_basis = 'order' and maturity = '{maturity}'"
    )
    assert (above, below) == (numerator, denominator)
    assert value == pytest.approx(float(Fraction(numerator, denominator)), abs=1e-9)


@pytest.mark.parametrize(("sku", "returned", "sold"), [("X", 4, 6), ("Y", 4, 5)])
def test_units_come_back_at_the_known_rates(
    golden: Warehouse, sku: str, returned: int, sold: int
) -> None:
    [row] = golden.rows(
        "select returned_units, sold_units, unit_return_rate from rpt_return_rate_by_sku"
        f" where sku = '{sku}' and {JANUARY}"
    )
    assert row == (returned, sold, pytest.approx(returned / sold, abs=1e-9))


@pytest.mark.parametrize(
    ("metric", "shares"),
    [
        (
            "outcome_share_returns",
            {"refund": 5, "exchange": 1, "credit": 1, "mixed": 1},
        ),
        ("outcome_share_units", {"refund": 6, "exchange": 2, "credit": 1}),
        ("outcome_share_value", {"refund": 250, "exchange": 100, "credit": 30}),
    ],
)
def test_outcomes_split_as_known(
    golden: Warehouse, metric: str, shares: dict[str, int]
) -> None:
    rows = golden.rows(
        "select outcome, numerator, denominator, share from rpt_outcome_split"
        f" where metric_name = '{metric}' and stage = 'initiated' and {JANUARY}"
    )
    assert {outcome: amount for outcome, amount, _, _ in rows} == shares
    for _, amount, total, share in rows:
        assert total == sum(shares.values())
        assert share == pytest.approx(float(amount / total), abs=1e-9)


@pytest.mark.parametrize(
    ("form", "cost", "share"),
    [
        ("net_return_cost", 270, Fraction(270, 450)),
        ("net_return_cost_cash", 240, Fraction(240, 450)),
    ],
)
def test_returns_cost_what_is_known(
    golden: Warehouse, form: str, cost: int, share: Fraction
) -> None:
    [row] = golden.rows(
        "select net_cost, order_gross_revenue, cost_share_of_gross from rpt_net_return_cost"
        f" where cost_form = '{form}' and {JANUARY}"
    )
    assert row == (Decimal(cost), Decimal(450), pytest.approx(float(share), abs=1e-9))


def test_returns_fall_into_the_known_bands(golden: Warehouse) -> None:
    names = {f"9{number:07d}": f"R{number}" for number in range(1, 11)}
    rows = golden.rows(
        "select loop_return_id, return_week_bucket, days_to_return_from_root from fct_returns"
        " where is_counted_return and root_order_date < '2025-02-01'"
    )
    bands: dict[str, set[str]] = {}
    for return_id, band, _ in rows:
        bands.setdefault(band, set()).add(names[return_id])
    assert bands == {
        "0-7 days": {"R1", "R7"},
        "8-14 days": {"R2", "R3", "R6"},
        "15-21 days": {"R4", "R9"},
        "22-28 days": {"R8"},
    }
    assert {names[row[0]]: row[2] for row in rows}["R9"] == 25


def test_the_bands_are_counted(golden: Warehouse) -> None:
    rows = golden.rows(
        "select return_week_bucket, sum(return_count) from rpt_return_timing_bands"
        f" where {JANUARY} group by return_week_bucket, return_week_bucket_sort"
        " order by return_week_bucket_sort"
    )
    assert rows == [
        ("0-7 days", 2),
        ("8-14 days", 3),
        ("15-21 days", 2),
        ("22-28 days", 1),
    ]


@pytest.mark.parametrize(
    ("outcome", "repurchased", "mature", "immature", "new_money"),
    [
        ("refund", 1, 2, 1, 1),
        ("exchange", 0, 1, 0, 0),
        ("credit", 1, 1, 0, 0),
        ("mixed", 0, 1, 0, 0),
    ],
)
def test_customers_buy_again_as_known(
    golden: Warehouse,
    outcome: str,
    repurchased: int,
    mature: int,
    immature: int,
    new_money: int,
) -> None:
    [row] = golden.rows(
        "select repurchased_customers, mature_customers, immature_customers,"
        " new_money_customers, repurchase_rate_90d from rpt_return_retention"
        f" where outcome_group = '{outcome}'"
    )
    rate = pytest.approx(repurchased / mature, abs=1e-9)
    assert row == (repurchased, mature, immature, new_money, rate)


def test_the_survival_estimate_keeps_the_customer_who_was_not_watched_to_the_end(
    golden: Warehouse,
) -> None:
    [(estimate,)] = golden.rows(
        "select repurchase_rate_90d_km from rpt_return_retention where outcome_group = 'refund'"
    )
    assert estimate == pytest.approx(1 / 3, abs=1e-9)


def test_the_curve_steps_when_a_customer_buys_again_and_forgets_who_is_out_of_sight(
    golden: Warehouse,
) -> None:
    rows = golden.rows(
        "select days_since_return, customers_at_risk, repurchase_share from"
        " rpt_repurchase_curve where outcome_group = 'refund' order by 1"
    )
    assert [day for day, *_ in rows] == list(range(91))
    at_risk = [at_risk for _, at_risk, _ in rows]
    assert at_risk == [3] * 51 + [2] + [1] * 39
    shares = [share for *_, share in rows]
    assert shares == pytest.approx([0] * 50 + [1 / 3] * 41, abs=1e-9)


@pytest.mark.parametrize(
    ("outcome", "bought", "customers"), [("refund", 1, 3), ("exchange", 1, 1)]
)
def test_the_naive_reading_concludes_the_opposite(
    golden: Warehouse, outcome: str, bought: int, customers: int
) -> None:
    [row] = golden.rows(
        "select naive_customers, index_customers, repurchase_rate_naive from rpt_return_retention"
        f" where outcome_group = '{outcome}'"
    )
    assert row == (bought, customers, pytest.approx(bought / customers, abs=1e-9))
