"""Questions about page sizes and unpaged responses."""

from __future__ import annotations

from collections.abc import Iterator

from tap_loop_returns.checkup.probe import OK
from tap_loop_returns.checkup.question import Finding, Question, Verdict
from tap_loop_returns.checkup.sample import Sample, ids, period
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.reading.reader import NO_RETURNS, PATH

DOCUMENTED = 750

PAGE_SIZE = Question(
    "page_size",
    "Does Loop accept the setting `page_size`, and fill pages of this size?",
    assumes="Relies on it.",
    expects=Verdict.YES,
    switches=("page_size_max",),
)
OVER_PAGE_SIZE = Question(
    "over_page_size",
    f"Does Loop refuse a page size above the maximum (documented: {DOCUMENTED})?",
    assumes="Never requests such a size.",
    switches=("over_page_size",),
)
WRAPPED = Question(
    "wrapped",
    "Is a page an object with `returns`, rather than a bare list?",
    assumes="Reads both.",
    switches=("body",),
)
UNPAGED = Question(
    "unpaged",
    "Does a response without pagination contain all returns of the period?",
    assumes="Requests without pagination only if one second has more returns than a page, "
    "and compares the result with longer periods.",
    switches=("bare_cap",),
)


def find_largest_page(sample: Sample) -> None:
    """Request pages of a period before any return, until the largest size is known."""
    _try(sample, DOCUMENTED + 1)
    if sample.refusals[DOCUMENTED + 1] == OK:
        return
    _try(sample, DOCUMENTED)
    low, high = 1, DOCUMENTED
    if sample.refusals[DOCUMENTED] == OK:
        low = DOCUMENTED
    while low < high - 1 and sample.refusals[DOCUMENTED] != OK:
        middle = (low + high) // 2
        _try(sample, middle)
        low, high = (middle, high) if sample.refusals[middle] == OK else (low, middle)
    sample.largest_page = low


def _try(sample: Sample, size: int) -> None:
    nothing = period("created_at", NO_RETURNS, NO_RETURNS)
    asked = {"paginate": "true", "pageSize": size, **nothing}
    sample.refusals[size] = sample.probe.get(PATH, asked).status


@answers(PAGE_SIZE, OVER_PAGE_SIZE)
def page_sizes(sample: Sample) -> Iterator[Finding]:
    """Compare the requested page size with the returns received."""
    cut = [
        len(page.rows)
        for page in sample.pages.values()
        if page.link and len(page.rows) < sample.size
    ]
    largest = min(cut, default=sample.largest_page)
    above = DOCUMENTED + 1
    if largest is not None and largest < sample.page_size:
        yield PAGE_SIZE.no(
            f"{largest} is the largest",
            advice=f"Set `page_size` to {largest}.",
            page_size_max=str(largest),
        )
    elif largest is not None:
        yield PAGE_SIZE.yes(f"{largest} is the largest", page_size_max=str(largest))
    else:
        yield PAGE_SIZE.yes(f"{above} is accepted", page_size_max=str(DOCUMENTED))
    refused = sample.refusals[above] != OK
    yield OVER_PAGE_SIZE.is_it(
        refused,
        f"HTTP {sample.refusals[above]} for {above}",
        over_page_size="422" if refused else "clamp",
    )


@answers(WRAPPED, UNPAGED)
def shapes(sample: Sample) -> Iterator[Finding]:
    """Request a window again, unpaged."""
    pages = list(sample.pages.values())
    wrapped = [page.is_wrapped for page in pages]
    yield WRAPPED.is_it(
        all(wrapped),
        f"{sum(wrapped)} of {len(wrapped)} pages",
        body="wrapped" if all(wrapped) else "bare",
    )
    window = sample.window("created_at")
    there = ids(window.rows)
    if not there or not all(wrapped):
        return
    unpaged = sample.probe.returns(window.params())
    missing = len(there - ids(unpaged.rows))
    shown = f"{len(unpaged.rows)} of {len(there)} returns"
    yield UNPAGED.is_it(
        not missing, shown, bare_cap=str(len(unpaged.rows)) if missing else "0"
    )
