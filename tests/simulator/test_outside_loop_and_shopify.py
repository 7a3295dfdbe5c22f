"""Money that Loop collects through Stripe, and Shopify's own sales report."""

import json
from collections import defaultdict
from decimal import Decimal

import pytest
from plain_client import Client

from loop_simulator import Simulator

SHOP = {"world": "shop", "seed": 3, "returns": 400}


def stream(loop, name):
    text = Client(loop.base_url).get(f"/_simulator/{name}").text
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def loops():
    with Simulator(**SHOP) as withheld, Simulator(**SHOP, charges_fees=True) as charged:
        yield withheld, charged


def charged_by_return(loop):
    found = defaultdict(Decimal)
    for charge in stream(loop, "stripe/charges"):
        found[charge["metadata"]["return_id"]] += Decimal(charge["amount"]) / 100
    return found


def test_stripe_has_each_upsell_of_a_sent_exchange(loops):
    charges = charged_by_return(loops[0])
    upsells = {
        str(one["id"]): Decimal(one["upsell"])
        for one in loops[0].all_returns("closed")
        if Decimal(one["upsell"])
    }
    assert upsells
    assert upsells.items() <= charges.items()


def test_a_fee_is_deducted_from_the_refund_or_charged_beside_it(loops):
    withheld, charged = (
        {str(one["id"]): one for one in loop.all_returns("closed")} for loop in loops
    )
    charges = charged_by_return(loops[1])
    fees = [number for number, one in charged.items() if Decimal(one["handling_fee"])]
    assert fees
    for number in fees:
        fee = Decimal(charged[number]["handling_fee"])
        given = [
            Decimal(one[number]["refund"]) + Decimal(one[number]["gift_card"])
            for one in (withheld, charged)
        ]
        assert given[1] - given[0] == fee == charges[number]


def test_the_sales_report_reverses_what_is_paid_back(loops):
    reversed_on = defaultdict(Decimal)
    for row in stream(loops[0], "shopify_reports/sales"):
        reversed_on[row["order_id"]] -= Decimal(row["total_sales_reversals"])
    tests = {
        order["legacyResourceId"]
        for order in stream(loops[0], "shopify/orders")
        if order["test"]
    }
    paid = defaultdict(Decimal)
    for payment in stream(loops[0], "shopify/transactions"):
        if payment["kind"] == "REFUND" and payment["status"] != "FAILURE":
            order = payment["order"]["id"].rsplit("/", 1)[1]
            paid[order] += Decimal(payment["amountSet"]["shopMoney"]["amount"])
    found = {key: value for key, value in reversed_on.items() if value}
    assert found == {key: value for key, value in paid.items() if key not in tests}


def test_days_of_the_sales_report_are_those_of_the_shops_zone():
    days = {}
    for zone in ("UTC", "Asia/Tokyo"):
        with Simulator(**SHOP, zone=zone) as loop:
            rows = stream(loop, "shopify_reports/sales")
            days[zone] = [row["day"] for row in rows if row["updatedAt"][11:13] > "15"]
    assert days["UTC"]
    assert all(tokyo > utc for utc, tokyo in zip(*days.values(), strict=True))
