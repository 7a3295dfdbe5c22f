"""Running simulators; nothing here depends on the tap.

Tests that use ``api`` check only documented or observed behaviour of Loop.
If LOOP_CONFORMANCE_URL (it ends in ``/api``) and LOOP_CONFORMANCE_KEY are set, they ask
the real Loop instead of the simulator.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from plain_client import Client

from loop_simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def shared() -> Iterator[Simulator]:
    """A shop with 1,500 returns that no test changes."""
    with Simulator(returns=1_500) as loop:
        yield loop


@pytest.fixture
def api(shared: Simulator) -> Client:
    """The real Loop if a key is given, else the shared shop."""
    url, key = (
        os.environ.get("LOOP_CONFORMANCE_URL"),
        os.environ.get("LOOP_CONFORMANCE_KEY"),
    )
    if url and key:
        return Client(url, key, int(time.time()))
    return Client(shared.url)


@pytest.fixture
def loop() -> Iterator[Simulator]:
    """A small shop for one test, which may change it."""
    with Simulator(returns=200) as simulator:
        yield simulator


@pytest.fixture
def client(loop: Simulator) -> Client:
    return Client(loop.url)


@pytest.fixture
def with_switches() -> Iterator[Any]:
    """Return a function that starts a small shop with switches and returns it and a client."""
    running: list[Simulator] = []

    def start(**settings: str) -> tuple[Simulator, Client]:
        simulator = Simulator(returns=200, switches=settings).start()
        running.append(simulator)
        return simulator, Client(simulator.url)

    yield start
    for simulator in running:
        simulator.stop()
