"""Questions about ids and dates of returns: which are missing, and their format."""

from __future__ import annotations

from collections.abc import Iterator

from tap_loop_returns.checkup.kinds import (
    TIME_FORMS,
    shown,
    tally,
)
from tap_loop_returns.checkup.question import Finding, Question, Verdict
from tap_loop_returns.checkup.sample import Sample, count, period, second
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.reading.ranges import DAY, WINDOW
from tap_loop_returns.rows import Raw
from tap_loop_returns.rows.fields import get_path
from tap_loop_returns.timestamps import epoch

STAMPS = ("created_at", "updated_at", "edited_at")
# Seconds for which `was_processed` may stay false after a return is processed.
SOON = 3_600
# Age in seconds from which a return counts as old.
OLD = 365 * DAY
# Number of old returns to check, and number of windows of 119 days to search for them.
OLD_RETURNS, OLD_WINDOWS = 100, 2

ID = Question(
    "has_id",
    "Does every return have an id?",
    assumes="Leaves out a return without an id, and ends with an error.",
    expects=Verdict.YES,
)
TIME_FORM = Question(
    "timestamps",
    "Do `created_at`, `updated_at` and `edited_at` end in `+00:00`?",
    assumes="Reads every format; a time without a zone is UTC.",
    switches=("timestamps",),
)
READABLE_TIMES = Question(
    "readable_times",
    "Are all values of `created_at`, `updated_at` and `edited_at` dates?",
    assumes="Puts any other value into `additional_fields`, and leaves the column null.",
    expects=Verdict.YES,
)
CREATED_AT = Question(
    "created_at",
    "Does every return have `created_at`?",
    assumes="A first sync reads by `created_at`, and misses a return without it.",
    expects=Verdict.YES,
    advice="Set `date_filter` to updated_at, and run once with a full refresh.",
    switches=("created_at",),
)
UPDATED_AT = Question(
    "updated_at",
    "Do returns that are older than a year have `updated_at`?",
    assumes="Looks once a day for returns without `updated_at`, and misses their changes.",
    switches=("updated_at",),
)
PROCESSED = Question(
    "slow_processed",
    "Is `was_processed` true as soon as a return is processed?",
    assumes="Sends the value unchanged.",
    switches=("slow_processed",),
)


@answers(ID, TIME_FORM, READABLE_TIMES, CREATED_AT)
def identity(sample: Sample) -> Iterator[Finding]:
    """Answer from ids and dates of the sample."""
    rows = sample.returns
    if not rows:
        return
    lacking = count(rows, lambda row: row.get("id") in (None, ""))
    yield ID.is_it(not lacking, f"{lacking} of {len(rows)} have no id")
    forms = tally(rows, *STAMPS)
    named = {form for form in TIME_FORMS if forms[f"time ({form})"]}
    setting = next(iter(named)) if len(named) == 1 else "mixed"
    if named:
        yield TIME_FORM.is_it(named == {"offset"}, shown(forms), timestamps=setting)
    values = [row[name] for row in rows for name in STAMPS if row.get(name)]
    odd = sum(epoch(value) is None for value in values)
    yield READABLE_TIMES.is_it(not odd, f"{odd} of {len(values)} are not dates")
    yield _presence(CREATED_AT, rows, "created_at", "some")


def _presence(question: Question, rows: list[Raw], name: str, which: str) -> Finding:
    absent = count(rows, lambda row: name not in row)
    null = count(rows, lambda row: name in row and row[name] is None)
    text = f"of {len(rows)}, null in {null}, absent in {absent}"
    if not absent + null:
        return question.yes(text, **{name: "present"})
    return question.no(text, **{name: f"{'absent' if absent else 'null'}_for_{which}"})


@answers(UPDATED_AT)
def age(sample: Sample) -> Iterator[Finding]:
    """Request returns of the 119 days that ended a year ago; if none, of the 119 days before."""
    latest = sample.now - OLD
    rows: list[Raw] = []
    for number in range(OLD_WINDOWS):
        end = latest - number * WINDOW
        asked = period("created_at", end - WINDOW + 1, end)
        rows = sample.page(asked, size=min(sample.size, OLD_RETURNS)).rows
        if rows:
            break
    sample.other_rows += rows
    old = [row for row in rows if (second(row, "created_at") or sample.now) < latest]
    if old:
        yield _presence(UPDATED_AT, old, "updated_at", "old")


@answers(PROCESSED)
def processing(sample: Sample) -> Iterator[Finding]:
    """Compare `was_processed` with the date of processing."""
    done = [
        (row, moment)
        for row in sample.returns
        if row.get("state") == "closed" and isinstance(row.get("was_processed"), bool)
        for moment in [
            epoch(get_path(row, ("outcomes_processed_at", "return_processed")))
        ]
        if moment is not None
    ]
    late = sum(not row["was_processed"] for row, _ in done)
    soon = sum(moment > sample.now - SOON for _, moment in done)
    text = (
        f"false in {late} of {len(done)} processed returns; {soon} of these were "
        "processed in the last hour"
    )
    if late:
        yield PROCESSED.no(text, slow_processed="on")
    elif soon:
        yield PROCESSED.yes(text, slow_processed="off")
    else:
        yield PROCESSED.cannot_tell(text)
