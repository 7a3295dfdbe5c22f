# Breaking private parts is the point here.
# ruff: noqa: SLF001, PLW0108
"""Broken rows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tap_loop_returns import tap as tap_module
from tap_loop_returns import (
    timestamps,
)
from tap_loop_returns.reading import ranges
from tap_loop_returns.rows import builder, nested_lists, values
from tap_loop_returns.streams import returns

from .registry import mutant


@mutant("test_rows_hold_what_the_payload_holds", "test_a_value_of_the_wrong_type")
def drops_unknown_fields() -> None:
    """Drops unknown fields."""
    builder.RowBuilder._with_rest = lambda made, row, *_: {
        name: row.get(name) for name in made._names
    }


@mutant("test_rows_hold_what_the_payload_holds", "test_counts_and_money")
def float_money() -> None:
    """Converts money to floats."""

    def decimal(value: Any) -> str | None:
        number = values.text(value)
        return None if number is None else str(float(number))

    values.decimal = decimal


@mutant(
    "test_rows_hold_what_the_payload_holds", "test_rows_fit_the_schema", "test_webhooks"
)
def numbers_stay_numbers() -> None:
    """Passes numeric ids on as numbers."""

    def text(value: Any) -> Any:
        return None if value in values.NONE_WORDS else value

    values.text = text
    values.key = lambda value: value


@mutant("test_rows_hold_what_the_payload_holds", "test_details")
def keeps_words_for_none() -> None:
    """Passes N/A and the empty text on."""
    values.NONE_WORDS = frozenset()


@mutant("test_rows_hold_what_the_payload_holds")
def forgets_zones() -> None:
    """Passes timestamps on unchanged."""
    values.timestamp = lambda value: value if isinstance(value, str) else None


@mutant("test_rows_hold_what_the_payload_holds")
def lists_only() -> None:
    """Reads an object instead of a list as no items."""
    nested_lists.nested_items = lambda value, _identity: (
        value if isinstance(value, list) else []
    )


@mutant("test_rows_hold_what_the_payload_holds", "test_the_handmade_worlds")
def amounts_only() -> None:
    """Recognises an outcome by its amount only."""
    returns.ReturnOutcomes._said = classmethod(lambda _cls, _words: frozenset())


@mutant("test_rows_hold_what_the_payload_holds")
def label_places_from_nought() -> None:
    """Counts labels from 0."""
    items_of = returns.ReturnLabels.items_of

    def _items_of(self: Any, raw: Any) -> Any:
        found = items_of(self, raw)
        return [r | {"label_position": r["label_position"] - 1} for r in found]

    returns.ReturnLabels.items_of = _items_of


@mutant("test_a_strange_return_neither_crashes")
def crashes_on_misfits() -> None:
    """Stops the sync at a value of the wrong type."""

    def _build_by_column(*_: Any) -> Any:
        raise ValueError

    builder.RowBuilder._build_by_column = _build_by_column


@mutant("test_units_without_an_id")
def null_keys() -> None:
    """Sends a null key for an item without an id."""
    nested_lists.with_ids = lambda found, _identity: found


@mutant("test_only_the_states_asked_for")
def reads_all_states() -> None:
    """Ignores the setting `states`."""
    scope = tap_module.settings.sync_scope
    every = frozenset(ranges.STATES)
    tap_module.settings.sync_scope = lambda config: replace(scope(config), states=every)


@mutant("test_start_and_end_date_bound")
def dates_without_zones() -> None:
    """Ignores the UTC offset of start_date and end_date."""
    moment = tap_module.settings._moment

    def _moment(value: Any) -> Any:
        return moment(re.sub(r"[+-]\d\d:\d\d$", "", str(value)) if value else value)

    tap_module.settings._moment = _moment


@mutant("test_a_grade_in_any_form", "test_every_stream_is_read_from_each_version")
def grades_are_words_only() -> None:
    """Reads grades as texts only, as before 2026-10."""
    returns._with_grade_object = lambda unit: unit


@mutant("test_happy_returns_shipments", "test_rows_fit_their_schemas")
def integers_as_text() -> None:
    """Sends counts as texts."""
    values.integer = lambda value: str(value)


@mutant("test_destinations", "test_label_requests", "test_rows_hold_what_the_payload")
def nested_fields_are_lost() -> None:
    """Finds no value at a path inside an object."""
    field_at = builder.field_at

    def _field_at(tree: Any, path: str) -> Any:
        return field_at(tree, path if path[0] == "^" else path.replace(".", "/"))

    builder.field_at = _field_at


@mutant("test_one_odd_value_costs")
def crashes_at_the_end_of_the_calendar() -> None:
    """Stops the sync at a timestamp that its offset moves out of the calendar."""

    def parse(value: Any) -> Any:
        if isinstance(value, dict):
            return timestamps._from_php(value)
        return datetime.fromisoformat(value).astimezone(UTC)

    timestamps.parse = parse


@mutant("test_one_odd_value_costs")
def digits_of_any_script() -> None:
    """Accepts digits of other scripts as decimals."""
    values._DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")


@mutant("test_no_unknown_field_at_any_level")
def opaque_columns_are_harmless() -> None:
    """Does not hash or drop values in objects that are passed on whole."""
    builder.treat_nested = lambda _treat, _harmless: lambda value: value
