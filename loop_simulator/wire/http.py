"""Requests and responses as plain values, without sockets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Request:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    host: str
    key: str | None = None
    body: bytes = b""
    accepts_gzip: bool = False
    content_type: str = ""
    """The media type of the body, without parameters."""
    version: str = ""
    """The dated version of the API that the path names."""
    origin: str | None = None
    """The header ``Origin``: the site whose page sent the request; None outside a browser."""

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; an empty body is an empty object.

        Raises:
            ValueError: If the body is anything else.

        """
        content = json.loads(self.body) if self.body.strip() else {}
        if not isinstance(content, dict):
            msg = "the body must be a JSON object"
            raise ValueError(msg)  # noqa: TRY004 - wrong input, not a wrong call
        return content


@dataclass(frozen=True)
class Response:
    """A response; ``rows`` is the number of records in it, for the request log."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    content_type: str = "application/json"
    lines: Iterable[bytes] | None = None
    """Lines that are sent as they are produced, instead of a body."""
    reset: Literal["before", "within"] | None = None
    """Reset the connection before the head or in the middle of the body."""


def to_bytes(content: object) -> bytes:
    """Return JSON as Loop's backend writes it: compact and in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def json_response(
    content: object,
    status: int = 200,
    *,
    rows: int = 0,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a response with JSON."""
    return Response(status, to_bytes(content), dict(headers or {}), rows)
