"""The tie-out of the ledger finds and names differences that are planted in raw rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.transform.conftest import land_world
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES

pytestmark = pytest.mark.slow

SHOP = "tap_shopify"
GID = "gid://shopify"
PLANTED = {
    # A payment of a refund is 3.00 larger than the refund, and so is the adjustment smaller.
    1: (
        (
            f"update {SHOP}.transactions set amountset = replace(amountset::varchar,"
            f" '93.05', '96.05')::json where id = '{GID}/OrderTransaction/7040720000008';"
            f" update {SHOP}.order_refunds set orderadjustments = replace("
            " orderadjustments::varchar, '5.95', '2.95')::json"
            f" where id = '{GID}/Refund/880090000001'"
        ),
        {("refund", "unexplained")},
    ),
    # The order of an exchange is not loaded.
    2: (
        f"delete from {SHOP}.orders where name = 'EXC-1002-1'",
        {("exchange", "missing_exchange_order")},
    ),
    # The upsell was paid to Stripe.
    3: (
        (
            f"delete from {SHOP}.transactions where json_extract_string(\"order\", '$.id')"
            f" = (select id from {SHOP}.orders where name = 'EXC-1003-1')"
        ),
        {("upsell", "upsell_outside_shopify")},
    ),
    # Store credit was issued outside Shopify.
    4: (
        f"delete from {SHOP}.orders where name = '#1015'",
        {("store_credit", "missing_credit_order")},
    ),
    # Shopify booked the refund in the next month.
    5: (
        (
            f"update {SHOP}.order_refunds set createdat = createdat + interval 20 day"
            f" where id = '{GID}/Refund/880090000005'; update {SHOP}.transactions"
            " set createdat = createdat + interval 20 day"
            f" where id = '{GID}/OrderTransaction/7040720000040'"
        ),
        {("goods", "timing"), ("refund", "timing")},
    ),
    # A refund is not loaded.
    6: (
        f"delete from {SHOP}.order_refunds where id = '{GID}/Refund/880090000006'",
        {("goods", "missing_refund")},
    ),
    # The payment of a refund is not loaded.
    7: (
        (
            f"delete from {SHOP}.transactions"
            f" where id = '{GID}/OrderTransaction/7040720000056'"
        ),
        {("refund", "payment_missing")},
    ),
    # Staff refunded an order without Loop.
    8: (
        (
            f"insert into {SHOP}.order_refunds by name select * replace"
            f" ('{GID}/Refund/5' as id, '[]'::json as orderadjustments,"
            f" json_object('id', (select id from {SHOP}.orders where name = '#1008'))"
            f' as "order") from {SHOP}.order_refunds'
            f" where id = '{GID}/Refund/880090000001'"
        ),
        {("goods", "refund_outside_loop")},
    ),
    # An order was cancelled in Shopify and paid back.
    9: (
        (
            f"insert into {SHOP}.transactions by name select * replace"
            f" ('{GID}/OrderTransaction/5' as id, 'REFUND' as kind)"
            f" from {SHOP}.transactions where json_extract_string(\"order\", '$.id')"
            f" = (select id from {SHOP}.orders where name = '#1009');"
            f" update {SHOP}.orders set cancelledat = createdat where name = '#1009'"
        ),
        {("refund", "refund_outside_loop")},
    ),
    # The order of a return is not loaded, nor its refund.
    11: (
        (
            f"delete from {SHOP}.orders where name = '#1011';"
            f" delete from {SHOP}.order_refunds where id = '{GID}/Refund/880090000011'"
        ),
        {("goods", "missing_order"), ("store_credit", "none")},
    ),
}
"""By the number of a return of `tiny`: a change of raw rows, and the differences it causes."""


def test_a_planted_difference_is_found_and_named(tmp_path: Path) -> None:
    shop = land_world(tmp_path, "tiny")
    orders = {}
    with duckdb.connect(str(shop.raw)) as raw:
        for number, (sql, _) in PLANTED.items():
            [(orders[number],)] = raw.execute(
                "select provider_order_id from tap_loop_returns.returns"
                f" where id = '{90_000_000 + number}'"
            ).fetchall()
            raw.execute(sql)
    shop.build("--select", "+rpt_ledger_tie", *WITHOUT_TESTS, **VARIABLES)
    left_over = {"none", "adjustment_left_standing"}
    for number, (_, wanted) in PLANTED.items():
        found = {
            row
            for row in shop.rows(
                "select tie_line, reason_class from rpt_ledger_tie"
                f" where shopify_order_id = '{orders[number]}'"
            )
            if row[1] not in left_over or row in wanted
        }
        assert found == wanted, number
    assert shop.rows("select sum(unexplained_amount) from rpt_ledger_tie") == [
        (Decimal("-3.00"),)
    ]
