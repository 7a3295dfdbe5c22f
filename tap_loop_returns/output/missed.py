"""Items whose own request failed."""

from __future__ import annotations

import logging
from typing import Any

from tap_loop_returns import timestamps
from tap_loop_returns.errors import IncompleteSyncError, LoopError
from tap_loop_returns.reading.ranges import Range, join
from tap_loop_returns.rows import Raw

# Number of failed items in a row from which the endpoint itself is assumed to fail.
MOST_IN_A_ROW = 20
# Maximum number of items that the error names; it counts all of them.
MOST_NAMED = 20


class Missed:
    """What a stream lacks because the requests of some of its items failed.

    A failed request affects only the rows of its item. The next sync requests the item
    again.
    """

    def __init__(self, stream: str, items: str) -> None:
        """Start with nothing missed.

        Args:
            stream: Name of the stream, for the error.
            items: The kind of item that each request reads, in the plural.
        """
        self.count = 0
        self.is_given_up = False
        """No more requests are made in this sync."""
        self.error: LoopError | None = None
        """The last error."""
        self._stream = stream
        self._items = items
        self._ids: list[str] = []
        self._in_a_row = 0
        self._without_range: list[Raw] = []
        self._unread: list[Range] = []

    def add(self, item: Raw, item_id: Any, error: LoopError) -> None:
        """Note an item whose request failed.

        Args:
            item: The item.
            item_id: The item's id, for the error.
            error: Why the request failed.
        """
        self.count += 1
        self.error = error
        self._without_range.append(item)
        if self.is_given_up:
            return
        self._in_a_row += 1
        self.is_given_up = self._in_a_row >= MOST_IN_A_ROW
        if len(self._ids) < MOST_NAMED:
            self._ids.append(str(item_id)[:40])
            logging.getLogger("tap-loop-returns").warning(
                "%s: nothing for %s. %s", self._stream, self._ids[-1], error
            )

    def answered(self) -> None:
        """Note that the request of an item succeeded."""
        self._in_a_row = 0

    def keep_unread(self, span: Range) -> None:
        """Keep the timestamps of missed returns on the unread list.

        After giving up, keep the whole range.

        Args:
            span: The range of the returns for which ``add`` was called last.
        """
        if self.is_given_up and self._without_range:
            self._unread = join([*self._unread, span])
        else:
            for item in self._without_range:
                second = timestamps.epoch(item.get(span.column))
                part = [] if second is None else span.part(second, second)
                self._unread = join([*self._unread, *(part or [span])])
        self._without_range = []

    @property
    def unread(self) -> list[dict[str, Any]]:
        """The ranges that the next sync reads again, as in the Singer state."""
        return [item.to_state() for item in self._unread]

    def failure(self) -> IncompleteSyncError | None:
        """Return the error that names what is missing; None if nothing is."""
        if not self.count:
            return None
        more = self.count - len(self._ids)
        names = ", ".join(self._ids) + (f" and {more:,} more" if more else "")
        given_up = (
            f" No more were requested after {MOST_IN_A_ROW} failures in a row."
            if self.is_given_up
            else ""
        )
        return IncompleteSyncError(
            f"Stream {self._stream} is incomplete: no answer for {self.count:,} "
            f"{self._items} ({names}), which the next sync requests again.{given_up} "
            f"{self.error}"
        )
