"""The fields that Loop sends, as a tree, and the columns that each one fills.

A column takes the field of its own name, or the one at the schema's ``x-loop-path``. In
this path of names, ``^.`` starts at the return that contains the item, and ``*`` stands
for every field without a column of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_loop_returns.rows import Raw
from tap_loop_returns.rows.values import Convert


@dataclass
class Column:
    """A column: its name, the converter of its values, and the treatment of personal values."""

    name: str
    convert: Convert
    treat: Convert | None = None
    """Hashes or drops a personal value; None leaves it unchanged."""

    def value_of(self, raw: Any) -> Any:
        """Return the column's value for a value that Loop sent.

        Raises:
            ValueError: The value does not fit the column.
        """
        value = None if raw is None else self.convert(raw)
        return self.treat(value) if self.treat else value


@dataclass
class Field:
    """A field that Loop sends: the columns it fills, and the fields inside it."""

    columns: list[Column] = field(default_factory=list)
    inner: dict[str, Field] = field(default_factory=dict)


Fields = dict[str, Field]


def field_at(fields: Fields, path: str) -> Field:
    """Return the field at a path, adding it if necessary."""
    *outer, last = path.removeprefix("^.").split(".")
    for name in outer:
        fields = fields.setdefault(name, Field()).inner
    return fields.setdefault(last, Field())


def columns_of(
    fields: Fields, outer: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Column]]:
    """Yield the path and the column of every column in the tree."""
    for name, known in fields.items():
        path = (*outer, name)
        for column in known.columns:
            yield path, column
        yield from columns_of(known.inner, path)


def with_all_fields(raw: Raw, fields: Fields) -> Raw:
    """Return the object with null for every known field that it lacks."""
    full = {**dict.fromkeys(fields), **raw}
    for name, known in fields.items():
        if known.inner and isinstance(full[name], dict):
            full[name] = with_all_fields(full[name], known.inner)
    return full


def get_path(raw: Any, path: Iterable[str]) -> Any:
    """Return the value at a path; None where an object on the way is missing."""
    for name in path:
        if not isinstance(raw, Mapping):
            return None
        raw = raw.get(name)
    return raw


def unknown_fields(raw: Raw, fields: Fields) -> dict[str, Any]:
    """Return the fields that are not in the tree, nested as Loop sent them."""
    unknown: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            unknown[name] = value
        elif inner := fields[name].inner:
            if isinstance(value, Mapping):
                if unknown_inside := unknown_fields(value, inner):
                    unknown[name] = unknown_inside
            elif value not in (None, "", "N/A", []):
                unknown[name] = value
    return unknown
