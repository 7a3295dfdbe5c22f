"""Short helpers for JSON schemas as Singer taps write them: all but ids is nullable."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _nullable(kind: str, **more: Any) -> Json:
    return {"type": ["null", kind], **more}


TEXT = _nullable("string")
WHOLE = _nullable("integer")
NUMBER = _nullable("number")
FLAG = _nullable("boolean")
MOMENT = _nullable("string", format="date-time")
DECIMAL = _nullable("string", format="singer.decimal")
ANY_OBJECT = _nullable("object")


def thing(**properties: Json) -> Json:
    """Return the schema of an object."""
    return _nullable("object", properties=properties)


def many(items: Json) -> Json:
    """Return the schema of a list."""
    return _nullable("array", items=items)


def many_or_none(items: Json) -> Json:
    """Return the schema of a list as ReCharge's tap writes it."""
    return {"anyOf": [{"type": "array", "items": items}, {"type": "null"}]}


def record(key: str, **properties: Json) -> Json:
    """Return the schema of a record; ``key`` is the JSON type of its ``id``, never null."""
    return {"type": "object", "properties": {"id": {"type": key}, **properties}}


def texts(*names: str) -> dict[str, Json]:
    """Return schemas of several text fields."""
    return dict.fromkeys(names, TEXT)


def moments(*names: str) -> dict[str, Json]:
    """Return schemas of several date-time fields."""
    return dict.fromkeys(names, MOMENT)
