"""Versions 2026-10 and 2026-07 of Loop's API, and what differs between them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tap.harness import CORE, SMALL, holds, refused, requests_to
from tests.tap.stub import Stub

VERSIONS = pytest.mark.parametrize("version", ["2026-07", "2026-10", "v1", "latest"])
ASN = "advanced_shipping_notices"
LIST = "/warehouse/return/list"


@VERSIONS
@pytest.mark.parametrize("grades", ["string", "object"])
def test_every_stream_is_read_from_each_version(
    make_loop, tap_of, version, grades
) -> None:
    loop = make_loop(switches={"condition_category": grades})
    run = tap_of(loop, api_version=version).here(streams=None).ok()
    assert {seen.path.split("/")[2] for seen in loop.requests} == {version}
    holds(run.tables(), loop)
    assert not refused(run)
    assert all(run.rows(stream) for stream in (*CORE, *SMALL))


def test_2026_10_is_asked_for_unless_the_settings_say_otherwise(loop, tap) -> None:
    tap.here(streams=("webhooks",)).ok()
    assert {seen.path.split("/")[2] for seen in loop.requests} == {"2026-10"}


def test_a_grade_is_one_word_in_both_versions(make_loop, tap_of) -> None:
    loop = make_loop()
    words = tap_of(loop, api_version="2026-07").here().ok()
    loop.switch(condition_category="object")
    objects = tap_of(loop).here().ok()
    before, after = (
        {key: row["condition_category"] for key, row in table.items()}
        for table in (run.tables()["return_line_items"] for run in (words, objects))
    )
    assert before == after
    graded = [r for r in objects.rows("return_line_items") if r["condition_category"]]
    assert graded
    for row in graded:
        assert row["condition_category_title"]
        assert row["condition_category_subject"] == "Item condition grade"


GRADE = {"subject": "Odour", "title": "Smells of smoke"}


@pytest.mark.parametrize(
    ("sent", "columns"),
    [
        (GRADE, ("Smells of smoke", "Smells of smoke", "Odour", None, None)),
        (
            GRADE | {"grade": "N/A"},
            ("Smells of smoke", "Smells of smoke", "Odour", None, None),
        ),
        (
            GRADE
            | {"grade": "d", "category_name": "Odours", "category_parent": "Worn"},
            ("d", "Smells of smoke", "Odour", "Odours", "Worn"),
        ),
        ("grade_a", ("grade_a", None, None, None, None)),
        (5, ("5", None, None, None, None)),
        ("", (None, None, None, None, None)),
        (None, (None, None, None, None, None)),
    ],
    ids=str,
)
def test_a_grade_in_any_form_fills_its_columns(tap_of, sent, columns) -> None:
    unit = {"line_item_id": "1", "condition": {"condition_category": sent}}
    row = only_unit(tap_of, unit)
    names = ("", "_title", "_subject", "_name", "_parent")
    found = tuple(row[f"condition_category{name}"] for name in names)
    assert found == columns
    assert row["additional_fields"] is None


def test_what_a_grade_has_beside_its_columns_is_kept(tap_of) -> None:
    sent = GRADE | {"colour": "red"}
    unit = {"line_item_id": "1", "condition": {"condition_category": sent}}
    kept = only_unit(tap_of, unit)["additional_fields"]
    assert kept == {"condition": {"condition_category": {"colour": "red"}}}


def test_a_grade_that_is_a_list_is_kept_beside_its_columns(tap_of) -> None:
    unit = {"line_item_id": "1", "condition": {"condition_category": ["a", "b"]}}
    kept = only_unit(tap_of, unit)["additional_fields"]
    assert kept == {"condition": {"condition_category": ["a", "b"]}}


def only_unit(tap_of, unit: dict) -> dict:
    one = {"id": "7", "created_at": "2026-01-01T00:00:00Z", "line_items": [unit]}

    def listed(query):
        here = query["from"] < one["created_at"] < query["to"] and "state" not in query
        return {"returns": [one] if here else [], "nextPageUrl": None}

    with Stub({LIST: listed}) as loop:
        run = tap_of(loop).here(streams=("return_line_items",)).ok()
    (row,) = run.rows("return_line_items")
    return row


@VERSIONS
def test_shipping_notices_are_asked_for_within_120_days(
    make_loop, tap_of, version
) -> None:
    loop = make_loop()
    run = tap_of(loop, api_version=version).here(streams=(ASN,)).ok()
    assert run.rows(ASN)
    for seen in requests_to(loop, "/asn"):
        first, last = (date.fromisoformat(seen.query[end]) for end in ("from", "to"))
        assert (last - first).days < 120
        assert seen.status == 200
