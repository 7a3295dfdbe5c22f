"""A sorted index of timestamps: sixteen bytes for each return."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import overload

Entry = tuple[int, int]
"""A timestamp and the key of the return that has it."""

FAR = 1 << 62
"""Larger than every timestamp and key."""
_KEY_BITS = 32


def pack(moment: int, key: int) -> int:
    """Return an entry as one number that sorts as the entry does."""
    return moment << _KEY_BITS | key


class Index:
    """Entries in ascending order."""

    def __init__(self, packed: Iterable[int] = ()) -> None:
        """Build the index from packed entries, which may be in any order."""
        ordered = sorted(packed)
        lowest = (1 << _KEY_BITS) - 1
        self._moments = array("q", [entry >> _KEY_BITS for entry in ordered])
        self._keys = array("q", [entry & lowest for entry in ordered])

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._keys)

    @overload
    def __getitem__(self, position: int) -> Entry: ...

    @overload
    def __getitem__(self, position: slice) -> list[Entry]: ...

    def __getitem__(self, position: int | slice) -> Entry | list[Entry]:
        """Return one entry, or the entries of a slice."""
        if isinstance(position, slice):
            return list(zip(self._moments[position], self._keys[position], strict=True))
        return self._moments[position], self._keys[position]

    def between(self, first: int, last: int) -> list[Entry]:
        """Return the entries from one moment to another, both included."""
        return self[bisect_left(self, (first, -FAR)) : bisect_right(self, (last, FAR))]

    def add(self, entry: Entry) -> None:
        """Add an entry."""
        position = bisect_left(self, entry)
        self._moments.insert(position, entry[0])
        self._keys.insert(position, entry[1])

    def discard(self, entry: Entry) -> None:
        """Remove an entry, if it is there."""
        position = bisect_left(self, entry)
        if position < len(self) and self[position] == entry:
            del self._moments[position], self._keys[position]
