"""A sample of the shop: recent returns, and a window that fits into one response."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tap_loop_returns.checkup.probe import ListAnswer, Probe
from tap_loop_returns.checkup.question import CannotTellError
from tap_loop_returns.reading.ranges import DAY, WINDOW
from tap_loop_returns.rows import Raw
from tap_loop_returns.timestamps import epoch, from_epoch

# Maximum number of windows of 119 days that are searched: two years.
MOST_WINDOWS = 6
# Shares of a page's returns, around the middle one, whose time range is tried as the window.
SHARES = (1.0, 0.2, 0.04)


@dataclass(frozen=True)
class Window:
    """All returns of a period by one date, in the states that Loop shows by default."""

    column: str
    start: int
    end: int
    rows: list[Raw]

    def params(self) -> dict[str, str | int]:
        """Return the query parameters of this window."""
        return period(self.column, self.start, self.end)


@dataclass
class Sample:
    """What the check-up has read so far; later questions use it."""

    probe: Probe
    page_size: int
    """The value of the setting ``page_size``."""
    api_version: str
    requests_per_minute: int
    largest_page: int | None = None
    """The largest page size that Loop accepts, at most the documented one; None if Loop
    accepts larger ones."""
    refusals: dict[int, int] = field(default_factory=dict)
    """HTTP status by requested page size."""
    now: int = 0
    """Loop's clock when the check-up began."""
    pages: dict[str, ListAnswer] = field(default_factory=dict)
    """The first page of a window, by the date column of the request."""
    whole: dict[str, Window] = field(default_factory=dict)
    """A window that fitted into one response, by its date column."""
    by_state: dict[str, list[Raw]] = field(default_factory=dict)
    """Returns of the window by ``created_at``, by requested state."""
    order: str = ""
    """The order of the list, as the simulator names it; empty if unknown."""
    other_rows: list[Raw] = field(default_factory=list)
    """Returns of the period that ended a year ago."""
    notices: list[Raw] = field(default_factory=list)
    """Rows of the shipping notice."""

    @property
    def size(self) -> int:
        """Page size to request."""
        return self.largest_page or 750

    @property
    def returns(self) -> list[Raw]:
        """Every return of ``pages``, ``by_state`` and ``other_rows``, once."""
        rows = [row for page in self.pages.values() for row in page.rows]
        rows += [row for found in self.by_state.values() for row in found]
        return distinct(rows + self.other_rows)

    def page(self, params: dict[str, str | int], size: int | None = None) -> ListAnswer:
        """Return a page of the list."""
        size = self.size if size is None else size
        return self.probe.returns({"paginate": "true", "pageSize": size, **params})

    def window(self, column: str) -> Window:
        """Return the window by a date, of which all returns are known.

        Raises:
            CannotTellError: There is no such window.
        """
        if column not in self.whole:
            msg = "no window of returns was read whole"
            raise CannotTellError(msg)
        return self.whole[column]

    def take(self) -> None:
        """Find recent returns, and a window by each date that fits into one response."""
        end = self.now + DAY
        for number in range(MOST_WINDOWS):
            last = end - number * WINDOW
            asked = [c for c in ("updated_at", "created_at") if not self._has(c)]
            # A return is created before it changes, perhaps in an earlier window.
            for column in asked:
                first = last - WINDOW + 1
                self.pages[column] = self.page(period(column, first, last))
                self.whole[column] = Window(
                    column, first, last, self.pages[column].rows
                )
                if not self._has(column):
                    break
            if self._has("created_at"):
                break
        for column, page in self.pages.items():
            if self._may_continue(page):
                self._narrow(column, page)

    def _has(self, column: str) -> bool:
        return column in self.pages and bool(self.pages[column].rows)

    def _may_continue(self, page: ListAnswer) -> bool:
        return bool(page.link) or len(page.rows) == self.size

    def _narrow(self, column: str, page: ListAnswer) -> None:
        """Within the time range of a page, find a window that fits into one response."""
        del self.whole[column]
        moments = sorted(seconds(page.rows, column))
        for share in SHARES:
            cut = int(len(moments) * (1 - share) / 2)
            middle = moments[cut : len(moments) - cut]
            if not middle:
                return
            # The first and last second of a page may continue beyond it.
            start, end = middle[0] + 1, max(middle[-1] - 1, middle[0] + 1)
            found = self.page(period(column, start, end))
            if found.rows and not self._may_continue(found):
                self.whole[column] = Window(column, start, end, found.rows)
                return


def clock_of(probe: Probe) -> int:
    """Return the time of Loop's clock, or of the host's if Loop sends none."""
    differences = probe.clock_differences
    return int(time.time()) + (differences[0] or 0 if differences else 0)


def period(column: str, start: int, end: int) -> dict[str, str | int]:
    """Return the parameters that ask for a period by one date."""
    return {"filter": column, "from": from_epoch(start), "to": from_epoch(end)}


def second(row: Raw, column: str) -> int | None:
    """Return a date of a return in seconds; None if it is missing or unreadable."""
    return epoch(row.get(column))


def seconds(rows: Iterable[Raw], column: str) -> list[int]:
    """Return a date of returns in seconds, in their order; missing ones are left out."""
    found = (second(row, column) for row in rows)
    return [moment for moment in found if moment is not None]


def ids(rows: Iterable[Raw]) -> set[str]:
    """Return the ids of returns."""
    return {str(row["id"]) for row in rows if row.get("id") is not None}


def distinct(rows: Iterable[Raw]) -> list[Raw]:
    """Return each return once, including those without an id."""
    with_id = {str(row["id"]): row for row in rows if row.get("id") is not None}
    return [*with_id.values(), *(row for row in rows if row.get("id") is None)]


def count(rows: Iterable[Raw], test: Callable[[Raw], bool]) -> int:
    """Return the number of returns for which a predicate is true."""
    return sum(map(test, rows))
