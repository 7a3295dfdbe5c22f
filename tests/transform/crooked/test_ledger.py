"""The ledger of crooked shops."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.transform.conftest import Warehouse

# Their fixture `world` is the one of this file.
from tests.transform.figures.test_ledger import (  # noqa: F401
    booked,
    test_store_credit_rolls_forward_from_month_to_month,
    test_the_journal_adds_up_the_entries_of_each_account_and_month,
    test_the_page_names_the_entry_types_of_each_side_of_an_account,
)
from tests.transform.worlds.table import IRREGULAR, build_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=IRREGULAR)
def world(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_shipping_that_loop_alone_pays_back_is_unexplained(
    warehouse: Callable[..., Warehouse],
) -> None:
    """The crooked shop adds 6.95 to some of Loop's refunds, and nothing in Shopify."""
    built = build_world(warehouse, "a crooked shop")
    assert built.rows(
        "select distinct unexplained_amount from rpt_ledger_tie"
        " where tie_line = 'refund' and reason_class = 'unexplained'"
    ) == [(Decimal("6.95"),)]


def test_a_return_whose_order_is_known_by_name_is_booked_under_its_id(
    warehouse: Callable[..., Warehouse],
) -> None:
    built = build_world(warehouse, "a crooked shop")
    by_name = (
        "(select sm_order_key from fct_returns where match_method = 'order_name'"
        " and has_exchange)"
    )
    assert built.rows(
        "select distinct order_id is not distinct from shopify_order_id"
        " from fct_return_ledger left join fct_orders using (sm_order_key)"
        f" where sm_order_key in {by_name}"
    ) == [(True,)]
    # Goods that were added to the order are found there, on the day of the exchange.
    found = built.rows(
        "select distinct reason_class from rpt_ledger_tie where tie_line = 'exchange'"
        f" and sm_order_key in {by_name}"
    )
    assert ("none",) in found
    assert not {("missing_exchange_order",), ("timing",)} & {*found}
