"""Questions about the fields of responses: names, types, and undocumented ones."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from tap_loop_returns import schemas
from tap_loop_returns.checkup.kinds import kind
from tap_loop_returns.checkup.question import Finding, Question
from tap_loop_returns.checkup.sample import Sample
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.rows import Raw
from tap_loop_returns.streams.returns import (
    EmbeddedStream,
    ReturnExchanges,
    ReturnLabels,
    ReturnLineItems,
    ReturnRefunds,
)

# Lists in a return whose objects have a stream of their own.
PARTS: dict[str, type[EmbeddedStream]] = {
    stream.field: stream
    for stream in (ReturnLineItems, ReturnExchanges, ReturnLabels, ReturnRefunds)
}
# Pattern of a field name. Only names that have this pattern and occur in enough objects
# (two, and a tenth of all) are shown, because other names could be values, such as one key
# for each shopper.
FIELD_NAME = re.compile(r"[a-z]{1,24}(_[a-z0-9]{1,24}){0,6}")
LEAST_OBJECTS, LEAST_SHARE = 2, 0.1

UNKNOWN_FIELDS = Question(
    "unknown_fields",
    "Do returns have fields for which the tap has no column?",
    assumes="Sends such fields in `additional_fields`.",
    switches=("unknown_fields",),
)


@dataclass
class Field:
    """A field: how many objects could have it, and the kinds of its values."""

    objects: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def is_common(self) -> bool:
        """The name is in enough objects to be a field name and not personal data."""
        least = max(LEAST_OBJECTS, LEAST_SHARE * self.objects)
        return sum(self.kinds.values()) >= least


def fields_of(rows: Iterable[Raw], known: set[str]) -> dict[str, Field]:
    """Return, by path, those fields of the objects whose names may be shown.

    Args:
        rows: The objects.
        known: Paths that have a column; other nested objects are not searched.
    """
    found: defaultdict[str, Field] = defaultdict(Field)
    objects: Counter[str] = Counter()
    for row in rows:
        _collect(row, "", known, found, objects)
    for path, one in found.items():
        one.objects = objects[path.rpartition(".")[0]]
    return {
        path: one
        for path, one in sorted(found.items())
        if one.is_common and _is_shown(path, found)
    }


def _is_shown(path: str, found: Mapping[str, Field]) -> bool:
    """Return whether every part of a path looks like a field name."""
    parts = path.split(".")
    return all(
        FIELD_NAME.fullmatch(part.removesuffix("[]"))
        and found[".".join(parts[: place + 1]).removesuffix("[]")].is_common
        for place, part in enumerate(parts)
    )


def _collect(
    row: Raw,
    path: str,
    known: set[str],
    found: defaultdict[str, Field],
    objects: Counter[str],
) -> None:
    objects[path.removesuffix(".")] += 1
    for name, value in row.items():
        here = f"{path}{name}"
        found[here].kinds[kind(value)] += 1
        if name in PARTS and not path:
            inner = value.values() if isinstance(value, dict) else value
            for item in inner if isinstance(value, (dict, list)) else ():
                if isinstance(item, dict):
                    _collect(item, f"{here}[].", known, found, objects)
        elif isinstance(value, dict) and here in known:
            _collect(value, f"{here}.", known, found, objects)


def of_returns() -> set[str]:
    """Return the paths of a return's fields that have a column, and their parent paths."""
    known = columns("returns")
    for name, stream in PARTS.items():
        inner = columns(stream.name) | set(stream.fields_of_other_streams)
        known |= {name} | {f"{name}[].{path}" for path in inner}
    return known


def columns(stream: str) -> set[str]:
    """Return the paths of a stream's fields that have a column."""
    text = files(schemas).joinpath(f"{stream}.json").read_text()
    properties: dict[str, Any] = json.loads(text)["properties"]
    paths = [str(prop.get("x-loop-path", name)) for name, prop in properties.items()]
    known = set()
    for path in paths:
        parts = path.split(".")
        known |= {".".join(parts[: n + 1]) for n in range(len(parts))}
    return known


def without_column(found: Mapping[str, Field], known: set[str]) -> dict[str, Field]:
    """Return the fields without a column, except those inside an object that has a column."""
    return {
        path: one
        for path, one in found.items()
        if path not in known and _is_beside_columns(path, known)
    }


def _is_beside_columns(path: str, known: set[str]) -> bool:
    outer = path.rpartition(".")[0]
    return not outer or any(name.startswith(f"{outer}.") for name in known)


@answers(UNKNOWN_FIELDS)
def unknown(sample: Sample) -> Iterator[Finding]:
    """Compare the names of fields with the tap's columns."""
    rows = sample.returns
    if not rows:
        return
    known = of_returns()
    new = without_column(fields_of(rows, known), known)
    text = ", ".join(f"`{path}` ({', '.join(new[path].kinds)})" for path in new)
    if new:
        yield UNKNOWN_FIELDS.yes(text, unknown_fields="on")
    elif len(rows) >= LEAST_OBJECTS:
        yield UNKNOWN_FIELDS.no(f"{len(rows)} returns", unknown_fields="off")
    else:
        yield UNKNOWN_FIELDS.cannot_tell("one return alone")
