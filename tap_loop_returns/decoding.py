"""Decodes Loop's JSON with exact numbers, and repairs values that are not valid."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

# Digits before or after the point. No amount has more digits, and writing out
# 1e-999999999 would take gigabytes.
LONGEST_NUMBER = 300
# Depth from which nested objects and lists become text; Loop's own values have a depth of six.
DEEPEST = 64
# Number of items that are decoded together, so that they fit into the processor's cache.
BLOCK = 25

_TOKEN = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"|[-+]?\d[-+.\deE]*|-?Infinity|NaN|[\[\]{}]', re.DOTALL
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}"
    r"|u[\da-fA-F]{4}|.)",
    re.DOTALL | re.ASCII,
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _number(text: str) -> Decimal | str:
    """Return an exact number; a number beyond reasonable limits stays text."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if -LONGEST_NUMBER <= number.adjusted() <= LONGEST_NUMBER else text


_NUL = rb"\u0000"
# Number of backslashes after which the rest of a text is searched in one go.
FEW_ESCAPES = 1_000

# Digits stay as they were sent: nothing becomes a float.
_decode = msgspec.json.Decoder(float_hook=_number).decode


def has_nul(body: bytes) -> bool:
    """Return whether a JSON text may contain NUL, which PostgreSQL cannot store in a text."""
    place = -1
    # Most texts have few escapes, and finding a single byte is the fastest search.
    for _ in range(FEW_ESCAPES):
        place = body.find(b"\\", place + 1)
        if place < 0 or body.startswith(_NUL, place):
            return place >= 0
    # Searching from the end takes a third of the time of `in`.
    return body.rfind(_NUL, place) >= 0


def decode(body: bytes | msgspec.Raw) -> Any:
    """Return the value of a JSON text, repaired if possible.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        return _decode(body)
    except (ValueError, RecursionError):
        return _decode(repaired(bytes(body)))


def blocks(sent: Sequence[msgspec.Raw]) -> Iterator[list[Any]]:
    """Decode the items of a response in blocks."""
    for start in range(0, len(sent), BLOCK):
        block = sent[start : start + BLOCK]
        try:
            yield list(map(_decode, block))
        except (ValueError, RecursionError):
            yield list(map(decode, block))


def repaired(body: bytes) -> bytes:
    """Return the JSON text with every unreadable value repaired.

    A byte order mark is left out. Bytes that are not UTF-8, halves of surrogate pairs
    and NUL become U+FFFD. Control characters and unknown escapes in a text are escaped.
    Numbers that JSON does not allow or that are beyond reasonable limits, and values
    nested too deeply, become text.
    """
    text = body.decode("utf-8-sig", "replace")
    out: list[str] = []
    end = depth = deep_from = 0
    for token in _TOKEN.finditer(text):
        start, found = token.start(), token[0]
        if found in "[{":
            depth += 1
            if depth == DEEPEST:
                out.append(text[end:start])
                end = deep_from = start
        elif found in "]}":
            depth -= 1
            if depth == DEEPEST - 1:
                out.append(json.dumps(text[deep_from : token.end()]))
                end = token.end()
        elif depth < DEEPEST:
            out += [text[end:start], _repaired_token(found)]
            end = token.end()
    return "".join((*out, text[end:])).encode("utf-8", "replace")


def _repaired_token(token: str) -> str:
    if token[0] == '"':
        token = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", token)
        return _ESCAPE.sub(_repaired_escape, token) if "\\" in token else token
    is_number = _NUMBER.fullmatch(token) and len(token) <= LONGEST_NUMBER
    return token if is_number else f'"{token}"'


def _repaired_escape(found: re.Match[str]) -> str:
    escape = found[0]
    if escape == _NUL.decode() or (
        len(escape) == len(r"\ud83e") and _SURROGATE.match(escape)
    ):
        return r"\ufffd"
    return (
        escape
        if len(escape) > len(r"\n") or escape[1] in '"\\/bfnrt'
        else rf"\{escape}"
    )
