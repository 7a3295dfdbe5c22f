"""Byte templates: one text for all replicas, with slots for the parts that differ.

Between adjacent replicas, keys and times change by fixed steps, so comparing the texts
of the first and the last replica shows which parts differ and by how much.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from operator import itemgetter

from loop_simulator import timestamps

_MOVING = re.compile(rb"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\d+)")
_DATE_LENGTH = 10

Slot = tuple[bytes, int, int]
"""The format of a value, its value in replica 0, and the step to the next replica."""


class Template:
    """A text with slots."""

    __slots__ = ("_choose", "_slots", "_text")

    def __init__(self, first: bytes, last: bytes, steps: int) -> None:
        """Compare the texts of replica 0 and of replica ``steps``.

        Raises:
            ValueError: The texts differ in more than numbers and times.
        """
        near, far = _MOVING.split(first), _MOVING.split(last)
        if near[::2] != far[::2]:
            msg = "the texts of two replicas differ in more than numbers and moments"
            raise ValueError(msg)
        text, slots, positions = [], dict[Slot, int](), []
        for here, there in zip(near, far, strict=True):
            if here == there:
                text.append(here.replace(b"%", b"%%"))
            else:
                slot = _slot(here, there, steps)
                positions.append(slots.setdefault(slot, len(slots)))
                text.append(b"%b")
        self._text = b"".join(text)
        self._slots = tuple(slots)
        self._choose: Callable[[list[bytes]], object] = (
            itemgetter(*positions) if len(positions) > 1 else tuple
        )

    def fill(self, replica: int) -> bytes:
        """Return the text of one replica."""
        values = [
            _moment(form, start + replica * step)
            if len(form) == 1
            else form % (start + replica * step)
            for form, start, step in self._slots
        ]
        return self._text % self._choose(values)


def _slot(here: bytes, there: bytes, steps: int) -> Slot:
    """Return the slot for a part that differs between replicas."""
    if b"-" in here:
        start = timestamps.parse(here.decode())
        return (
            here[_DATE_LENGTH : _DATE_LENGTH + 1],
            start,
            (timestamps.parse(there.decode()) - start) // steps,
        )
    form = b"%%0%dd" % len(here) if here.startswith(b"0") else b"%d"
    return form, int(here), (int(there) - int(here)) // steps


def _moment(separator: bytes, moment: int) -> bytes:
    """Return a timestamp as text, faster than ``timestamps`` for millions of calls."""
    day, second = divmod(moment, timestamps.DAY)
    return _day(day) + separator + _clock()[second]


@cache
def _day(number: int) -> bytes:
    return timestamps.zulu(number * timestamps.DAY)[:_DATE_LENGTH].encode()


@cache
def _clock() -> list[bytes]:
    """Return the texts ``00:00:00`` to ``23:59:59``."""
    return [
        b"%02d:%02d:%02d" % (second // 3_600, second // 60 % 60, second % 60)
        for second in range(timestamps.DAY)
    ]
