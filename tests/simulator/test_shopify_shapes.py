"""Shopify's records have the same content in both shapes, including changes by
staff."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest

from loop_simulator import Simulator


@pytest.fixture(scope="module")
def records():
    """Every stream of both shapes, and their world."""
    with Simulator(returns=900, seed=2) as loop:

        def read(stream, shape=""):
            address = f"{loop.base_url}/_simulator/shopify/{stream}?shape={shape}"
            lines = urlopen(address).read().splitlines()  # noqa: S310 - our own
            return [json.loads(line) for line in lines]

        graph = {
            name: read(name)
            for name in (
                *("orders", "products", "order_refunds", "transactions"),
                *("product_variants", "inventory_items"),
            )
        }
        rest = {
            name: read(name, "rest") for name in ("orders", "products", "transactions")
        }
        yield graph, rest, loop.store.world


def number(global_id):
    return int(global_id.rsplit("/", 1)[1])


def shop_money(amount):
    return f"{float(amount['shopMoney']['amount']):.2f}"


def test_lines_without_a_listed_product_name_none(records):
    graph, rest, world = records
    listed = {product.id for product in world.products if product.deleted is None}
    assert {number(one["id"]) for one in graph["products"]} == listed
    assert {one["id"] for one in rest["products"]} == listed
    unlisted = {
        line.id: line
        for order in world.orders
        for line in order.lines
        if not line.variant.product.is_listed
    }
    seen = []
    for order in graph["orders"]:
        for line in order["lineItems"]:
            if line["product"] is None:
                assert line["variant"] is None
                seen.append(number(line["id"]))
    found = [
        (line["id"], line["title"], line["sku"])
        for order in rest["orders"]
        for line in order["line_items"]
        if line["product_id"] is None and line["variant_id"] is None
    ]
    assert sorted(seen) == sorted(line for line, _, _ in found)
    for line, title, sku in found:
        product = unlisted[line].variant.product
        assert (title, sku is None) == (product.title, product.custom)
    assert {unlisted[line].variant.product.custom for line in seen} == {True, False}


def test_each_variant_has_an_inventory_item_and_most_have_a_unit_cost(records):
    graph, _, _ = records
    items = {one["id"]: one for one in graph["inventory_items"]}
    assert len(items) == len(graph["inventory_items"])
    variants = {one["inventoryItem"]["id"]: one for one in graph["product_variants"]}
    assert items.keys() == variants.keys()
    shares = [
        float(one["unitCost"]["amount"]) / float(variants[number]["price"])
        for number, one in items.items()
        if one["unitCost"]
    ]
    assert 0.7 < len(shares) / len(items) < 0.95
    assert all(0.27 < share < 0.53 for share in shares)
    assert max(shares) - min(shares) > 0.1


def test_types_and_taxes_are_told_in_both_shapes(records):
    graph, rest, _ = records
    assert "" in {product["productType"] for product in graph["products"]}
    assert "" in {product["product_type"] for product in rest["products"]}
    told = {number(one["id"]): one["taxesIncluded"] for one in graph["orders"]}
    assert told == {one["id"]: one["taxes_included"] for one in rest["orders"]}
    assert set(told.values()) == {True, False}


def test_lines_cost_and_are_taxed_alike_in_both_shapes(records):
    graph, rest, _ = records
    wanted = {
        number(line["id"]): (
            line["quantity"],
            shop_money(line["originalUnitPriceSet"]),
            [
                shop_money(one["allocatedAmountSet"])
                for one in line["discountAllocations"]
            ],
            [shop_money(one["priceSet"]) for one in line["taxLines"]],
        )
        for order in graph["orders"]
        for line in order["lineItems"]
    }
    assert wanted == {
        line["id"]: (
            line["quantity"],
            line["price"],
            [one["amount"] for one in line["discount_allocations"]],
            [one["price"] for one in line["tax_lines"]],
        )
        for order in rest["orders"]
        for line in order["line_items"]
    }


def test_refunds_are_the_same_in_both_shapes(records):
    graph, rest, _ = records
    wanted = {
        number(refund["id"]): [
            (number(one["id"]), one["quantity"], one["restockType"].lower())
            for one in refund["refundLineItems"]
        ]
        for refund in graph["order_refunds"]
    }
    found = {
        refund["id"]: [
            (one["id"], one["quantity"], one["restock_type"])
            for one in refund["refund_line_items"]
        ]
        for order in rest["orders"]
        for refund in order["refunds"]
    }
    assert found == wanted
    assert {word for parts in found.values() for _, _, word in parts} == {
        *("return", "no_restock", "cancel")
    }


def test_the_current_quantity_is_what_no_edit_and_no_refund_took_off(records):
    _, rest, _ = records
    lower = 0
    for order in rest["orders"]:
        off = {}
        for refund in order["refunds"]:
            for part in refund["refund_line_items"]:
                line = part["line_item_id"]
                off[line] = off.get(line, 0) + part["quantity"]
        for line in order["line_items"]:
            left = line["quantity"] - off.get(line["id"], 0)
            assert line["current_quantity"] == left >= 0
            lower += left < line["quantity"]
    assert lower


def test_payments_that_failed_or_are_pending_stand_beside_those_made(records):
    graph, rest, _ = records
    wanted = [
        (
            number(one["id"]),
            one["kind"].lower(),
            one["status"].lower(),
            shop_money(one["amountSet"]),
        )
        for one in graph["transactions"]
    ]
    found = [
        (one["id"], one["kind"], one["status"], one["amount"])
        for one in rest["transactions"]
    ]
    assert sorted(found) == sorted(wanted)
    assert {(kind, status) for _, kind, status, _ in found} == {
        ("sale", "success"),
        ("sale", "failure"),
        ("refund", "success"),
        ("refund", "failure"),
        ("refund", "pending"),
    }
    inside = {
        one["id"]
        for order in rest["orders"]
        for refund in order["refunds"]
        for one in refund["transactions"]
    }
    assert inside < {number for number, *_ in found}


def test_what_staff_refund_is_what_the_units_cost(records):
    graph, _, world = records
    orders = {order.id: order for order in world.orders}
    whole = 0
    for refund in graph["order_refunds"]:
        if refund["note"] != "Refunded by staff":
            continue
        order = orders[number(refund["order"]["id"])]
        paid = sum(
            round(100 * float(part[name]["shopMoney"]["amount"]))
            for part in refund["refundLineItems"]
            for name in ("subtotalSet", "totalTaxSet")
        )
        bought = sum(part["quantity"] for part in refund["refundLineItems"])
        if bought == sum(line.quantity for line in order.lines):
            whole += 1
            shipping = 0 if order.taxes_included else order.shipping_tax
            assert paid == order.total - order.shipping - shipping
    assert whole
