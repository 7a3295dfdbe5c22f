"""Counts of the rows that a sync sends to one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from tap_loop_returns.rows import Row

# Number of keys whose hashes are remembered; about 4 MB.
REMEMBERED = 50_000


class SeenKeys:
    """Hashes of the first keys that a sync sends, some 50,000; later keys are not stored."""

    def __init__(self) -> None:
        """Start with none."""
        self._hashes: set[int] = set()

    @property
    def is_full(self) -> bool:
        """Whether the bound is reached; then a key may have been sent although it is not stored."""
        return len(self._hashes) >= REMEMBERED

    def known(self, keys: Collection[Any]) -> set[Any]:
        """Return those of the given keys that are remembered as sent."""
        # Almost always no key is known; this check finds that in half the time.
        if self._hashes.isdisjoint(map(hash, keys)):
            return set()
        return {key for key in keys if hash(key) in self._hashes}

    def keep(self, keys: Iterable[Any]) -> None:
        """Remember keys, up to the bound."""
        if not self.is_full:
            self._hashes.update(map(hash, keys))


class SavedCounts(msgspec.Struct, array_like=True):
    """The counts of one table in the Singer state, as a list."""

    rows: int
    distinct_keys: int
    first: str | None
    last: str | None
    repeated_keys: int = 0
    """States of earlier releases do not have this count."""


class StreamCounts:
    """Rows, distinct keys and update times that were sent to one table."""

    def __init__(
        self,
        name: str,
        keys: tuple[str, ...],
        update_column: str | None,
        *,
        tap_stream: str,
        keeps_keys: bool = True,
    ) -> None:
        """Start counting.

        Args:
            name: Name of the stream in the target.
            keys: Its key properties.
            update_column: Column with the last update, if the stream has one.
            tap_stream: The tap's name of the stream.
            keeps_keys: False if a stream map gives the rows another key, or the column
                of the sync's id is left out; then distinct keys are unknown.
        """
        self.name = name
        self.tap_stream = tap_stream
        self.keys = keys
        self.rows = 0
        self.first: str | None = None
        self.last: str | None = None
        self.possibly_resent: set[Any] = set()
        """Return ids whose rows may already have been sent; not counted as new keys."""
        self.seen: SeenKeys | None = None
        """The keys sent so far; rows with the same key may be far apart."""
        self.repeated: Counter[Any] = Counter()
        """For the last call of ``add``: the number of rows beyond the first, for each key
        that several rows have."""
        self.repeated_keys = 0
        """Number of rows that repeat the key of another row of the same return."""
        self.missed = 0
        """Number of returns whose own request failed."""
        self._distinct = 0
        self._keeps_keys = keeps_keys
        self._key = itemgetter(*keys)
        self._update = itemgetter(update_column) if update_column else None

    @property
    def distinct_keys(self) -> int | None:
        """Lower bound of the number of distinct keys; None if it is unknown."""
        return self._distinct if self._keeps_keys else None

    def add(self, rows: Sequence[Row]) -> None:
        """Count sent rows, as they are before any stream map."""
        if not rows:
            return
        self.rows += len(rows)
        keys = set(map(self._key, rows))
        if self.repeated:
            self.repeated = Counter()
        if len(keys) != len(rows):
            self.repeated = Counter(map(self._key, rows)) - Counter(keys)
        if self.possibly_resent:
            is_one = len(self.keys) == 1
            keys = {
                k for k in keys if (k if is_one else k[0]) not in self.possibly_resent
            }
        if self.seen:
            is_known = keys if self.seen.is_full else self.seen.known(keys)
            keys -= is_known
            self.seen.keep(keys)
        self._distinct += len(keys)
        if self._update:
            found = {self.first, self.last, *map(self._update, rows)}
            found.discard(None)
            if found:
                self.first, self.last = min(found), max(found)

    def to_state(self) -> list[Any]:
        """Return the counts for the Singer state."""
        return [self.rows, self._distinct, self.first, self.last, self.repeated_keys]

    def restore(self, counts: SavedCounts) -> None:
        """Continue from the counts of a killed sync."""
        self.rows, self._distinct = counts.rows, counts.distinct_keys
        self.first, self.last = counts.first, counts.last
        self.repeated_keys = counts.repeated_keys
