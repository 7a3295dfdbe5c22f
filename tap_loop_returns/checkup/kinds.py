"""Describes values by type and text format, without the values themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tap_loop_returns.checkup.question import Finding, Question
from tap_loop_returns.rows import Raw
from tap_loop_returns.rows.fields import get_path
from tap_loop_returns.rows.values import NONE_WORDS

TIME_FORMS = {
    "offset": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"),
    "iso_ms": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    "space": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
}
NONE_SETTINGS = {'"N/A"': "na", '""': "empty", "null": "null"}
"""Values that mean "none", with the simulator's names for them."""
TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "whole number"),
    ((Decimal, float), "decimal number"),
    (list, "list"),
    (dict, "object"),
)
TEXTS = {
    "text of digits": re.compile(r"[0-9]+"),
    "decimal text": re.compile(r"-?[0-9]+\.[0-9]+"),
    **{f"time ({form})": pattern for form, pattern in TIME_FORMS.items()},
}


def kind(value: Any) -> str:
    """Return a description of a value's type and, for a text, of its format."""
    for types, name in TYPES:
        if isinstance(value, types):
            return name
    text = str(value)
    if text in NONE_WORDS:
        return f'"{text}"'
    fit = (name for name, pattern in TEXTS.items() if pattern.fullmatch(text))
    return next(fit, "text")


def items(rows: Iterable[Raw], name: str) -> list[Raw]:
    """Return the objects in a field of all returns; the field may be a list or an object."""
    found: list[Any] = []
    for row in rows:
        value = row.get(name)
        if isinstance(value, (dict, list)):
            found += value.values() if isinstance(value, dict) else value
    return [item for item in found if isinstance(item, dict)]


def tally(rows: Iterable[Raw], *paths: str) -> Counter[str]:
    """Count each kind of value at the given paths."""
    return Counter(
        kind(value)
        for row in rows
        for path in paths
        for value in [_at(row, path)]
        if value is not _MISSING
    )


_MISSING = object()


def _at(row: Raw, path: str) -> Any:
    *outer, last = path.split(".")
    inside = get_path(row, outer)
    return inside.get(last, _MISSING) if isinstance(inside, Mapping) else _MISSING


def shown(kinds: Counter[str]) -> str:
    """Return a tally as text."""
    return ", ".join(f"{name}: {number}" for name, number in kinds.most_common())


def said(kinds: Counter[str]) -> set[str]:
    """Return the kinds that do not mean "none"."""
    return set(kinds) - set(NONE_SETTINGS)


def of_types(
    question: Question, kinds: Counter[str], settings: Mapping[str, str]
) -> Finding:
    """Answer whether all values except those that mean "none" have the documented kind.

    Args:
        question: A question about a type, with one switch.
        kinds: The kinds that were seen.
        settings: Maps each kind to the switch's value; the documented kind comes first.
    """
    found = said(kinds)
    if not found:
        return question.cannot_tell(shown(kinds) or "no such field")
    documented = next(iter(settings))
    [switch] = question.switches
    known = [settings[name] for name in found if name in settings]
    setting = {switch: known[0]} if len(found) == len(known) == 1 else {}
    return question.is_it(found == {documented}, shown(kinds), **setting)
