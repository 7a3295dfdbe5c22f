"""The bookmark: the time up to which Loop was read, and the list of unread ranges.

The invariant, whatever happens to the process: every change up to the bookmark's
value has been sent, or lies in a range on the unread list. See
docs/decisions/0003-state-is-a-to-do-list.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_loop_returns import timestamps
from tap_loop_returns.errors import StateError
from tap_loop_returns.reading import ranges
from tap_loop_returns.reading.ranges import DAY, Range

# The earliest possible date, before Loop Returns existed.
BEGINNING = "2015-01-01T00:00:00Z"


@dataclass(frozen=True)
class SyncScope:
    """The returns that the settings select; times in seconds since 1970."""

    start: int
    end: int | None
    states: frozenset[str]
    lookback: int
    column: str = "created_at"
    """The date column that start and end limit in a sync without a state."""


@dataclass
class Bookmark:
    """The bookmark of all streams that come from the returns list."""

    through: int | None = None
    """Changes up to here are sent or on the unread list; None before any sync."""
    null_updated_at_through: int | None = None
    """Returns without ``updated_at`` that were created up to here are sent or on the unread list.

    A daily sweep searches for such returns by ``created_at``."""
    swept_at: int | None = None
    """Time of the last sweep by the host's clock."""
    start: int | None = None
    end: int | None = None
    states: frozenset[str] = frozenset(ranges.STATES)
    unread: list[Range] = field(default_factory=list)

    @classmethod
    def of_streams(cls, states: Iterable[Mapping[str, Any] | None]) -> Bookmark:
        """Return the lowest of the selected streams' bookmarks, with all unread ranges.

        A target that flushes one stream at a time may have stored them at
        different moments. If one of the streams has no bookmark, everything is unread.

        Raises:
            StateError: A bookmark cannot be read.
        """
        bookmarks = [cls._from_state(state or {}) for state in states]
        if not bookmarks or any(b.through is None for b in bookmarks):
            return cls()
        ends = [b.end for b in bookmarks if b.end is not None]
        return cls(
            through=min(b.through or 0 for b in bookmarks),
            null_updated_at_through=min(
                b.null_updated_at_through or 0 for b in bookmarks
            ),
            swept_at=min(b.swept_at or 0 for b in bookmarks),
            start=max((b.start for b in bookmarks if b.start), default=None),
            end=min(ends) if ends else None,
            states=frozenset.intersection(*(b.states for b in bookmarks)),
            unread=ranges.join([r for b in bookmarks for r in b.unread]),
        )

    def plan(self, scope: SyncScope, now: int) -> list[Range]:
        """Add the ranges that the settings select; return the unread list, cut for Loop.

        Args:
            scope: The settings.
            now: The host's clock. Requests end a day after it, in case it is slow. It also
                decides whether the bookmark lies in the future and a sweep is due.
        """
        if self.is_ahead(now):
            self.through = now
        end = now + DAY if scope.end is None else min(now + DAY, scope.end)
        if self.through is None:
            self._add(scope.states, scope.column, scope.start, end)
            if scope.column == "updated_at":
                self._add(scope.states, "created_at", scope.start, end, unstamped=True)
            return list(self.unread)
        self._add(scope.states, "updated_at", self.through, end)
        self._add(scope.states - self.states, "created_at", scope.start, end)
        if self.start is not None and scope.start < self.start:
            self._add(scope.states, "created_at", scope.start, self.start)
        if self.end is not None and end > self.end:
            self._add(scope.states, "created_at", self.end, end)
        if self._is_sweep_due(now):
            swept = (
                self.through
                if self.null_updated_at_through is None
                else self.null_updated_at_through
            )
            self._add(scope.states, "created_at", swept, end, unstamped=True)
        return list(self.unread)

    def is_ahead(self, now: int) -> bool:
        """Return whether the bookmark lies in the future, where nothing would be read."""
        return self.through is not None and self.through > now

    def begin(self, scope: SyncScope, clock: int, now: int) -> None:
        """Move the bookmark to Loop's clock minus the look-back; earlier changes are on the list.

        Args:
            scope: The settings of this run.
            clock: Loop's clock before the first request of the run.
            now: The host's clock, with the value that was given to ``plan``.
        """
        # If the host's clock is days behind, the bookmark must not be later than the
        # end of the request.
        reached = min(clock, now) - scope.lookback
        if self._is_sweep_due(now):
            self.null_updated_at_through = max(
                self.null_updated_at_through or 0, reached
            )
            self.swept_at = now
        if self.through is None or scope.end is None:
            self.through = max(self.through or 0, reached)
        else:
            self.through = max(self.through, min(reached, scope.end))
        starts = [scope.start] if self.start is None else [scope.start, self.start]
        self.start, self.end, self.states = min(starts), scope.end, scope.states

    def _is_sweep_due(self, now: int) -> bool:
        # A clock that was set back must not delay the sweep forever.
        return self.swept_at is None or not 0 <= now - self.swept_at <= DAY

    def mark_read(self, before: Range, after: list[Range]) -> None:
        """Replace a range by its unread part; call this after its returns are sent."""
        self.unread.remove(before)
        self.unread.extend(after)

    def to_state(self) -> dict[str, Any]:
        """Return the Singer bookmark."""
        swept, swept_at, start, end = (
            None if moment is None else timestamps.from_epoch(moment)
            for moment in (
                self.null_updated_at_through,
                self.swept_at,
                self.start,
                self.end,
            )
        )
        return {
            "replication_key_value": timestamps.from_epoch(self.through or 0),
            "swept_through": swept,
            "swept_at": swept_at,
            "start_date": start,
            "end_date": end,
            "states": sorted(self.states),
            "unread": [item.to_state() for item in ranges.join(self.unread)],
        }

    @classmethod
    def _from_state(cls, state: Mapping[str, Any]) -> Bookmark:
        value = state.get("replication_key_value")
        if value is None:
            return cls()
        swept, swept_at, start, end = (
            timestamps.epoch(state[name]) if state.get(name) else None
            for name in ("swept_through", "swept_at", "start_date", "end_date")
        )
        try:
            through = max(
                int(timestamps.parse(value).timestamp()),
                int(timestamps.parse(BEGINNING).timestamp()),
            )
            unread = [Range.from_state(entry) for entry in state.get("unread") or []]
            states = frozenset(state.get("states") or ranges.STATES)
        except (ValueError, TypeError, AttributeError) as error:
            msg = (
                "The state given to the tap cannot be read. Correct the bookmark "
                "(`replication_key_value` is a date-time), or remove it to read everything."
            )
            raise StateError(msg) from error
        swept = through if swept is None else swept
        return cls(through, swept, swept_at, start, end, states, unread)

    def _add(
        self,
        states: frozenset[str],
        column: str,
        start: int,
        end: int,
        *,
        unstamped: bool = False,
    ) -> None:
        if start <= end:
            self.unread += [
                Range(start, end, column, state, unstamped)
                for state in ranges.listings(states)
            ]
        self.unread = ranges.windows(self.unread)
