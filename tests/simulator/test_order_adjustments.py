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
def of_rest(loop):
    """Adjustments of each refund in the REST shape."""
    lines = Client(loop.base_url).get("/_simulator/shopify/orders?shape=rest").text
    return {
        str(refund["id"]): refund["order_adjustments"]
        for line in lines.splitlines()
        for refund in json.loads(line)["refunds"]
    }


@pytest.fixture(scope="module")
def refunds(loop, of_rest):
    """Each refund with its goods, its adjustments by kind and what was paid."""
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
                one["kind"]: Decimal(one["amount"]) + Decimal(one["tax_amount"])
                for one in of_rest[refund["legacyResourceId"]]
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
    assert all(found == {"refund_discrepancy": goods} for goods, found in unpaid)


def test_refunded_shipping_lowers_sales(refunds):
    shipping = [
        found["shipping_refund"]
        for _, found, _ in refunds
        if "shipping_refund" in found
    ]
    assert shipping
    assert all(amount < 0 for amount in shipping)


def test_graphql_has_the_same_adjustments_without_those_for_shipping(loop, of_rest):
    found = {
        str(one["id"]): (Decimal(one["amount"]), one["kind"].upper())
        for adjustments in of_rest.values()
        for one in adjustments
        if one["kind"] != "shipping_refund"
    }
    assert found == {
        one["id"].rsplit("/", 1)[-1]: (amount(one["amountSet"]), one["reason"])
        for refund in stream(loop, "order_refunds")
        for one in refund["orderAdjustments"]
    }
