"""Personal data is declared in the schemas and treated in every copy."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from tap_loop_returns.rows.builder import RowBuilder
from tap_loop_returns.rows.personal import treatment
from tests.tap.harness import Tap
from tests.tap.stub import Stub

SCHEMAS = {
    path.name.removesuffix(".json"): json.loads(path.read_text())
    for path in files("tap_loop_returns.schemas").iterdir()
    if path.name.endswith(".json")
}
# Words in a column's name that suggest personal data, or a link that anybody can open.
TELLING = (
    "customer",
    "email",
    "name",
    "address",
    "phone",
    "url",
    "comment",
    "note",
    "content",
    "tracking",
    "city",
    "zip",
    "postal",
    "images",
    "scannable",
    "value",
)
# Columns that have such a name but are not personal, each with the reason.
IMPERSONAL = {
    "order_name": "a document's number",
    "gift_card_order_name": "a document's number",
    "exchange_order_name": "a document's number",
    "consolidation_tracking": "a pallet between warehouses",
    "happy_returns_shipment_items.tracking_number": "a pallet between warehouses",
    "condition_category_name": "a word of the shop's own list of grades",
    "destinations": "the merchant's own warehouses",
    "destination_": "the merchant's own warehouses",
    "sync_audits.stream_name": "a table of ours",
}


def _is_impersonal(stream: str, column: str) -> bool:
    return any(
        (stream, column) == tuple(known.split("."))
        or known in (stream, column)
        or (known.endswith("_") and column.startswith(known))
        for known in IMPERSONAL
    )


COLUMNS = [
    pytest.param(stream, column, prop, id=f"{stream}.{column}")
    for stream, schema in SCHEMAS.items()
    for column, prop in schema["properties"].items()
]


@pytest.mark.parametrize(("stream", "column", "prop"), COLUMNS)
def test_a_column_that_sounds_personal_is_declared_personal(
    stream, column, prop
) -> None:
    if any(word in column for word in TELLING) and not _is_impersonal(stream, column):
        assert prop.get("x-personal"), "declare it, or say in IMPERSONAL why it is not"


@pytest.mark.parametrize(("stream", "column", "prop"), COLUMNS)
def test_every_column_is_described(stream, column, prop) -> None:
    assert len(prop["description"]) > len(column) / 2
    assert prop["description"].endswith(".")


def _sample(path: str, value: object) -> dict:
    name, _, rest = path.partition(".")
    return {name: _sample(rest, value) if rest else value}


@pytest.mark.parametrize("mode", ["hash", "drop"])
@pytest.mark.parametrize(
    ("stream", "column", "prop"), [p for p in COLUMNS if p.values[2].get("x-personal")]
)
def test_no_personal_value_leaves_the_process(mode, stream, column, prop) -> None:
    secret = "Avery Sample"
    kind = prop["type"][0]
    value = {"string": secret, "array": [{"a": secret}], "object": {"a": [secret]}}[
        kind
    ]
    path = prop.get("x-loop-path", column)
    raw = {"brand_new": secret} if path == "*" else _sample(path, value)
    builder = RowBuilder(SCHEMAS[stream], personal=treatment(mode, "salt"))
    row = builder.build(raw, {"id": "1"})
    assert secret not in json.dumps(row)
    assert (row[column] is None) == (mode == "drop")


def test_hashes_are_keyed_stable_and_join_across_spellings() -> None:
    digest = treatment("hash", "one")
    assert digest is not None
    assert digest("Shopper@Example.test ") == digest("shopper@example.test")
    other = treatment("hash", "two")
    assert other is not None
    assert digest("shopper@example.test") != other("shopper@example.test")


MARKER = "avery.sample@example.test"
UNKNOWN = {"brand_new": MARKER, "deeper": [{MARKER: [MARKER, {"e": MARKER}]}]}


def marked(stream: str) -> tuple[dict, dict]:
    """Return an item of a stream and its return, with the marker in every possible place.

    These places are every personal field, every object and opaque value, the name of a
    field, and every value that is not a text.
    """
    raw: dict = dict(UNKNOWN)
    around: dict = {"id": "1"}
    for name, prop in SCHEMAS[stream]["properties"].items():
        path = str(prop.get("x-loop-path", name))
        if path == "*":
            continue
        place = around if path.startswith("^.") else raw
        *outer, last = path.removeprefix("^.").split(".")
        for part in outer:
            place = place.setdefault(part, dict(UNKNOWN))
        kinds = prop["type"]
        if "object" in kinds:
            place[last] = dict(UNKNOWN)
        elif "array" in kinds and not prop.get("items"):
            place[last] = [dict(UNKNOWN), MARKER]
        elif prop.get("x-personal"):
            place[last] = MARKER
        elif prop.get("format") or "integer" in kinds or "boolean" in kinds:
            # The marker does not have the column's type, so it is kept beside the
            # column.
            place[last] = MARKER
    return raw, around


@pytest.mark.parametrize("mode", ["hash", "drop"])
@pytest.mark.parametrize("stream", SCHEMAS)
def test_no_unknown_field_at_any_level_leaves_the_process(mode, stream) -> None:
    builder = RowBuilder(SCHEMAS[stream], personal=treatment(mode, "salt"))
    assert MARKER not in json.dumps(builder.build(*marked(stream)))


NESTED = {
    "line_items": ("return_line_items", "return_reasons"),
    "exchanges": ("return_exchanges",),
    "labels": ("return_labels",),
    "shopify_refund_object": ("return_refunds",),
}


def marked_shop() -> dict[str, Any]:
    """Responses of Loop that contain the marker in every possible place."""
    listed = marked("returns")[0] | marked("return_outcomes")[1]
    for field, streams in NESTED.items():
        unit: dict = {"line_item_id": "1", "exchange_id": "1", "id": "1"}
        for stream in streams:
            raw, around = marked(stream)
            unit, listed = unit | raw, listed | around
        listed[field] = [unit]
    listed["line_items"][0]["return_reason"] = "Too small"
    listed |= {"id": "1", "outcome": "refund"}
    key = {"id": "1", "return_line_item_id": "1"}

    def item(stream: str) -> dict:
        return {"data": [marked(stream)[0] | key], "last_page": 1}

    shipment = marked("happy_returns_shipments")[0] | {
        "loop_shipment_id": "1",
        "happy_returns_shipment_id": "S1",
    }
    shop = "/happy-returns/shipments"
    requests = item("label_requests")
    return {
        "/warehouse/return/list": {"returns": [listed, {"id": None} | UNKNOWN]},
        "/warehouse/return/details": marked("return_details")[0] | {"id": "1"},
        "/warehouse/return/1/notes": [marked("return_notes")[0] | {"id": "1"}],
        "/warehouse/reporting/asn": item("advanced_shipping_notices"),
        "/destinations": {"destinations": item("destinations")["data"]},
        "/webhooks": {"webhooks": item("webhooks")["data"]},
        "/blocklists": item("blocklist_items"),
        "/allowlists": item("allowlist_items"),
        "/label-requests": lambda query: (
            requests if query["offset"] == "0" else {"data": []}
        ),
        shop: {"data": [shipment], "last_page": 1},
        f"{shop}/S1/items": item("happy_returns_shipment_items"),
    }


def marked_tap(tmp_path, stub, mode: str, **settings) -> Tap:
    config = {
        "api_key": "test-key",
        "api_url": stub.url,
        "start_date": "2026-03-01",
        "end_date": "2026-03-10",
        "personal_data": mode,
        "personal_data_salt": "sixteen letters of pepper",
        "requests_per_minute": 60_000,
    }
    return Tap(tmp_path, config | settings)


VERBOSE = {"TAP_LOOP_RETURNS_LOGLEVEL": "DEBUG"}


@pytest.mark.parametrize("mode", ["hash", "drop"])
def test_no_marker_is_in_rows_state_or_log_of_any_stream(tmp_path, mode) -> None:
    with Stub(marked_shop()) as stub:
        tap = marked_tap(tmp_path, stub, mode)
        run = tap.run(env=VERBOSE, catalog=tap.catalog(*SCHEMAS))
    # The log names the return without an id, but not its content.
    assert "without an id" in run.stderr
    assert {m["stream"] for m in run.lines if m["type"] == "RECORD"} == set(SCHEMAS)
    assert run.state
    assert "DEBUG" in run.stderr
    assert MARKER.encode() not in run.output
    assert MARKER not in run.stderr


@pytest.mark.parametrize("mode", ["hash", "drop"])
@pytest.mark.parametrize(
    "maps",
    [{"returns": {"customer": "int('x' + str(customer))"}}, {"returns": {"a": "b("}}],
    ids=["fails at a row", "cannot be read"],
)
def test_no_marker_is_in_the_log_of_a_sync_that_breaks_off(
    tmp_path, mode, maps
) -> None:
    with Stub(marked_shop()) as stub:
        tap = marked_tap(tmp_path, stub, mode, stream_maps=maps)
        run = tap.run(env=VERBOSE, catalog=tap.catalog(*SCHEMAS))
    assert run.code
    assert MARKER.encode() not in run.output
    assert MARKER not in run.stderr


@pytest.mark.parametrize(
    "answer",
    [
        f'{{"returns": [{{"id": "1", "customer": "{MARKER}"'.encode(),
        {"error": MARKER},
        {"returns": MARKER},
        {"returns": [MARKER]},
        {"returns": [], "nextPageUrl": {MARKER: MARKER}},
        [[MARKER]],
        MARKER,
        f"<p>{MARKER}</p>".encode(),
    ],
    ids=lambda answer: repr(answer)[:25],
)
def test_no_marker_is_in_the_line_about_an_odd_answer(tmp_path, answer) -> None:
    with Stub({"/warehouse/return/list": answer}) as stub:
        run = marked_tap(tmp_path, stub, "keep").here()
    assert run.code == 1
    assert "GET /warehouse/return/list" in run.stderr
    assert MARKER not in run.stderr


def test_what_is_known_to_be_harmless_stays() -> None:
    raw = {"id": "1", "presentment": {"amount": "12.00", "note": MARKER}}
    builder = RowBuilder(SCHEMAS["returns"], personal=treatment("drop", ""))
    assert builder.build(raw)["presentment"] == {"amount": "12.00", "note": None}
