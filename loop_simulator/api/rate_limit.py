"""The rate limit: requests per key and minute of real time."""

from __future__ import annotations

import threading
import time

from loop_simulator import timestamps
from loop_simulator.state import Store

DOCUMENTED = 300
"""Requests per minute and key in Loop's documentation."""
MINUTE = 60.0


class RateLimit:
    """Counts requests per key in fixed windows that start with the key's first request."""

    def __init__(self, limit: int) -> None:
        """Allow ``limit`` requests in every window of a minute; 0 allows any number."""
        self.limit = limit
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, key: str) -> tuple[int, float]:
        """Count one request.

        Returns:
            The number of requests left in the window (-1 if this one is too many), and
            the seconds until the window ends.

        """
        with self._lock:
            now = time.monotonic()
            begun, used = self._windows.get(key, (now, 0))
            if now - begun >= MINUTE:
                begun, used = now, 0
            used = min(used + 1, self.limit + 1)
            self._windows[key] = (begun, used)
            return self.limit - used, MINUTE - (now - begun)


def retry_after(store: Store, seconds: int | None, due: int = 60) -> str | None:
    """Return the value of the Retry-After header.

    Args:
        store: The store, whose switch and clock decide the format.
        seconds: The value of a planned fault; None to use the switch.
        due: Seconds until the limit's window ends.

    Returns:
        Seconds or an HTTP date, or None for no header.

    """
    form = store.switches["retry_after"]
    if seconds is None and form == "none":
        return None
    wait = due if seconds is None else seconds
    return timestamps.http_date(store.now + wait) if form == "date" else str(wait)
