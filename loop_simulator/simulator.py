"""The simulator as one object: start it, point a client at it, change its world."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from loop_simulator.api import Keys, RateLimit
from loop_simulator.backend import Backend
from loop_simulator.control import Control
from loop_simulator.server import Server
from loop_simulator.wire import Request, Response


class Simulator(Backend):
    """A running simulator of Loop; use it as a context manager in tests."""

    def __init__(  # noqa: PLR0913 - settings, all by name
        self,
        *,
        seed: int = 1,
        returns: int = 200,
        world: str = "shop",
        now: str | None = None,
        days: int = 540,
        replicas: int = 1,
        zone: str = "UTC",
        charges_fees: bool = False,
        switches: dict[str, str] | None = None,
        api_key: str = "test-key",
        scopes: Iterable[str] | None = None,
        keys: Keys | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        rate_limit: int = 0,
        latency_ms: int = 0,
        warm: bool = False,
    ) -> None:
        """Build the world and bind the port; ``start`` begins to serve.

        Args:
            seed: The same seed gives identical data.
            returns: Size of the shop world.
            world: ``shop``, ``golden``, ``tiny`` or ``empty``.
            now: The simulated time in ISO format; None for the world's own.
            days: Days since the shop opened.
            replicas: Number of copies of a smaller shop that make up the shop.
            zone: Time zone of the shop, in which Shopify's reports count days.
            charges_fees: Whether handling fees are charged through Stripe, and not
                deducted from the refund.
            switches: Settings of open questions, see ``switches``.
            api_key: The one key, unless ``keys`` is given.
            scopes: Scopes of the API key; None means all scopes.
            keys: Several keys with their scopes.
            host: Address to listen on.
            port: 0 picks a free one.
            rate_limit: Requests per key and minute, 0 for no limit. Loop's is 300.
            latency_ms: Added to every API response, in milliseconds.
            warm: Render every return beforehand, for measurements.

        """
        settings = {
            "seed": seed,
            "returns": returns,
            "world": world,
            "now": now,
            "days": days,
            "replicas": replicas,
            "zone": zone,
            "charges_fees": charges_fees,
        }
        keys = keys or {api_key: None if scopes is None else tuple(scopes)}
        limit = RateLimit(rate_limit)
        super().__init__(settings, switches, keys, limit, latency_ms)
        if warm:
            for key in self.store.find_keys():
                self.store.rendered(key)
        self._control = Control(self)
        self._server = Server((host, port), self.handle)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.005},
            daemon=True,
        )

    def handle(self, request: Request) -> Response:
        """Return the response to a request to the API or to the control plane."""
        api = request.path.startswith("/api/")
        return self.dated((self.serve if api else self._control.handle)(request))

    def start(self) -> Self:
        """Serve in the background."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and cut every connection."""
        self.stopping.set()
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
        return self._server.netloc

    @property
    def base_url(self) -> str:
        """The root address, which ``/api`` and ``/_simulator`` follow."""
        return f"http://{self.netloc}"

    @property
    def url(self) -> str:
        """A client's base address without the version."""
        return f"{self.base_url}/api"
