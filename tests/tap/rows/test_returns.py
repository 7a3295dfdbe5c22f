"""Every row equals what Loop's payloads hold, whatever form they come in."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from loop_simulator import Simulator
from loop_simulator.state import compute_truth
from tests.tap.expected import KEYS, tables
from tests.tap.harness import CORE, Run, refused, tap_for

FORMS = [
    {},
    {"ids": "integer"},
    {"timestamps": "iso_ms"},
    {"timestamps": "space"},
    {"timestamps": "mixed"},
    {"none_values": "na"},
    {"none_values": "empty"},
    {"none_values": "null"},
    {"label_rate": "string"},
    {"label_rate": "money"},
    {"destination_id": "string"},
    {"exchange_order_id": "integer"},
    {"return_method": "string"},
    {"return_method": "null"},
    {"return_method": "mixed"},
    {"refunds_shape": "object"},
    {"line_items_shape": "object"},
    {"money_type": "number"},
    {"unknown_fields": "on"},
    {"updated_at": "null_for_old"},
    {"updated_at": "absent_for_old"},
    {"slow_processed": "on"},
    {
        "ids": "integer",
        "timestamps": "mixed",
        "none_values": "null",
        "label_rate": "money",
        "destination_id": "string",
        "exchange_order_id": "integer",
        "return_method": "mixed",
        "refunds_shape": "object",
        "line_items_shape": "object",
        "money_type": "number",
        "unknown_fields": "on",
        "updated_at": "null_for_old",
        "gzip": "on",
    },
]


def name_of(form: dict[str, str]) -> str:
    return "+".join(f"{k}={v}" for k, v in form.items())[:40] or "as documented"


@pytest.fixture(scope="module", params=FORMS, ids=name_of)
def synced(request, tmp_path_factory):
    """A simulator that serves one form of payload, and the tap's sync of it."""
    with Simulator(seed=5, returns=60, switches=request.param) as loop:
        tap = tap_for(tmp_path_factory.mktemp("form"), loop)
        run = tap.here().ok()
        yield run, tables(loop), run.tables()


@pytest.mark.parametrize("stream", CORE)
def test_rows_hold_what_the_payload_holds(synced, stream) -> None:
    _, expected, found = synced
    assert found[stream].keys() == expected[stream].keys()
    for key, row in expected[stream].items():
        assert found[stream][key] == row


def test_no_row_is_sent_twice(synced) -> None:
    run, _, _ = synced
    for stream in CORE:
        keys = Counter(tuple(row[k] for k in KEYS[stream]) for row in run.rows(stream))
        assert set(keys.values()) == {1}, stream


def test_rows_fit_the_schema_that_was_sent(synced) -> None:
    run, _, _ = synced
    assert refused(run) == []


def test_a_schema_is_sent_once_and_before_the_rows(synced) -> None:
    run, _, _ = synced
    first = {}
    for place, line in enumerate(run.lines):
        if line["type"] == "SCHEMA":
            assert line["stream"] not in first
            first[line["stream"]] = place
        elif line["type"] == "RECORD":
            assert line["stream"] in first
    assert set(first) == set(CORE)


def _sums(run: Run, stream: str, names: list[str]) -> dict[str, dict[str, str]]:
    currency = {row["id"]: row["currency"] for row in run.rows("returns")}
    sums = defaultdict(lambda: dict.fromkeys(names, Decimal("0.00")))
    for row in run.rows(stream):
        held = sums[currency[row.get("return_id", row.get("id"))]]
        for name in names:
            held[name] += Decimal(row[name] or 0)
    return {c: {n: str(v) for n, v in held.items()} for c, held in sums.items()}


def test_counts_and_money_agree_with_the_shops_own_books(make_loop, tmp_path) -> None:
    loop = make_loop(seed=7, returns=500)
    run = tap_for(tmp_path, loop).here().ok()
    books = compute_truth(loop.store)
    for stream, entity in {
        "returns": "returns",
        "return_line_items": "line_items",
        "return_exchanges": "exchanges",
        "return_labels": "labels",
        "return_refunds": "refunds",
    }.items():
        assert len(run.rows(stream)) == books[entity]["count"]
        if "money" in books[entity]:
            some = next(iter(books[entity]["money"].values()))
            assert _sums(run, stream, list(some)) == books[entity]["money"]
    rates = sum(int(row["rate"] or 0) for row in run.rows("return_labels"))
    assert rates == books["labels"]["rate_cents"]
    said = Counter(row["return_reason"] for row in run.rows("return_reasons"))
    del said[None]
    counted = {k: v for k, v in books["line_items"]["by_reason"].items() if k != "null"}
    assert said == counted


@pytest.mark.parametrize("world", ["tiny", "golden"])
def test_the_handmade_worlds_are_read_exactly(make_loop, tmp_path, world) -> None:
    loop = make_loop(world=world)
    run = tap_for(tmp_path, loop).here().ok()
    held, found = tables(loop), run.tables()
    for stream in CORE:
        assert found[stream].keys() == held[stream].keys()
        for key, row in held[stream].items():
            assert found[stream][key] == row


def test_a_world_without_returns_is_read_without_rows(make_loop, tmp_path) -> None:
    run = tap_for(tmp_path, make_loop(world="empty")).here().ok()
    assert not [line for line in run.lines if line["type"] == "RECORD"]
    assert run.state["bookmarks"]["returns"]["replication_key_value"]


STRANGE = [
    {"line_items": None, "exchanges": None, "labels": None, "outcome": None},
    {"line_items": {}, "labels": {"url": "https://x.test/1.png", "rate": 7}},
    {"refund": "", "upsell": None, "total": 12, "currency": None},
    {"customer": {"email": "a@example.test"}, "edited_at": "soon"},
    {"refund": "n.n.", "return_method": ["mail"], "outcomes_processed_at": []},
    {"outcomes_processed_at": {"return_processed": {"date": "2026-01-01 00:00:00"}}},
    {"edited_at": {"date": "2026-01-01 00:00:00", "timezone": []}},
    {"edited_at": {"date": ["2026"], "timezone": {}}},
    {"edited_at": {"date": "2026-01-01 00:00:00", "timezone": "America"}},
    {"line_items": [None, "x", {"line_item_id": None, "price": "1.00"}]},
    {"brand_new": {"a": [1, {"b": None}]}, "state": "thinking"},
    {"updated_at": None},
    {"updated_at": "N/A"},
    {"updated_at": 1_760_000_000},
    {"refund": 1e22, "destination_id": 2**60, "label_rate": "7.45"},
    {"line_items": [{"line_item_id": {"a": 1}}]},
    {"line_items": [{"line_item_id": [1], "return_reason": "Too small"}]},
]


@pytest.mark.parametrize("strange", STRANGE, ids=str)
def test_a_strange_return_neither_crashes_nor_is_lost(
    make_loop, tap_of, strange
) -> None:
    loop = make_loop(returns=20)
    served = loop.all_returns()[0] | {"id": "99123"} | strange
    loop.insert(served)
    run = tap_of(loop).here().ok()
    assert run.ids()["99123"] == 1
    assert refused(run, only="99123") == []


def test_a_value_of_the_wrong_type_is_kept_beside_its_column(tap, loop) -> None:
    loop.edit(
        loop.all_returns()[0]["id"], refund="n.n.", customer={"email": "a@b.test"}
    )
    rows = {row["id"]: row for row in tap.here().ok().rows("returns")}
    row = rows[loop.all_returns()[0]["id"]]
    assert row["refund"] is None
    assert row["customer"] is None
    assert row["additional_fields"] == {
        "refund": "n.n.",
        "customer": {"email": "a@b.test"},
    }


def test_units_without_an_id_are_known_by_their_place(tap, loop) -> None:
    target = loop.all_returns()[0]
    lines = [{"title": "a", "price": "1.00"}, {"title": "b", "price": "2.00"}]
    loop.edit(target["id"], line_items=lines)
    rows = tap.here().ok().rows("return_line_items")
    mine = [r for r in rows if r["return_id"] == target["id"]]
    assert [(r["line_item_id"], r["title"]) for r in mine] == [
        ("position-1", "a"),
        ("position-2", "b"),
    ]


@pytest.mark.parametrize(
    "states", [["open"], ["cancelled", "review"], ["open", "closed", "expired"]]
)
def test_only_the_states_asked_for_are_read(tap, loop, states) -> None:
    run = tap.with_settings(states=states).here().ok()
    expected = {b["id"] for b in loop.all_returns() if b["state"] in states}
    assert set(run.ids()) == expected
    assert {r["return_id"] for r in run.rows("return_line_items")} <= expected


def test_start_and_end_date_bound_the_creation_of_returns(tap, loop) -> None:
    model = loop.all_returns()[0]
    for number, stamp in enumerate(
        (
            "2026-01-01T04:59:59+00:00",
            "2026-01-01T05:00:00+00:00",
            "2026-03-31T23:59:59+00:00",
            "2026-04-01T00:00:00+00:00",
        )
    ):
        fresh = {"id": str(98_000_000 + number), "created_at": stamp}
        loop.insert(model | fresh | {"updated_at": stamp})
    run = tap.with_settings(
        start_date="2026-01-01T00:00:00-05:00", end_date="2026-03-31T23:59:59Z"
    ).here()
    low, high = "2026-01-01T05:00:00+00:00", "2026-03-31T23:59:59+00:00"
    expected = {b["id"] for b in loop.all_returns() if low <= b["created_at"] <= high}
    assert set(run.ok().ids()) == expected
