"""The mutants: each can still be applied, and the tests it names exist."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import pytest

from tests.tap import mutants

TESTS = re.findall(
    r"^def (test_\w+)",
    "\n".join(path.read_text() for path in Path(__file__).parent.rglob("test_*.py")),
    re.MULTILINE,
)


# Python 3.12 warns of a fork in a process with threads; the test uses none of them.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_every_broken_tap_can_be_made() -> None:
    """A mutant patches names of the tap, which may have changed."""
    assert len(mutants.MUTANTS) > 100
    assert not [name for name in mutants.MUTANTS if not _can_be_made(name)]


def _can_be_made(name: str) -> bool:
    """Apply a mutant in a process of its own; return whether that worked."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    with contextlib.suppress(BaseException):
        mutants.apply(name)
        os._exit(0)
    os._exit(1)


@pytest.mark.parametrize("name", mutants.MUTANTS)
def test_the_tests_that_must_find_a_broken_tap_exist(name) -> None:
    wanted = mutants.EXPECTED[name]
    assert wanted
    assert not [w for w in wanted if not any(test.startswith(w) for test in TESTS)]
