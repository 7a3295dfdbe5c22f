"""One text for all replicas: what differs between them is filled in.

A replica's keys and moments lie a fixed step behind those of the replica before. So the
first and the last replica's text show what differs and by how much, whatever the text
is about.
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
"""How a value is written, its value in replica nought, and the step to the next replica."""


class Template:
    """A text with slots."""

    __slots__ = ("_choose", "_slots", "_text")

    def __init__(self, first: bytes, last: bytes, steps: int) -> None:
        """Compare replica nought's text with that of replica ``steps``.

        Raises:
            ValueError: They differ in more than numbers and moments.
        """
        near, far = _MOVING.split(first), _MOVING.split(last)
        if near[::2] != far[::2]:
            message = (
                "the texts of two replicas differ in more than numbers and moments"
            )
            raise ValueError(message)
        text, slots, places = [], dict[Slot, int](), []
        for here, there in zip(near, far, strict=True):
            if here == there:
                text.append(here.replace(b"%", b"%%"))
            else:
                slot = _slot(here, there, steps)
                places.append(slots.setdefault(slot, len(slots)))
                text.append(b"%b")
        self._text = b"".join(text)
        self._slots = tuple(slots)
        self._choose: Callable[[list[bytes]], object] = (
            itemgetter(*places) if len(places) > 1 else tuple
        )

    def fill(self, replica: int) -> bytes:
        """Write the text of one replica."""
        values = [
            _moment(form, start + replica * step)
            if len(form) == 1
            else form % (start + replica * step)
            for form, start, step in self._slots
        ]
        return self._text % self._choose(values)


def _slot(here: bytes, there: bytes, steps: int) -> Slot:
    """Find how one position moves."""
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
    """Write a moment; the formats of ``timestamps`` are too slow for millions."""
    day, second = divmod(moment, timestamps.DAY)
    return _day(day) + separator + _clock()[second]


@cache
def _day(number: int) -> bytes:
    return timestamps.zulu(number * timestamps.DAY)[:_DATE_LENGTH].encode()


@cache
def _clock() -> list[bytes]:
    """Write every second of a day."""
    return [
        b"%02d:%02d:%02d" % (second // 3_600, second // 60 % 60, second % 60)
        for second in range(timestamps.DAY)
    ]
