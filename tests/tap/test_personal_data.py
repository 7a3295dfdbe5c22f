"""Personal data is declared in the schemas and treated in every copy."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from tap_loop_returns.rows.builder import RowBuilder
from tap_loop_returns.rows.personal import treatment

SCHEMAS = {
    path.name.removesuffix(".json"): json.loads(path.read_text())
    for path in files("tap_loop_returns.schemas").iterdir()
    if path.name.endswith(".json")
}
# Words in a column's name that point at a person, or at a link that opens for
# whoever holds it.
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
# Named like personal data, and not: each with its reason.
IMPERSONAL = {
    "order_name": "a document's number",
    "gift_card_order_name": "a document's number",
    "exchange_order_name": "a document's number",
    "consolidation_tracking": "a pallet between warehouses",
    "happy_returns_shipment_items.tracking_number": "a pallet between warehouses",
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


@pytest.mark.parametrize("mode", ["hash", "drop"])
@pytest.mark.parametrize("stream", SCHEMAS)
def test_no_unknown_field_at_any_level_leaves_the_process(mode, stream) -> None:
    """The marker stands in every object, in every opaque value, and as a name."""
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
            # No value of its column's type: it is kept beside the column.
            place[last] = MARKER
    row = RowBuilder(SCHEMAS[stream], personal=treatment(mode, "salt")).build(
        raw, around
    )
    assert MARKER not in json.dumps(row)


def test_what_is_known_to_be_harmless_stays() -> None:
    raw = {"id": "1", "presentment": {"amount": "12.00", "note": MARKER}}
    builder = RowBuilder(SCHEMAS["returns"], personal=treatment("drop", ""))
    assert builder.build(raw)["presentment"] == {"amount": "12.00", "note": None}
