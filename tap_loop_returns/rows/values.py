"""Converters of single values from Loop to a column's type.

Every converter returns None for the texts that mean "none", and raises ``ValueError``
for a value that the type does not allow; the builder then keeps that value beside
the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tap_loop_returns import timestamps

Convert = Callable[[Any], Any]

NONE_WORDS = frozenset({"", "N/A", "n/a"})
LONGEST_NONE = max(map(len, NONE_WORDS))
"""Length of the longest text that means "none"; comparing lengths first is faster than a lookup."""
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**63 - 1
# Python reads at most 4,300 digits.
LONGEST_INTEGER = 300
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
# Decimals that need no change. A shop has few prices, so the set stays below some
# megabytes.
SEEN_DECIMALS = 50_000
seen_decimals: set[str | None] = {None}


def text(value: Any) -> str | None:
    """Return a text, or None for the texts that mean "none".

    Raises:
        ValueError: The value is a list or an object.
    """
    if value.__class__ is str:
        return None if value in NONE_WORDS else value
    if value.__class__ is int:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    raise ValueError


def decimal(value: Any) -> str | None:
    """Return an exact decimal as text, with Loop's own digits.

    Raises:
        ValueError: The value is not a number.
    """
    number = text(value)
    if number is None or (
        # Almost all values are digits with a point; this check recognises them in half the time.
        number.isascii() and number.replace(".", "", 1).isdecimal()
    ):
        return number
    if _DECIMAL.fullmatch(number := number.strip()):
        return number
    raise ValueError


def seen_decimal(value: Any) -> str | None:
    """Return the same as ``decimal``; cache values that need no change.

    Raises:
        ValueError: The value is no number.
    """
    number = decimal(value)
    if number == value and len(seen_decimals) < SEEN_DECIMALS:
        seen_decimals.add(number)
    return number


def timestamp(value: Any) -> str | None:
    """Return a timestamp as ISO text in UTC.

    Raises:
        ValueError: The value is not a timestamp.
    """
    if not value or (value.__class__ is str and value in NONE_WORDS):
        return None
    return timestamps.to_utc(value)


def boolean(value: Any) -> bool | None:
    """Return a boolean, also from texts and digits such as "true" and 1.

    Raises:
        ValueError: The value is not one of these.
    """
    if value is True or value is False:
        return value
    word = text(value)
    if word is None:
        return None
    if word.lower() not in _BOOLEANS:
        raise ValueError
    return _BOOLEANS[word.lower()]


def integer(value: Any) -> int | None:
    """Return an integer of at most 64 bits; PostgreSQL and BigQuery have no larger type.

    Raises:
        ValueError: The value is not such a number, or has a fraction.
    """
    number = value
    if number.__class__ is not int:
        shown = decimal(value)
        if shown is None:
            return None
        whole, _, fraction = shown.partition(".")
        if fraction.strip("0") or len(whole) > LONGEST_INTEGER:
            raise ValueError
        number = int(whole)
    if not SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
        raise ValueError
    return number  # type: ignore[no-any-return]


def json_object(value: Any) -> dict[str, Any] | None:
    """Return an object, or None for an empty one.

    Raises:
        ValueError: The value is not an object.
    """
    if isinstance(value, dict):
        return value or None
    # PHP writes an empty object as an empty list.
    if value in ("", "N/A", []):
        return None
    raise ValueError


def json_list(value: Any) -> list[Any] | None:
    """Return a list; PHP writes a list with gaps as an object.

    Raises:
        ValueError: The value is not a list.
    """
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    if text(value) is None:
        return None
    raise ValueError


def texts(value: Any) -> list[str | None] | None:
    """Return a list of texts.

    Raises:
        ValueError: The value is not a list, or an item is a list or an object.
    """
    values = json_list(value)
    return None if values is None else [None if v is None else text(v) for v in values]


def key(value: Any) -> str:
    """Return a key as text, never null, whatever Loop sends."""
    if value.__class__ is str:
        return value  # type: ignore[no-any-return]
    return str(value if isinstance(value, (dict, list)) else text(value))


def converter(prop: dict[str, Any], *, is_key: bool) -> Convert:
    """Return the converter for a property of a JSON schema."""
    kinds = prop["type"] if isinstance(prop["type"], list) else [prop["type"]]
    kind = kinds[0]
    if kind == "string" and is_key:
        return key
    if kind == "string":
        formats = {"date-time": timestamp, "x-singer.decimal": decimal}
        return formats.get(prop.get("format", ""), text)
    if kind == "array":
        return texts if prop.get("items") else json_list
    return {"boolean": boolean, "integer": integer, "object": json_object}[kind]
