"""One pass over the returns list: its bookmark and its audit, advanced together."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tap_loop_returns.context import SyncContext
from tap_loop_returns.output.audits import ListAudit
from tap_loop_returns.output.counts import StreamCounts
from tap_loop_returns.reading.bookmark import Bookmark
from tap_loop_returns.reading.ranges import DAY, Range
from tap_loop_returns.reading.reader import Page
from tap_loop_returns.rows import Raw


class ListPass:
    """Updates the bookmark and the audit during one pass over the list of returns."""

    def __init__(
        self,
        context: SyncContext,
        states: Iterable[Mapping[str, Any]],
        counts: Iterable[Mapping[str, StreamCounts]],
    ) -> None:
        """Continue from the state.

        Args:
            context: The current sync.
            states: The selected streams' states.
            counts: The counts of these streams, by name in the target.

        Raises:
            StateError: A bookmark cannot be read.
        """
        self._context = context
        self._started = int(time.time())
        self._bookmark = Bookmark.of_streams(states)
        self._audit = ListAudit.open(
            context.sync_id,
            counts,
            context.audits.checkpoint,
            self._bookmark.unread,
        )
        if self._bookmark.is_ahead(self._started):
            logging.getLogger("tap-loop-returns").warning(
                "The bookmark in the state lies in the future; changes are read from "
                "now on. Run with --full-refresh if earlier changes may be missing."
            )
        self.planned = self._bookmark.plan(context.scope, self._started)
        """Ranges to read in this sync, cut to what Loop accepts."""
        self._audit.states = ",".join(sorted(context.scope.states))
        self._audit.requests -= context.client.request_count
        self._audit.add_ranges(self.planned)
        self.has_begun = False

    @property
    def unread(self) -> list[Range]:
        """Ranges that are still to be read."""
        return self._bookmark.unread

    def begin(self) -> None:
        """On the first page, move the bookmark to the start of the sync, minus the look-back."""
        if self.has_begun:
            return
        self.has_begun = True
        clock = self._context.client.clock_at_start
        # If no response has a date: a day before the host's clock.
        moment = int(clock.timestamp()) if clock else self._started - DAY
        self._bookmark.begin(self._context.scope, moment, self._started)
        self._audit.begin(self._bookmark.through)

    def observe(self, returns: Sequence[Raw], span: Range) -> None:
        """Mark the returns that may have been sent before; call this before sending them.

        Args:
            returns: Returns that are sent next.
            span: The range that they were read from.
        """
        self._audit.observe(returns, span)

    def mark_read(self, page: Page) -> None:
        """Replace a page's range by its unread part; call this after its rows are sent."""
        self._bookmark.mark_read(page.before, page.after + page.partly_read)
        self._audit.partly_read += page.partly_read
        added = [item for item in page.after if item.column != page.before.column]
        if added:
            self._audit.add_ranges(added)
            self._audit.begin(self._bookmark.through)

    def save(self) -> dict[str, Any]:
        """Save the counts so far; return the bookmark for the state."""
        checkpoint = self._audit.to_state(self._context.client, self.unread)
        self._context.audits.save_checkpoint(checkpoint)
        return self._bookmark.to_state()

    def finish(self, unread_returns: int) -> dict[str, Any]:
        """Enqueue the audits of the completed pass; return the bookmark.

        Args:
            unread_returns: Number of returns that could not be read; a second of which no
                return could be read counts as one.
        """
        self._audit.unread_returns = unread_returns
        self._context.audits.save_checkpoint({})
        self._context.audits.enqueue(self._audit.rows(self._context.client))
        return self._bookmark.to_state()
