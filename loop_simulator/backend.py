"""Loop's backend without sockets: the simulated shop, its API, and changes to both."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from loop_simulator import timestamps
from loop_simulator.api import App, Fault, Faults, Keys, RateLimit, damaged, replacement
from loop_simulator.state import (
    Changes,
    StoredReturn,
    compute_timeline,
    open_store,
)
from loop_simulator.wire import Request, Response, Switches
from loop_simulator.world import make_world

Json = dict[str, Any]


@dataclass(frozen=True)
class LoggedRequest:
    """One API request as it was served."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    rows: int
    host: str
    key_present: bool
    seconds: float
    """Real seconds since the backend was created."""
    fault: str | None = None


class Backend:
    """A simulated shop behind Loop's API, with planned faults and a request log."""

    def __init__(
        self,
        settings: Json,
        switches: dict[str, str] | None,
        keys: Keys,
        rate: RateLimit,
        latency_ms: int,
    ) -> None:
        """Build the world.

        Args:
            settings: Arguments of ``make_world``, with the world's name as ``world``.
            switches: Settings that differ from the defaults, see ``switches``.
            keys: API keys with their scopes.
            rate: The rate limit.
            latency_ms: Added to every API response.

        """
        self.requests: list[LoggedRequest] = []
        self.faults = Faults()
        self.latency_ms = latency_ms
        self.rate = rate
        self.stopping = threading.Event()
        """Ends planned delays."""
        self._started = time.monotonic()
        self._hooks: list[tuple[int, Callable[[Self], object]]] = []
        self._keys = keys
        self._load(settings, Switches(switches))

    def _load(self, settings: Json, switches: Switches) -> None:
        """Build the world of these settings and serve it."""
        rest = dict(settings)
        world = make_world(rest.pop("world"), **rest)
        self.settings = settings
        self.store = open_store(world, switches)
        self.changes = Changes(self.store)
        self.app = App(self.store, self._keys, self.rate)

    # Serving

    def serve(self, request: Request) -> Response:
        """Return the response to an API request, with its planned hook and fault."""
        self._run_hooks()
        started = time.monotonic() - self._started
        fault = self.faults.next(request.path)
        self._delay(fault)
        response = fault and replacement(fault, self.store, request)
        response = response or self.app.handle(request)
        self.requests.append(
            LoggedRequest(
                method=request.method,
                path=request.path,
                query=request.query,
                status=response.status,
                rows=response.rows,
                host=request.host,
                key_present=request.key is not None,
                seconds=started,
                fault=fault.kind if fault else None,
            )
        )
        if request.accepts_gzip and self.store.switches["gzip"] == "on":
            packed = gzip.compress(response.body, 1, mtime=0)
            headers = response.headers | {"Content-Encoding": "gzip"}
            response = replace(response, body=packed, headers=headers)
        return damaged(response, fault) if fault else response

    def dated(self, response: Response) -> Response:
        """Return the response with a date; a switch shifts it or leaves it out."""
        name, _, shift = self.store.switches["date_header"].partition(":")
        if name == "off":
            return response
        date = timestamps.http_date(self.store.now + int(shift or 0))
        return replace(response, headers=response.headers | {"Date": date})

    def hook(self, at_request: int, callback: Callable[[Self], object]) -> None:
        """Call ``callback`` once, just before the API request of that number is served.

        The first request after the start or after ``clear_requests`` has number 1.
        """
        self._hooks.append((at_request, callback))

    def clear_requests(self) -> None:
        """Empty the request log; hooks then count from 1 again."""
        self.requests.clear()

    def _run_hooks(self: Self) -> None:
        """Run the hooks planned before this request."""
        coming = len(self.requests) + 1
        due = [hook for number, hook in self._hooks if number == coming]
        self._hooks = [entry for entry in self._hooks if entry[0] != coming]
        for hook in due:
            hook(self)

    def _delay(self, fault: Fault | None) -> None:
        """Wait for the latency and the fault's delay, or until the server stops."""
        seconds = self.latency_ms / 1_000 + (fault.delay if fault else 0)
        if seconds:
            self.stopping.wait(seconds)

    # Changing

    def switch(self, **settings: str) -> None:
        """Change switches at run time."""
        self.store.set_switches(settings)

    def advance(self, seconds: int) -> int:
        """Advance the simulated clock and return the new time."""
        return self.store.advance(seconds)

    def change(self, count: int) -> list[Json]:
        """Move returns to their next state; return what was changed, by return."""
        with self.store.lock:
            return self.changes.change(count)

    def add(self, count: int) -> list[Json]:
        """Add new returns; return their ids."""
        with self.store.lock:
            return self.changes.add(count)

    def cancel(self, count: int) -> list[Json]:
        """Cancel returns; return their ids."""
        with self.store.lock:
            return self.changes.cancel(count)

    def remove_lines(self, count: int) -> list[Json]:
        """Remove the last unit of returns with several units; return their ids."""
        with self.store.lock:
            return self.changes.remove_lines(count)

    def move_parcels(self, count: int) -> list[Json]:
        """Move the parcels of open returns to their next status; list the changes."""
        with self.store.lock:
            return self.changes.move_parcels(count)

    def edit(self, return_id: str | int, **fields: Any) -> Json:
        """Replace fields of one return; ``updated_at`` becomes now unless it is given."""
        with self.store.lock:
            row = self._row(return_id)
            self.store.override(row, fields)
            return self.store.served(row)

    def set_state(self, return_id: str | int, state: str) -> Json:
        """Set the state of one return."""
        with self.store.lock:
            row = self._row(return_id)
            self.changes.set_state(row, state)
            return self.store.served(row)

    def remove_line(self, return_id: str | int, line_item_id: str | int) -> Json:
        """Remove one unit of one return and compute its totals again."""
        with self.store.lock:
            row = self._row(return_id)
            self.changes.remove_line(row, str(line_item_id))
            return self.store.served(row)

    def insert(self, body: Json) -> Json:
        """Add a return exactly as given, even an invalid one or one in the past."""
        with self.store.lock:
            return self.store.served(self.store.insert(body))

    def served(self, return_id: str | int) -> Json:
        """Return one return as the list endpoint would serve it now."""
        with self.store.lock:
            row = self.store.get(return_id)
            return self.store.served(row or self._row(return_id))

    def all_returns(self, state: str | None = None) -> list[Json]:
        """List every return as served now, in all states or one, oldest id first."""
        with self.store.lock:
            rows = self.store.all()
            return [self.store.served(r) for r in rows if state in (None, r.state)]

    def timeline(self) -> list[dict[str, str]]:
        """List return id, milestone and moment of each milestone of each return."""
        return compute_timeline(self.store)

    def reset(self, **settings: Any) -> None:
        """Start over with a new world; settings that are not given stay unchanged.

        Raises:
            ValueError: If a setting does not exist or has a wrong value; then nothing
                changes.

        """
        unknown = set(settings) - set(self.settings)
        if unknown:
            msg = f"cannot reset {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        self._load(self.settings | settings, Switches(self.store.switches.all()))
        self.faults.clear()
        self.clear_requests()
        self._hooks.clear()

    def _row(self, return_id: str | int) -> StoredReturn:
        """Look up a return in order to change it; store it first if it is a replica's.

        Raises:
            LookupError: If no return has this id.

        """
        row = self.store.get_for_update(return_id)
        if row is None:
            msg = f"no return {return_id}"
            raise LookupError(msg)
        return row
