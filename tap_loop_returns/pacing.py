"""Stay under Loop's request limit: 300 a minute for each key, according to its documentation."""

from __future__ import annotations

import threading
import time
from collections import deque

# A request that is held up on its way must not meet the next minute's requests.
MINUTE = 60.5


class Pacer:
    """Admits at most so many requests in any minute; shared by all threads."""

    def __init__(self, requests_per_minute: int) -> None:
        """Allow this many requests in any minute."""
        self._limit = requests_per_minute
        self._started: deque[float] = deque()
        self._held_until = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when one more request may start, and count it."""
        while delay := self._delay_or_start():
            time.sleep(delay)

    def hold(self, seconds: float) -> None:
        """Start no request for this long: Loop refused one, or is about to."""
        with self._lock:
            until = time.monotonic() + seconds
            self._held_until = max(self._held_until, until)

    def learn(self, remaining: str | None) -> None:
        """Heed ``x-ratelimit-remaining``: the key may be shared with other programs."""
        if remaining is None or not remaining.strip().isdecimal():
            return
        if int(remaining) == 0:
            with self._lock:
                oldest = self._started[0] if self._started else time.monotonic()
            self.hold(oldest + MINUTE - time.monotonic())

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
