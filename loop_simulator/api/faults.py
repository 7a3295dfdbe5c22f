"""Planned faults: which request fails, how, and how often. No fault is random."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from loop_simulator.api.rate_limit import retry_after
from loop_simulator.state import Store
from loop_simulator.wire import Request, Response, cursors, errors, json_response

STATUSES = (401, 403, 429, 500, 502, 503, 504, 524)

KINDS = {
    "status": "answer with an error status",
    "reset_before": "reset the connection before answering",
    "reset_body": "reset the connection in the middle of the body",
    "truncated": "answer half the JSON, with headers that fit the half",
    "html": "answer 200 with an HTML page",
    "wrong_shape": "answer 200 with a JSON object that has no returns",
    "bare_string": "answer 200 with a JSON string",
    "empty_object": "answer 200 with {}",
    "stall": "keep silent for `seconds`, then answer",
    "slow": "answer `milliseconds` late",
    "redirect": "answer 302 to another host name",
}

_PAGE = b"<!doctype html><html><head><title>Just a moment...</title></head></html>"
_BODIES = {
    "html": Response(200, _PAGE, content_type="text/html; charset=UTF-8"),
    "wrong_shape": json_response({"data": [], "status": "ok", "nextPageUrl": None}),
    "bare_string": json_response("Service temporarily degraded"),
    "empty_object": json_response({}),
}


@dataclass
class Fault:
    """One planned fault, counted among the requests that match its path."""

    kind: str
    at: int = 1
    times: int = 1
    path: str = ""
    status: int = 500
    retry_after: int | None = None
    seconds: float = 45.0
    milliseconds: int = 500
    seen: int = 0

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            ValueError: If the kind, status, count, path or delay is invalid.

        """
        if self.kind not in KINDS:
            msg = f"no fault of kind {self.kind!r}; there are: {', '.join(KINDS)}"
            raise ValueError(msg)
        if self.kind == "status" and self.status not in STATUSES:
            msg = f"status {self.status} cannot be planned; there are: {STATUSES}"
            raise ValueError(msg)
        if self.at < 1 or self.times < 1:
            msg = "at and times count from 1"
            raise ValueError(msg)
        if not isinstance(self.path, str) or min(self.seconds, self.milliseconds) < 0:
            msg = "path is a text, and seconds and milliseconds are not negative"
            raise ValueError(msg)

    def due(self, path: str) -> bool:
        """Count a request and return whether the fault applies to it."""
        if self.path not in path:
            return False
        self.seen += 1
        return self.at <= self.seen < self.at + self.times

    @property
    def delay(self) -> float:
        """Delay of the response in seconds."""
        if self.kind == "stall":
            return self.seconds
        return self.milliseconds / 1_000 if self.kind == "slow" else 0


class Faults:
    """All planned faults."""

    def __init__(self) -> None:
        """Start without any fault."""
        self.plan: list[Fault] = []

    def add(self, **fault: Any) -> Fault:
        """Plan a fault; the arguments are the fields of ``Fault``.

        Raises:
            ValueError: If a field does not exist or a value is invalid.

        """
        try:
            planned = Fault(**fault)
        except TypeError as error:
            msg = f"invalid fields of a fault: {error}"
            raise ValueError(msg) from None
        self.plan.append(planned)
        return planned

    def clear(self) -> None:
        """Cancel all planned faults."""
        self.plan.clear()

    def next(self, path: str) -> Fault | None:
        """Count a request; return the first fault that applies to it."""
        due = [fault for fault in self.plan if fault.due(path)]
        return due[0] if due else None


def replacement(fault: Fault, store: Store, request: Request) -> Response | None:
    """Return the response that a fault sends in place of the real one, if it does."""
    if fault.kind == "status":
        return _status(fault, store)
    if fault.kind in _BODIES:
        return _BODIES[fault.kind]
    if fault.kind == "redirect":
        target = f"http://{cursors.other_host(request.host)}{request.path}"
        return json_response({"message": "Moved"}, 302, headers={"Location": target})
    return None


def damaged(response: Response, fault: Fault) -> Response:
    """Return the response that the client receives after the fault has changed it."""
    if fault.kind == "truncated":
        return replace(response, body=response.body[: len(response.body) // 2])
    if fault.kind == "reset_before":
        return replace(response, reset="before")
    if fault.kind == "reset_body":
        return replace(response, reset="within")
    return response


def _status(fault: Fault, store: Store) -> Response:
    """Return the error response of a planned status."""
    if fault.status == HTTPStatus.UNAUTHORIZED:
        return errors.unauthorized(store.switches["unauthorized"])
    if fault.status == HTTPStatus.FORBIDDEN:
        return errors.forbidden()
    if fault.status == HTTPStatus.TOO_MANY_REQUESTS:
        return errors.too_many_requests(retry_after(store, fault.retry_after))
    return errors.server_error(fault.status)
