"""The Singer stand-ins: valid messages, incremental, in agreement with the returns."""

import contextlib
import io
import json

import pytest
from jsonschema import Draft7Validator

from demo.sources import recharge, shopify, shopify_reports, stripe
from loop_simulator import Simulator

OTHERS = [(stripe.TAP, "api"), (shopify_reports.TAP, "shopifyql")]
SHAPES = [(shopify.TAP, "graphql"), (shopify.TAP, "rest"), (recharge.TAP, "2021-11")]
NAMES = ["shopify-graphql", "shopify-rest", "recharge"]


@pytest.fixture
def loop():
    with Simulator(returns=90) as simulator:
        yield simulator


@pytest.fixture
def run(loop, monkeypatch):
    monkeypatch.setenv("SIMULATOR_URL", loop.base_url)

    def run(tap, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert tap.run(list(arguments)) == 0
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return run


def records(messages, stream):
    return [
        m["record"] for m in messages if m["type"] == "RECORD" and m["stream"] == stream
    ]


@pytest.mark.parametrize(
    ("tap", "shape"), SHAPES + OTHERS, ids=[*NAMES, "stripe", "report"]
)
def test_every_record_fits_its_own_schema_and_has_no_other_field(run, tap, shape):
    checks, seen = {}, {}
    for message in run(tap, "--shape", shape):
        if message["type"] == "SCHEMA":
            checks[message["stream"]] = Draft7Validator(closed(message["schema"]))
        if message["type"] == "RECORD":
            checks[message["stream"]].validate(message["record"])
            seen[message["stream"]] = seen.get(message["stream"], 0) + 1
    assert set(seen) == {stream.name for stream in tap.shapes[shape]}


def closed(schema):
    """Forbid fields that a schema does not declare, so that none is forgotten."""
    if not isinstance(schema, dict):
        return schema
    sealed = {name: closed_inner(name, inner) for name, inner in schema.items()}
    if "properties" in sealed:
        sealed["additionalProperties"] = False
    return sealed


def closed_inner(name, inner):
    if name == "properties":
        return {field: closed(schema) for field, schema in inner.items()}
    if name == "anyOf":
        return [closed(schema) for schema in inner]
    return closed(inner)


@pytest.mark.parametrize(("tap", "shape"), SHAPES, ids=NAMES)
def test_a_second_run_reads_only_what_was_touched_since(
    loop, run, tmp_path, tap, shape
):
    first = run(tap, "--shape", shape)
    state = tmp_path / "state.json"
    state.write_text(json.dumps(first[-1]["value"]))
    second = run(tap, "--shape", shape, "--state", str(state))
    assert len(records(second, "orders")) < 0.1 * len(records(first, "orders"))
    if tap is shopify.TAP:
        number = loop.all_returns("open")[0]["id"]
        name = loop.set_state(number, "closed")["order_name"]
        third = run(tap, "--shape", shape, "--state", str(state))
        assert name in [order["name"] for order in records(third, "orders")]


@pytest.mark.parametrize(
    ("tap", "shape"), SHAPES + OTHERS, ids=[*NAMES, "stripe", "report"]
)
def test_records_come_in_the_order_of_their_bookmark(run, tap, shape):
    messages = run(tap, "--shape", shape)
    for stream in tap.shapes[shape][:2]:
        stamps = [row[stream.replication_key] for row in records(messages, stream.name)]
        assert stamps == sorted(stamps)


def test_bookmarks_look_like_those_of_the_taps_stood_in_for(run):
    state = run(shopify.TAP)[-1]["value"]
    assert set(state["bookmarks"]["orders"]) == {"updatedAt"}
    state = run(recharge.TAP)[-1]["value"]
    assert isinstance(state["bookmarks"]["orders"], str)


def test_discovery_gives_a_catalog_and_selection_is_kept_to(run, tmp_path):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        shopify.TAP.run(["--discover"])
    catalog = json.loads(out.getvalue())
    for entry in catalog["streams"]:
        entry["metadata"][0]["metadata"]["selected"] = entry["stream"] == "products"
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(catalog))
    streams = {
        m["stream"] for m in run(shopify.TAP, "--catalog", str(path)) if "stream" in m
    }
    assert streams == {"products"}


def test_the_address_comes_from_the_config_file(loop, monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("SIMULATOR_URL", raising=False)
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"simulator_url": loop.base_url, "shape": "rest"}))
    assert shopify.TAP.run(["--config", str(path)]) == 0
    assert '"order_number"' in capsys.readouterr().out


def test_without_a_simulator_there_is_one_line_of_error(monkeypatch, capsys):
    monkeypatch.setenv("SIMULATOR_URL", "http://127.0.0.1:9")
    assert shopify.TAP.run([]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_refusal_of_the_simulator_is_shown(monkeypatch, capsys):
    with Simulator(returns=4, replicas=2) as loop:
        monkeypatch.setenv("SIMULATOR_URL", loop.base_url)
        assert shopify_reports.TAP.run([]) == 1
    assert "a shop of replicas has no sales report" in capsys.readouterr().err


def test_both_shapes_tell_the_same_story(run):
    graph = {o["legacyResourceId"]: o for o in records(run(shopify.TAP), "orders")}
    rest = {
        str(o["id"]): o for o in records(run(shopify.TAP, "--shape", "rest"), "orders")
    }
    assert graph.keys() == rest.keys()
    for number, order in graph.items():
        other = rest[number]
        assert order["totalPriceSet"]["shopMoney"]["amount"] == other["total_price"]
        assert order["tags"] == [tag for tag in other["tags"].split(", ") if tag]
        assert len(order["lineItems"]) == len(other["line_items"])


def test_orders_agree_with_the_returns(loop, run):
    messages = run(shopify.TAP)
    orders = {o["legacyResourceId"]: o for o in records(messages, "orders")}
    refunds = {r["legacyResourceId"]: r for r in records(messages, "order_refunds")}
    matched = 0
    for row in loop.all_returns():
        order = orders.get(row["provider_order_id"])
        if order is None:
            continue
        matched += 1
        assert order["name"] == row["order_name"]
        numbers = {line["id"].rsplit("/", 1)[1] for line in order["lineItems"]}
        assert {unit["provider_line_item_id"] for unit in row["line_items"]} <= numbers
        for item in row["exchanges"]:
            if item["exchange_order_id"]:
                assert (
                    orders[item["exchange_order_id"]]["name"]
                    == item["exchange_order_name"]
                )
        for refund in row["shopify_refund_object"]:
            assert str(refund["provider_refund_id"]) in refunds
    assert matched > 80


def test_order_money_adds_up(run):
    for order in records(run(shopify.TAP), "orders"):
        amount = {
            name: round(order[f"{name}Set"]["shopMoney"]["amount"] * 100)
            for name in (
                "subtotalPrice",
                "totalTax",
                "totalShippingPrice",
                "totalPrice",
            )
        }
        if order["taxesIncluded"]:
            amount["totalTax"] = 0
        assert amount["totalPrice"] == sum(amount.values()) - amount["totalPrice"]


def test_subscriptions_join_the_shops_orders_and_customers(run):
    messages = run(recharge.TAP)
    shop = run(shopify.TAP)
    orders = {o["legacyResourceId"] for o in records(shop, "orders")}
    people = {c["id"].rsplit("/", 1)[1] for c in records(shop, "customers")}
    assert {
        o["external_order_id"]["ecommerce"] for o in records(messages, "orders")
    } <= orders
    assert {
        c["external_customer_id"]["ecommerce"] for c in records(messages, "customers")
    } <= people
    plans = {plan["id"] for plan in records(messages, "subscriptions")}
    lines = [line for o in records(messages, "orders") for line in o["line_items"]]
    assert {line["purchase_item_id"] for line in lines} <= plans


def test_the_golden_world_has_thirteen_orders_and_no_subscriptions(monkeypatch, capsys):
    with Simulator(world="golden") as golden:
        monkeypatch.setenv("SIMULATOR_URL", golden.base_url)
        shopify.TAP.run([])
        recharge.TAP.run([])
    messages = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert len([m for m in messages if m.get("record", {}).get("lineItems")]) == 13
