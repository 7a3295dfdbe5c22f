"""Questions about periods: their ends, their defaults and the longest one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tap_loop_returns.checkup.probe import OK
from tap_loop_returns.checkup.question import Finding, Question, Verdict
from tap_loop_returns.checkup.sample import Sample, ids, period, second, seconds
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.reading.ranges import DAY
from tap_loop_returns.reading.reader import NO_RETURNS, PATH
from tap_loop_returns.rows import Raw
from tap_loop_returns.timestamps import from_epoch

COLUMNS = ("created_at", "updated_at")
TOO_LONG = 121 * DAY
# Returns changed within this many seconds may change again during the check-up.
SETTLED = 600

NEIGHBOURS = Question(
    "neighbours",
    "Is a return shown for the period from a second before to a second after its date?",
    assumes="Relies on it: every request extends a second beyond its range on both sides.",
    expects=Verdict.YES,
)
ENDS = Question(
    "ends",
    "Do periods include the seconds `from` and `to` themselves?",
    assumes="Works with any answer, because requests overlap.",
    switches=("ends",),
)
NO_DATES = Question(
    "no_dates",
    "Without `from` and `to`, does the list show the last 24 hours?",
    assumes="Always asks for both dates.",
)
FROM_ALONE = Question(
    "from_alone",
    "With only `from`, does the list show the 24 hours after it?",
    assumes="Always asks for both dates.",
)
TO_ALONE = Question(
    "to_alone",
    "Without `from`, is `to` ignored?",
    assumes="Always asks for both dates.",
)
LONGEST = Question(
    "longest_period",
    "Is a period of 121 days refused?",
    assumes="Requests at most 119 days.",
)


@answers(NEIGHBOURS, ENDS)
def ends(sample: Sample) -> Iterator[Finding]:
    """By each date, request three periods: around, from and up to the second of one return."""
    around: list[bool] = []
    found: dict[str, tuple[bool, bool]] = {}
    for column in COLUMNS:
        row = _anchor(sample, column)
        if row is None:
            continue
        at, key = second(row, column) or 0, str(row["id"])
        spans = ((at - 1, at + 1), (at, at + 2), (at - 2, at))
        state: dict[str, str | int] = {"state": str(row.get("state"))}
        shown = [
            key in ids(sample.page(period(column, *span) | state).rows)
            for span in spans
        ]
        around.append(shown[0])
        if shown[0]:
            found[column] = (shown[1], shown[2])
    if not around:
        return
    yield NEIGHBOURS.is_it(
        all(around), f"{sum(around)} of {len(around)} dates find their return"
    )
    if not found:
        return
    said = "; ".join(
        f"{column}: `from` {_word(first)}, `to` {_word(last)}"
        for column, (first, last) in found.items()
    )
    if len(set(found.values())) > 1:
        yield ENDS.no(said)
        return
    first, last = next(iter(found.values()))
    setting = {
        (True, True): "inclusive",
        (True, False): "exclusive_to",
        (False, True): "exclusive_from",
        (False, False): "exclusive_both",
    }[first, last]
    yield ENDS.is_it(first and last, said, ends=setting)


def _word(is_included: bool) -> str:  # noqa: FBT001
    return "included" if is_included else "excluded"


def _anchor(sample: Sample, column: str) -> Raw | None:
    """Return a return whose timestamp is unique and which is unlikely to change now."""
    page = sample.pages.get(column)
    rows = page.rows if page else []
    crowd = Counter(seconds(rows, column))
    fit = [
        row
        for row in rows
        if row.get("id") is not None
        and (moment := second(row, column)) is not None
        and crowd[moment] == 1
        and moment < sample.now - SETTLED
    ]
    return fit[len(fit) // 2] if fit else None


@answers(NO_DATES, FROM_ALONE, TO_ALONE)
def defaults(sample: Sample) -> Iterator[Finding]:
    """Make requests that lack one or both dates."""
    known = sorted(seconds(sample.returns, "created_at"))
    if not known:
        return
    recent = sample.page({})
    day = sample.now - DAY
    shown = seconds(recent.rows, "created_at")
    is_last_day = all(moment >= day - SETTLED for moment in shown)
    text = f"returns: {len(shown)}, older: {sum(m < day - SETTLED for m in shown)}"
    if shown and known[0] < day - SETTLED:
        yield NO_DATES.is_it(is_last_day, text)
    else:
        yield NO_DATES.cannot_tell(text)
    yield _from_alone(sample)
    yield _to_alone(sample, known, ids(recent.rows))


def _from_alone(sample: Sample) -> Finding:
    """Request returns with ``from`` alone; count those of more than a day later."""
    window = sample.window("created_at")
    known = sorted(seconds(window.rows, "created_at"))
    starts = [moment for moment in known if known[-1] > moment + DAY]
    if not starts:
        return FROM_ALONE.cannot_tell(f"returns: {len(known)}, all within a day")
    start = starts[len(starts) // 2] - 1
    found = seconds(sample.page({"from": from_epoch(start)}).rows, "created_at")
    later = sum(moment > start + DAY + 1 for moment in found)
    return FROM_ALONE.is_it(
        bool(found) and not later, f"returns: {len(found)}, later: {later}"
    )


def _to_alone(sample: Sample, known: list[int], recent: set[str]) -> Finding:
    """Request returns with ``to`` alone; count those from before it."""
    end = known[len(known) // 2]
    if end > sample.now - 2 * DAY:
        return TO_ALONE.cannot_tell("no older returns")
    found = sample.page({"to": from_epoch(end)}).rows
    older = sum(moment <= end + 1 for moment in seconds(found, "created_at"))
    text = f"returns: {len(found)}, from before `to`: {older}"
    if not recent and not found:
        return TO_ALONE.cannot_tell(text)
    return TO_ALONE.is_it(not older, text)


@answers(LONGEST)
def longest(sample: Sample) -> Iterator[Finding]:
    """Request a period of 121 days that ends before the first return."""
    asked = period("created_at", NO_RETURNS - TOO_LONG, NO_RETURNS)
    status = sample.probe.get(PATH, {"paginate": "true", "pageSize": 1, **asked}).status
    yield LONGEST.is_it(status != OK, f"HTTP {status}")
