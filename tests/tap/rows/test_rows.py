"""Rows contain what Loop sent: no value is lost or invented, and every shape is
accepted."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_loop_returns.client import decode
from tap_loop_returns.rows import values
from tap_loop_returns.rows.builder import RowBuilder
from tap_loop_returns.rows.nested_lists import nested_items

SCHEMAS = files("tap_loop_returns.schemas")


def schema(stream: str) -> dict:
    return json.loads(SCHEMAS.joinpath(f"{stream}.json").read_text())


RETURNS = RowBuilder(schema("returns"))
VALID = jsonschema.Draft202012Validator(schema("returns"))
ANYTHING = st.dictionaries(
    st.sampled_from(sorted(schema("returns")["properties"])),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=5)
        | st.decimals(allow_nan=False, allow_infinity=False, places=2),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.text(max_size=3), inner, max_size=2)
        ),
        max_leaves=4,
    ),
)


def build(stream: str, raw: dict, around: dict | None = None) -> dict:
    row = RowBuilder(schema(stream)).build(raw, around)
    jsonschema.validate(row, schema(stream))
    return row


def test_money_keeps_every_digit_that_loop_sent() -> None:
    raw = decode(
        b'{"id":"1","refund":"63.30","total":63.30,"upsell":1234567890123456.78}'
    )
    row = build("returns", raw)
    assert (row["refund"], row["total"]) == ("63.30", "63.30")
    assert row["upsell"] == "1234567890123456.78"


def test_numeric_ids_become_text() -> None:
    row = build("returns", {"id": 9007199254740993, "destination_id": 3001})
    assert (row["id"], row["destination_id"]) == ("9007199254740993", "3001")


@pytest.mark.parametrize("none", [None, "", "N/A"])
def test_all_words_for_none_become_null(none) -> None:
    row = build(
        "returns",
        {"id": "1", "carrier": none, "label_updated_at": none, "refund": none},
    )
    assert row["carrier"] is row["label_updated_at"] is row["refund"] is None


@pytest.mark.parametrize(
    "sent",
    [
        "2026-03-02T14:05:06+00:00",
        "2026-03-02T14:05:06Z",
        "2026-03-02 14:05:06",
        "2026-03-02T16:05:06+02:00",
        {"date": "2026-03-02 14:05:06.000000", "timezone_type": 3, "timezone": "UTC"},
        {
            "date": "2026-03-02 09:05:06",
            "timezone_type": 3,
            "timezone": "America/New_York",
        },
        {"date": "2026-03-02 15:05:06.0", "timezone_type": 1, "timezone": "+01:00"},
    ],
)
def test_every_timestamp_format_becomes_the_same_utc_moment(sent) -> None:
    assert (
        build("returns", {"id": "1", "edited_at": sent})["edited_at"]
        == "2026-03-02T14:05:06Z"
    )


@pytest.mark.parametrize(
    "sent",
    [
        "2026-03-02T14:05:Z ",
        "2026-03-02T14:05+00",
        "2026-W10-1T14:05:00",
        "20260302T140500.000",
    ],
)
def test_a_timestamp_as_long_as_a_usual_one_is_read_by_its_own_form(sent) -> None:
    row = build("returns", {"id": "1", "edited_at": sent})
    assert row["edited_at"] == "2026-03-02T14:05:00Z"


def test_fractions_of_a_second_are_kept() -> None:
    row = build("returns", {"id": "1", "created_at": "2026-03-02T14:05:06.120Z"})
    assert row["created_at"] == "2026-03-02T14:05:06.120000Z"


def test_unknown_fields_reach_the_row_at_every_level() -> None:
    raw = {
        "line_item_id": "5",
        "new": {"a": [1]},
        "condition": {"condition_category": {"grade": "grade_a"}, "colour": "red"},
    }
    row = build("return_line_items", raw, {"id": "1"})
    assert row["additional_fields"] == {
        "new": {"a": [1]},
        "condition": {"colour": "red"},
    }
    assert row["condition_category"] == "grade_a"


def test_a_value_that_does_not_fit_its_column_is_kept_beside_the_row() -> None:
    raw = {"id": "1", "refund": "n.n.", "created_at": "soon", "multi_currency": "maybe"}
    row = build("returns", raw)
    assert row["refund"] is row["created_at"] is row["multi_currency"] is None
    assert row["additional_fields"] == {
        "refund": "n.n.",
        "created_at": "soon",
        "multi_currency": "maybe",
    }


@pytest.mark.parametrize("sent", ["N/A", "x", ["a"], 5, True])
def test_anything_in_place_of_an_object_leaves_its_columns_empty(sent) -> None:
    raw = {"line_item_id": "1", "condition": sent}
    row = build("return_line_items", raw, {"id": "1"})
    assert row["condition_note"] is None
    kept = None if sent == "N/A" else {"condition": sent}
    assert row["additional_fields"] == kept


def test_a_row_is_the_same_whatever_the_item_lacks_or_adds() -> None:
    """The compiled function builds documented items; rows of other items must be equal."""
    whole = {
        str(prop.get("x-loop-path", name)).partition(".")[0]: None
        for name, prop in schema("returns")["properties"].items()
        if prop.get("x-loop-path") != "*"
    }
    whole |= {"id": "1", "carrier": "UPS", "refund": 12, "edited_at": "2026-01-01"}
    few = {name: value for name, value in whole.items() if value is not None}
    assert build("returns", few) == build("returns", whole)
    more = build("returns", whole | {"new": 1})
    assert more == build("returns", whole) | {"additional_fields": {"new": 1}}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ANYTHING)
def test_the_quick_way_builds_the_row_that_the_careful_way_builds(raw) -> None:
    """For items as documented, only the compiled function runs."""
    raw |= {"id": "1"}
    careful = RETURNS._build_by_column(raw, {})  # noqa: SLF001
    assert RETURNS.build(raw) == careful


def test_fields_of_other_streams_are_not_repeated() -> None:
    raw = {"id": "1", "line_items": [{"line_item_id": "2"}]}
    row = RowBuilder(schema("returns"), fields_of_other_streams=("line_items",)).build(
        raw
    )
    assert row["additional_fields"] is None


@pytest.mark.parametrize(
    "sent",
    [
        [{"id": 1}, {"id": 2}],
        {"0": {"id": 1}, "2": {"id": 2}},
    ],
)
def test_a_list_with_gaps_is_a_list(sent) -> None:
    assert [item["id"] for item in nested_items(sent, "id")] == [1, 2]


def test_a_single_object_in_place_of_a_list_is_one_item() -> None:
    assert nested_items({"id": 1, "created_at": "x"}, "id") == [
        {"id": 1, "created_at": "x"}
    ]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ANYTHING)
def test_whatever_loop_sends_the_row_fits_its_schema_and_loses_nothing(raw) -> None:
    raw |= {"id": "1"}
    row = RETURNS.build(raw)
    VALID.validate(row)
    taken = set(row["additional_fields"] or ())
    for name, value in raw.items():
        lost = (
            row.get(name) is None
            and name not in taken
            and value not in (None, "", "N/A", "n/a", [], {})
        )
        # A timestamp of false or 0 becomes null; `additional_fields` is a column of the
        # tap's own.
        assert not lost or name == "additional_fields" or _is_none_word(value), name


def _is_none_word(value: object) -> bool:
    return value is False or (isinstance(value, Decimal) and value == 0) or value == 0


def test_the_reader_of_decimals_refuses_anything_else() -> None:
    for word in ("1e5", "NaN", "12,50", "£5", "--1"):
        with pytest.raises(ValueError):  # noqa: PT011
            values.decimal(word)
    assert values.decimal("-12.50") == "-12.50"
