"""The worked example of the metric definitions, through tap, loader and models."""

from __future__ import annotations

import pytest

from .comparison import compare_all
from .project import open_project

pytestmark = pytest.mark.slow

# Orders of January 2025 in the worked example: numerator and denominator.
HEADLINE = {
    "order_return_rate": (6, 8),
    "order_return_rate_realised": (6, 8),
    "order_return_rate_sm_any": (4, 6),
    "order_return_rate_sm": (2, 6),
    "return_request_rate": (7, 8),
    "refund_order_rate": (4, 8),
    "exchange_order_rate": (2, 8),
    "credit_order_rate": (1, 8),
    "unit_return_rate": (8, 11),
    "value_return_rate": (320, 450),
    "retained_revenue_ratio": (130, 380),
    "upsell_rate": (1, 2),
    "upsell_share_of_exchange": (10, 100),
}


@pytest.fixture(scope="module")
def golden(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    with open_project(folder, "--world", "golden") as project:
        project.load_and_build()
        yield project


def test_ten_returns_arrive_whole(golden):
    assert compare_all(golden.shop, golden.raw)["returns"] == 10


def test_the_headline_is_the_known_one(golden):
    rows = golden.mart_rows(
        "select metric_name, numerator, denominator from analytics.rpt_return_metrics"
        " where period = '2025-01' and date_basis = 'order' and maturity = 'to_date'"
    )
    found = {name: (above, below) for name, above, below in rows}
    assert {name: found.get(name) for name in HEADLINE} == HEADLINE


def test_net_return_cost_is_the_known_one(golden):
    rows = golden.mart_rows(
        "select cost_form, net_cost, order_gross_revenue from analytics.rpt_net_return_cost"
        " where period = '2025-01' and date_basis = 'order' and maturity = 'to_date'"
    )
    found = {form: (cost, revenue) for form, cost, revenue in rows}
    assert found["net_return_cost"] == (270, 450)
    assert found["net_return_cost_cash"] == (240, 450)
