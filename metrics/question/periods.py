"""The requested period of a question, and the previous one."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from metrics.errors import MetricsError, short

GRAINS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
YEARS = range(1900, 3000)
"""Years that a question may name."""
_PART = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})))?", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-?\d\d-?\d\d", re.ASCII)


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included; None means unlimited."""

    start: dt.date | None = None
    end: dt.date | None = None

    @property
    def text(self) -> str:
        """The days in words."""
        return f"{self.start} to {self.end}"

    def previous(self, through: dt.date) -> Period:
        """Return the period of equal length that ends on the day before this one begins.

        For whole months, the previous period has the same number of whole months. If the
        data end within the period, the previous period ends on the corresponding day.

        Args:
            through: The last day of data.

        Raises:
            MetricsError: The period has no start or no end.
        """
        if self.start is None or self.end is None:
            raise MetricsError(
                "compare_to_previous needs start_date and end_date, or a time_grain."
            )
        months = _whole_months(self.start, self.end)
        days = 0 if months else (self.end - self.start).days + 1
        return _back(self.start, min(self.end, through), months, days)

    def within(self, start: dt.date, grain: str, through: dt.date) -> Period:
        """Return the days of a grain's period that lie in this one and have data."""
        last = after(start, grain) - dt.timedelta(1)
        return Period(
            max(start, self.start or start), min(last, self.end or last, through)
        )

    def before(self, grain: str) -> Period:
        """Return the corresponding days of the previous period of a grain."""
        if self.start is None or self.end is None:
            return self
        return _back(self.start, self.end, _MONTHS.get(grain, 0), _DAYS.get(grain, 0))


def _back(start: dt.date, end: dt.date, months: int, days: int) -> Period:
    """Return the days so many months and days earlier."""
    day = dt.timedelta(1)
    # The end of a month corresponds to the end of the other month.
    last = max(add_months(end, -months), add_months(end + day, -months) - day)
    return Period(add_months(start, -months) - days * day, last - days * day)


def read_period(start: str | None, end: str | None) -> Period:
    """Read the dates of a question.

    Args:
        start: First day, as ``2026-06-01``. A month, quarter or year (``2026-06``,
            ``2026-Q2``, ``2026``) stands for its first day.
        end: Last day, in the same formats. A month, quarter or year stands for its
            last day.

    Raises:
        MetricsError: A date cannot be read, or the end lies before the start.
    """
    period = Period(_read(start, is_end=False), _read(end, is_end=True))
    if period.start and period.end and period.end < period.start:
        raise MetricsError(f"end_date {period.end} lies before {period.start}.")
    return period


def read_day(text: object) -> dt.date:
    """Return a day that is written as ``2026-06-30``.

    Raises:
        ValueError: It is no day, or a week, of which Python would read the first day.
    """
    if not _DAY.fullmatch(str(text).strip()):
        raise ValueError(text)
    return dt.date.fromisoformat(str(text).strip())


def read_grain(grain: str | None) -> str | None:
    """Read a time grain.

    Raises:
        MetricsError: There is no such grain.
    """
    if grain and grain.lower() not in GRAINS:
        raise MetricsError(
            f"There is no time grain {short(grain)}; choose {', '.join(GRAINS)}."
        )
    return grain.lower() if grain else None


def first_day(day: dt.date, grain: str) -> dt.date:
    """Return the first day of the period of a grain that a day lies in."""
    if grain == "week":
        return day - dt.timedelta(day.weekday())
    if grain == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    if grain == "year":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if grain == "month" else day


def before(start: dt.date, grain: str) -> dt.date:
    """Return the first day of the previous period of a grain."""
    return _moved(start, grain, -1)


def after(start: dt.date, grain: str) -> dt.date:
    """Return the first day of the next period of a grain."""
    return _moved(start, grain, 1)


def _moved(start: dt.date, grain: str, by: int) -> dt.date:
    days = dt.timedelta(by * _DAYS.get(grain, 0))
    return add_months(start, by * _MONTHS.get(grain, 0)) + days


def last_month(through: dt.date) -> Period:
    """Return the last month that is complete if the data end on a day."""
    next_day = through + dt.timedelta(1)
    end = next_day.replace(day=1) - dt.timedelta(1)
    return Period(end.replace(day=1), end)


def recent(through: dt.date) -> list[str]:
    """Return the names of the last 12 months, 8 quarters and 3 years up to a day."""
    months = [add_months(through.replace(day=1), -back) for back in range(24)]
    quarters = dict.fromkeys(f"{m.year}-Q{(m.month + 2) // 3}" for m in months)
    years = [str(through.year - back) for back in range(3)]
    return [*(f"{month:%Y-%m}" for month in months[:12]), *list(quarters)[:8], *years]


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day of another month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _whole_months(start: dt.date, end: dt.date) -> int:
    after = end + dt.timedelta(1)
    if start.day != 1 or after.day != 1:
        return 0
    return (after.year - start.year) * 12 + after.month - start.month


def _read(text: str | None, *, is_end: bool) -> dt.date | None:
    if not text:
        return None
    part = _PART.fullmatch(text.strip())
    try:
        if part is None:
            quarter, month, start = None, None, read_day(text)
        else:
            year, quarter, month = part.groups()
            first = int(month or 1) if not quarter else int(quarter) * 3 - 2
            start = dt.date(int(year), first, 1)
    except ValueError as error:
        raise MetricsError(
            f"{short(text)} is not a date; write 2026-06-30, 2026-06, 2026-Q2 or 2026."
        ) from error
    if start.year not in YEARS:
        raise MetricsError(
            f"{short(text)} is not in the years {YEARS[0]} to {YEARS[-1]}; leave the date "
            "out for all days."
        )
    if part is None:
        return start
    months = 3 if quarter else 1 if month else 12
    return add_months(start, months) - dt.timedelta(1) if is_end else start
