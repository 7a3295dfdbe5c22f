"""Which returns carry which moment, in order: sixteen bytes for each of a million."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import overload

Entry = tuple[int, int]
"""A moment and the rank of the return that carries it."""

FAR = 1 << 62
"""Beyond every moment, key and rank."""
_RANK_BITS = 32


def pack(moment: int, rank: int) -> int:
    """Make one number of an entry, which sorts as the entry does."""
    return moment << _RANK_BITS | rank


class Index:
    """Entries in ascending order."""

    def __init__(self, packed: Iterable[int] = ()) -> None:
        """Sort entries in; each is packed."""
        ordered = sorted(packed)
        lowest = (1 << _RANK_BITS) - 1
        self._moments = array("q", [entry >> _RANK_BITS for entry in ordered])
        self._ranks = array("q", [entry & lowest for entry in ordered])

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._ranks)

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...

    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        """Give one entry, or several."""
        if isinstance(place, slice):
            return list(zip(self._moments[place], self._ranks[place], strict=True))
        return self._moments[place], self._ranks[place]

    def between(self, first: int, last: int) -> list[Entry]:
        """Give the entries from one moment to another, both included."""
        return self[bisect_left(self, (first, -FAR)) : bisect_right(self, (last, FAR))]

    def add(self, entry: Entry) -> None:
        """Sort an entry in."""
        place = bisect_left(self, entry)
        self._moments.insert(place, entry[0])
        self._ranks.insert(place, entry[1])

    def discard(self, entry: Entry) -> None:
        """Take an entry out, if it is there."""
        place = bisect_left(self, entry)
        if place < len(self) and self[place] == entry:
            del self._moments[place], self._ranks[place]
