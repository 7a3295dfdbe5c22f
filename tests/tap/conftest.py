"""Fixtures: a simulated Loop, and a tap for it; ``TAP_MUTANT`` names a broken tap to use."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from loop_simulator import Simulator
from tests.tap import mutants
from tests.tap.harness import MUTANT, tap_for

HERE = Path(__file__).parent
if name := os.environ.get(MUTANT):
    mutants.apply(name)

# Seconds that a test may take: a tap that never ends fails instead of hanging.
LONGEST = 3_600 if os.environ.get("WORLDS") else 600
SLOW = ("20000", "kill_9", "every_5000")
# Maximum number of cases of each parametrised test that run on a broken tap: by default,
# and if tests are chosen with `-k`.
FORMS, FORMS_BY_NAME = 4, 120


def pytest_collection_modifyitems(config, items):
    """For a broken tap, keep only some cases of each test, and no slow tests."""
    if not os.environ.get(MUTANT):
        return
    named = config.getoption("keyword")
    most = FORMS_BY_NAME if named else FORMS
    forms = {}
    for item in items:
        slow = any(word in item.name for word in SLOW) and not named
        if HERE in item.path.parents and not slow:
            forms.setdefault((item.path, item.originalname), []).append(item)
    items[:] = [
        found[place * (len(found) - 1) // (most - 1)] if len(found) > most else item
        for found in forms.values()
        for place, item in enumerate(found[:most])
    ]


@pytest.fixture(autouse=True)
def _no_hanging():
    def give_up(_signum, _frame):
        pytest.fail(f"not done after {LONGEST} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(25 if name else LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def tap_of(tmp_path):
    """Return a function that makes a tap for a simulated Loop."""
    return lambda loop, **settings: tap_for(tmp_path, loop, **settings)


@pytest.fixture
def loop():
    """A simulated Loop with a small shop."""
    with Simulator(seed=1, returns=150) as simulator:
        yield simulator


@pytest.fixture
def tap(tmp_path, loop):
    """The tap, set up for that Loop."""
    return tap_for(tmp_path, loop)


@pytest.fixture
def make_loop():
    """Return a function that starts a simulated Loop with switches, a clock or a limit."""
    made = []

    def make(**settings):
        simulator = Simulator(**{"seed": 1, "returns": 150} | settings)
        made.append(simulator)
        return simulator.start()

    yield make
    for simulator in made:
        simulator.stop()
