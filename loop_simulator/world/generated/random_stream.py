"""Seeded random numbers; the same seed parts give the same choices on every machine.

Only ``random.Random.random`` is used, because it is the only method whose sequence
Python guarantees between versions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class RandomStream:
    """A stream of choices that depends only on the parts of its seed."""

    __slots__ = ("random",)

    def __init__(self, *parts: int | str) -> None:
        """Seed the stream with ``parts``, such as a seed and a customer's index."""
        name = ":".join(map(str, parts))
        self.random = random.Random(name).random  # noqa: S311 - no secret
        """The next number in [0, 1)."""

    def chance(self, share: float) -> bool:
        """Return True with a probability of ``share`` (0 to 1)."""
        return self.random() < share

    def below(self, limit: int) -> int:
        """Pick an integer from 0 up to but not including ``limit``."""
        return int(self.random() * limit)

    def between(self, low: int, high: int) -> int:
        """Pick an integer from ``low`` to ``high``, both included."""
        return low + int(self.random() * (high - low + 1))

    def one_of(self, choices: Sequence[T]) -> T:
        """Pick one of ``choices``, all equally likely."""
        return choices[int(self.random() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """Pick one of ``(value, weight)`` pairs; the weights need not add up to one."""
        point = self.random() * sum(weight for _, weight in choices)
        for value, weight in choices:
            point -= weight
            if point < 0:
                return value
        return choices[-1][0]

    def triangular(self, low: int, high: int) -> int:
        """Pick an integer from ``low`` to ``high``; values in the middle are more likely."""
        return low + int((self.random() + self.random()) / 2 * (high - low + 1))

    def skewed_low(self, low: int, high: int) -> int:
        """Pick an integer from ``low`` to ``high``; values near ``low`` are more likely."""
        point = self.random()
        return low + int(point * point * (high - low + 1))
