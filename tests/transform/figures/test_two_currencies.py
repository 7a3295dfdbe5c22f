"""Figures of a shop that sells in two currencies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.worlds.table import build_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, "a shop of two currencies")


def test_shares_of_value_of_each_currency_add_up_to_one(
    shop: Warehouse,
) -> None:
    rows = shop.rows(
        "select currency_code, sum(share) from rpt_outcome_split"
        " where metric_name = 'outcome_share_value' and period = 'all'"
        " and date_basis = 'return' and stage = 'initiated' group by all order by all"
    )
    assert rows == [("CAD", pytest.approx(1)), ("USD", pytest.approx(1))]


def test_the_main_currency_is_that_of_most_orders(
    shop: Warehouse,
) -> None:
    assert shop.rows(
        "select main_currency_code, (select arg_max(currency_code, n) from"
        " (select currency_code, count(*) as n from fct_orders"
        " where is_customer_order group by all)) from rpt_data_through"
    ) == [("USD", "USD")]


def test_every_table_with_amounts_names_their_currency(shop: Warehouse) -> None:
    assert (
        shop.rows(
            "select table_name from information_schema.columns"
            " where table_schema = 'analytics' group by all"
            " having bool_or(data_type = 'DECIMAL(18,4)')"
            " and not bool_or(column_name = 'currency_code')"
        )
        == []
    )
