"""Ranges of seconds that are still to be read, and functions that split and join them.

Pure functions and values, without requests. The reasoning is in
docs/decisions/0002-reading-ranges.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tap_loop_returns import timestamps

DAY = timestamps.DAY
# Loop refuses spans above 120 days; each request reaches a second past both ends.
WINDOW = 119 * DAY
STATES = ("open", "closed", "cancelled", "expired", "review")
SHOWN_BY_DEFAULT = frozenset({"open", "closed", "expired"})


@dataclass(frozen=True, order=True)
class Range:
    """Returns of one listing whose timestamp lies in a closed range of seconds."""

    start: int
    end: int
    column: str
    """Date column of the range: ``created_at`` or ``updated_at``."""
    state: str = ""
    """The requested state; empty for the states that Loop shows by default."""
    unstamped: bool = False
    """Keep only returns without ``updated_at``, which ranges by ``updated_at`` miss."""

    @property
    def listing(self) -> tuple[str, str, bool]:
        """The values that ranges must have in common to be joined."""
        return self.column, self.state, self.unstamped

    def part(self, start: int, end: int) -> list[Range]:
        """Return a list with the sub-range; the list is empty if the sub-range has no second."""
        start, end = max(start, self.start), min(end, self.end)
        return [replace(self, start=start, end=end)] if start <= end else []

    def overlaps(self, other: Range) -> bool:
        """Return whether both are of one listing and have a second in common."""
        is_same = self.listing == other.listing
        return is_same and self.start <= other.end and other.start <= self.end

    def narrower_listings(self, earliest: int) -> list[Range]:
        """Return ranges of other listings that together contain the same returns.

        Returns with the same timestamp usually have different states, and returns that
        a bulk job updated in one second were created at different times. The list is
        empty for a range by creation in one state, because reading by update would miss
        returns without an update time.

        Args:
            earliest: Time before which no return was created.
        """
        if not self.state:
            return [replace(self, state=state) for state in sorted(SHOWN_BY_DEFAULT)]
        if self.column == "updated_at":
            created = replace(self, column="created_at", start=earliest)
            return windows([created])
        return []

    def to_state(self) -> dict[str, Any]:
        """Return the range in the form of the Singer state."""
        entry: dict[str, Any] = {
            "column": self.column,
            "from": timestamps.from_epoch(self.start),
            "to": timestamps.from_epoch(self.end),
        }
        if self.state:
            entry["state"] = self.state
        if self.unstamped:
            entry["unstamped"] = True
        return entry

    @classmethod
    def from_state(cls, entry: dict[str, Any]) -> Range:
        """Read a range back from the Singer state.

        Raises:
            ValueError: The entry is not one that ``to_state`` writes.
        """
        start, end = (
            timestamps.epoch(entry.get("from")),
            timestamps.epoch(entry.get("to")),
        )
        column, state = entry.get("column"), entry.get("state", "")
        known = column in {"created_at", "updated_at"} and state in {"", *STATES}
        if start is None or end is None or start < 0 or not known:
            raise ValueError(entry)
        return cls(start, end, str(column), state, bool(entry.get("unstamped")))


def listings(states: frozenset[str]) -> list[str]:
    """Return the smallest set of ``state`` parameters that shows all of these states.

    A request without a state parameter lists open, closed and expired returns. The other
    two states need one listing each, so all five states take three listings.
    """
    if states >= SHOWN_BY_DEFAULT:
        return ["", *(s for s in STATES if s in states - SHOWN_BY_DEFAULT)]
    return [state for state in STATES if state in states]


def join(ranges: list[Range]) -> list[Range]:
    """Join overlapping and touching ranges of the same listing."""
    joined: list[Range] = []
    for item in sorted(ranges, key=lambda r: (r.listing, r.start)):
        last = joined[-1] if joined else None
        if last and last.listing == item.listing and item.start <= last.end + 1:
            joined[-1] = replace(last, end=max(last.end, item.end))
        else:
            joined.append(item)
    return sorted(joined)


def windows(ranges: list[Range]) -> list[Range]:
    """Cut ranges into spans that Loop accepts, oldest first."""
    return sorted(
        piece
        for item in join(ranges)
        for start in range(item.start, item.end + 1, WINDOW)
        for piece in item.part(start, start + WINDOW - 1)
    )
