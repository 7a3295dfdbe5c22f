"""Personal data: kept, hashed or dropped before a row leaves the process.

The schemas declare it: the whole value of an ``x-personal`` column is personal. In
columns that contain Loop's objects, every field is personal except those listed in
``x-harmless``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Collection
from typing import Any

Convert = Callable[[Any], Any]
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def treatment(mode: str, salt: str) -> Convert | None:
    """Return the function that treats a personal value; None to leave it unchanged.

    Args:
        mode: ``keep``, ``hash`` or ``drop``.
        salt: Key of the hash. The same salt gives the same hash in every run and
            stream, so that hashed columns still join.
    """
    if mode == "keep":
        return None
    if mode == "drop":
        return _drop
    key = salt.encode()

    def digest(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, dict):
            return {
                name if _IDENTIFIER.fullmatch(name) else digest(name): digest(item)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [digest(item) for item in value]
        text = str(value)
        # Shoppers write the same address in different ways.
        text = text.strip().lower() if "@" in text else text
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    return digest


def treat_nested(treat: Convert, harmless: Collection[str]) -> Convert:
    """Return a function that treats every value inside an object or a list.

    Everything that is not known to be harmless is treated as personal: unknown fields,
    and names of fields that do not look like identifiers.

    Args:
        treat: The function for a personal value.
        harmless: Names of fields whose values stay unchanged.
    """

    def walk(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {_name(key): walk(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, name) for item in value]
        is_harmless = value is None or isinstance(value, bool) or name in harmless
        return value if is_harmless else treat(value)

    def _name(key: str) -> str:
        return key if _IDENTIFIER.fullmatch(key) else str(treat(key) or "")

    return walk


def _drop(_: Any) -> None:
    return None
