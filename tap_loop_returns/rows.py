"""Turn what Loop sends into rows, as the stream's schema says.

A schema's property is filled from the field of its own name, or from
``x-loop-path``: a path of names, where ``^.`` starts at the return around the item
and ``*`` is whatever no other property takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tap_loop_returns import stamps

Raw = Mapping[str, Any]
Row = dict[str, Any]
Convert = Callable[[Any], Any]

NONE_WORDS = frozenset({"", "N/A", "n/a"})
LONGEST_NONE = max(map(len, NONE_WORDS))
"""Letters of the longest; to look a text up costs more than to measure it."""
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
# Decimals that were found to be in order as they are. A shop has few prices: the
# set grows to some megabytes at most.
SEEN_DECIMALS = 50_000
_seen_decimals: set[str | None] = {None}
_utc = stamps.text_to_utc


@dataclass
class Field:
    """A field that Loop sends: the columns it fills, and the fields inside it."""

    columns: dict[str, Convert] = field(default_factory=dict)
    inner: dict[str, Field] = field(default_factory=dict)


class RowBuilder:
    """Builds the rows of one stream.

    Most values leave as they came, so a row is a copy of the raw item with the
    others changed. One function without loops does it, compiled from the schema once
    per sync. An item that lacks a field or holds a value of the wrong type is given to
    a slower one.
    """

    def __init__(
        self,
        schema: dict[str, Any],
        *,
        columns: Collection[str] | None = None,
        constants: Raw | None = None,
        consumed: Collection[str] = (),
        personal: Convert | None = None,
    ) -> None:
        """Compile a schema.

        Args:
            schema: The stream's JSON schema.
            columns: Properties to build; all by default.
            constants: Columns that do not come from Loop, the same in every row.
            consumed: Fields of the raw item that other streams take.
            personal: What to do with personal values; None to leave them.
        """
        self._fields = {name: Field() for name in consumed}
        self._around: dict[str, Field] = {}
        self._rest = ""
        self._rest_treatment = personal
        is_whole = False
        required = set(schema["required"])
        for name, prop in schema["properties"].items():
            path = str(prop.get("x-loop-path", name))
            is_wanted = columns is None or name in columns
            if path == "*":
                is_whole, self._rest = True, name if is_wanted else ""
                continue
            place = _place(self._around if path[:2] == "^." else self._fields, path)
            if is_wanted:
                convert = _converter(prop, key=name in required)
                if personal and prop.get("x-personal"):
                    convert = _chain(convert, personal)
                place.columns[name] = convert
        found = (*_columns(self._fields), *_columns(self._around))
        nulls = [name for path, name, _ in _columns(self._fields) if len(path) > 1]
        nulls += [self._rest] if self._rest else []
        self._start: Row = {**dict.fromkeys(nulls), **(constants or {})}
        self._names = {name for _, name, _ in found} | self._start.keys()
        self.build: Callable[..., Row] = self._compile(is_whole=is_whole)
        """Returns the row of one raw item and, where there is one, of the return
        around it; no value is lost and none is invented."""

    def _build_with_care(self, raw: Raw, around: Raw | None) -> Row:
        raw, around = _filled(raw, self._fields), _filled(around or {}, self._around)
        return self.build(raw, around, self._build_with_misfits)

    def _build_with_misfits(self, raw: Raw, around: Raw) -> Row:
        row = self._start.copy()
        misfits: dict[str, Any] = {}
        for source, fields in ((raw, self._fields), (around, self._around)):
            for path, name, convert in _columns(fields):
                value = _dig(source, path)
                try:
                    row[name] = None if value is None else convert(value)
                except ValueError:
                    row[name] = None
                    misfits[".".join(path)] = value
        return self._with_rest(row, raw, misfits)

    def _with_rest(self, row: Row, raw: Raw, misfits: Raw | None = None) -> Row:
        """Put what no column takes into the column for the rest."""
        for name in row.keys() - self._names:
            del row[name]
        if self._rest:
            rest = {**_unknown(raw, self._fields), **(misfits or {})}
            treat = self._rest_treatment or dict
            row[self._rest] = treat(rest) if rest else None
        return row

    def _compile(self, *, is_whole: bool) -> Callable[..., Row]:
        """Write the function without loops; what it names are names of the schema.

        Where an item is not as documented it calls ``otherwise``.

        Most columns take two lines, as `carrier` does:

            v = raw['carrier']
            if v is not None and (type(v) is not str or len(v) <= 3 and v in NONE_WORDS):
                row['carrier'] = text(v)

        Args:
            is_whole: The stream takes the item whole, so that a copy is the start.
        """
        kept = {
            n for n, known in self._fields.items() if is_whole and n in known.columns
        }
        names = {
            **globals(),
            "start": self._start,
            "with_care": self._build_with_care,
            "with_rest": self._with_rest,
        }
        lines = [
            "def build(raw, around=None, otherwise=with_care):",
            " try:",
            "  row = raw.copy()" if is_whole else "  row = start.copy()",
            *(f"  del row[{n!r}]" for n in self._fields if is_whole and n not in kept),
            "  row.update(start)" if is_whole else "",
            f"  rest = {is_whole} and len(raw) != {len(self._fields)}",
        ]

        def read(source: str, fields: dict[str, Field], margin: str) -> None:
            for name, known in fields.items():
                lines.append(f"{margin}v = {source}[{name!r}]")
                for column, convert in known.columns.items():
                    change = _CHANGES.get(convert)
                    if change is None:
                        own = f"convert_{len(names)}"
                        names[own] = convert
                        change = f"if v is not None: {{}} = {own}(v)"
                    if source != "raw" or column != name or name not in kept:
                        lines.append(f"{margin}row[{column!r}] = v")
                    lines.append(margin + change.format(f"row[{column!r}]"))
                if known.inner:
                    lines.extend((f"{margin}{source}_ = v", f"{margin}if v:"))
                    read(f"{source}_", known.inner, f"{margin} ")
                    count = len(known.inner)
                    if is_whole:
                        lines.append(f"{margin} rest |= len({source}_) != {count}")

        read("raw", self._fields, "  ")
        read("around", self._around, "  ")
        lines += [
            "  return with_rest(row, raw) if rest else row",
            " except (KeyError, TypeError, ValueError):",
            "  return otherwise(raw, around)",
        ]
        exec("\n".join(lines), names)  # noqa: S102 (of names in our own schemas)
        build: Callable[..., Row] = names["build"]
        return build


def _place(fields: dict[str, Field], path: str) -> Field:
    """Return the field at a path, made where it was not yet known."""
    *outer, last = path.removeprefix("^.").split(".")
    for name in outer:
        fields = fields.setdefault(name, Field()).inner
    return fields.setdefault(last, Field())


def _columns(
    fields: dict[str, Field], outer: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str, Convert]]:
    """Yield path, name and converter of every column."""
    for name, known in fields.items():
        path = (*outer, name)
        yield from (
            (path, column, convert) for column, convert in known.columns.items()
        )
        yield from _columns(known.inner, path)


def _filled(raw: Raw, fields: dict[str, Field]) -> Raw:
    """Return the item with null for every known field that it lacks."""
    full = {**dict.fromkeys(fields), **raw}
    for name, known in fields.items():
        if known.inner and isinstance(full[name], dict):
            full[name] = _filled(full[name], known.inner)
    return full


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
    if value.__class__ is int:
        return str(value)
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
    if value.__class__ is int:
        return str(value)
    number = text(value)
    if number is None or number.replace(".", "", 1).isdecimal():
        return number
    if _DECIMAL.fullmatch(number := number.strip()):
        return number
    raise ValueError


def _proven_decimal(value: Any) -> str | None:
    number = decimal(value)
    if number == value and len(_seen_decimals) < SEEN_DECIMALS:
        _seen_decimals.add(number)
    return number


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


def _dig(raw: Any, path: Iterable[str]) -> Any:
    for name in path:
        if not isinstance(raw, Mapping):
            return None
        raw = raw.get(name)
    return raw


def _unknown(raw: Raw, fields: dict[str, Field]) -> dict[str, Any]:
    """Return the fields that no property takes, nested as Loop sent them."""
    rest: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            rest[name] = value
        elif inner := fields[name].inner:
            if isinstance(value, Mapping):
                if unknown := _unknown(value, inner):
                    rest[name] = unknown
            elif value not in (None, "", "N/A", []):
                rest[name] = value
    return rest


# How a value is changed that mostly stays as it is; `{}` is its place in the row.
_CHANGES: dict[Convert, str] = {
    text: (
        "if v is not None and (type(v) is not str"
        f" or len(v) <= {LONGEST_NONE} and v in NONE_WORDS): {{}} = text(v)"
    ),
    decimal: "if v not in _seen_decimals: {} = _proven_decimal(v)",
    _stamp: (
        "if v is not None: "
        "{} = _utc(v) if type(v) is str and v not in NONE_WORDS else _stamp(v)"
    ),
    _key: "if v is not None and type(v) is not str: {} = _key(v)",
    _boolean: (
        "if v is not None and v is not True and v is not False: {} = _boolean(v)"
    ),
    _integer: "if v is not None and type(v) is not int: {} = _integer(v)",
    _object: "if v is not None and (type(v) is not dict or not v): {} = _object(v)",
}
