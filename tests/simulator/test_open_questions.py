"""Every switch changes what is served, and nothing else is accepted."""

import gzip
import json
from pathlib import Path

import pytest
from plain_client import LIST, Client, cursor_of

import loop_simulator
from loop_simulator import SWITCHES
from loop_simulator.timestamps import offset, parse
from loop_simulator.wire import UnknownSwitchError


def window(client: Client, **more):
    return {"filter": "updated_at", **client.days(119), **more}


def stamps_of(rows, name="updated_at"):
    return [row[name] for row in rows]


def test_unknown_switches_and_values_are_refused_with_the_choices(loop):
    with pytest.raises(UnknownSwitchError, match="inclusive, exclusive_to"):
        loop.switch(ends="half")
    with pytest.raises(UnknownSwitchError, match="no switch named"):
        loop.switch(colour="blue")


def test_every_switch_is_described_in_the_readme():
    text = (Path(loop_simulator.__file__).parent / "README.md").read_text(
        encoding="utf-8"
    )
    assert [name for name in SWITCHES if f"`{name}`" not in text] == []


def test_order_newest_or_oldest_first(loop, client: Client):
    newest = stamps_of(client.every_return(**window(client)))
    assert newest == sorted(newest, reverse=True)
    loop.switch(order="asc")
    oldest = stamps_of(client.every_return(**window(client)))
    assert oldest == sorted(oldest)


@pytest.mark.parametrize("order", ["by_created_asc", "by_id_desc", "shuffled"])
def test_unusual_orders_still_page_through_everything(with_switches, order):
    _, client = with_switches(order=order, ties="keep")
    whole = {row["id"] for row in client.list(**window(client)).body}
    paged = [row["id"] for row in client.every_return(pageSize=9, **window(client))]
    assert sorted(paged) == sorted(whole)
    if order == "by_id_desc":
        assert paged == sorted(paged, reverse=True)


@pytest.mark.parametrize(
    ("ends", "first", "last"),
    [
        ("inclusive", True, True),
        ("exclusive_to", True, False),
        ("exclusive_from", False, True),
        ("exclusive_both", False, False),
    ],
)
def test_ends_decide_whether_the_edge_seconds_belong(with_switches, ends, first, last):
    loop, client = with_switches(ends=ends)
    row = loop.all_returns("closed")[5]
    moment = parse(row["created_at"])

    def found(start, end):
        rows = client.list(from_=offset(start), to=offset(end)).body
        return row["id"] in [other["id"] for other in rows]

    assert found(moment, moment + 60) is first
    assert found(moment - 60, moment) is last


def test_next_url_may_keep_all_parameters(with_switches):
    _, client = with_switches(next_url="keeps_params")
    url = client.list(paginate="true", pageSize=5, **window(client)).body["nextPageUrl"]
    names = {pair.split("=")[0] for pair in url.split("?")[1].split("&")}
    assert {"from", "to", "filter", "paginate", "pageSize", "cursor"} == names


def test_next_url_may_lead_to_another_host_where_the_key_would_show(with_switches):
    loop, client = with_switches(next_url="other_host")
    url = client.list(paginate="true", pageSize=5, **window(client)).body["nextPageUrl"]
    assert url.startswith("http://localhost:")
    client.ask(url)
    assert loop.requests[-1].host.startswith("localhost")
    assert loop.requests[-1].key_present


@pytest.mark.parametrize(("kind", "addresses"), [("repeats", 1), ("cycles", 2)])
def test_next_url_may_lead_back(with_switches, kind, addresses):
    _, client = with_switches(next_url=kind)
    urls = []
    url = client.list(paginate="true", pageSize=5, **window(client)).body["nextPageUrl"]
    for _ in range(6):
        urls.append(url)
        url = client.ask(url).body["nextPageUrl"]
    assert len(set(urls)) == addresses


def test_next_url_may_be_missing_from_a_full_page(with_switches):
    _, client = with_switches(next_url="missing")
    page = client.list(paginate="true", pageSize=5, **window(client)).body
    assert len(page["returns"]) == 5
    assert page["nextPageUrl"] is None
    first = client.get("/v1/blocklists").body
    assert (len(first["data"]), first["last_page"]) == (15, 1)
    assert first["next_page_url"] is None


def test_ties_may_be_kept_with_an_id_in_the_cursor(with_switches):
    loop, client = with_switches(ties="keep")
    ids = [row["id"] for row in loop.all_returns("closed")[:20]]
    for number in ids:
        loop.edit(number, updated_at="2026-06-29T00:00:00+00:00")
    paged = [row["id"] for row in client.every_return(pageSize=3, **window(client))]
    assert set(ids) <= set(paged)
    assert len(paged) == len(set(paged))
    loop.switch(ties="drop")
    dropped = {row["id"] for row in client.every_return(pageSize=3, **window(client))}
    assert not set(ids) <= dropped


def test_the_cursor_may_be_opaque(with_switches):
    _, client = with_switches(cursor="opaque")
    page = client.list(paginate="true", pageSize=5, **window(client)).body
    assert not cursor_of(page["nextPageUrl"]).startswith("eyJ")
    assert len(client.every_return(pageSize=5, **window(client))) > 5


def test_the_server_may_ignore_paginate(with_switches):
    loop, client = with_switches(body="bare")
    whole = client.list(paginate="true", pageSize=5, **window(client)).body
    assert isinstance(whole, list)
    assert len(whole) > 5
    loop.switch(bare_cap="7")
    assert len(client.list(**window(client)).body) == 7


def test_an_oversized_page_may_be_cut_instead_of_refused(with_switches):
    loop, client = with_switches(over_page_size="clamp", page_size_max="10")
    page = client.list(paginate="true", pageSize=5000, **window(client)).body
    assert len(page["returns"]) == 10
    loop.switch(over_page_size="422")
    assert client.list(paginate="true", pageSize=11, **window(client)).status == 422


def test_an_empty_page_may_carry_a_next_link(with_switches):
    loop, client = with_switches(empty_page_with_next="on")
    pages = client.every_page(pageSize=30, **window(client))
    sizes = [len(page["returns"]) for page in pages]
    assert 0 in sizes[:-1]
    loop.switch(empty_page_with_next="off")
    assert sum(sizes) == len(client.every_return(pageSize=30, **window(client)))


def first_with(loop, name):
    return next(
        row for row in loop.all_returns("closed") if row[name] not in (None, [], {})
    )


def test_ids_may_be_integers(with_switches):
    loop, _ = with_switches(ids="integer")
    row = loop.all_returns()[0]
    assert isinstance(row["id"], int)
    assert isinstance(row["provider_order_id"], int)
    assert isinstance(row["line_items"][0]["line_item_id"], int)


@pytest.mark.parametrize(
    ("style", "kind"), [("number", int), ("string", str), ("money", str)]
)
def test_label_rates_come_as_cents_as_text_or_as_money(with_switches, style, kind):
    loop, _ = with_switches(label_rate=style)
    row = first_with(loop, "label_rate")
    assert type(row["label_rate"]) is kind
    assert type(row["labels"][0]["rate"]) is kind
    assert ("." in str(row["label_rate"])) is (style == "money")


def test_destination_and_exchange_order_ids_change_type(with_switches):
    loop, _ = with_switches()
    row = first_with(loop, "destination_id")
    assert isinstance(row["destination_id"], int)
    swapped = next(
        r
        for r in loop.all_returns()
        if r["exchanges"] and r["exchanges"][0]["exchange_order_id"]
    )
    assert isinstance(swapped["exchanges"][0]["exchange_order_id"], str)
    loop.switch(destination_id="string", exchange_order_id="integer")
    assert isinstance(loop.served(row["id"])["destination_id"], str)
    assert isinstance(
        loop.served(swapped["id"])["exchanges"][0]["exchange_order_id"], int
    )


@pytest.mark.parametrize(
    ("style", "example"),
    [
        ("iso_ms", "T12:00:00.000Z"),
        ("space", " 12:00:00"),
        ("offset", "T12:00:00+00:00"),
    ],
)
def test_timestamps_have_several_forms(style, example):
    with loop_simulator.Simulator(
        world="golden", switches={"timestamps": style}
    ) as loop:
        assert loop.served(90000001)["created_at"] == f"2025-01-10{example}"


def test_timestamps_may_be_mixed_within_one_answer(with_switches):
    loop, _ = with_switches(timestamps="mixed")
    forms = {len(row["created_at"]) for row in loop.all_returns()}
    assert forms == {19, 24, 25}


@pytest.mark.parametrize(
    ("style", "word"), [("na", "N/A"), ("empty", ""), ("null", None)]
)
def test_none_is_said_in_one_way(with_switches, style, word):
    loop, _ = with_switches(none_values=style)
    bare = next(row for row in loop.all_returns() if not row["labels"])
    assert bare["carrier"] == bare["tracking_number"] == word
    comments = {
        line["return_comment"]
        for row in loop.all_returns()
        for line in row["line_items"]
    }
    assert len(comments & {"N/A", "", None}) == 1


def test_none_is_said_in_three_ways_by_default(shared):
    rows = shared.all_returns()
    assert {row["carrier"] for row in rows} >= {"N/A", ""}
    comments = {line["return_comment"] for row in rows for line in row["line_items"]}
    assert comments >= {"N/A", "", None}


def test_the_shop_refund_may_be_a_single_object(with_switches):
    loop, _ = with_switches(refunds_shape="object")
    assert isinstance(
        first_with(loop, "shopify_refund_object")["shopify_refund_object"], dict
    )


@pytest.mark.parametrize(
    ("style", "kinds"),
    [("object", {dict}), ("string", {str}), ("null", set()), ("mixed", {dict, str})],
)
def test_return_method_has_several_shapes(with_switches, style, kinds):
    loop, _ = with_switches(return_method=style)
    seen = {type(row["return_method"]) for row in loop.all_returns()} - {type(None)}
    assert seen == kinds


def test_line_items_may_be_an_object(with_switches):
    loop, _ = with_switches(line_items_shape="object")
    assert set(loop.all_returns()[0]["line_items"]) >= {"0"}


def test_old_returns_may_lack_updated_at_and_then_never_match_it(with_switches):
    loop, client = with_switches(updated_at="null_for_old")
    old = loop.all_returns()[0]
    assert old["updated_at"] is None
    loop.switch(updated_at="absent_for_old")
    assert "updated_at" not in loop.served(old["id"])
    moment = parse(old["created_at"])
    end = min(moment + 100 * 86_400, loop.store.now - 366 * 86_400)
    span = {"from_": offset(moment), "to": offset(end)}
    by_created = {row["id"] for row in client.list(**span).body}
    by_updated = {row["id"] for row in client.list(filter="updated_at", **span).body}
    assert by_created
    assert by_updated == set()


def test_some_returns_may_lack_created_at_and_then_never_match_it(with_switches):
    loop, client = with_switches(created_at="null_for_some")
    model = loop.all_returns()[0]
    loop.insert(model | {"id": "97000005"})
    assert loop.served("97000005")["created_at"] is None
    moment = parse(model["updated_at"])
    span = {"from_": offset(moment - 86_400), "to": offset(moment + 86_400)}
    found = client.list(filter="updated_at", **span).body
    assert "97000005" in {row["id"] for row in found}
    moment = parse(model["created_at"])
    span = {"from_": offset(moment - 86_400), "to": offset(moment + 86_400)}
    found = {row["id"] for row in client.list(**span).body}
    assert model["id"] in found
    assert "97000005" not in found
    loop.switch(created_at="absent_for_some")
    assert "created_at" not in loop.served("97000005")


def test_unknown_fields_appear_at_every_level(with_switches):
    loop, _ = with_switches(unknown_fields="on")
    row = next(r for r in loop.all_returns() if r["exchanges"] and r["labels"])
    assert "new_top_level_field" in row
    for part in ("line_items", "exchanges", "labels"):
        assert any(name.startswith("new_") for name in row[part][0])


def test_money_may_be_numbers(with_switches):
    loop, _ = with_switches(money_type="number")
    row = loop.all_returns()[0]
    assert isinstance(row["return_total"], float)
    assert isinstance(row["line_items"][0]["price"], float)


def test_was_processed_may_trail_the_closing(loop, client: Client):
    number = loop.all_returns("open")[0]["id"]
    loop.switch(slow_processed="on")
    assert loop.set_state(number, "closed")["was_processed"] is False
    loop.advance(7 * 3600)
    rows = client.list(
        filter="updated_at", **Client(loop.url, now=loop.store.now).days(1)
    ).body
    assert next(row for row in rows if row["id"] == number)["was_processed"] is True


def test_bad_shipping_notice_dates_may_be_refused(with_switches):
    _, client = with_switches(asn_bad_date="422")
    assert client.get("/v1/warehouse/reporting/asn", from_="whenever").status == 422


def test_grades_may_be_objects(loop, client: Client):
    def categories():
        return [
            line["condition"]["condition_category"]
            for row in client.every_return(pageSize=100, **client.days(100))
            for line in row["line_items"]
            if line["condition"]
        ]

    plain = categories()
    loop.switch(condition_category="object")
    objects = categories()
    assert [found["grade"] for found in objects] == plain
    assert "grade_a" in plain
    assert {found["title"] for found in objects} >= {"Grade A"}
    assert {found["subject"] for found in objects} == {"Item condition grade"}


def test_answers_are_compressed_for_those_who_accept_it(with_switches):
    _, client = with_switches(gzip="on")
    url = f"{client.url}{LIST}"
    packed = client.ask(url, **{"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.text)) == client.ask(url).body


@pytest.mark.parametrize("style", ["seconds", "date"])
def test_a_429_may_say_when_to_come_back(with_switches, style):
    loop, client = with_switches(retry_after=style)
    loop.faults.add(kind="status", status=429)
    value = client.get(LIST).headers["retry-after"]
    assert value == "60" if style == "seconds" else value.endswith("GMT")
