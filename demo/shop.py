"""The simulator as a child process, and its control plane."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from demo import paths

KEY = "demo-key"
SEED = 1
RETURNS = 2_000

Json = dict[str, Any]


class ShopError(Exception):
    """The simulator did not start."""


@dataclass(frozen=True)
class Shop:
    """A running simulator."""

    url: str

    @property
    def api_url(self) -> str:
        """The address of the simulator's Loop API."""
        return f"{self.url}/api"

    def truth(self) -> Json:
        """Return counts and sums of everything, computed by the simulator."""
        return dict(json.loads(self._ask("GET", "/truth")))

    def returns(self) -> list[Json]:
        """Return all returns in every state, as Loop serves them."""
        return [json.loads(line) for line in self._ask("GET", "/returns").splitlines()]

    def count(self, source: str, stream: str) -> int:
        """Return the number of rows of a Shopify or ReCharge stream."""
        return len(self._ask("GET", f"/{source}/{stream}").splitlines())

    def requests(self) -> list[Json]:
        """Return the requests to the API since the last ``forget_requests``."""
        return list(json.loads(self._ask("GET", "/requests")))

    def forget_requests(self) -> None:
        """Forget the requests so far."""
        self._ask("DELETE", "/requests")

    def change(self, **changes: int) -> Json:
        """Change, add or cancel returns, or remove lines; return which ones."""
        return dict(json.loads(self._ask("POST", "/changes", changes))["done"])

    def advance(self, seconds: int) -> None:
        """Move the simulator's clock forward."""
        self._ask("POST", "/clock", {"advance_seconds": seconds})

    def _ask(self, method: str, path: str, content: Json | None = None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 (our own process)
            f"{self.url}/_simulator{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return bytes(answer.read())


@contextmanager
def open_shop(*options: str) -> Iterator[Shop]:
    """Serve a shop on a free port until the block ends.

    Args:
        options: Options of ``python -m loop_simulator``.

    Yields:
        The running simulator.

    Raises:
        ShopError: The simulator ended immediately.
    """
    with serve(
        [sys.executable, "-m", "loop_simulator", "--port", "0", *options]
    ) as url:
        yield Shop(url)


@contextmanager
def serve(command: Sequence[str]) -> Iterator[str]:
    """Run a server until the block ends.

    Args:
        command: A program that prints its address as soon as it listens.

    Yields:
        The address.

    Raises:
        ShopError: The program ended without printing an address.
    """
    with subprocess.Popen(
        command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield _address(process.stdout)
        finally:
            process.terminate()


def _address(output: IO[str] | None) -> str:
    """Return the address in the first line of output."""
    line = output.readline() if output else ""
    words = [word for word in line.split() if word.startswith("http://")]
    if not words:
        msg = "The simulator did not start; try `make simulator`."
        raise ShopError(msg)
    return words[0].rstrip(",;)")
