"""Questions about the list: its order, its states, and whether returns are repeated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tap_loop_returns.checkup.question import Finding, Question, Verdict
from tap_loop_returns.checkup.questions.windows import COLUMNS, SETTLED
from tap_loop_returns.checkup.sample import Sample, count, ids, second, seconds
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.reading.ranges import SHOWN_BY_DEFAULT, STATES
from tap_loop_returns.rows import Raw

# Six returns in random order are sorted in 2 of 720 cases.
ENOUGH = 6

ORDER = Question(
    "order",
    "Is the list sorted by the requested date?",
    assumes="Checks the order of each page, and can read any order.",
    switches=("order",),
)
HIDDEN_STATES = Question(
    "hidden_states",
    "Are cancelled returns and returns in review left out unless `state` names them?",
    assumes="Requests both states too; a return that is shown twice is sent twice.",
)
STATE_FILTER = Question(
    "state_filter",
    "Does the parameter `state` show only returns in that state?",
    assumes="Does not rely on it: reads the state of each return.",
)
DEFAULT_STATES = Question(
    "default_states",
    "Without `state`, does the list show all open, closed and expired returns?",
    assumes="Reads these three together, without a state.",
    expects=Verdict.YES,
)
KNOWN_STATES = Question(
    "known_states",
    "Is every return in one of the five documented states?",
    assumes="Requests these five.",
    expects=Verdict.YES,
)
ONCE = Question(
    "once",
    "Does a response show each return only once?",
    assumes="Sends repeated returns too; a target keeps one row for each key.",
)
BY_UPDATE = Question(
    "by_update",
    "Does a period by `updated_at` show every return updated in that period?",
    assumes="Relies on it for all changes.",
    expects=Verdict.YES,
)


@answers(ORDER)
def order(sample: Sample) -> Iterator[Finding]:
    """Compare the order of pages with the order of each date column and of the ids."""
    pages = {name: page.rows for name, page in sample.pages.items()}
    # Ids and creation dates increase together, so only the page requested by update date
    # shows by which column the list is sorted.
    rows = pages.get("updated_at", [])
    if len(set(seconds(rows, "updated_at"))) < ENOUGH:
        yield ORDER.cannot_tell(f"returns: {len(rows)}")
        return
    sorted_by = {
        name: _direction(values)
        for name, values in {
            "updated_at": seconds(rows, "updated_at"),
            "created_at": seconds(rows, "created_at"),
            "id": [int(str(r["id"])) for r in rows if str(r.get("id")).isdecimal()],
        }.items()
    }
    created = _direction(seconds(pages.get("created_at", []), "created_at"))
    said = ", ".join(f"{k} {v}" for k, v in sorted_by.items() if v) or "nothing"
    text = f"{len(rows)} by `updated_at`, sorted by {said}"
    if by_update := sorted_by["updated_at"]:
        sample.order = by_update if created in {by_update, ""} else ""
        yield ORDER.is_it(sample.order != "", text, **_setting(sample.order))
        return
    sample.order = "shuffled"
    if sorted_by["created_at"] == "asc":
        sample.order = "by_created_asc"
    elif sorted_by["id"] == "desc":
        sample.order = "by_id_desc"
    yield ORDER.no(text, **_setting(sample.order))


def _setting(word: str) -> dict[str, str]:
    return {"order": word} if word else {}


def _direction(values: list[int]) -> str:
    """Return ``asc`` or ``desc``; empty for neither, and for fewer than six different values."""
    if len(set(values)) < ENOUGH:
        return ""
    if all(a <= b for a, b in pairwise(values)):
        return "asc"
    return "desc" if all(a >= b for a, b in pairwise(values)) else ""


@answers(HIDDEN_STATES, STATE_FILTER, DEFAULT_STATES, KNOWN_STATES)
def states(sample: Sample) -> Iterator[Finding]:
    """Read one window in each state, and compare with the window without a state."""
    window = sample.window("created_at")
    for state in STATES:
        page = sample.page(window.params() | {"state": state})
        sample.by_state[state] = page.rows
    shown = ids(window.rows)
    apart = {name: _settled(sample, rows) for name, rows in sample.by_state.items()}
    hidden = ids([*apart["cancelled"], *apart["review"]])
    if hidden:
        seen = len(hidden & shown)
        yield HIDDEN_STATES.is_it(
            not seen, f"{seen} of {len(hidden)} are shown without `state`"
        )
    asked = [(state, row) for state, rows in apart.items() for row in rows]
    if asked:
        other = sum(row.get("state") != state for state, row in asked)
        yield STATE_FILTER.is_it(
            not other, f"{other} of {len(asked)} returns are in another state"
        )
    expected = ids(row for state in SHOWN_BY_DEFAULT for row in apart[state])
    if expected:
        missing = len(expected - shown)
        yield DEFAULT_STATES.is_it(
            not missing, f"{missing} of {len(expected)} returns are missing"
        )
    rows = sample.returns
    if rows:
        unknown = count(rows, lambda row: row.get("state") not in STATES)
        yield KNOWN_STATES.is_it(
            not unknown, f"{unknown} of {len(rows)} returns are in another state"
        )


def _settled(sample: Sample, rows: list[Raw]) -> list[Raw]:
    """Return returns that should not change during the check-up.

    Their last change was more than ``SETTLED`` seconds ago, or has no time.
    """
    latest = sample.now - SETTLED
    return [r for r in rows if (second(r, "updated_at") or 0) < latest]


@answers(ONCE, BY_UPDATE)
def completeness(sample: Sample) -> Iterator[Finding]:
    """Compare the returns of one period by each of the two dates, without a request."""
    rows = [row for name in COLUMNS if name in sample.pages
            for row in sample.pages[name].rows]  # fmt: skip
    if not rows:
        return
    doubled = sum(
        len(page.rows) - len(ids(page.rows)) - count(page.rows, _has_no_id)
        for page in sample.pages.values()
    )
    yield ONCE.is_it(not doubled, f"{doubled} of {len(rows)} are repeated")
    window = sample.window("updated_at")
    due = [
        row
        for row in _settled(sample, sample.pages["created_at"].rows)
        if window.start < (second(row, "updated_at") or 0) < window.end
    ]
    missing = len(ids(due) - ids(window.rows))
    if due:
        yield BY_UPDATE.is_it(
            not missing, f"{missing} of {len(due)} returns are missing"
        )


def _has_no_id(row: Raw) -> bool:
    return row.get("id") is None
