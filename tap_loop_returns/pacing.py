"""Keeps requests below Loop's limit: 300 a minute for each key, according to its documentation."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

# A minute in seconds, and half a second for requests that reach Loop late.
MINUTE = 60.5


class Pacer:
    """Limits the requests in any minute; shared by all threads."""

    def __init__(self, requests_per_minute: int) -> None:
        """Allow this many requests in any minute."""
        self._limit = requests_per_minute
        self._started: deque[float] = deque()
        self._held_until = 0.0
        self._is_told = False
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until one more request may start, and count it."""
        while delay := self._delay_or_start():
            time.sleep(delay)

    def hold(self, seconds: float) -> None:
        """Start no request for this many seconds, because Loop refused one or soon will."""
        with self._lock:
            until = time.monotonic() + seconds
            self._held_until = max(self._held_until, until)

    def learn(self, remaining: str | None) -> None:
        """Pause if ``x-ratelimit-remaining`` is 0, since other programs may use the same key."""
        if remaining is None or not remaining.strip().isdecimal():
            return
        if int(remaining) == 0:
            with self._lock:
                oldest = self._started[0] if self._started else time.monotonic()
                is_early = len(self._started) < self._limit and not self._is_told
                self._is_told |= is_early
            wait = oldest + MINUTE - time.monotonic()
            if is_early:
                logging.getLogger("tap-loop-returns").warning(
                    "Loop says that the key's requests of this minute are used up, after "
                    "%s of the tap's own. The tap waits %.0f s now, and again whenever "
                    "Loop says so. Give the tap a key of its own, or set a lower "
                    "`requests_per_minute`.",
                    len(self._started),
                    max(wait, 0),
                )
            self.hold(wait)

    def _delay_or_start(self) -> float:
        with self._lock:
            now = time.monotonic()
            while self._started and self._started[0] <= now - MINUTE:
                self._started.popleft()
            free_at = self._held_until
            if len(self._started) >= self._limit:
                free_at = max(free_at, self._started[0] + MINUTE)
            if free_at > now:
                return free_at - now
            self._started.append(now)
            return 0.0
