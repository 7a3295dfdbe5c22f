"""Converts Loop's four timestamp formats to UTC.

Formats seen in responses: ISO with ``+00:00``, ISO with milliseconds and ``Z``, a blank
in place of the ``T`` without a zone (UTC), and serialised PHP date objects.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SECONDS = len("2026-01-31T23:59:59")
DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Number of texts that are cached.
CACHED_TEXTS = 4_096
UTC_NAMES = frozenset({"UTC", "Z", "GMT", "+00:00"})


def parse(value: Any) -> datetime:
    """Return the moment as an aware datetime in UTC.

    Raises:
        ValueError: The value is not a timestamp, or lies outside the years 1 to 9999.
    """
    try:
        if isinstance(value, dict):
            return _from_php(value)
        if not isinstance(value, str):
            raise ValueError(value)  # noqa: TRY004
        moment = datetime.fromisoformat(value.strip().replace("z", "Z"))
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except OverflowError as error:
        # 9999-12-31T23:00:00-06:00 is in the year 10000 in UTC.
        raise ValueError(value) from error


def to_utc(value: Any) -> str:
    """Return the moment as ISO text that ends in ``Z``; fractions are kept.

    Raises:
        ValueError: The value is not a timestamp.
    """
    if value.__class__ is dict and str(value.get("timezone")) in UTC_NAMES:
        return text_to_utc(str(value.get("date", "")))
    return text_to_utc(value) if value.__class__ is str else _to_utc(value)


def _to_utc(value: Any) -> str:
    return f"{parse(value).isoformat()[:-6]}Z"


# The separators of a date and a time, and the end from the last digit of the seconds, in
# the most frequent formats: 2026-01-31T23:59:59+00:00 and 2026-01-31 23:59:59.000000.
SEPARATORS = frozenset({"--T::", "-- ::"})
ENDS = frozenset(
    digit + end for digit in "0123456789" for end in ("+00:00", "", ".000000")
)


class _UtcTexts(dict[str, str]):
    """Cache of ``to_utc`` by text, since the rows of one return repeat its timestamps.

    A miss costs half as much as with ``lru_cache``. The most frequent formats are UTC
    and need no arithmetic.
    """

    def __missing__(self, value: str) -> str:
        time = value[11:SECONDS]
        is_usual = value[4:17:3] in SEPARATORS and value[SECONDS - 1 :] in ENDS
        # From Python 3.14 on, 24:00:00 is the next day.
        if is_usual and time < "24":
            datetime.fromisoformat(value)
            moment = f"{value[:10]}T{time}Z"
        else:
            moment = _to_utc(value)
        if len(self) >= CACHED_TEXTS:
            self.clear()
        self[value] = moment
        return moment


text_to_utc = _UtcTexts().__getitem__
"""Return ``to_utc`` of a text; raise ``ValueError`` if it is not a timestamp."""


def epoch(value: Any) -> int | None:
    """Return whole seconds since 1970, or None for anything but a timestamp."""
    try:
        is_utc = value.__class__ is str and value[SECONDS:] == "+00:00"
        # The common case, in half the time.
        moment = datetime.fromisoformat(value) if is_utc else parse(value)
    except ValueError:
        return None
    since = moment - EPOCH
    # Takes half the time of `timestamp`.
    return since.days * DAY + since.seconds


def from_epoch(seconds: int) -> str:
    """Return ISO text in UTC, as in requests to Loop."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _from_php(value: dict[str, Any]) -> datetime:
    """Read ``{date, timezone_type, timezone}``; there are three types of zones."""
    moment = datetime.fromisoformat(str(value.get("date", "")))
    zone = str(value.get("timezone") or "UTC")
    if zone in UTC_NAMES:
        return moment.replace(tzinfo=UTC)
    if zone[0] in "+-":
        hours, _, minutes = zone[1:].partition(":")
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        zoned = moment - (offset if zone[0] == "+" else -offset)
        return zoned.replace(tzinfo=UTC)
    try:
        local = moment.replace(tzinfo=ZoneInfo(zone))
    except (KeyError, OSError) as error:
        raise ValueError(zone) from error
    return local.astimezone(UTC)
