"""Details, shipping notice, notes, destinations, lists, labels, shipments, webhooks, carts."""

import pytest
from plain_client import Client

from loop_simulator.timestamps import offset, parse

DETAILS = "/v1/warehouse/return/details"
ASN = "/v1/warehouse/reporting/asn"


@pytest.fixture
def listed(api: Client):
    rows = api.every_return(pageSize=750, state="closed", **api.days(119))
    return next(row for row in rows if row["exchanges"] and row["labels"])


def test_details_shows_ids_as_integers_and_stamps_without_zone(api: Client, listed):
    shown = api.get(DETAILS, return_id=listed["id"]).body
    for name in ("id", "order_id", "order_number", "provider_order_id"):
        assert shown[name] == int(listed[name])
    assert shown["created_at"] == listed["created_at"][:19].replace("T", " ")
    line = shown["line_items"][0]
    assert line["line_item_id"] == int(listed["line_items"][0]["line_item_id"])


def test_details_renames_the_reasons(api: Client, listed):
    shown = api.get(DETAILS, return_id=listed["id"]).body["line_items"][0]
    assert shown["reason"] == listed["line_items"][0]["return_reason"]
    assert shown["parent_reason"] == listed["line_items"][0]["parent_return_reason"]
    assert "return_reason" not in shown


def test_details_finds_a_return_by_shop_order_id_and_by_name(api: Client, listed):
    by_id = api.get(DETAILS, order_id=listed["provider_order_id"]).body
    by_name = api.get(DETAILS, order_name=listed["order_name"]).body
    assert by_id["order_name"] == by_name["order_name"] == listed["order_name"]


def test_details_of_an_unknown_return_is_an_error_with_status_200(api: Client):
    reply = api.get(DETAILS, return_id=1)
    assert reply.status == 200
    assert reply.body == {"error": {"message": "No return found with this ID."}}


def test_details_wants_exactly_one_key(api: Client):
    assert api.get(DETAILS).status == 422
    assert api.get(DETAILS, return_id=1, order_id=2).status == 422


def test_details_lists_refunds_with_gateway_and_amount(shared):
    api = Client(shared.url)
    paid = next(r for r in shared.all_returns("closed") if r["shopify_refund_object"])
    refund = api.get(DETAILS, return_id=paid["id"]).body["refunds"][0]
    assert refund["amount"] == paid["refund"]
    assert (
        refund["provider_refund_id"]
        == paid["shopify_refund_object"][0]["provider_refund_id"]
    )


def test_details_gives_shopper_currency_on_request(shared):
    api = Client(shared.url)
    foreign = next(r for r in shared.all_returns("closed") if r["presentment"])
    shown = api.get(DETAILS, return_id=foreign["id"], currency_type="presentment").body
    assert shown["currency"] == foreign["presentment"]["currency"]
    assert shown["return_total"] == foreign["presentment"]["return_total"]


def test_details_by_order_may_be_a_list(loop, client: Client):
    loop.switch(details_shape="array")
    row = loop.all_returns()[0]
    assert isinstance(client.get(DETAILS, order_name=row["order_name"]).body, list)
    assert isinstance(client.get(DETAILS, return_id=row["id"]).body, dict)


def test_the_shipping_notice_has_one_row_per_unit(shared):
    api = Client(shared.url)
    rows = api.get(ASN, from_="2026-05-01", to="2026-05-31").body
    returns = [r for r in shared.all_returns() if r["created_at"][:7] == "2026-05"]
    units = {
        (int(r["id"]), u["line_item_id"]) for r in returns for u in r["line_items"]
    }
    assert {(row["id"], row["return_line_item_id"]) for row in rows} == units


def test_the_shipping_notice_covers_a_week_by_default(api: Client):
    rows = api.get(ASN).body
    assert rows
    assert all(parse(row["created_at"]) >= api.now - 7 * 86_400 for row in rows)


def test_the_shipping_notice_takes_a_bad_date_for_the_epoch(api: Client):
    assert len(api.get(ASN, from_="whenever").body) > len(api.get(ASN).body)
    assert api.get(ASN, to="whenever").body == []


def test_notes_are_a_bare_list_newest_first(shared):
    api = Client(shared.url)
    noted = next(r for r in shared.store.world.returns if r.notes > 1)
    notes = api.get(f"/v1/warehouse/return/{noted.id}/notes").body
    stamps = [note["created_at"] for note in notes]
    assert len(notes) == noted.notes
    assert stamps == sorted(stamps, reverse=True)


def test_a_return_without_notes_answers_422_and_false(shared):
    api = Client(shared.url)
    plain = next(r for r in shared.store.world.returns if not r.notes)
    reply = api.get(f"/v1/warehouse/return/{plain.id}/notes")
    assert (reply.status, reply.body) == (422, False)


def test_notes_may_be_wrapped(loop, client: Client):
    loop.switch(notes_shape="wrapped")
    noted = next(r for r in loop.store.world.returns if r.notes)
    assert set(client.get(f"/v1/warehouse/return/{noted.id}/notes").body) == {"notes"}


def test_destinations_come_wrapped_and_singly_bare(api: Client):
    rows = api.get("/v1/destinations").body["destinations"]
    single = api.get(f"/v1/destinations/{rows[0]['id']}").body
    assert single == rows[0]
    missing = api.get("/v1/destinations/1")
    assert (missing.status, missing.body["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", ["blocklists", "allowlists"])
def test_block_and_allow_lists_are_laravel_pages_of_15(api: Client, name):
    first = api.get(f"/v1/{name}").body
    assert {"current_page", "data", "last_page", "next_page_url", "total"} <= set(first)
    assert first["per_page"] == 15
    rows, url = list(first["data"]), first["next_page_url"]
    while url:
        page = api.ask(url).body
        rows += page["data"]
        url = page["next_page_url"]
    assert len({row["id"] for row in rows}) == len(rows) == first["total"]
    entry = api.get(f"/v1/{name}/{rows[0]['id']}").body
    assert set(entry) - set(rows[0]) == {"created_at"}


def test_label_requests_page_by_limit_and_offset(api: Client):
    first = api.get("/v1/label-requests").body["data"]
    assert len(first) == 50
    second = api.get("/v1/label-requests", limit=50, offset=50).body["data"]
    assert not {row["id"] for row in first} & {row["id"] for row in second}
    assert api.get("/v1/label-requests", limit=251).status == 422
    one = api.get(f"/v1/label-requests/{first[0]['id']}").body
    assert one == first[0]


def test_label_requests_can_be_filtered(api: Client):
    rows = api.get("/v1/label-requests", status="fulfilled", limit=250).body["data"]
    assert {row["status"] for row in rows} == {"fulfilled"}
    since = offset(api.now - 10 * 86_400)
    recent = api.get("/v1/label-requests", from_=since, limit=250).body["data"]
    assert all(parse(row["created_at"]) >= parse(since) for row in recent)


def test_happy_returns_shipments_and_their_items_agree(api: Client):
    page = api.get("/v1/happy-returns/shipments").body
    assert page["path"].endswith("/shipments/list")
    shipment = page["data"][0]
    number = shipment["happy_returns_shipment_id"]
    assert api.get(f"/v1/happy-returns/shipments/{number}").body == shipment
    items = api.get(f"/v1/happy-returns/shipments/{number}/items").body
    assert items["total"] == shipment["line_item_count"]


def test_webhooks_and_carts(api: Client):
    hooks = api.get("/v1/webhooks").body["webhooks"]
    assert {hook["topic"] for hook in hooks} == {"return", "label", "giftcard"}
    assert all(
        isinstance(number, int) for number in api.get("/v1/cart/abcdefgh").body["cart"]
    )


@pytest.mark.parametrize(
    ("version", "last", "status"),
    [
        ("2026-10", "2026-05-01", 200),
        ("2026-10", "2026-05-02", 422),
        ("latest", "2026-05-02", 422),
        ("2026-07", "2026-05-02", 200),
        ("v1", "2026-05-02", 200),
    ],
)
def test_the_notice_of_2026_10_spans_at_most_120_days(
    client: Client, version, last, status
):
    path = ASN.replace("v1", version)
    assert client.get(path, from_="2026-01-01", to=last).status == status
