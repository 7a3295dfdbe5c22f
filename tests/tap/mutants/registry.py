"""Registers broken taps, called mutants, and the tests that must find each of them."""

from __future__ import annotations

from collections.abc import Callable

MUTANTS: dict[str, Callable[[], None]] = {}
EXPECTED: dict[str, tuple[str, ...]] = {}
"""For each mutant, the beginnings of the names of the tests that must fail."""


def mutant(*must_fail: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a broken tap under its function's name."""

    def register(patch: Callable[[], None]) -> Callable[[], None]:
        name = patch.__name__.replace("_", "-")
        MUTANTS[name], EXPECTED[name] = patch, must_fail
        return patch

    return register


def apply(name: str) -> None:
    """Break the tap of this process; ``none`` leaves it whole."""
    if name != "none":
        MUTANTS[name]()
