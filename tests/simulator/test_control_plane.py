"""The control plane: no key needed, everything as JSON."""

import json
from collections import Counter
from decimal import Decimal

import pytest
from plain_client import LIST, Client

from loop_simulator import Simulator


@pytest.fixture
def control(loop):
    return Client(f"{loop.base_url}/_simulator", key=None)


def lines(reply):
    return [json.loads(line) for line in reply.text.splitlines()]


def post(control: Client, path: str, body):
    return control.ask(control.url + path, method="POST", body=body)


def test_health_tells_world_seed_now_and_counts(loop, control):
    health = control.get("/").body
    assert (health["world"], health["seed"]) == ("shop", 1)
    assert health["now"] == "2026-06-30T12:00:00Z"
    assert health["returns"] == 200
    assert health["orders"] == len(loop.store.world.orders)


def test_every_return_of_every_state_is_given_as_served(loop, control):
    loop.switch(ids="integer")
    rows = lines(control.get("/returns"))
    assert rows == loop.all_returns()
    assert isinstance(rows[0]["id"], int)
    cancelled = lines(control.get("/returns", state="cancelled"))
    assert cancelled == [row for row in rows if row["state"] == "cancelled"] != []
    assert len(lines(control.get("/returns", limit=7))) == 7


def test_the_truth_equals_a_recount(loop, control):
    loop.change(10)
    truth = control.get("/truth").body
    rows = lines(control.get("/returns"))
    assert truth["returns"]["count"] == len(rows)
    assert truth["returns"]["by_state"] == dict(Counter(row["state"] for row in rows))
    refunds = sum(Decimal(row["refund"]) for row in rows)
    assert truth["returns"]["money"]["USD"]["refund"] == str(refunds)
    units = [unit for row in rows for unit in row["line_items"]]
    assert truth["line_items"]["count"] == len(units)
    pairs = {(unit["parent_return_reason"], unit["return_reason"]) for unit in units}
    assert truth["line_items"]["distinct_reasons"] == len(pairs)
    taxes = sum(Decimal(unit["tax"]) for unit in units)
    assert truth["line_items"]["money"]["USD"]["tax"] == str(taxes)
    items = [item for row in rows for item in row["exchanges"]]
    assert truth["exchanges"]["count"] == len(items)
    labels = [label for row in rows for label in row["labels"]]
    assert truth["labels"]["rate_cents"] == sum(label["rate"] for label in labels)
    assert truth["refunds"]["count"] == sum(
        len(row["shopify_refund_object"]) for row in rows
    )


def test_the_request_log_can_be_read_and_emptied(loop, control):
    Client(loop.url).get(LIST)
    assert [seen["path"] for seen in control.get("/requests").body] == [f"/api{LIST}"]
    control.ask(control.url + "/requests", method="DELETE")
    assert control.get("/requests").body == []


def test_changes_answer_what_was_done_to_which(control):
    done = post(
        control, "/changes", {"change": 5, "add": 2, "cancel": 1, "remove_lines": 1}
    ).body
    assert {kind: len(rows) for kind, rows in done["done"].items()} == {
        "change": 5,
        "add": 2,
        "cancel": 1,
        "remove_lines": 1,
    }


def test_the_clock_the_switches_and_the_faults_can_be_set(loop, control):
    assert (
        post(control, "/clock", {"advance_seconds": 60}).body["now"]
        == "2026-06-30T12:01:00Z"
    )
    assert post(control, "/switches", {"order": "asc"}).body["order"] == "asc"
    post(control, "/faults", {"kind": "status", "status": 500})
    assert Client(loop.url).get(LIST).status == 500


def test_what_cannot_be_done_is_a_400_that_says_why(control):
    for path, body in (
        ("/switches", {"order": "upwards"}),
        ("/faults", {"kind": "flood"}),
        ("/changes", {"delete": 4}),
        ("/reset", {"colour": "red"}),
        ("/faults", {"kind": "stall", "seconds": "long"}),
        ("/faults", {"kind": "html", "path": None}),
        ("/reset", {"world": "moon"}),
        ("/reset", {"now": "soon"}),
        ("/reset", {"zone": "Nowhere/City"}),
    ):
        refused = post(control, path, body)
        assert refused.status == 400
        assert refused.body["error"]
    assert control.get("/nothing").status == 404


def test_a_reset_starts_another_world(control):
    health = post(control, "/reset", {"world": "shop", "returns": 40, "seed": 9}).body
    assert (health["returns"], health["seed"]) == (40, 9)


def test_a_refused_reset_changes_nothing(loop, control):
    loop.faults.add(kind="html")
    post(control, "/reset", {"world": "moon", "seed": 9})
    assert len(loop.faults.plan) == 1
    assert post(control, "/reset", {}).body["seed"] == 1


def test_ten_simulators_start_quickly_and_side_by_side():
    running = [Simulator(world="tiny").start() for _ in range(10)]
    try:
        urls = {loop.url for loop in running}
        assert len(urls) == 10
        assert all(
            len(Client(url).list(**Client(url).days(60)).body) == 10 for url in urls
        )
    finally:
        for loop in running:
            loop.stop()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://page.example"},
        {"Origin": "null"},
        {"Host": "page.example:8750"},
        {"Content-Type": "text/plain"},
    ],
)
def test_what_a_web_page_could_send_is_refused(loop, control, headers):
    before = loop.store.now
    reply = control.ask(
        f"{control.url}/clock",
        method="POST",
        body={"advance_seconds": 60},
        **headers,
    )
    assert reply.status == 403
    assert reply.body["error"]
    assert loop.store.now == before


def test_local_addresses_are_served(loop, control):
    for host in ("localhost:8750", "127.0.0.1", "[::1]:8750"):
        assert control.ask(control.url, Host=host).status == 200
