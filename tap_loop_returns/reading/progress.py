"""Logs the progress of a long sync."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

    from tap_loop_returns.client import LoopClient
    from tap_loop_returns.reading.ranges import Range

# Seconds between two log lines.
INTERVAL = 10


class Progress:
    """Logs the share of the period read so far, numbers of returns and requests, and time left."""

    def __init__(
        self, log: logging.Logger, client: LoopClient, unread: list[Range]
    ) -> None:
        """Start with all ranges to read."""
        self._log = log
        self._client = client
        self._total = max(_seconds(unread), 1)
        self._started = self._last = time.monotonic()
        self._returns = 0

    def report(self, returns: int, unread: list[Range]) -> None:
        """Count a page, and log a line if the last line is old enough."""
        self._returns += returns
        now = time.monotonic()
        if now - self._last < INTERVAL:
            return
        self._last = now
        share = 1 - _seconds(unread) / self._total
        elapsed = now - self._started
        left = f"{elapsed / share - elapsed:,.0f} s left" if share > 0 else "starting"
        self._log.info(
            "%.0f %% of the period read: %s returns, %s requests, %.0f returns/s, %s",
            100 * share,
            f"{self._returns:,}",
            self._client.request_count,
            self._returns / elapsed,
            left,
        )

    def finish(self) -> None:
        """Log the totals."""
        elapsed = time.monotonic() - self._started
        self._log.info(
            "All read: %s returns with %s requests in %.1f s",
            f"{self._returns:,}",
            self._client.request_count,
            elapsed,
        )


def _seconds(unread: list[Range]) -> int:
    return sum(item.end - item.start + 1 for item in unread)
