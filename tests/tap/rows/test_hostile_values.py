"""A malformed record, endpoint or clock affects nothing else."""

from __future__ import annotations

import gzip
import itertools
import json
import time
import tracemalloc

import pytest

from tap_loop_returns import client
from tap_loop_returns.reading.ranges import DAY
from tap_loop_returns.timestamps import from_epoch
from tests.tap.harness import (
    AUDITS,
    CORE,
    Tap,
    holds,
    list_ids,
    raw_messages,
    refused,
    upsert,
)
from tests.tap.state.test_audits import claimed, held
from tests.tap.state.test_state import now
from tests.tap.stub import Stub

LIST = "/warehouse/return/list"
OPTIONAL = "happy_returns_shipments"
ASN = "advanced_shipping_notices"


def stub_tap(folder, stub, **settings) -> Tap:
    config = {
        "api_key": "test-key",
        "api_url": stub.url,
        "start_date": "2026-03-01",
        "end_date": "2026-03-10",
        "requests_per_minute": 60_000,
        "states": ["closed"],
    }
    return Tap(folder, config | settings)


def a_return(number: int, **fields) -> dict:
    moment = f"2026-03-02T14:05:{number % 60:02}+00:00"
    return {"id": str(number), "created_at": moment, "updated_at": moment} | fields


def page_with(odd: bytes) -> bytes:
    """A page of three returns, of which the second has another field."""
    first, second, third = (json.dumps(a_return(n)).encode() for n in (1, 2, 3))
    second = second[:-1] + b"," + odd + b"}"
    returns = b",".join((first, second, third))
    return b'{"returns":[' + returns + b'],"nextPageUrl":null}'


EARLY, LATE = "0001-01-01T04:30:00+09:00", "9999-12-31T21:00:00-06:00"
PHP = {"date": "9999-12-31 23:00:00", "timezone_type": 1, "timezone": "-05:00"}
HUGE = "9" * 5_000


@pytest.mark.parametrize(
    ("odd", "column", "value", "rest"),
    [
        (f'"edited_at":"{LATE}"', "edited_at", None, LATE),
        (f'"edited_at":"{EARLY}"', "edited_at", None, EARLY),
        (f'"edited_at":{json.dumps(PHP)}', "edited_at", None, PHP),
        (
            '"edited_at":"2026-01-31T23:59-05"',
            "edited_at",
            "2026-02-01T04:59:00Z",
            None,
        ),
        (
            '"edited_at":"2026-W05-6T23:59:59"',
            "edited_at",
            "2026-01-31T23:59:59Z",
            None,
        ),
        *(
            (f'"edited_at":"{odd}"', "edited_at", None, odd)
            for odd in (
                "2026-02-29 12:00:00",
                "2026-02-28 12:00:60",
                "2026-02-28 25:00:00",
            )
        ),
        ('"carrier":"Mug \\ud83e blue"', "carrier", "Mug \ufffd blue", None),
        ('"carrier":"\\udc4d"', "carrier", "\ufffd", None),
        (b'"carrier":"caf\xe9"', "carrier", "caf\ufffd", None),
        ('"carrier":"a\\u0000b"', "carrier", "a\ufffdb", None),
        (r'"carrier":"a\\u0000b"', "carrier", r"a\u0000b", None),
        ('"carrier":"a\tb"', "carrier", "a\tb", None),
        (f'"refund":{HUGE}', "refund", HUGE, None),
        ('"refund":1e-999999999', "refund", None, "1e-999999999"),
        ('"refund":1e99999999999999999999', "refund", None, "1e99999999999999999999"),
        ('"refund":NaN', "refund", None, "NaN"),
        ('"refund":"\uff11\uff12.00"', "refund", None, "\uff11\uff12.00"),
        ('"refund":"\u0661\u0662"', "refund", None, "\u0661\u0662"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_one_odd_value_costs_at_most_its_own_column(
    tmp_path, odd, column, value, rest
) -> None:
    odd = odd if isinstance(odd, bytes) else odd.encode()
    with Stub({LIST: page_with(odd)}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns",)).ok()
    rows = {row["id"]: row for row in run.rows("returns")}
    assert rows.keys() == {"1", "2", "3"}
    assert rows["2"][column] == value
    assert (rows["2"]["additional_fields"] or {}).get(column) == rest


def test_a_value_nested_too_deeply_is_kept_as_text(tmp_path) -> None:
    deep = b'"new":' + b"[" * 5_000 + b"]" * 5_000
    with Stub({LIST: page_with(deep)}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns",)).ok()
    assert {row["id"] for row in run.rows("returns")} == {"1", "2", "3"}


@pytest.mark.parametrize("count", [2**63, -(2**63) - 1, 10**40])
def test_an_integer_beyond_64_bits_is_kept_beside_its_column(tmp_path, count) -> None:
    """PostgreSQL and BigQuery have no larger type, so that it would end the load."""
    shipment = {"loop_shipment_id": 1, "line_item_count": count, "return_count": 7}
    with Stub({"/happy-returns/shipments": {"data": [shipment]}}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=(OPTIONAL,)).ok()
    (row,) = run.rows(OPTIONAL)
    assert (row["line_item_count"], row["return_count"]) == (None, 7)
    assert row["additional_fields"] == {"line_item_count": count}


def test_a_mark_of_the_byte_order_before_an_answer_is_ignored(tmp_path) -> None:
    mark, note = b"\xef\xbb\xbf", b'{"id":5}'
    answers = {
        LIST: mark + page_with(b'"carrier":"UPS"'),
        "/blocklists": mark + b'{"data":[' + note + b'],"last_page":1}',
        "/warehouse/return/2/notes": mark + b"[" + note + b"]",
    }
    with Stub(answers) as stub:
        tap = stub_tap(tmp_path, stub)
        run = tap.here(streams=("returns", "blocklist_items"))
        assert run.ok().ids().keys() == {"1", "2", "3"}
        assert [row["id"] for row in run.rows("blocklist_items")] == ["5"]
        notes = tap.here(streams=("return_notes",)).rows("return_notes")
        assert [row["return_id"] for row in notes] == ["2"]


@pytest.mark.parametrize(
    "field", ["line_items", "exchanges", "labels", "shopify_refund_object"]
)
@pytest.mark.parametrize(
    ("value", "is_odd"),
    [
        ("some", True),
        (5, True),
        ([{"id": 1}, "some"], True),
        ({"a": {"id": 1}, "b": 2}, True),
        ({"a": {"id": 1}, "c": {"id": 2}}, False),
        ([{"id": 1}], False),
        ("N/A", False),
        ([], False),
        (None, False),
    ],
    ids=str,
)
def test_items_that_are_no_objects_stay_with_their_return(
    tmp_path, field, value, is_odd
) -> None:
    odd = json.dumps({field: value})[1:-1].encode()
    with Stub({LIST: page_with(odd)}) as stub:
        run = stub_tap(tmp_path, stub).here().ok()
    assert not refused(run)
    row = next(row for row in run.rows("returns") if row["id"] == "2")
    kept = (row["additional_fields"] or {}).get(f"{field}_unread")
    assert kept == (value if is_odd else None)


def test_a_return_without_an_id_is_named_and_tried_again(tmp_path) -> None:
    nameless = a_return(700, id=None, order_name="#1700")
    returns = [a_return(n) for n in range(1, 30)]
    body = {"returns": [*returns, nameless], "nextPageUrl": None}
    with Stub({LIST: lambda _: body}) as stub:
        tap = stub_tap(tmp_path, stub)
        run = tap.here(streams=(*CORE, AUDITS))
        assert run.code == 1
        assert len(run.ids()) == 29
        last = run.stderr.rstrip().splitlines()[-1]
        assert "without an id" in last
        assert "number 30" in last
        assert "#1700" in last
        assert "Traceback" not in run.stderr
        audits = {row["stream_name"]: row for row in run.rows(AUDITS)}
        assert audits["returns"]["unread_returns"] == 1
        nameless["id"] = "700"
        again = tap.here(state=run.state).ok()
    assert "700" in again.ids()


@pytest.mark.parametrize("created_at", ["2026-03-02T14:05:20+00:00", None], ids=str)
def test_what_is_sent_of_an_unread_second_is_claimed_once_after_a_kill(
    tmp_path, created_at
) -> None:
    """A return without an id leaves its second unread, which other returns share."""
    listed = [a_return(n) for n in range(100)]
    listed += [a_return(0, id=None, created_at=created_at)]
    streams = ("returns", AUDITS)
    with Stub({LIST: {"returns": listed, "nextPageUrl": None}}) as stub:
        tap = stub_tap(tmp_path, stub).saving_every(1)
        whole = tap.here(streams=streams).output
        saved = whole.index(b'{"type":"STATE"', whole.index(b'"RECORD"'))
        first = tap.here(streams=streams, kill_at=whole.index(b"\n", saved) + 1)
        assert first.state["bookmarks"]["returns"]["unread"]
        second = tap.here(streams=streams, state=first.state)
    lines = [*raw_messages(first.output), *raw_messages(second.output)]
    audit = claimed(lines)["returns"]
    assert audit["first_sync_id"] < audit["sync_id"]
    assert audit["distinct_keys"] <= len(held(lines)["returns"]) == 100


@pytest.mark.parametrize(
    ("stream", "field", "key"),
    [
        ("return_line_items", "line_items", "line_item_id"),
        ("return_exchanges", "exchanges", "exchange_id"),
        ("return_refunds", "shopify_refund_object", "id"),
    ],
)
def test_items_of_a_return_with_one_id_are_named_and_counted(
    tmp_path, stream, field, key
) -> None:
    items = [{key: "9", "price": price} for price in ("13.00", "7.00")]
    single = a_return(2, **{field: [items[0], items[1] | {key: "10"}]})
    listed = [a_return(1, **{field: items}), single, single]

    def answer(query):
        # A return that is listed twice repeats its items, which is harmless.
        span = [
            one
            for one in listed
            if query["from"] <= one["created_at"].replace("+00:00", "Z") <= query["to"]
        ]
        return {"returns": span, "nextPageUrl": None}

    with Stub({LIST: answer}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns", stream, AUDITS)).ok()
    (line,) = [text for text in run.stderr.splitlines() if "with the same key" in text]
    assert f"Return 1 has 2 rows in {stream} with the same key (9)" in line
    audits = {row["stream_name"]: row for row in run.rows(AUDITS)}
    assert audits[stream]["repeated_keys"] == 1
    assert audits[stream]["distinct_keys"] == 3
    assert audits["returns"]["repeated_keys"] == 0


@pytest.mark.parametrize("given", ["number", ["null", "number"], ["integer"]], ids=str)
def test_a_catalog_with_another_type_is_refused(tap, given) -> None:
    catalog = tap.catalog(*CORE)
    for entry in catalog["streams"]:
        if entry["stream"] == "returns":
            entry["schema"]["properties"]["total"] = {"type": given}
    run = tap.here(catalog=catalog)
    assert run.code == 1
    assert "Traceback" not in run.stderr
    assert "`total` of `returns`" in run.stderr.splitlines()[-1]
    assert not run.lines


def test_a_catalog_that_says_less_of_a_type_is_taken(tap, loop) -> None:
    catalog = tap.catalog(*CORE)
    for entry in catalog["streams"]:
        if entry["stream"] == "returns":
            entry["schema"]["properties"]["total"] = {"type": ["null", "string"]}
    assert tap.here(catalog=catalog).ok().ids().keys() == list_ids(loop)


@pytest.mark.parametrize(
    "odd", [b'{"returns":[{"id":"17","refund":}', 500, 504, b"<html></html>"]
)
def test_a_range_that_loop_cannot_show_is_narrowed_down_to_a_second(
    tmp_path, odd
) -> None:
    """All returns except the faulty one are delivered."""
    returns = [
        a_return(n, created_at=f"2026-03-02T14:{n:02}:00+00:00") for n in range(40)
    ]
    bad = "2026-03-02T14:17:00Z"

    def answer(query):
        if query["from"] <= bad <= query["to"]:
            return odd
        span = [
            one
            for one in returns
            if query["from"] <= one["created_at"].replace("+00:00", "Z") <= query["to"]
        ]
        return {"returns": span, "nextPageUrl": None}

    with Stub({LIST: answer}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns",))
    assert run.code == 1
    assert run.ids().keys() == {str(n) for n in range(40) if n != 17}
    last = run.stderr.rstrip().splitlines()[-1]
    assert "2026-03-02T14:17:00Z cannot be read" in last
    unread = run.state["bookmarks"]["returns"]["unread"]
    assert [item["from"] for item in unread] == ["2026-03-02T14:16:59Z"]
    assert len(stub.queries) < 300


def test_a_loop_that_shows_no_return_at_all_is_not_narrowed_down_for_ever(
    tmp_path,
) -> None:
    def answer(query):
        is_old = query["to"] < "2015"
        return {"returns": [], "nextPageUrl": None} if is_old else 500

    with Stub({LIST: answer}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns",))
    assert run.code == 1
    assert "HTTP 500" in run.stderr.splitlines()[-1]
    assert len(stub.queries) < 5_000


@pytest.mark.parametrize("body", [b"<html></html>", b"[1,2]", b'{"error":"x"}'])
def test_a_loop_that_shows_nothing_is_not_narrowed_down(tmp_path, body) -> None:
    with Stub({LIST: body}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns",))
    assert run.code == 1
    assert "not as documented" in run.stderr.splitlines()[-1]
    assert len(stub.queries) < 60


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_body_without_end_is_refused(tmp_path, monkeypatch, packed) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 100_000)
    body = packed(b" " * 50_000_000 + page_with(b'"new":1'))
    with Stub({LIST: body}) as stub:
        tracemalloc.start()
        run = stub_tap(tmp_path, stub).here(streams=("returns",))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert run.code == 1
    assert "larger than 100,000 bytes" in run.stderr
    assert "Traceback" not in run.stderr
    assert most < 25_000_000


def test_an_answer_that_never_ends_does_not_hold_the_sync(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(client, "LONGEST_ANSWER", 0.3)
    answers = iter([itertools.repeat(b" "), page_with(b'"new":1')])

    def answer(_):
        found = next(answers, page_with(b'"new":1'))
        return (_after(0.05, piece) for piece in found) if _is_endless(found) else found

    with Stub({LIST: answer}) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns",)).ok()
    assert run.ids().keys() == {"1", "2", "3"}
    assert "again in" in run.stderr


def _is_endless(found) -> bool:
    return not isinstance(found, bytes)


def _after(seconds, piece):
    time.sleep(seconds)
    return piece


def test_many_returns_updated_in_one_second_are_read_by_creation(
    make_loop, tap_of
) -> None:
    """A bulk job updates more returns in one second than a response can hold."""
    loop = make_loop(returns=60)
    tap = tap_of(loop, page_size=10)
    first = tap.here().ok()
    loop.advance(60 * DAY)
    moment = from_epoch(int(loop.store.now))
    closed = {str(body["id"]) for body in loop.all_returns("closed")}
    for key in closed:
        loop.edit(key, updated_at=moment, carrier="bulk")
    loop.advance(3_600)
    second = tap.here(state=first.state).ok()
    rows = upsert(first.tables(), second.lines)["returns"].values()
    assert {row["id"] for row in rows if row["carrier"] == "bulk"} == closed


ASKED = {
    "return_details": ("/warehouse/return/details", lambda n: [a_return(n)]),
    "return_notes": ("/warehouse/return/{}/notes", lambda n: [{"id": n}]),
}


def asked_for_each(stream: str, odd: dict[str, object], count: int = 50):
    """Loop's answers for returns with a request each; ``odd`` replaces some of them."""
    path, answer_of = ASKED[stream]
    listed = [
        a_return(n, created_at=f"2026-03-02T14:{n % 60:02}:{n // 60:02}+00:00")
        for n in range(1, count + 1)
    ]

    def in_period(query):
        column, low, high = query["filter"], query["from"], query["to"]
        found = [r for r in listed if low <= r[column].replace("+00:00", "Z") <= high]
        return {"returns": found, "nextPageUrl": None}

    def answer(number: str):
        return odd.get("*", odd.get(number, answer_of(int(number))))

    details = {path: lambda query: answer(query["return_id"])}
    notes = {path.format(n): lambda _, n=n: answer(str(n)) for n in range(1, count + 1)}
    return {LIST: in_period, **(details if stream == "return_details" else notes)}


def asked_ids(run, stream: str) -> set[str]:
    key = "return_id" if stream == "return_notes" else "id"
    return {row[key] for row in run.rows(stream)}


@pytest.mark.parametrize("stream", ASKED)
@pytest.mark.parametrize(
    "answer", [404, 410, 403, 422, 500, b'{"id":', b"[1]", b"<html>"], ids=str
)
def test_a_return_without_its_own_answer_costs_its_own_row(
    tmp_path, stream, answer
) -> None:
    odd = {"17": answer}
    with Stub(asked_for_each(stream, odd)) as stub:
        tap = stub_tap(tmp_path, stub)
        streams = ("returns", "return_line_items", stream, AUDITS)
        run = tap.here(streams=streams)
        assert run.code == 1
        assert "Traceback" not in run.stderr
        last = run.stderr.rstrip().splitlines()[-1]
        assert f"{stream} is incomplete: no answer for 1 returns (17)" in last
        assert "GET /warehouse/return/" in last
        everything = {str(n) for n in range(1, 51)}
        assert run.ids().keys() == everything
        assert asked_ids(run, stream) == everything - {"17"}
        audits = {row["stream_name"]: row for row in run.rows(AUDITS)}
        assert audits["returns"]["unread_returns"] == 0
        assert audits[stream]["unread_returns"] == 1
        bookmarks = run.state["bookmarks"]
        assert not bookmarks["returns"]["unread"]
        (unread,) = bookmarks[stream]["unread"]
        assert unread["from"] == unread["to"] == "2026-03-02T14:17:00Z"
        odd.clear()
        again = tap.here(streams=streams, state=run.state).ok()
        assert asked_ids(again, stream) == {"17"}
        assert not again.state["bookmarks"][stream]["unread"]


@pytest.mark.parametrize("stream", ASKED)
@pytest.mark.parametrize("answer", [404, 403, 500, b"[1]"], ids=str)
def test_an_endpoint_without_any_answer_is_given_up_for_this_sync(
    tmp_path, stream, answer
) -> None:
    odd = {"*": answer}
    with Stub(asked_for_each(stream, odd, count=150)) as stub:
        tap = stub_tap(tmp_path, stub)
        streams = ("returns", stream)
        run = tap.here(streams=streams)
        assert run.code == 1
        assert len(run.ids()) == 150
        last = run.stderr.rstrip().splitlines()[-1]
        assert "no answer for 150 returns" in last
        assert "after 20 failures in a row" in last
        asked = {
            path + query.get("return_id", "")
            for path, query in stub.queries
            if path != LIST
        }
        assert 20 <= len(asked) < 120
        assert not run.state["bookmarks"]["returns"]["unread"]
        odd.clear()
        again = tap.here(streams=streams, state=run.state).ok()
    assert asked_ids(again, stream) == {str(n) for n in range(1, 151)}


@pytest.mark.parametrize("odd", [404, 403, b"[1]", "no id"], ids=str)
def test_a_shipment_without_its_items_costs_its_own_rows(tmp_path, odd) -> None:
    key, path = "happy_returns_shipment_id", "/happy-returns/shipments"
    shipments = [{key: str(n), "loop_shipment_id": n} for n in range(6)]
    items = {f"{path}/{n}/items": {"data": [{"sku": "a"}]} for n in range(6)}
    if odd == "no id":
        del shipments[2][key]
    else:
        items[f"{path}/2/items"] = odd
    answers = {LIST: page_with(b'"new":1'), path: {"data": shipments}, **items}
    stream = "happy_returns_shipment_items"
    with Stub(answers) as stub:
        run = stub_tap(tmp_path, stub).here(streams=("returns", stream))
    assert run.code == 1
    assert "Traceback" not in run.stderr
    assert {row[key] for row in run.rows(stream)} == {"0", "1", "3", "4", "5"}
    last = run.stderr.rstrip().splitlines()[-1]
    assert f"{stream} is incomplete: no answer for 1 shipments" in last


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_endpoint_that_the_plan_lacks_costs_its_own_stream(tmp_path, status) -> None:
    answers = {LIST: page_with(b'"new":1'), "/webhooks": {"data": []}}
    with Stub(answers | {"/happy-returns/shipments": status}) as stub:
        tap = stub_tap(tmp_path, stub)
        run = tap.here(streams=None).ok()
        assert run.ids().keys() == {"1", "2", "3"}
        assert f"Stream {OPTIONAL} is skipped" in run.stderr
        chosen = tap.here(streams=(*CORE, OPTIONAL, "webhooks"))
    assert chosen.code == 1
    assert chosen.ids().keys() == {"1", "2", "3"}
    assert chosen.state["bookmarks"]["returns"]["replication_key_value"]
    assert f"HTTP {status}" in chosen.stderr.splitlines()[-1]


def test_returns_are_read_before_all_other_streams(loop, tap) -> None:
    tap.here(streams=None).ok()
    paths = [seen.path for seen in loop.requests]
    last_list = max(i for i, path in enumerate(paths) if LIST in path)
    others = [i for i, path in enumerate(paths) if LIST not in path]
    assert min(others) > last_list


def test_a_full_table_stream_is_read_whole_again(tap, loop) -> None:
    first = tap.here().ok()
    catalog = tap.catalog(*CORE)
    for entry in catalog["streams"]:
        if entry["stream"] == "returns":
            entry["replication_method"] = "FULL_TABLE"
    again = tap.here(state=first.state, catalog=catalog).ok()
    assert again.ids().keys() == first.ids().keys()


def test_a_bookmark_in_the_future_is_cut_to_now(tap, loop) -> None:
    first = tap.here().ok()
    state = json.loads(json.dumps(first.state))
    for bookmark in state["bookmarks"].values():
        if "replication_key_value" in bookmark:
            bookmark["replication_key_value"] = "2036-01-01T00:00:00Z"
    run = tap.here(state=state).ok()
    assert "lies in the future" in run.stderr
    assert run.state["bookmarks"]["returns"]["replication_key_value"] < "2036"


@pytest.mark.parametrize("ahead_hours", [6, 24 * 5])
def test_a_server_clock_ahead_hides_nothing(make_loop, tap_of, ahead_hours) -> None:
    skewed = {"date_header": f"skewed:{ahead_hours * 3_600}"}
    loop = make_loop(now=now(), switches=skewed)
    tap = tap_of(loop)
    first = tap.here().ok()
    mark = first.state["bookmarks"]["returns"]["replication_key_value"]
    assert mark <= now()
    loop.advance(10)
    loop.change(5)
    second = tap.here(state=first.state).ok()
    holds(upsert(first.tables(), second.lines), loop)


def test_a_period_of_shipping_notices_costs_its_own_rows(tmp_path) -> None:
    start = int(time.time()) - 150 * DAY
    broken = [from_epoch(start + 60 * DAY)[:10]]

    def notices(query):
        if query["from"] in broken:
            return b"{"
        at = f"{query['from']}T12:00:00+00:00"
        item = {"id": query["from"], "return_line_item_id": "1", "updated_at": at}
        return {"data": [item]}

    with Stub({"/warehouse/reporting/asn": notices}) as stub:
        tap = Tap(
            tmp_path,
            {
                "api_key": "test-key",
                "api_url": stub.url,
                "start_date": from_epoch(start),
                "requests_per_minute": 60_000,
            },
        )
        run = tap.here(streams=(ASN, AUDITS))
        missing = broken.pop()
        again = tap.here(streams=(ASN, AUDITS), state=run.state).ok()
    assert run.code == 1
    assert missing in run.stderr.rstrip().splitlines()[-1]
    sent = [row["id"] for row in run.rows(ASN)]
    assert len(sent) == 2
    assert not [row for row in run.rows(AUDITS) if row["stream_name"] == ASN]
    assert sorted(row["id"] for row in again.rows(ASN)) == sorted([*sent, missing])
    (audit,) = again.rows(AUDITS)
    assert (audit["stream_name"], audit["rows_sent"]) == (ASN, 3)


def test_shipping_notices_are_given_up_after_two_periods(tmp_path) -> None:
    with Stub({"/warehouse/reporting/asn": b"{"}) as stub:
        settings = {"start_date": "2026-01-01", "end_date": "2026-11-01"}
        run = stub_tap(tmp_path, stub, **settings).here(streams=(ASN,))
        periods = {query["from"] for _, query in stub.queries}
    assert run.code == 1
    assert len(periods) == 2
