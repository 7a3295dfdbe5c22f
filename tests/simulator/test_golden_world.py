"""The worked example's metrics, recomputed naively from what is served."""

import json
from collections import defaultdict

import pytest
from plain_client import Client

from loop_simulator import Simulator
from loop_simulator.money import cents
from loop_simulator.timestamps import parse


@pytest.fixture(scope="module")
def golden():
    with Simulator(world="golden") as loop:
        yield loop


@pytest.fixture(scope="module")
def shop(golden):
    text = Client(golden.base_url).get("/_simulator/shopify/orders").text
    return {
        order["legacyResourceId"]: order for order in map(json.loads, text.splitlines())
    }


@pytest.fixture(scope="module")
def counted(golden):
    return [row for row in golden.all_returns() if row["state"] != "cancelled"]


@pytest.fixture(scope="module")
def cohort(shop):
    names = {f"#O{number}" for number in range(1, 9)}
    return {key: order for key, order in shop.items() if order["name"] in names}


@pytest.fixture(scope="module")
def january(counted, cohort, shop):
    """Counted returns of the January orders and of their exchange orders."""
    exchange = {key for key, order in shop.items() if order["name"].startswith("EXC-")}
    return [r for r in counted if r["provider_order_id"] in cohort.keys() | exchange]


def total(rows, name):
    return sum(cents(row[name]) for row in rows) / 100


def test_thirteen_orders_and_ten_returns(golden, shop):
    assert len(shop) == 13
    names = [row["order_name"] for row in golden.all_returns()]
    assert names == [
        "#O1",
        "#O2",
        "#O3",
        "#O4",
        "#O5",
        "#O6",
        "#O8",
        "#O1",
        "EXC-O2",
        "#O9",
    ]


def test_gross_revenue_of_january_is_450(cohort):
    assert (
        sum(o["subtotalPriceSet"]["shopMoney"]["amount"] for o in cohort.values())
        == 450
    )


def test_six_of_eight_orders_came_back(cohort, counted):
    back = {r["provider_order_id"] for r in counted} & cohort.keys()
    assert (len(back), len(cohort)) == (6, 8)


def test_unit_return_rates_are_four_of_six_and_four_of_five(cohort, counted):
    sold, back = defaultdict(int), defaultdict(int)
    for order in cohort.values():
        for line in order["lineItems"]:
            sold[line["sku"]] += line["quantity"]
    for row in counted:
        if row["provider_order_id"] in cohort:
            for unit in row["line_items"]:
                back[unit["sku"]] += 1
    assert (back["X"], sold["X"]) == (4, 6)
    assert (back["Y"], sold["Y"]) == (4, 5)


def test_value_returned_is_320(counted, cohort):
    rows = [r for r in counted if r["provider_order_id"] in cohort]
    assert total(rows, "return_product_total") == 320


def test_outcomes_of_eight_returns(january):
    def groups(row):
        found = set()
        if row["exchanges"]:
            found.add("exchange")
        if cents(row["refund"]):
            found.add("refund")
        if cents(row["gift_card"]):
            found.add("credit")
        return "+".join(sorted(found))

    kinds = [groups(row) for row in january]
    assert len(kinds) == 8
    assert kinds.count("refund") == 5
    assert kinds.count("exchange") == kinds.count("credit") == 1
    assert kinds.count("exchange+refund") == 1
    assert sum(len(row["line_items"]) for row in january) == 9


def test_value_split_and_net_cost(january):
    refund, credit = total(january, "refund"), total(january, "gift_card")
    exchanged, upsell = (
        total(january, "exchange_credit_total"),
        total(january, "upsell"),
    )
    assert (refund, exchanged, credit, upsell) == (250, 100, 30, 10)
    assert refund + credit - upsell == 270
    assert (refund + credit - upsell) / 450 == pytest.approx(0.6)
    assert (exchanged + credit) / (refund + exchanged + credit) == pytest.approx(
        130 / 380
    )


def test_days_to_return(golden, shop):
    days = {}
    for row in golden.all_returns():
        order = shop[row["provider_order_id"]]
        gap = parse(row["created_at"]) - parse(order["processedAt"])
        days[int(row["id"]) - 90_000_000] = gap // 86_400
    assert days == {1: 5, 2: 8, 3: 14, 4: 15, 5: 2, 6: 8, 7: 4, 8: 27, 9: 15, 10: 9}


def test_the_exchange_order_cost_ten_and_is_named_in_the_return(golden, shop):
    (item,) = golden.served(90000002)["exchanges"]
    order = shop[item["exchange_order_id"]]
    assert order["name"] == item["exchange_order_name"] == "EXC-O2"
    assert order["totalPriceSet"]["shopMoney"]["amount"] == 10
    assert order["sourceName"] == "1662707"


def test_the_native_exchange_has_no_order_and_adds_no_line(golden, shop):
    row = golden.served(90000004)
    assert row["exchanges"][0]["exchange_order_id"] is None
    assert len(shop[row["provider_order_id"]]["lineItems"]) == 2


def test_o12_is_paid_wholly_by_gift_card(golden, shop):
    text = Client(golden.base_url).get("/_simulator/shopify/transactions").text
    gid = next(order["id"] for order in shop.values() if order["name"] == "#O12")
    paid = [
        row for row in map(json.loads, text.splitlines()) if row["order"]["id"] == gid
    ]
    assert [row["gateway"] for row in paid] == ["gift_card"]


def test_data_reach_to_the_end_of_june(golden, shop):
    health = Client(golden.base_url).get("/_simulator/").body
    assert health["data_through"] == "2025-06-30"
    assert max(order["updatedAt"] for order in shop.values())[:10] == "2025-06-30"
    assert max(row["updated_at"] for row in golden.all_returns())[:10] == "2025-06-30"


def test_guest_orders_have_no_customer(shop):
    assert {order["name"] for order in shop.values() if order["customer"] is None} == {
        "#O8"
    }
