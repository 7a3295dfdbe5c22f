"""A shop made of copies of a small shop behaves as one shop, and is faster to build."""

import contextlib
import io
import json
from collections import Counter
from decimal import Decimal

import pytest
from plain_client import Client

from demo.sources import recharge, shopify
from loop_simulator import Simulator
from loop_simulator.timestamps import offset
from loop_simulator.wire import to_bytes

RETURNS, REPLICAS = 240, 4
DAY = 86_400
STATES = ("open", "closed", "cancelled", "expired", "review")


@pytest.fixture(scope="module")
def replicated():
    """A shop of replicas that no test changes."""
    with Simulator(returns=RETURNS, replicas=REPLICAS) as loop:
        yield loop


@pytest.fixture(scope="module")
def changed():
    """A shop of replicas, and what was changed in it."""
    with Simulator(returns=RETURNS, replicas=REPLICAS) as loop:
        done = loop.change(60) + loop.add(10) + loop.cancel(8) + loop.remove_lines(6)
        yield loop, done


@pytest.fixture
def client(replicated):
    return Client(replicated.url)


def control(loop):
    return Client(f"{loop.base_url}/_simulator", key=None)


def listed(loop):
    return [
        json.loads(line) for line in control(loop).get("/returns").text.splitlines()
    ]


def messages(loop, tap, monkeypatch, *arguments):
    monkeypatch.setenv("SIMULATOR_URL", loop.base_url)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert tap.run(list(arguments)) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def records(sent, stream):
    return [
        m["record"] for m in sent if m["type"] == "RECORD" and m["stream"] == stream
    ]


def test_a_template_renders_what_the_record_renders(replicated):
    built = [to_bytes(row.body()) for row in replicated.store.all()]
    assert built == [
        replicated.store.rendered(key) for key in replicated.store.find_keys()
    ]


def test_no_key_is_given_twice(replicated):
    rows = listed(replicated)
    units = [unit["line_item_id"] for row in rows for unit in row["line_items"]]
    items = [item["exchange_id"] for row in rows for item in row["exchanges"]]
    labels = [label["tracking_number"] for row in rows for label in row["labels"]]
    pages = [row["status_page_url"] for row in rows]
    for keys in ([row["id"] for row in rows], units, items, labels, pages):
        assert len(keys) == len(set(keys))
    assert len(rows) == RETURNS


def test_the_same_seed_gives_the_same_bytes(replicated):
    with Simulator(returns=RETURNS, replicas=REPLICAS) as again:
        assert (
            control(again).get("/returns").text
            == control(replicated).get("/returns").text
        )


def test_the_last_second_is_now_at_most_and_few_share_one(replicated):
    created = Counter(row["created_at"] for row in listed(replicated))
    assert max(created) <= offset(replicated.store.now)
    assert max(created.values()) <= 3


@pytest.mark.parametrize("column", ["created_at", "updated_at"])
@pytest.mark.parametrize("order", ["desc", "asc"])
def test_the_cursor_reads_every_return_of_the_window_in_order(
    replicated, client, column, order
):
    replicated.switch(order=order, ties="keep")
    window = {"filter": column, **client.days(119, before=40)}
    whole = client.list(**window).body
    paged = client.every_return(pageSize=37, **window)
    replicated.switch(order="desc", ties="drop")
    assert paged == whole
    moments = [row[column] for row in paged]
    assert moments == sorted(moments, reverse=order == "desc")
    assert len({row["id"] for row in paged}) == len(paged) > 10 * REPLICAS


@pytest.mark.parametrize("state", STATES)
def test_states_are_listed_apart(replicated, client, state):
    rows = client.every_return(pageSize=750, state=state, **client.days(119))
    inside = client.days(119)
    expected = {
        row["id"]
        for row in listed(replicated)
        if row["state"] == state
        and inside["from_"] <= row["created_at"] <= inside["to"]
    }
    assert {row["id"] for row in rows} == expected
    assert {row["state"] for row in rows} <= {state}


def test_other_forms_are_served_for_every_replica(replicated, client):
    replicated.switch(ids="integer", order="by_id_desc")
    rows = client.list(**client.days(119)).body
    replicated.switch(ids="string", order="desc")
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids, reverse=True)
    assert isinstance(rows[0]["id"], int)


def test_old_returns_of_every_replica_may_lack_updated_at(replicated, client):
    replicated.switch(updated_at="null_for_old", order="by_created_asc")
    window = client.days(119, before=366)
    old = client.list(**window).body
    changed = client.list(filter="updated_at", **client.days(119)).body
    replicated.switch(updated_at="present", order="desc")
    assert old
    assert {row["updated_at"] for row in old} == {None}
    created = [row["created_at"] for row in changed]
    assert created == sorted(created)
    assert len(created) > REPLICAS


def test_details_are_found_by_id_order_and_name(replicated, client):
    row = listed(replicated)[-1]
    keys = {
        "return_id": row["id"],
        "order_id": row["provider_order_id"],
        "order_name": row["order_name"],
    }
    for name, value in keys.items():
        found = client.get("/v1/warehouse/return/details", **{name: value}).body
        assert found["order_name"] == row["order_name"]
        assert found["line_items"]
    notice = client.get("/v1/warehouse/reporting/asn", **client.days(60)).body
    assert len({unit["id"] for unit in notice}) >= REPLICAS


def check_truth(loop):
    truth, rows = control(loop).get("/truth").body, listed(loop)
    assert truth["returns"]["count"] == len(rows)
    assert truth["returns"]["by_state"] == dict(Counter(row["state"] for row in rows))
    for name in ("refund", "return_total", "exchange_total"):
        total = sum(Decimal(row[name]) for row in rows)
        assert truth["returns"]["money"]["USD"][name] == str(total)
    assert truth["returns"]["max_updated_at"] == max(r["updated_at"] for r in rows)
    assert truth["returns"]["min_created_at"] == min(r["created_at"] for r in rows)
    for name, field in [
        ("line_items", "line_items"),
        ("exchanges", "exchanges"),
        ("labels", "labels"),
        ("refunds", "shopify_refund_object"),
    ]:
        assert truth[name]["count"] == sum(len(row[field]) for row in rows)
    return truth


def check_orders(loop, truth, sent):
    orders = records(sent, "orders")
    assert len({order["id"] for order in orders}) == len(orders)
    known = truth["orders"]["count"] - truth["orders"]["not_in_shopify"]
    assert len(orders) == known
    stamps = [order["updatedAt"] for order in orders]
    assert stamps == sorted(stamps)
    by_id = {order["legacyResourceId"]: order for order in orders}
    lines = {line["id"] for order in orders for line in order["lineItems"]}
    people = {customer["id"] for customer in records(sent, "customers")}
    assert {o["customer"]["id"] for o in orders if o["customer"]} <= people
    matched = 0
    for row in listed(loop):
        order = by_id.get(row["provider_order_id"])
        if order is None:
            continue
        matched += 1
        assert order["name"] == row["order_name"]
        for unit in row["line_items"]:
            assert f"gid://shopify/LineItem/{unit['provider_line_item_id']}" in lines
        for item in row["exchanges"]:
            if item["exchange_order_id"]:
                made = by_id[item["exchange_order_id"]]
                assert made["name"] == item["exchange_order_name"]
    assert matched > 0.95 * truth["returns"]["count"]


def test_the_truth_equals_a_recount(replicated):
    check_truth(replicated)


def test_the_shops_orders_agree_with_the_returns(replicated, monkeypatch):
    sent = messages(replicated, shopify.TAP, monkeypatch)
    check_orders(replicated, check_truth(replicated), sent)
    products = records(sent, "products")
    assert len({product["id"] for product in products}) == len(products)


def test_every_stream_of_every_shape_has_each_key_once(replicated, monkeypatch):
    for tap, shape in [(shopify.TAP, "rest"), (recharge.TAP, "2021-11")]:
        sent = messages(replicated, tap, monkeypatch, "--shape", shape)
        for stream in tap.shapes[shape]:
            keys = [record["id"] for record in records(sent, stream.name)]
            assert len(keys) == len(set(keys)) > 0


def test_changed_returns_alone_show_up_in_the_next_window(changed):
    loop, done = changed
    client = Client(loop.url, now=loop.store.now)
    window = {"from_": "2026-06-30T12:00:01Z", "to": offset(loop.store.now)}
    shown = [
        row["id"]
        for state in STATES
        for row in client.every_return(filter="updated_at", state=state, **window)
    ]
    assert sorted(shown) == sorted(entry["id"] for entry in done)


def test_after_changes_there_is_still_one_shop(changed, monkeypatch, tmp_path):
    loop, done = changed
    assert len({entry["id"] for entry in done}) == len(done) == 84
    keys = loop.store.replicas.replication.key_step
    numbers = {(int(entry["id"]) - 90_000_000) // keys for entry in done}
    assert numbers >= set(range(REPLICAS))
    truth = check_truth(loop)
    assert truth["returns"]["count"] == RETURNS + 10
    sent = messages(loop, shopify.TAP, monkeypatch)
    check_orders(loop, truth, sent)
    state = tmp_path / "state.json"
    state.write_text(json.dumps(sent[-1]["value"]))
    number = next(row["id"] for row in reversed(listed(loop)) if row["state"] == "open")
    name = loop.set_state(number, "closed")["order_name"]
    later = messages(loop, shopify.TAP, monkeypatch, "--state", str(state))
    names = [order["name"] for order in records(later, "orders")]
    assert name in names
    assert len(names) < 10


def test_reading_materialises_no_shopper(replicated, client):
    client.get("/v1/warehouse/return/details", return_id=listed(replicated)[-1]["id"])
    assert not any(replicated.store.replicas.materialised.values())


def test_returns_that_cannot_be_divided_evenly_are_refused():
    with pytest.raises(ValueError, match="241 returns cannot be divided among 4"):
        Simulator(returns=241, replicas=4)
