"""Points in time: integer seconds since 1970 UTC internally, Loop's formats outside.

Nothing here reads the machine's clock.
"""

from __future__ import annotations

import re
import time
from calendar import timegm
from datetime import UTC, datetime

DAY = 86_400
HOUR = 3_600
DEFAULT_NOW = "2026-06-30T12:00:00Z"

_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)


def parse(text: str) -> int:
    """Parse any date format that Loop is known to accept; without a zone it is UTC.

    Args:
        text: A date, or a date and a time, with or without zone and fraction.

    Returns:
        Seconds since 1970 UTC, any fraction cut off.

    Raises:
        ValueError: If the text is not a date.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        msg = f"not a date: {text!r}"
        raise ValueError(msg)
    numbers = [int(part or 0) for part in found.groups()[:6]]
    year, month, day, hour, minute, second = numbers
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return timegm(moment.utctimetuple()) - _offset_seconds(found[7])


def _offset_seconds(zone: str | None) -> int:
    """Return how many seconds a zone is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * HOUR + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def at(text: str) -> int:
    """Parse a date that this package's code contains, and return its seconds."""
    return parse(text)


def offset(moment: int) -> str:
    """Return ``2026-06-30T12:00:00+00:00``, as the list endpoint was seen to send."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(moment))


def iso_ms(moment: int) -> str:
    """Return ``2026-06-30T12:00:00.000Z``, as in the documentation's samples."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment))


def zulu(moment: int) -> str:
    """Return ``2026-06-30T12:00:00Z``, Shopify's format."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def space(moment: int) -> str:
    """Return ``2026-06-30 12:00:00``, Laravel's format without a zone."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))


def php(moment: int) -> dict[str, object]:
    """Return a PHP date object as serialised to JSON."""
    return {"date": f"{space(moment)}.000000", "timezone_type": 3, "timezone": "UTC"}


def http_date(moment: int) -> str:
    """Return the format of the HTTP ``Date`` header, in English whatever the locale."""
    parts = time.gmtime(moment)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[parts.tm_wday]
    months = "JanFebMarAprMayJunJulAugSepOctNovDec"
    month = months[parts.tm_mon * 3 - 3 : parts.tm_mon * 3]
    clock = time.strftime("%H:%M:%S", parts)
    return f"{day}, {parts.tm_mday:02d} {month} {parts.tm_year} {clock} GMT"
