"""Short words for JSON schemas as Singer taps write them: everything nullable."""

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
    """Describe an object."""
    return _nullable("object", properties=properties)


def many(items: Json) -> Json:
    """Describe a list."""
    return _nullable("array", items=items)


def many_or_none(items: Json) -> Json:
    """Describe a list the way ReCharge's tap does."""
    return {"anyOf": [{"type": "array", "items": items}, {"type": "null"}]}


def record(key: str, **properties: Json) -> Json:
    """Describe a record whose ``id`` is a JSON type that is never null."""
    return {"type": "object", "properties": {"id": {"type": key}, **properties}}


def texts(*names: str) -> dict[str, Json]:
    """Describe several plain text fields."""
    return dict.fromkeys(names, TEXT)


def moments(*names: str) -> dict[str, Json]:
    """Describe several date-time fields."""
    return dict.fromkeys(names, MOMENT)
