"""Requests and answers as plain values, free of sockets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: dict[str, str]
    host: str
    key: str | None = None
    body: bytes = b""
    accepts_gzip: bool = False
    content_type: str = ""
    """The media type of the body, without parameters."""
    origin: str | None = None
    """The page that a browser sends the request for."""

    def json(self) -> dict[str, Any]:
        """Read the body as a JSON object; an empty body is an empty object.

        Raises:
            ValueError: If it is anything else.

        """
        content = json.loads(self.body) if self.body.strip() else {}
        if not isinstance(content, dict):
            message = "the body must be a JSON object"
            raise ValueError(message)  # noqa: TRY004 - wrong input, not a wrong call
        return content


@dataclass(frozen=True)
class Response:
    """What is response; ``rows`` counts the records in it, for the request log."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    content_type: str = "application/json"
    lines: Iterable[bytes] | None = None
    """Instead of a body: lines to be sent as they are made."""
    reset: Literal["before", "within"] | None = None
    """Reset the connection before the head or in the middle of the body."""


def to_bytes(content: object) -> bytes:
    """Write JSON the way Loop's backend does: compact and in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def json_response(
    content: object,
    status: int = 200,
    *,
    rows: int = 0,
    headers: dict[str, str] | None = None,
) -> Response:
    """Response with JSON."""
    return Response(status, to_bytes(content), dict(headers or {}), rows)
