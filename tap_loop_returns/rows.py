"""Turn what Loop sends into rows, as the stream's schema says.

A schema's property is filled from the field of its own name, or from
``x-loop-path``: a path of names, where ``^.`` starts at the return around the item
and ``*`` is whatever no other property takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from tap_loop_returns import stamps

Raw = Mapping[str, Any]
Row = dict[str, Any]
Convert = Callable[[Any], Any]

NONE_WORDS = frozenset({"", "N/A", "n/a"})
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
# Enough for the prices of a shop, small beside a page.
SEEN_DECIMALS = 50_000
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class RowBuilder:
    """Builds the rows of one stream; compiled once per sync."""

    def __init__(
        self,
        schema: dict[str, Any],
        *,
        columns: Collection[str] | None = None,
        consumed: Collection[str] = (),
        personal: Convert | None = None,
    ) -> None:
        """Compile a schema.

        Args:
            schema: The stream's JSON schema.
            columns: Properties to build; all by default.
            consumed: Fields of the raw item that other streams take.
            personal: What to do with personal values; None to leave them.
        """
        self._texts: list[tuple[str, str]] = []
        self._decimals: list[tuple[str, str]] = []
        self._others: list[tuple[str, str, Convert]] = []
        self._nested: dict[str, list[tuple[str, list[str], Convert]]] = {}
        self._around: list[tuple[str, str, Convert]] = []
        self._all: list[tuple[str, list[str], bool, Convert]] = []
        self._known: dict[str, Any] = dict.fromkeys(consumed)
        self._rest = ""
        self._rest_treatment = personal
        # Decimals that were found to be in order; a shop has few prices.
        self._seen: set[str | None] = {None}
        required = set(schema["required"])
        for name, prop in schema["properties"].items():
            path = str(prop.get("x-loop-path", name))
            if path != "*" and not path.startswith("^."):
                self._learn(path.split("."))
            if columns is not None and name not in columns:
                continue
            convert = _converter(prop, key=name in required)
            if personal and prop.get("x-personal"):
                convert = _chain(convert, personal)
            if path == "*":
                self._rest = name
            else:
                self._add(name, path, convert)
        self._roots = [(k, v) for k, v in self._known.items() if v is not None]
        self._nulls = {
            root: dict.fromkeys(name for name, _, _ in columns)
            for root, columns in self._nested.items()
        }

    def _add(self, name: str, path: str, convert: Convert) -> None:
        """Sort a column to its kind: the common ones have a shorter way."""
        around = path.startswith("^.")
        parts = path.removeprefix("^.").split(".")
        self._all.append((name, parts, around, convert))
        if around:
            self._around.append((name, parts[0], convert))
        elif len(parts) > 1:
            self._nested.setdefault(parts[0], []).append((name, parts[1:], convert))
        elif convert is text:
            self._texts.append((name, path))
        elif convert is decimal:
            self._decimals.append((name, path))
        else:
            self._others.append((name, path, convert))

    def build(self, raw: Raw, around: Raw | None = None) -> Row:
        """Return the row of one raw item; no value is lost and none is invented."""
        try:
            row = self._build(raw, around or {})
        except (ValueError, TypeError):
            return self._build_with_misfits(raw, around or {})
        if self._rest:
            row[self._rest] = self._leftover(raw)
        return row

    def _build(self, raw: Raw, around: Raw) -> Row:
        get, seen = raw.get, self._seen
        row = {
            name: None
            if (value := get(field)) is None
            else value
            if value.__class__ is str and value not in NONE_WORDS
            else text(value)
            for name, field in self._texts
        }
        for name, field in self._decimals:
            value = get(field)
            row[name] = value if value in seen else self._see(value)
        for name, field, convert in self._others:
            value = get(field)
            row[name] = None if value is None else convert(value)
        for root, columns in self._nested.items():
            inner = get(root)
            if not inner:
                row |= self._nulls[root]
                continue
            for name, path, convert in columns:
                value = inner.get(path[0]) if len(path) == 1 else _dig(inner, path)
                row[name] = None if value is None else convert(value)
        for name, field, convert in self._around:
            value = around.get(field)
            row[name] = None if value is None else convert(value)
        return row

    def _see(self, value: Any) -> str | None:
        number = decimal(value)
        if len(self._seen) < SEEN_DECIMALS:
            self._seen.add(number)
        return number

    def _build_with_misfits(self, raw: Raw, around: Raw) -> Row:
        row: Row = {}
        misfits: dict[str, Any] = {}
        for name, path, is_around, convert in self._all:
            value = _dig(around if is_around else raw, path)
            try:
                row[name] = None if value is None else convert(value)
            except ValueError:
                row[name] = None
                misfits[".".join(path)] = value
        if self._rest:
            row[self._rest] = self._leftover(raw, misfits)
        return row

    def _leftover(self, raw: Raw, misfits: dict[str, Any] | None = None) -> Any:
        if misfits is None and not self._surprises(raw):
            return None
        rest = {**_unknown(raw, self._known), **(misfits or {})}
        if not rest:
            return None
        return self._rest_treatment(rest) if self._rest_treatment else rest

    def _surprises(self, raw: Raw) -> bool:
        """Tell quickly whether anything may be left over."""
        if not raw.keys() <= self._known.keys():
            return True
        for root, inner in self._roots:
            value = raw.get(root)
            if value and not (value.__class__ is dict and value.keys() <= inner.keys()):
                return True
        return False

    def _learn(self, path: list[str]) -> None:
        level = self._known
        for name in path[:-1]:
            inner = level.get(name)
            if inner is None:
                inner = level[name] = {}
            level = inner
        level.setdefault(path[-1], None)


def items(value: Any, identity: str) -> list[Raw]:
    """Return the items of a nested list, whatever Loop wrapped them in.

    PHP writes a list with gaps as an object, and one source knows a single object
    in place of a list. ``identity`` is a field by which a single one is known.
    """
    if isinstance(value, dict):
        value = [value] if identity in value else list(value.values())
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def text(value: Any) -> str | None:
    """Return text, or None for the words that mean none.

    Raises:
        ValueError: The value is a list or an object.
    """
    if value.__class__ is str:
        return None if value in NONE_WORDS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return format(value, "f" if isinstance(value, Decimal) else "d")
    raise ValueError


def decimal(value: Any) -> str | None:
    """Return an exact decimal as text, in Loop's own digits.

    Raises:
        ValueError: The value is no number.
    """
    number = text(value)
    if number is None or number.replace(".", "", 1).isdecimal():
        return number
    if _DECIMAL.fullmatch(number := number.strip()):
        return number
    raise ValueError


def _stamp(value: Any) -> str | None:
    if value in NONE_WORDS if isinstance(value, str) else not value:
        return None
    return stamps.to_utc(value)


def _boolean(value: Any) -> bool | None:
    if value is True or value is False:
        return value
    word = text(value)
    if word is None:
        return None
    if word.lower() not in _TRUTH:
        raise ValueError
    return _TRUTH[word.lower()]


def _integer(value: Any) -> int | None:
    if value.__class__ is int:
        return value  # type: ignore[no-any-return]
    number = decimal(value)
    if number is None:
        return None
    if "." in number and number.partition(".")[2].strip("0"):
        raise ValueError
    return int(number.partition(".")[0])


def _object(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value or None
    # PHP writes an empty object as an empty list.
    if value in ("", "N/A", []):
        return None
    raise ValueError


def _list(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    if text(value) is None:
        return None
    raise ValueError


def _texts(value: Any) -> list[str | None] | None:
    values = _list(value)
    return None if values is None else [None if v is None else text(v) for v in values]


def _key(value: Any) -> str:
    """Return a key as text; a key is never null, whatever Loop sends there."""
    if value.__class__ is str:
        return value  # type: ignore[no-any-return]
    return str(value if isinstance(value, (dict, list)) else text(value))


def _chain(first: Convert, then: Convert) -> Convert:
    return lambda value: then(first(value))


def _converter(prop: dict[str, Any], *, key: bool) -> Convert:
    kinds = prop["type"] if isinstance(prop["type"], list) else [prop["type"]]
    kind = kinds[0]
    if kind == "string" and key:
        return _key
    if kind == "string":
        return {"date-time": _stamp, "x-singer.decimal": decimal}.get(
            prop.get("format", ""), text
        )
    if kind == "array":
        return _texts if prop.get("items") else _list
    return {"boolean": _boolean, "integer": _integer, "object": _object}[kind]


def _dig(raw: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(raw, Mapping):
            return None
        raw = raw.get(name)
    return raw


def _unknown(raw: Raw, known: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that no property takes, nested as Loop sent them."""
    rest: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            rest[name] = value
        elif (inner := known[name]) is not None:
            if isinstance(value, Mapping):
                if unknown := _unknown(value, inner):
                    rest[name] = unknown
            elif value not in (None, "", "N/A", []):
                rest[name] = value
    return rest
