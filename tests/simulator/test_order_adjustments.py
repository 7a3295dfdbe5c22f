"""Shopify's order adjustments: the differences between the goods and the money of a refund."""

import json
from collections import defaultdict
from decimal import Decimal

import pytest
from plain_client import Client

from loop_simulator import Simulator


@pytest.fixture(scope="module")
def loop():
    with Simulator(world="shop", seed=3, returns=600) as simulator:
        yield simulator


def stream(loop, name):
    text = Client(loop.base_url).get(f"/_simulator/shopify/{name}").text
    return [json.loads(line) for line in text.splitlines()]


def amount(money):
    return Decimal(str(money["shopMoney"]["amount"]))


@pytest.fixture(scope="module")
def refunds(loop):
    """Each refund with its goods, its adjustments by reason and what was paid."""
    paid = defaultdict(Decimal)
    for payment in stream(loop, "transactions"):
        if payment["kind"] == "REFUND" and payment["status"] != "FAILURE":
            key = payment["order"]["id"], payment["createdAt"]
            paid[key] += amount(payment["amountSet"])
    return [
        (
            sum(
                amount(part["subtotalSet"]) + amount(part["totalTaxSet"])
                for part in refund["refundLineItems"]
            ),
            {
                one["reason"]: amount(one["amountSet"]) + amount(one["taxAmountSet"])
                for one in refund["orderAdjustments"]
            },
            paid[refund["order"]["id"], refund["createdAt"]],
        )
        for refund in stream(loop, "order_refunds")
    ]


def test_goods_less_adjustments_are_the_money(refunds):
    assert refunds
    for goods, adjustments, paid in refunds:
        assert goods - sum(adjustments.values()) == paid


def test_an_exchange_leaves_its_adjustment_standing(refunds):
    unpaid = [(goods, found) for goods, found, paid in refunds if goods and not paid]
    assert unpaid
    assert all(found == {"REFUND_DISCREPANCY": goods} for goods, found in unpaid)


def test_refunded_shipping_lowers_sales(refunds):
    shipping = [
        found["SHIPPING_REFUND"]
        for _, found, _ in refunds
        if "SHIPPING_REFUND" in found
    ]
    assert shipping
    assert all(amount < 0 for amount in shipping)


def test_both_shapes_have_the_same_adjustments(loop):
    found = {
        str(one["id"]): (Decimal(one["amount"]), one["kind"].upper())
        for line in Client(loop.base_url)
        .get("/_simulator/shopify/orders?shape=rest")
        .text.splitlines()
        for refund in json.loads(line)["refunds"]
        for one in refund["order_adjustments"]
    }
    assert found == {
        one["id"].rsplit("/", 1)[-1]: (amount(one["amountSet"]), one["reason"])
        for refund in stream(loop, "order_refunds")
        for one in refund["orderAdjustments"]
    }
