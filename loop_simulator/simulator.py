"""The simulator as one object: start it, point a client at it, change its world."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from .app import App
from .changes import Changes
from .control import Control
from .faults import Faults
from .limits import RateLimit
from .server import Seen, Server
from .store import Store
from .switches import Switches
from .worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from typing_extensions import Self

    from .answers import Answer, Request
    from .app import Keys
    from .rows import Row

Json = dict[str, Any]


class Simulator:
    """A running stand-in for Loop; use it as a context manager in tests."""

    def __init__(  # noqa: PLR0913 - settings, all by name
        self,
        *,
        seed: int = 1,
        returns: int = 200,
        world: str = "shop",
        now: str | None = None,
        days: int = 540,
        tiles: int = 1,
        switches: dict[str, str] | None = None,
        api_key: str = "test-key",
        scopes: Iterable[str] | None = None,
        keys: Keys | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        rate_limit: int = 0,
        rate_seconds: float = 60.0,
        latency_ms: int = 0,
        warm: bool = False,
    ) -> None:
        """Make the world and bind the port; ``start`` begins to serve.

        Args:
            seed: Same seed, same bytes.
            returns: Size of the shop world.
            world: ``shop``, ``golden``, ``tiny`` or ``empty``.
            now: The simulated present, ISO; None takes the world's own.
            days: How long ago the shop opened.
            tiles: Of how many copies of a smaller shop the shop is made.
            switches: Settings of open questions, see ``switches``.
            api_key: The one key, unless ``keys`` is given.
            scopes: Its scopes; None for all.
            keys: Several keys with their scopes.
            host: Address to listen on.
            port: 0 picks a free one.
            rate_limit: Requests per key and window, 0 for no limit. Loop's is 300.
            rate_seconds: Length of that window, real seconds.
            latency_ms: Added to every API answer.
            warm: Render every return beforehand, for measurements.

        """
        self.settings: Json = {
            "seed": seed,
            "returns": returns,
            "world": world,
            "now": now,
            "days": days,
            "tiles": tiles,
        }
        self.requests: list[Seen] = []
        self.faults = Faults()
        self.latency_ms = latency_ms
        self.started = time.monotonic()
        self._hooks: list[tuple[int, Callable[[Simulator], object]]] = []
        self._keys: Keys = keys or {api_key: None if scopes is None else tuple(scopes)}
        self.rate = RateLimit(rate_limit, rate_seconds)
        self._take_over(Switches(switches))
        if warm:
            for rank in self.store.ranks():
                self.store.rendered(rank)
        self._control = Control(self)
        self._server = Server((host, port), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},
            daemon=True,
        )

    def _take_over(self, switches: Switches) -> None:
        """Make the world of the present settings and serve it."""
        self.store = Store(
            make_world(self.settings["world"], **_without(self.settings, "world")),
            switches,
        )
        self.changes = Changes(self.store)
        self.app = App(self.store, self._keys, self.rate)

    # Life

    def start(self) -> Self:
        """Serve in the background."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and cut every connection."""
        self._server.cut()
        self._thread.join()

    def __enter__(self) -> Self:
        """Start serving."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self.stop()

    @property
    def netloc(self) -> str:
        """Host and port."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    @property
    def base_url(self) -> str:
        """The root address, under which ``/api`` and ``/_simulator`` lie."""
        return f"http://{self.netloc}"

    @property
    def url(self) -> str:
        """What a client takes as base address before the version."""
        return f"{self.base_url}/api"

    # Serving

    def control(self, request: Request) -> Answer:
        """Answer a request to the control plane."""
        return self._control.answer(request)

    def run_hooks(self) -> None:
        """Run what was to happen before the request now beginning."""
        coming = len(self.requests) + 1
        due = [hook for number, hook in self._hooks if number == coming]
        self._hooks = [entry for entry in self._hooks if entry[0] != coming]
        for hook in due:
            hook(self)

    def clear_requests(self) -> None:
        """Empty the request log; hooks count from here again."""
        self.requests.clear()

    def hook(self, at_request: int, callback: Callable[[Simulator], object]) -> None:
        """Call ``callback`` once, just before the API request of that number is served.

        Requests count from 1, from the start or the last ``clear_requests``.
        """
        self._hooks.append((at_request, callback))

    # Changing

    def switch(self, **settings: str) -> None:
        """Change switches at run time."""
        self.store.set_switches(settings)

    def advance(self, seconds: int) -> int:
        """Move the simulated clock; returns the new now."""
        return self.store.advance(seconds)

    def change(self, count: int) -> list[Json]:
        """Move returns on; says what was done to which."""
        with self.store.lock:
            return self.changes.change(count)

    def add(self, count: int) -> list[Json]:
        """Add new returns; says which."""
        with self.store.lock:
            return self.changes.add(count)

    def cancel(self, count: int) -> list[Json]:
        """Cancel returns; says which."""
        with self.store.lock:
            return self.changes.cancel(count)

    def remove_lines(self, count: int) -> list[Json]:
        """Remove the last unit of returns with several; says which."""
        with self.store.lock:
            return self.changes.remove_lines(count)

    def edit(self, return_id: str | int, **fields: Any) -> Json:
        """Replace fields of one return as served; stamps it unless ``updated_at`` is given."""
        with self.store.lock:
            row = self._row(return_id)
            self.store.override(row, fields)
            return self.store.served(row)

    def set_state(self, return_id: str | int, state: str) -> Json:
        """Put one return into a state."""
        with self.store.lock:
            row = self._row(return_id)
            self.changes.set_state(row, state)
            return self.store.served(row)

    def remove_line(self, return_id: str | int, line_item_id: str | int) -> Json:
        """Remove one unit of one return and settle it anew."""
        with self.store.lock:
            row = self._row(return_id)
            self.changes.remove_line(row, str(line_item_id))
            return self.store.served(row)

    def insert(self, body: Json) -> Json:
        """Add a return exactly as given, however strange; its stamps may lie in the past."""
        with self.store.lock:
            return self.store.served(self.store.insert(body))

    def served(self, return_id: str | int) -> Json:
        """Give one return as the list endpoint would serve it now."""
        with self.store.lock:
            row = self.store.find(return_id)
            return self.store.served(row or self._row(return_id))

    def all_returns(self, state: str | None = None) -> list[Json]:
        """Give every return of every state, or of one, as served now, oldest id first."""
        with self.store.lock:
            rows = self.store.every()
            return [self.store.served(r) for r in rows if state in (None, r.state)]

    def reset(self, **settings: Any) -> None:
        """Start over with a fresh world; what is not named stays as it was.

        Raises:
            ValueError: If a setting does not exist.

        """
        unknown = set(settings) - set(self.settings)
        if unknown:
            message = f"cannot reset {', '.join(sorted(unknown))}"
            raise ValueError(message)
        self.settings |= settings
        self.faults.clear()
        self.clear_requests()
        self._hooks.clear()
        self._take_over(Switches(self.store.switches.all()))

    def _row(self, return_id: str | int) -> Row:
        """Find a return to be changed.

        Raises:
            LookupError: If there is none with this id.

        """
        row = self.store.claim(return_id)
        if row is None:
            message = f"no return {return_id}"
            raise LookupError(message)
        return row


def _without(settings: Json, name: str) -> Json:
    """Copy settings without one of them."""
    return {key: value for key, value in settings.items() if key != name}
