"""The small endpoints, in every form that Loop documents."""

from __future__ import annotations

import itertools
import re
import threading
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from loop_simulator.api import (
    block_and_allow_lists,
    destinations,
    happy_returns,
    label_requests,
)
from loop_simulator.api.return_details import detailed
from loop_simulator.wire import errors
from tests.tap.expected import moment, money, text
from tests.tap.harness import AUDITS, SMALL, raw_messages, refused, requests_to, upsert
from tests.tap.stub import Stub

ASN, *SHOP = SMALL


@pytest.fixture
def shop(make_loop):
    # Enough parcels for a second page of each kind.
    return make_loop(returns=400)


@pytest.fixture
def run(shop, tap_of):
    return tap_of(shop).here(streams=SHOP).ok()


def test_rows_fit_their_schemas(run) -> None:
    assert refused(run) == []
    assert set(run.schemas) == set(SHOP)


def test_destinations(run) -> None:
    rows = run.rows("destinations")
    assert len(rows) == len(destinations.destination_rows()) == 3
    for row, raw in zip(rows, destinations.destination_rows(), strict=True):
        address = raw["address"]
        assert row == {
            "id": str(raw["id"]),
            "type": raw["type"],
            "name": raw["name"],
            "enabled": raw["enabled"],
            "provider_location_id": text(raw["provider_location_id"]),
            "address_name": address["name"],
            "address_company": address["company"],
            "additional_fields": None,
        } | {
            name: address[name]
            for name in ("address1", "address2", "city", "state", "zip")
        } | {name: address[name] for name in ("country", "country_code")}


@pytest.mark.parametrize("stream", ["blocklist_items", "allowlist_items"])
def test_block_and_allow_lists_are_read_over_all_pages(run, shop, stream) -> None:
    make = (
        block_and_allow_lists.blocklist_rows
        if stream[0] == "b"
        else block_and_allow_lists.allowlist_rows
    )
    assert run.rows(stream) == [
        {
            "id": str(raw["id"]),
            "type": raw["type"],
            "value": raw["value"],
            "secondary_value": raw["secondary_value"],
            "created_at": None,
            "additional_fields": None,
        }
        for raw in make(shop.store)
    ]


PAGES = [[{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}], [{"id": 5}]]


def _laravel(query):
    page = int(query.get("page", 1))
    more = f"http://x.test/?page={page + 1}" if page < 3 else None
    return {
        "current_page": page,
        "data": PAGES[page - 1],
        "last_page": 3,
        "next_page_url": more,
    }


def _without_last_page(query):
    return {k: v for k, v in _laravel(query).items() if k != "last_page"}


def _other_wrapper(query):
    """The wrapper that the general page on pagination shows."""
    page = int(query.get("page", 1))
    more = f"http://x.test/?page={page + 1}" if page < 3 else None
    return {"data": PAGES[page - 1], "nextPageUrl": more}


def _bare(_query):
    return [item for page in PAGES for item in page]


def _without_metadata(query):
    """Full pages that do not say whether more follow, and no page after the last."""
    page = int(query.get("page", 1))
    return {"data": [*PAGES[:2], []][page - 1] + ([{"id": 5}] if page == 3 else [])}


def _without_a_page_behind_the_last(query):
    """All five rows on one page, and an error for any other."""
    return 404 if "page" in query else {"data": _bare(query)}


@pytest.mark.parametrize(
    "wrapper",
    [
        _laravel,
        _without_last_page,
        _other_wrapper,
        _bare,
        _without_metadata,
        _without_a_page_behind_the_last,
    ],
)
@pytest.mark.parametrize("path", ["blocklists", "allowlists"])
def test_every_wrapper_of_the_lists_is_read(tap_of, wrapper, path) -> None:
    stream = path.removesuffix("s") + "_items"
    with Stub({f"/{path}": wrapper}) as loop:
        run = tap_of(loop).here(streams=(stream,)).ok()
    assert [row["id"] for row in run.rows(stream)] == ["1", "2", "3", "4", "5"]


def test_a_list_that_starts_again_behind_its_end_is_read_once(tap_of) -> None:
    def answer(query):
        return {"data": PAGES[(int(query.get("page", 1)) - 1) % 2]}

    with Stub({"/blocklists": answer}) as loop:
        run = tap_of(loop).here(streams=("blocklist_items",)).ok()
        assert len(loop.queries) == 3
    assert [row["id"] for row in run.rows("blocklist_items")] == ["1", "2", "3", "4"]


def test_a_full_page_of_a_list_may_continue_without_a_link(make_loop, tap_of) -> None:
    loop = make_loop(returns=400, switches={"next_url": "missing"})
    run = tap_of(loop).here(streams=SHOP).ok()
    for stream, rows in {
        "blocklist_items": block_and_allow_lists.blocklist_rows(loop.store),
        "allowlist_items": block_and_allow_lists.allowlist_rows(loop.store),
        "happy_returns_shipments": happy_returns.shipment_rows(loop.store),
        "label_requests": label_requests.label_request_rows(loop.store),
    }.items():
        assert len(run.rows(stream)) == len(rows)


@pytest.mark.parametrize(
    ("path", "stream", "wrapper"),
    [
        ("/webhooks", "webhooks", "webhooks"),
        ("/destinations", "destinations", "destinations"),
        ("/warehouse/reporting/asn", ASN, "data"),
    ],
)
def test_a_list_documented_without_pages_is_read_on_if_it_has_some(
    tap_of, path, stream, wrapper
) -> None:
    def answer(query):
        page = _laravel(query)
        return page | {wrapper: page.pop("data")}

    with Stub({path: answer}) as loop:
        tap = tap_of(loop, start_date=datetime.now(UTC).strftime("%Y-%m-%d"))
        run = tap.here(streams=(stream,)).ok()
    assert [row["id"] for row in run.rows(stream)] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"id": 1}},
        {"items": []},
        {"data": [1, 2]},
        "maintenance",
        None,
        {"data": [], "last_page": 4, "current_page": 1},
    ],
    ids=str,
)
def test_an_impossible_list_is_refused(tap_of, answer) -> None:
    with Stub({"/blocklists": answer}) as loop:
        run = tap_of(loop).here(streams=("blocklist_items",))
    assert run.code == 1
    assert "GET /blocklists returned" in run.stderr.splitlines()[-1]


def test_the_key_stays_here_whatever_host_a_list_links_to(tap_of) -> None:
    with Stub({"/allowlists": _laravel}) as loop:
        tap_of(loop).here(streams=("allowlist_items",)).ok()
        assert [query for _, query in loop.queries] == [
            {},
            {"page": "2"},
            {"page": "3"},
        ]


def test_label_requests(run, shop) -> None:
    rows, raws = (
        run.rows("label_requests"),
        label_requests.label_request_rows(shop.store),
    )
    assert len(rows) == len(raws) == 130
    for row, raw in zip(rows, raws, strict=True):
        origin, target = raw["addresses"]["origin"], raw["addresses"]["destination"]
        same = "name company address1 address2 city region postal_code country"
        assert row == {
            "id": raw["id"],
            "return_id": str(raw["return_id"]),
            "shop_id": str(raw["shop_id"]),
            "status": raw["status"],
            "created_at": moment(raw["created_at"]),
            "errors": raw["errors"],
            "products": raw["products"],
            "additional_fields": None,
        } | {
            f"origin_{n}": text(origin[n]) for n in [*same.split(), "country_code"]
        } | {
            f"destination_{n}": text(target[n]) for n in [*same.split(), "country_code"]
        } | {f"parcel_{n}": money(v) for n, v in raw["parcel"].items()}


def test_label_requests_are_read_over_all_offsets(tap_of) -> None:
    everything = [{"id": number} for number in range(620)]

    def answer(query):
        # A page that is shorter than requested is not the end either.
        first, size = int(query["offset"]), min(int(query["limit"]), 100)
        return {"data": everything[first : first + size]}

    with Stub({"/label-requests": answer}) as loop:
        run = tap_of(loop).here(streams=("label_requests",)).ok()
    assert [row["id"] for row in run.rows("label_requests")] == [
        str(item["id"]) for item in everything
    ]


@pytest.mark.parametrize("path", ["label-requests", "blocklists"])
def test_a_list_that_never_ends_is_given_up(tap_of, path) -> None:
    """A server that ignores offset or page repeats itself."""
    same = {"data": [{"id": 1}], "next_page_url": "http://x.test/?page=2"}
    with Stub({f"/{path}": same}) as loop:
        stream = {"label-requests": "label_requests"}.get(path, "blocklist_items")
        run = tap_of(loop).here(streams=(stream,))
    assert run.code == 1
    assert f"GET /{path}" in run.stderr.splitlines()[-1]


def test_happy_returns_shipments(run, shop) -> None:
    raws = happy_returns.shipment_rows(shop.store)
    assert run.rows("happy_returns_shipments") == [
        {
            "loop_shipment_id": str(raw["loop_shipment_id"]),
            "happy_returns_shipment_id": raw["happy_returns_shipment_id"],
            "line_item_count": raw["line_item_count"],
            "return_count": raw["return_count"],
            "created_at": moment(raw["created_at"]),
            "updated_at": moment(raw["updated_at"]),
            "additional_fields": None,
        }
        for raw in raws
    ]


def test_items_of_happy_returns_shipments(run, shop) -> None:
    rows = run.rows("happy_returns_shipment_items")
    for raw in happy_returns.shipment_rows(shop.store):
        shipment = raw["happy_returns_shipment_id"]
        mine = [r for r in rows if r["happy_returns_shipment_id"] == shipment]
        assert len(mine) == raw["line_item_count"]
        assert [r["item_position"] for r in mine] == list(range(1, len(mine) + 1))
        assert len({r["return_id"] for r in mine}) == raw["return_count"]
        assert all(r["sku"] and r["item_title"] and r["order_name"] for r in mine)
        assert all(
            isinstance(r["happy_returns_return_bag_barcodes"], list) for r in mine
        )
    keys = {(r["happy_returns_shipment_id"], r["item_position"]) for r in rows}
    assert len(keys) == len(rows)


def test_webhooks(run) -> None:
    rows = run.rows("webhooks")
    assert [row["id"] for row in rows] == ["21", "22", "23", "24"]
    assert rows[1] == {
        "id": "22",
        "shop_id": "12",
        "topic": "return",
        "trigger": "return.updated",
        "url": "https://hooks.example.test/return",
        "status": "active",
        "additional_fields": None,
    }


def test_unwrapped_answers_are_read(tap_of) -> None:
    answers = {
        "/webhooks": [{"id": 1}],
        "/destinations": [{"id": 2}],
        "/label-requests": lambda q: [{"id": 3}] if q["offset"] == "0" else [],
    }
    with Stub(answers) as loop:
        streams = ("webhooks", "destinations", "label_requests")
        run = tap_of(loop).here(streams=streams).ok()
    assert [run.rows(stream)[0]["id"] for stream in streams] == ["1", "2", "3"]


@pytest.mark.parametrize("stream", [*SHOP, ASN])
def test_nothing_but_the_selected_stream_is_asked_for(shop, tap_of, stream) -> None:
    run = tap_of(shop).here(streams=(stream,)).ok()
    assert set(run.schemas) == {stream}
    assert len({seen.path.split("/")[3] for seen in shop.requests}) == 1


# Advanced shipping notices


def test_shipping_notices_hold_every_unit_once(shop, tap_of) -> None:
    run = tap_of(shop).here(streams=(ASN,)).ok()
    rows = {(r["id"], r["return_line_item_id"]): r for r in run.rows(ASN)}
    assert len(rows) == len(run.rows(ASN))
    assert refused(run) == []
    seen = 0
    for body in shop.all_returns():
        for line in body["line_items"]:
            row = rows[body["id"], line["line_item_id"]]
            seen += 1
            assert row["state"] == body["state"]
            assert row["customer_email"] == body["customer"]
            assert row["purchase_price"] == line["price"]
            assert row["sku"] == text(line["sku"])
            assert row["barcode"] == text(line["barcode"])
            assert row["tracking_number"] == text(body["tracking_number"])
            assert row["created_at"] == moment(body["created_at"])
            assert row["updated_at"] == moment(body["updated_at"])
            assert row["destination_id"] == text(body["destination_id"])
    assert seen == len(rows)


@pytest.mark.parametrize("bad_date", ["epoch", "422"])
def test_shipping_notices_are_asked_for_with_dates_that_loop_reads(
    make_loop, tap_of, bad_date
) -> None:
    loop = make_loop(switches={"asn_bad_date": bad_date})
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    run = tap_of(loop, start_date="2025-03-04T05:06:07+02:00").here(streams=(ASN,)).ok()
    assert run.rows(ASN)
    asked = requests_to(loop, "/asn")
    for seen in asked:
        dates = [seen.query["from"], seen.query["to"]]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date in dates)
        assert dates[0] < dates[1]
    # The periods of the requests leave out no day.
    assert min(seen.query["from"] for seen in asked) == "2025-03-04"
    assert max(seen.query["to"] for seen in asked) > today
    edges = sorted((seen.query["from"], seen.query["to"]) for seen in asked)
    for (_, end), (start, _) in pairwise(edges):
        assert start <= end


def test_shipping_notices_of_parcels_still_alive_are_read_again(shop, tap_of) -> None:
    tap = tap_of(shop)
    first = tap.here(streams=(ASN,)).ok()
    shop.advance(86_400)
    body = next(
        b for b in shop.all_returns() if "2026-04" < b["created_at"] < "2026-05"
    )
    shop.edit(body["id"], carrier="Pigeon")
    second = tap.here(streams=(ASN,), state=first.state).ok()
    rows = [row for row in second.rows(ASN) if row["id"] == body["id"]]
    assert rows
    assert {row["carrier"] for row in rows} == {"Pigeon"}
    assert len(second.rows(ASN)) < len(first.rows(ASN))


# Details and notes: one request a return


@pytest.fixture
def few(make_loop):
    return make_loop(returns=40)


def test_details_and_notes_cost_nothing_unless_selected(few, tap_of) -> None:
    run = tap_of(few).here(streams=None).ok()
    assert not requests_to(few, "/details")
    assert not requests_to(few, "/notes")
    assert not {"return_details", "return_notes"} & set(run.schemas)


def test_details(few, tap_of) -> None:
    run = tap_of(few).here(streams=("return_details",)).ok()
    rows = {row["id"]: row for row in run.rows("return_details")}
    assert refused(run) == []
    assert len(rows) == len(run.rows("return_details")) == 40
    for held in few.store.all():
        raw, row = detailed(held), rows[str(held.key)]
        for name in ("order_id", "customer_email", "customer_first_name", "outcome"):
            assert row[name] == text(raw[name])
        for name in ("total", "refund", "exchange", "gift_card", "label_rate"):
            assert row[name] == money(raw[name])
        for name in ("created_at", "updated_at", "edited_at", "label_updated_at"):
            assert row[name] == moment(raw[name])
        for name in ("line_items", "exchanges", "labels", "refunds"):
            assert row[name] == raw[name]
        # These fields are not documented for this endpoint, so they have no column, but
        # they are kept.
        assert set(row["additional_fields"]) == {
            "refund_before_inspection",
            "was_processed",
        }


def test_details_that_loop_does_not_find_are_no_row(few, tap_of) -> None:
    few.insert(few.all_returns()[0] | {"id": "R-without-details"})
    run = tap_of(few).here(streams=("returns", "return_details")).ok()
    assert "R-without-details" in run.ids()
    assert len(run.rows("return_details")) == 40


@pytest.mark.parametrize("array", [False, True])
def test_details_as_object_or_array(tap_of, array) -> None:
    one = {"id": "7", "created_at": "2026-01-01T00:00:00Z", "state": "open"}

    def listed(query):
        here = query["from"] < one["created_at"] < query["to"] and "state" not in query
        return {"returns": [one] if here else [], "nextPageUrl": None}

    answers = {
        "/warehouse/return/list": listed,
        "/warehouse/return/details": [one] if array else one,
    }
    with Stub(answers) as loop:
        run = tap_of(loop).here(streams=("return_details",)).ok()
        asked = {
            query["return_id"] for path, query in loop.queries if "details" in path
        }
    assert [row["id"] for row in run.rows("return_details")] == ["7"]
    assert asked == {"7"}


@pytest.mark.parametrize("answer", ["gone", 5, [1], None], ids=str)
def test_details_of_another_shape_are_refused(few, tap_of, monkeypatch, answer) -> None:
    one = {"id": "7", "created_at": "2026-01-01T00:00:00Z", "state": "open"}
    answers = {
        "/warehouse/return/list": {"returns": [one], "nextPageUrl": None},
        "/warehouse/return/details": answer,
    }
    with Stub(answers) as loop:
        run = tap_of(loop).here(streams=("return_details",))
    assert run.code == 1
    assert "/warehouse/return/details" in run.stderr.splitlines()[-1]


@pytest.mark.parametrize("shape", ["bare", "wrapped"])
def test_notes_in_both_shapes(few, tap_of, shape) -> None:
    few.switch(notes_shape=shape)
    run = tap_of(few).here(streams=("return_notes",)).ok()
    rows = {(row["return_id"], row["id"]): row for row in run.rows("return_notes")}
    assert refused(run) == []
    assert {seen.status for seen in requests_to(few, "/notes")} == {200, 422}
    counts = {str(h.key): h.record.notes for h in few.store.all()}
    assert len(rows) == len(run.rows("return_notes")) == sum(counts.values()) > 3
    for (return_id, _), row in rows.items():
        served = few.served(return_id)
        assert counts[return_id]
        assert row["content"]
        assert row["created_at"] >= moment(served["created_at"])
        assert row["return_updated_at"] == moment(served["updated_at"])


def test_a_422_that_is_not_the_word_false_is_no_empty_list(
    tap_of, few, monkeypatch
) -> None:
    monkeypatch.setattr(errors, "no_notes", lambda: errors.invalid(id="Bad id."))
    run = tap_of(few).here(streams=("return_notes",))
    assert run.code == 1
    assert "HTTP 422" in run.stderr.splitlines()[-1]


def test_notes_of_changed_returns_are_read_again(few, tap_of) -> None:
    tap = tap_of(few)
    first = tap.here(streams=("return_notes",)).ok()
    few.advance(7_200)
    few.clear_requests()
    noted = first.rows("return_notes")[0]["return_id"]
    few.edit(noted, package_reference="x")
    second = tap.here(streams=("return_notes",), state=first.state).ok()
    assert {row["return_id"] for row in second.rows("return_notes")} == {noted}
    assert len(requests_to(few, "/notes")) < 5


def meeting_of(monkeypatch, loop, path: str, parties: int) -> threading.Barrier:
    """Answer the first requests to a path only when all of them have arrived."""
    meeting, count, serve = threading.Barrier(parties), itertools.count(), loop.serve

    def meet(request):
        if path in request.path and next(count) < parties:
            meeting.wait(timeout=60)
        return serve(request)

    monkeypatch.setattr(loop, "serve", meet)
    return meeting


@pytest.mark.parametrize("path", ["/details", "/notes"])
def test_requests_for_single_returns_overlap(
    make_loop, tap_of, monkeypatch, path
) -> None:
    loop = make_loop(returns=60, days=60)
    meeting = meeting_of(monkeypatch, loop, path, 8)
    tap_of(loop).here(streams=("return_details", "return_notes")).ok()
    assert not meeting.broken


def test_a_slow_answer_holds_up_no_other_request(
    make_loop, tap_of, monkeypatch
) -> None:
    loop = make_loop(returns=100, days=60)
    first, waited = threading.Lock(), []
    enough, serve = threading.Event(), loop.serve

    def wait(request):
        if "/details" in request.path:
            if first.acquire(blocking=False):
                waited.append(enough.wait(timeout=60))
            elif len(requests_to(loop, "/details")) > 30:
                enough.set()
        return serve(request)

    monkeypatch.setattr(loop, "serve", wait)
    tap = tap_of(loop, parallel_requests=4)
    rows = tap.here(streams=("return_details",)).ok().rows("return_details")
    assert len(rows) == 100
    assert len(requests_to(loop, "/details")) == 100
    assert waited == [True]


def test_items_of_several_shipments_are_asked_for_at_once(
    shop, tap_of, monkeypatch
) -> None:
    meeting = meeting_of(monkeypatch, shop, "/items", 2)
    tap_of(shop).here(streams=("happy_returns_shipment_items",)).ok()
    assert not meeting.broken


@pytest.mark.parametrize("stream", ["return_details", "return_notes"])
def test_a_killed_sync_asks_for_few_returns_again(make_loop, tap_of, stream) -> None:
    loop = make_loop(returns=120)
    tap = tap_of(loop, page_size=20, lookback_minutes=0)
    path = {"return_details": "/details", "return_notes": "/notes"}[stream]
    streams = ("returns", stream)
    whole = tap.here(streams=streams).ok()
    asked = len(requests_to(loop, path))
    loop.clear_requests()
    first = tap.here(streams=streams, kill_at=len(whole.output) * 3 // 4)
    before = len(requests_to(loop, path))
    loop.clear_requests()
    second = tap.here(streams=streams, state=first.state).ok()
    again = before + len(requests_to(loop, path)) - asked
    assert again <= 20 + 32 + 20, "a page, and the returns asked for ahead"
    held = upsert(upsert({}, first.lines), second.lines)
    assert held[stream] == whole.tables()[stream]


def test_the_cost_of_a_request_for_each_return_is_told_at_once(few, tap_of) -> None:
    run = tap_of(few, requests_per_minute=300).here(
        streams=("returns", "return_details", "return_notes")
    )
    (line,) = [text for text in run.ok().stderr.splitlines() if "requests more" in text]
    assert "return_details and return_notes" in line
    shown = re.search(r"first (\d+) returns take (\d+) requests", line)
    assert int(shown[2]) == 2 * int(shown[1]) > 0
    assert "9,000 returns" in line
    assert "requests more" not in tap_of(few).here().stderr


def test_the_documented_query_lists_what_was_removed_from_loop(tap_of) -> None:
    text = (Path(__file__).parents[3] / "docs/running.md").read_text()
    query = text.partition("<!-- test: removed rows -->")[2].split("```")[1]
    listed = [{"id": 1}, {"id": 2}, {"id": 3}]
    lines, state = [], None
    with (
        Stub({"/destinations": lambda _: {"destinations": listed}}) as loop,
        duckdb.connect() as warehouse,
    ):
        warehouse.execute("create schema tap_loop_returns")
        for name, columns in (
            ("destinations", "id text, sync_id text"),
            ("sync_audits", "stream_name text, first_sync_id text"),
        ):
            warehouse.execute(f"create table tap_loop_returns.{name} ({columns})")

        def removed() -> list:
            tables = upsert({}, lines)
            for name, row in tables.items():
                warehouse.execute(f"delete from tap_loop_returns.{name}")
                for one in row.values():
                    columns = ("id", "sync_id")
                    if name == AUDITS:
                        columns = ("stream_name", "first_sync_id")
                    warehouse.execute(
                        f"insert into tap_loop_returns.{name} values (?, ?)",
                        [one[column] for column in columns],
                    )
            return warehouse.execute(query.removeprefix("sql")).fetchall()

        found = []
        for _ in range(2):
            run = tap_of(loop).here(streams=("destinations", AUDITS), state=state).ok()
            lines, state = lines + raw_messages(run.output), run.state
            found.append([key for key, _ in removed()])
            listed = listed[:1] + listed[2:]
    assert found == [[], ["2"]]
