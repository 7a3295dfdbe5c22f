"""Page tokens and the links that contain them, correct or with a planned defect."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any
from urllib.parse import urlencode

from loop_simulator.wire.http import Request
from loop_simulator.wire.switches import Switches

Token = dict[str, Any]

FORWARD = "_pointsToNextItems"
"""The direction marker of Laravel's cursor, as in the documentation's sample token."""
GAP = "_gap"
"""Marks a token whose page is empty although more follows."""
_PAGE, _SECOND = "_page", "_second"
_LAST_OF_CYCLE = 3

SAMPLE_LINK_PARAMS = ("to", "filter", "pageSize")
"""All parameters of the documentation's sample link except the token."""


def encode(token: Token, *, opaque: bool = False) -> str:
    """Return an encoded page token: base64url of JSON without padding, as in Laravel."""
    text = json.dumps(token, separators=(",", ":")).encode()
    packed = zlib.compress(text)[::-1] if opaque else text
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str | None) -> Token | None:
    """Return a decoded page token; as in Laravel, an unreadable one is ignored."""
    if not text:
        return None
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if not packed.startswith(b"{"):
            packed = zlib.decompress(packed[::-1])
        token = json.loads(packed)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return token if isinstance(token, dict) else None


def url(switches: Switches, request: Request, token: Token) -> str:
    """Return an absolute link to the page that a token points to."""
    query = dict(request.query)
    if switches["next_url"] == "drops_params":
        query = {name: query[name] for name in SAMPLE_LINK_PARAMS if name in query}
    query["cursor"] = encode(token, opaque=switches["cursor"] == "opaque")
    return f"http://{request.host}{request.path}?{urlencode(query)}"


def next_url(switches: Switches, request: Request, token: Token) -> str | None:
    """Return the link to the next page, or the value that the switch sets instead."""
    kind = switches["next_url"]
    if kind == "missing":
        return None
    current = decode(request.query.get("cursor"))
    if kind == "repeats" and current:
        return url(switches, request, current)
    if kind == "cycles":
        token = _turned(token, current or {})
    link = url(switches, request, token)
    if kind == "other_host":
        return link.replace(f"//{request.host}", f"//{other_host(request.host)}", 1)
    return link


def _turned(token: Token, current: Token) -> Token:
    """Return the token of the next page, or on the third page the token of the second."""
    page = current.get(_PAGE, 1)
    second = current.get(_SECOND, token)
    if page == _LAST_OF_CYCLE:
        return {**second, _PAGE: 2, _SECOND: second}
    return {**token, _PAGE: page + 1, _SECOND: second}


def other_host(host: str) -> str:
    """Return another host name of this machine, so that a request to it is logged."""
    name, colon, port = host.partition(":")
    return ("localhost" if name != "localhost" else "127.0.0.1") + colon + port
