"""The control plane under ``/_simulator``: inspect and change the simulated shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from loop_simulator import timestamps
from loop_simulator.backend import Backend
from loop_simulator.neighbours import APPS, NeighbourStreams
from loop_simulator.state import compute_truth, known_to
from loop_simulator.wire import Request, Response, json_response

Json = dict[str, Any]

PREFIX = "/_simulator"
NDJSON = "application/x-ndjson"


class Control:
    """Routes of the control plane; no key is needed."""

    def __init__(self, backend: Backend) -> None:
        """Control ``backend``."""
        self._backend = backend
        self._streams: NeighbourStreams | None = None
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", ""): self._health,
            ("GET", "/returns"): self._returns,
            ("GET", "/truth"): self._truth,
            ("GET", "/timeline"): self._timeline,
            ("GET", "/requests"): self._requests,
            ("DELETE", "/requests"): self._forget_requests,
            ("POST", "/changes"): self._changes,
            ("POST", "/clock"): self._clock,
            ("GET", "/switches"): self._switches,
            ("POST", "/switches"): self._switches,
            ("POST", "/faults"): self._faults,
            ("DELETE", "/faults"): self._forget_faults,
            ("POST", "/reset"): self._reset,
        }

    def handle(self, request: Request) -> Response:
        """Return the response to a control request; an invalid one gets a 400 with a reason."""
        path = request.path.rstrip("/")
        if not path.startswith(PREFIX):
            return json_response({"message": "Not Found"}, 404)
        path = path[len(PREFIX) :]
        refusal = _refusal(request)
        if refusal:
            return json_response({"error": refusal}, 403)
        handler = self._routes.get((request.method, path))
        try:
            if handler is not None:
                return handler(request)
            if request.method == "GET" and path.split("/")[1] in APPS:
                return self._stream(path, request)
        except (ValueError, LookupError, TypeError) as error:
            return json_response({"error": str(error)}, 400)
        return json_response(
            {"error": f"no such control: {request.method} {path}"}, 404
        )

    def _health(self, _request: Request) -> Response:
        store = self._backend.store
        known = known_to(store)
        return json_response(
            {
                "world": store.world.name,
                "seed": store.world.seed,
                "now": timestamps.zulu(store.now),
                "data_through": timestamps.zulu(store.now)[:10],
                "returns": store.count,
                "orders": known.orders.total(),
                "customers": known.customers,
                "requests": len(self._backend.requests),
                "switches": store.switches.all(),
            }
        )

    def _returns(self, request: Request) -> Response:
        store = self._backend.store
        state = request.query.get("state") or None
        with store.lock:
            keys = store.find_keys(lambda row: state in (None, row.state))
        keys = keys[: int(request.query.get("limit") or len(keys))]
        lines = map(store.rendered, keys)
        return Response(200, b"", rows=len(keys), content_type=NDJSON, lines=lines)

    def _truth(self, _request: Request) -> Response:
        return json_response(compute_truth(self._backend.store))

    def _timeline(self, _request: Request) -> Response:
        return json_response(self._backend.timeline())

    def _requests(self, _request: Request) -> Response:
        return json_response([asdict(seen) for seen in list(self._backend.requests)])

    def _forget_requests(self, _request: Request) -> Response:
        self._backend.clear_requests()
        return json_response({"requests": 0})

    def _changes(self, request: Request) -> Response:
        kinds: dict[str, Callable[[int], list[Json]]] = {
            "change": self._backend.change,
            "add": self._backend.add,
            "cancel": self._backend.cancel,
            "remove_lines": self._backend.remove_lines,
            "move_parcels": self._backend.move_parcels,
        }
        wanted = request.json()
        unknown = set(wanted) - set(kinds)
        if unknown:
            msg = f"no such change: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        done = {
            kind: kinds[kind](int(wanted[kind])) for kind in kinds if kind in wanted
        }
        return json_response(
            {"done": done, "now": timestamps.zulu(self._backend.store.now)}
        )

    def _clock(self, request: Request) -> Response:
        now = self._backend.advance(int(request.json()["advance_seconds"]))
        return json_response({"now": timestamps.zulu(now)})

    def _switches(self, request: Request) -> Response:
        if request.method == "POST":
            self._backend.switch(**{k: str(v) for k, v in request.json().items()})
        return json_response(self._backend.store.switches.all())

    def _faults(self, request: Request) -> Response:
        return json_response(asdict(self._backend.faults.add(**request.json())))

    def _forget_faults(self, _request: Request) -> Response:
        self._backend.faults.clear()
        return json_response({"faults": 0})

    def _reset(self, request: Request) -> Response:
        self._backend.reset(**request.json())
        return self._health(request)

    def _stream(self, path: str, request: Request) -> Response:
        """Return one stream of Shopify, ReCharge or Stripe as NDJSON."""
        _, app, name = path.split("/", 2)
        since = request.query.get("updated_from")
        moment = timestamps.parse(since) if since else 0
        store = self._backend.store
        if self._streams is None or self._streams.store is not store:
            self._streams = NeighbourStreams(store)
        shape = request.query.get("shape") or ""
        lines = self._streams.lines(app, name, shape, moment)
        return Response(200, b"", content_type=NDJSON, lines=lines)


def _refusal(request: Request) -> str | None:
    """Return the reason to refuse a request that a web page may have sent.

    A page of another site cannot send JSON here, and its browser names the site in
    ``Origin``. A site whose host name leads to this machine is named as the host.
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    if request.origin is not None:
        return "requests from web pages are refused: send no Origin header"
    if not _is_address(host) and host != "localhost":
        return f"host {host!r} is refused: use localhost or an IP address"
    if request.method == "POST" and request.content_type != "application/json":
        return "a POST needs the header Content-Type: application/json"
    return None


def _is_address(host: str) -> bool:
    """Return whether a host is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
