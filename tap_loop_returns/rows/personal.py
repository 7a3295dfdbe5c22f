"""Personal data: kept, hashed or dropped before a row leaves the process.

Which fields are personal is said in the schemas (``x-personal``), nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

Convert = Callable[[Any], Any]


def treatment(mode: str, salt: str) -> Convert | None:
    """Return what to do with a personal value; None to leave it as it is.

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
            return {name: digest(item) for name, item in value.items()}
        if isinstance(value, list):
            return [digest(item) for item in value]
        text = str(value)
        # One shopper types one address in several ways.
        text = text.strip().lower() if "@" in text else text
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    return digest


def _drop(_: Any) -> None:
    return None
