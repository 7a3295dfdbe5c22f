"""Builds the rows of a stream from its schema."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from tap_loop_returns import timestamps
from tap_loop_returns.rows import Raw, Row, values
from tap_loop_returns.rows.fields import (
    Column,
    Field,
    Fields,
    columns_of,
    field_at,
    get_path,
    unknown_fields,
    with_all_fields,
)
from tap_loop_returns.rows.personal import treat_nested
from tap_loop_returns.rows.values import Convert, converter


class RowBuilder:
    """Builds the rows of one stream.

    Most values are passed on unchanged, so a row is a copy of the raw item with the
    other values changed. The schema is compiled once per sync into one function without
    loops. An item that lacks a field or has a value of the wrong type is built by a
    slower function. docs/decisions/0004-pages-not-records.md has the figures.
    """

    def __init__(
        self,
        schema: dict[str, Any],
        *,
        columns: Collection[str] | None = None,
        constants: Raw | None = None,
        fields_of_other_streams: Collection[str] = (),
        personal: Convert | None = None,
    ) -> None:
        """Compile a schema.

        Args:
            schema: The stream's JSON schema.
            columns: Properties to build; all by default.
            constants: Columns that do not come from Loop; their values are equal in
                every row.
            fields_of_other_streams: Fields of the raw item that belong to other
                streams.
            personal: What to do with personal values; None to keep them.
        """
        self._fields: Fields = {name: Field() for name in fields_of_other_streams}
        self._around: Fields = {}
        self._rest = ""
        self._treat_rest = personal
        is_whole = False
        required = set(schema["required"])
        for name, prop in schema["properties"].items():
            path = str(prop.get("x-loop-path", name))
            is_wanted = columns is None or name in columns
            if path == "*":
                is_whole, self._rest = True, name if is_wanted else ""
                continue
            place = field_at(self._around if path[:2] == "^." else self._fields, path)
            if is_wanted:
                convert = converter(prop, is_key=name in required)
                treat = _treatment(prop, personal)
                place.columns.append(Column(name, convert, treat))
        nulls = [col.name for path, col in columns_of(self._fields) if len(path) > 1]
        nulls += [self._rest] if self._rest else []
        self._start: Row = {**dict.fromkeys(nulls), **(constants or {})}
        found = (*columns_of(self._fields), *columns_of(self._around))
        self._names = {column.name for _, column in found} | self._start.keys()
        self.build: Callable[..., Row] = self._compile(is_whole=is_whole)
        """Builds the row of one raw item, given the return that contains it, if any. No
        value is lost or invented."""

    def _build_incomplete(self, raw: Raw, around: Raw | None) -> Row:
        """Build the row of an item that is not as documented, after adding missing fields."""
        raw = with_all_fields(raw, self._fields)
        around = with_all_fields(around or {}, self._around)
        return self.build(raw, around, self._build_by_column)

    def _build_by_column(self, raw: Raw, around: Raw) -> Row:
        row = self._start.copy()
        invalid_values: dict[str, Any] = {}
        for source, fields in ((raw, self._fields), (around, self._around)):
            for path, column in columns_of(fields):
                value = get_path(source, path)
                try:
                    row[column.name] = column.value_of(value)
                except ValueError:
                    row[column.name] = None
                    invalid_values[".".join(path)] = value
        return self._with_rest(row, raw, invalid_values)

    def _with_rest(self, row: Row, raw: Raw, invalid_values: Raw | None = None) -> Row:
        """Put the fields without a column into the column for the rest."""
        for name in row.keys() - self._names:
            del row[name]
        if self._rest:
            rest = {**unknown_fields(raw, self._fields), **(invalid_values or {})}
            treat = self._treat_rest or dict
            row[self._rest] = treat(rest) if rest else None
        return row

    def _compile(self, *, is_whole: bool) -> Callable[..., Row]:
        """Compile the function without loops, with the names of the schema.

        For an item that is not as documented it calls ``otherwise``.

        Most columns are converted by two lines, for example `carrier`:

            v = raw['carrier']
            if v is not None and (v.__class__ is not str or len(v) <= 3 and v in NONE_WORDS):
                row['carrier'] = text(v)

        A column that the copy does not have is stored in any case:

            row['carrier'] = text(v) if v is not None and (...) else v

        Args:
            is_whole: The schema has a column for all fields without their own (``*``), so
                the row starts as a copy.
        """
        kept = {
            name
            for name, known in self._fields.items()
            if is_whole and any(column.name == name for column in known.columns)
        }
        names = {
            **vars(values),
            "utc": timestamps.text_to_utc,
            "start": self._start,
            "incomplete": self._build_incomplete,
            "with_rest": self._with_rest,
        }
        lines = [
            "def build(raw, around=None, otherwise=incomplete):",
            " try:",
            "  row = raw.copy()" if is_whole else "  row = start.copy()",
            *(f"  del row[{n!r}]" for n in self._fields if is_whole and n not in kept),
            "  row.update(start)" if is_whole else "",
            f"  rest = {is_whole} and len(raw) != {len(self._fields)}",
        ]

        def read(source: str, fields: Fields, margin: str) -> None:
            for name, known in fields.items():
                lines.append(f"{margin}v = {source}[{name!r}]")
                for column in known.columns:
                    change = None if column.treat else _CHANGES.get(column.convert)
                    if change is None:
                        own = f"value_of_{len(names)}"
                        names[own] = column.value_of if column.treat else column.convert
                        change = "v is not None", f"{own}(v)"
                    is_there = source == "raw" and column.name == name and name in kept
                    line = (
                        "if {1}: {0} = {2}" if is_there else "{0} = {2} if {1} else v"
                    )
                    lines.append(margin + line.format(f"row[{column.name!r}]", *change))
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


def _treatment(prop: dict[str, Any], personal: Convert | None) -> Convert | None:
    if personal is None or prop.get("x-personal"):
        return personal
    kinds, items = prop["type"], prop.get("items")
    if "object" in kinds or ("array" in kinds and not items):
        return treat_nested(personal, prop.get("x-harmless", ()))
    return None


_IS_NONE = f"len(v) <= {values.LONGEST_NONE} and v in NONE_WORDS"
_IS_SHORT = "SMALLEST_INTEGER <= v <= LARGEST_INTEGER"
# When a value that usually stays unchanged is changed, and to what, as code.
_CHANGES: dict[Convert, tuple[str, str]] = {
    values.text: (
        f"v is not None and (v.__class__ is not str or {_IS_NONE})",
        "text(v)",
    ),
    values.decimal: (
        "v not in seen_decimals",
        "(str(v) if v.__class__ is int else seen_decimal(v))",
    ),
    values.timestamp: (
        "v is not None",
        f"(timestamp(v) if v.__class__ is not str or {_IS_NONE} else utc(v))",
    ),
    values.key: (
        "v is not None and v.__class__ is not str",
        "(str(v) if v.__class__ is int else key(v))",
    ),
    values.integer: (
        f"v is not None and (v.__class__ is not int or not {_IS_SHORT})",
        "integer(v)",
    ),
    values.boolean: (
        "v is not None and v is not True and v is not False",
        "boolean(v)",
    ),
    values.json_object: (
        "v is not None and (v.__class__ is not dict or not v)",
        "json_object(v)",
    ),
}
