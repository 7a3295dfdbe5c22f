"""The detailed returns list: one test per documented rule."""

import base64
import json

import pytest
from plain_client import Client, cursor_of

from loop_simulator.timestamps import offset, parse

DEFAULT_STATES = {"open", "closed", "expired"}
DAY = 86_400


def test_without_paginate_the_body_is_a_bare_list(api: Client):
    assert isinstance(api.list(**api.days(30)).body, list)


def test_with_paginate_the_body_wraps_the_list_and_two_links(api: Client):
    body = api.list(paginate="true", pageSize=1, **api.days(100)).body
    assert set(body) == {"returns", "nextPageUrl", "previousPageUrl"}
    assert body["previousPageUrl"] is None
    assert isinstance(body["nextPageUrl"], str)


@pytest.mark.parametrize("word", ["true", "True", "1"])
def test_paginate_is_understood_in_three_spellings(api: Client, word):
    assert "returns" in api.list(paginate=word, **api.days(1)).body


def test_paginate_false_is_a_bare_list(api: Client):
    assert isinstance(api.list(paginate="false", **api.days(1)).body, list)


def test_page_size_defaults_to_100(api: Client):
    page = api.list(paginate="true", **api.days(119)).body
    assert len(page["returns"]) == 100
    assert page["nextPageUrl"]


def test_page_size_may_be_750(api: Client):
    assert api.list(paginate="true", pageSize=750, **api.days(1)).status == 200


@pytest.mark.parametrize("size", ["751", "0", "-5", "many"])
def test_other_page_sizes_are_refused(api: Client, size):
    assert api.list(paginate="true", pageSize=size, **api.days(1)).status == 422


def test_no_date_means_the_last_24_hours(api: Client):
    given = api.list(**api.days(1)).body
    assert [row["id"] for row in api.list().body] == [row["id"] for row in given]


def test_from_alone_means_the_24_hours_after_it(api: Client):
    start = api.now - 40 * DAY
    rows = api.list(from_=offset(start)).body
    both = api.list(from_=offset(start), to=offset(start + DAY)).body
    assert rows
    assert rows == both


def test_to_alone_is_ignored(api: Client):
    assert api.list(to=offset(api.now - 40 * DAY)).body == api.list().body


def test_a_window_of_120_days_is_allowed(api: Client):
    assert api.list(paginate="true", **api.days(120)).status == 200


def test_a_longer_window_is_refused_with_422(api: Client):
    refused = api.list(paginate="true", **api.days(120.001))
    assert refused.status == 422
    assert "errors" in refused.body


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_": "yesterday"},
        {"from_": "2026-02-30"},
        {"from_": "2026-01-01", "to": "soon"},
        {"state": "done"},
        {"filter": "closed_at"},
    ],
)
def test_what_cannot_be_understood_is_refused_with_laravels_envelope(
    api: Client, wrong
):
    refused = api.list(**wrong)
    assert refused.status == 422
    name = next(reversed(wrong)).rstrip("_")
    assert isinstance(refused.body["errors"][name], list)


def test_a_plus_sign_that_became_a_space_is_no_date(api: Client):
    url = f"{api.url}/v1/warehouse/return/list?from=2026-01-01T00:00:00+00:00"
    assert api.ask(url).status == 422


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-01T12:00:00.000Z",
        "2026-06-01T12:00:00+00:00",
        "2026-06-01T12:00:00",
        "2026-06-01 12:00:00",
        "2026-06-01T08:00:00-04:00",
    ],
)
def test_dates_are_read_in_many_forms_and_as_utc_without_zone(shared, written):
    api = Client(shared.url)
    assert api.list(from_=written).body == api.list(from_="2026-06-01T12:00:00Z").body


def test_a_bare_date_begins_at_midnight(shared):
    api = Client(shared.url)
    assert (
        api.list(from_="2026-06-01").body == api.list(from_="2026-06-01T00:00:00Z").body
    )


@pytest.mark.parametrize("column", ["created_at", "updated_at"])
def test_the_window_applies_to_the_filter_column(api: Client, column):
    window = api.days(20, before=10)
    rows = api.every_return(filter=column, **window)
    assert rows
    assert all(
        parse(window["from_"]) <= parse(row[column]) <= parse(window["to"])
        for row in rows
    )


def test_the_filter_column_is_created_at_unless_named(api: Client):
    assert (
        api.list(**api.days(9)).body
        == api.list(filter="created_at", **api.days(9)).body
    )


def test_cancelled_and_held_returns_are_left_out_unless_asked_for(api: Client):
    rows = api.every_return(pageSize=750, **api.days(119))
    assert {row["state"] for row in rows} <= DEFAULT_STATES


@pytest.mark.parametrize("state", ["open", "closed", "cancelled", "expired", "review"])
def test_each_state_can_be_asked_for(api: Client, state):
    rows = api.every_return(pageSize=750, state=state, **api.days(119))
    assert rows
    assert {row["state"] for row in rows} == {state}


def test_ids_are_strings_of_digits_and_money_is_decimal_text(api: Client):
    row = api.list(paginate="true", **api.days(30)).body["returns"][0]
    assert row["id"].isdigit()
    assert row["provider_order_id"].isdigit()
    assert row["return_total"].split(".")[1].isdigit()


def test_live_stamps_carry_an_offset_and_line_stamps_do_not(api: Client):
    row = api.list(paginate="true", **api.days(30)).body["returns"][0]
    assert row["created_at"].endswith("+00:00")
    assert row["line_items"][0]["returned_at"] == row["created_at"][:19].replace(
        "T", " "
    )


def test_every_known_field_is_served(shared):
    served = {name for row in shared.all_returns() for name in paths(row)}
    assert set(FIELDS.split()) <= served


def test_the_cursor_is_laravels(api: Client):
    page = api.list(
        paginate="true", pageSize=5, filter="updated_at", **api.days(60)
    ).body
    text = cursor_of(page["nextPageUrl"])
    token = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    last = page["returns"][-1]["updated_at"]
    assert token == {
        "updated_at": last[:19].replace("T", " "),
        "_pointsToNextItems": True,
    }


def test_the_next_link_is_absolute_and_holds_only_what_the_sample_holds(shared):
    api = Client(shared.url)
    page = api.list(
        paginate="true", pageSize=5, filter="updated_at", state="closed", **api.days(60)
    ).body
    url = page["nextPageUrl"]
    assert url.startswith(api.url)
    names = {pair.split("=")[0] for pair in url.split("?")[1].split("&")}
    assert names == {"to", "filter", "pageSize", "cursor"}


def test_a_followed_link_still_answers_with_a_page(shared):
    api = Client(shared.url)
    page = api.list(paginate="true", pageSize=5, **api.days(60)).body
    followed = api.ask(page["nextPageUrl"]).body
    assert len(followed["returns"]) == 5
    assert followed["previousPageUrl"]


def test_a_followed_link_has_forgotten_the_start_of_the_window(shared):
    api = Client(shared.url)
    window = api.days(2)
    page = api.list(paginate="true", pageSize=1, **window).body
    oldest = ""
    while page["nextPageUrl"] and not (
        oldest and parse(oldest) < parse(window["from_"])
    ):
        page = api.ask(page["nextPageUrl"]).body
        oldest = page["returns"][-1]["created_at"]
    assert parse(oldest) < parse(window["from_"])


def test_the_pages_together_hold_the_window_once_when_no_second_is_shared(shared):
    api = Client(shared.url)
    window = api.days(119, before=60)
    whole = api.list(**window).body
    seconds = [row["created_at"] for row in whole]
    paged = api.every_return(pageSize=7, **window)
    ids = [row["id"] for row in paged]
    assert len(ids) == len(set(ids))
    lost = {row["id"] for row in whole} - set(ids)
    assert all(
        seconds.count(row["created_at"]) > 1 for row in whole if row["id"] in lost
    )


def test_rows_that_share_the_last_second_of_a_page_are_skipped(shared):
    api = Client(shared.url)
    window = {"filter": "updated_at", **api.days(10, before=40)}
    whole = {row["id"] for row in api.list(**window).body}
    paged = {row["id"] for row in api.every_return(pageSize=10, **window)}
    assert paged < whole


def test_the_last_page_has_no_next_link_and_previous_leads_back(shared):
    api = Client(shared.url)
    pages = api.every_page(pageSize=20, **api.days(40))
    assert pages[-1]["nextPageUrl"] is None
    back = api.list(
        paginate="true",
        pageSize=20,
        cursor=cursor_of(pages[1]["previousPageUrl"]),
        **api.days(40),
    ).body
    assert [row["id"] for row in back["returns"]] == [
        row["id"] for row in pages[0]["returns"]
    ]
    assert back["previousPageUrl"] is None


def test_an_unreadable_cursor_counts_as_none(api: Client):
    first = api.list(paginate="true", **api.days(30)).body["returns"]
    same = api.list(paginate="true", cursor="nonsense", **api.days(30)).body["returns"]
    assert first == same


@pytest.mark.parametrize("version", ["v1", "2026-07", "2026-10", "latest"])
def test_every_version_and_alias_is_served(api: Client, version):
    assert api.get(f"/{version}/warehouse/return/list").status == 200


def test_an_unknown_version_is_not_found(api: Client):
    assert api.get("/2019-01/warehouse/return/list").status == 404


def paths(value, head=""):
    """All field paths of a JSON value, lists marked with brackets."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield head + name
            yield from paths(inner, f"{head}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{head.removesuffix('.')}[].")


FIELDS = """
id state created_at updated_at edited_at total outcome order_id order_name order_number
provider_order_id provider_order_number customer origin_country origin_country_code
multi_currency currency return_product_total return_discount_total return_tax_total
return_total return_credit_total exchange_product_total exchange_discount_total
exchange_tax_total exchange_total exchange_credit_total gift_card handling_fee refund
upsell refund_shipping_total refund_shipping_tax_total gift_card_order_name
gift_card_order_id gift_card_presentment presentment carrier tracking_number
label_status label_url label_rate label_updated_at status_page_url destination_id
package_reference type refund_before_inspection was_processed outcomes_processed_at
outcomes_processed_at.return_processed outcomes_processed_at.return_processed.date
outcomes_processed_at.return_processed.timezone_type
outcomes_processed_at.return_processed.timezone outcomes_processed_at.refund_processed
outcomes_processed_at.gift_card_processed outcomes_processed_at.exchange_processed
outcomes_processed_at.shop_cash_processed shopify_refund_object
shopify_refund_object[].id shopify_refund_object[].return_id
shopify_refund_object[].provider_refund_id shopify_refund_object[].provider_created_at
shopify_refund_object[].created_at shopify_refund_object[].updated_at return_method
return_method.provider return_method.method_type return_method.state
return_method.rma_id return_method.qr_code_url return_method.scheduled_at
return_method.scannable_id return_method.address return_method.address.name
return_method.address.company return_method.address.address1
return_method.address.address2 return_method.address.city return_method.address.state
return_method.address.zip return_method.address.country
return_method.address.country_code return_method.address.phone
return_method.address.coordinates labels labels[].status labels[].updated_at
labels[].url labels[].rate labels[].carrier labels[].tracking_number labels[].line_items
line_items line_items[].line_item_id line_items[].provider_line_item_id
line_items[].product_id line_items[].variant_id line_items[].sku line_items[].title
line_items[].price line_items[].discount line_items[].tax line_items[].refund
line_items[].refund_item line_items[].refund_tax line_items[].returned_at
line_items[].exchange_variant line_items[].return_reason
line_items[].parent_return_reason line_items[].return_comment line_items[].barcode
line_items[].outcome line_items[].provider_restock_location_id
line_items[].consolidation_tracking line_items[].consolidation_destination_id
line_items[].condition line_items[].condition.description
line_items[].condition.condition_category line_items[].condition.return_processor
line_items[].condition.note line_items[].condition.inspected_at
line_items[].condition.images line_items[].disposition
line_items[].disposition.disposition_outcome line_items[].disposition.return_processor
line_items[].disposition.note line_items[].disposition.inspected_at exchanges
exchanges[].exchange_id exchanges[].exchange_order_id exchanges[].exchange_order_name
exchanges[].product_id exchanges[].variant_id exchanges[].sku exchanges[].type
exchanges[].title exchanges[].price exchanges[].discount exchanges[].tax
exchanges[].total exchanges[].out_of_stock exchanges[].out_of_stock_resolution
exchanges[].consolidation_tracking
"""
