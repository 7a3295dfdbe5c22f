"""Questions about the other endpoints: details, notes and shipping notices."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from tap_loop_returns.checkup.kinds import kind
from tap_loop_returns.checkup.probe import OK, content_of
from tap_loop_returns.checkup.question import (
    CannotTellError,
    Finding,
    Question,
    Verdict,
)
from tap_loop_returns.checkup.sample import Sample, ids, second
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.client import Answer
from tap_loop_returns.reading.ranges import DAY
from tap_loop_returns.rows import Raw
from tap_loop_returns.streams.endpoints import AdvancedShippingNotices
from tap_loop_returns.timestamps import from_epoch

DETAILS = "/warehouse/return/details"
NOTES = "/warehouse/return/{}/notes"
NOTICE = AdvancedShippingNotices.path
NO_NOTES = 422
# A return id that no shop has.
NO_RETURN = "1"
# Maximum number of returns whose notes are requested.
NOTES_TRIES = 8
# A unit of a currency in cents.
CENTS = 100

DETAILS_BY_ID = Question(
    "details_by_id",
    "Does the details endpoint return one object when asked by return id?",
    assumes="Reads one object.",
    expects=Verdict.YES,
)
DETAILS_BY_ORDER = Question(
    "details_by_order",
    "Does the details endpoint also return one object when asked by order?",
    assumes="Never requests by order.",
    switches=("details_shape",),
)
DETAILS_MISSING = Question(
    "details_missing",
    "Does the details endpoint answer an unknown id with status 200 and `error`?",
    assumes="Reads such an answer as no return.",
)
NOTES_MISSING = Question(
    "notes_missing",
    f"Does a return without notes give status {NO_NOTES}?",
    assumes=f"Reads {NO_NOTES} and an empty list as no notes.",
)
NOTES_SHAPE = Question(
    "notes_shape",
    "Are notes a bare list?",
    assumes="Reads both.",
    switches=("notes_shape",),
)
NOTICE_DATE = Question(
    "notice_date",
    "Does the shipping notice filter by `created_at`?",
    assumes="Works with any date: every sync also reads the 120 days before the previous one.",
)
NOTICE_LONGEST = Question(
    "notice_longest",
    "Does the shipping notice refuse a period of more than 120 days?",
    assumes="Requests at most 60 days.",
)
NOTICE_BAD_DATE = Question(
    "notice_bad_date",
    "Does the shipping notice accept an unreadable date?",
    assumes="Sends dates as documented.",
    switches=("asn_bad_date",),
)
CENTS_IN_LIST = Question(
    "label_rate_cents",
    "Are label rates without decimals in the list 100 times those in the shipping "
    "notice, and so in cents?",
    assumes="The models read a label rate without decimals as cents.",
    expects=Verdict.YES,
    advice="Do not use `label_cost` and the landed cost, and open an issue.",
)


@answers(DETAILS_BY_ID, DETAILS_BY_ORDER, DETAILS_MISSING)
def details(sample: Sample) -> Iterator[Finding]:
    """Request a return by id, one by order, and one that does not exist."""
    rows = sample.returns
    orders = [str(row.get("provider_order_id")) for row in rows]
    # Requests are logged at debug level, so they may contain an id, but no personal
    # data.
    ids_of_orders = [order for order in orders if order.isdecimal()]
    if rows and rows[0].get("id"):
        answer = _asked(sample, DETAILS, return_id=str(rows[0]["id"]))
        content = content_of(answer)
        is_one = isinstance(content, dict) and "id" in content
        yield DETAILS_BY_ID.is_it(is_one, kind(content))
    if ids_of_orders:
        content = content_of(_asked(sample, DETAILS, order_id=ids_of_orders[0]))
        many = isinstance(content, list)
        if many or (isinstance(content, dict) and "id" in content):
            yield DETAILS_BY_ORDER.is_it(
                not many, kind(content), details_shape="array" if many else "object"
            )
    answer = sample.probe.get(DETAILS, {"return_id": NO_RETURN})
    content = content_of(answer)
    is_error = isinstance(content, dict) and "error" in content
    yield DETAILS_MISSING.is_it(
        answer.status == OK and is_error, f"HTTP {answer.status}"
    )


@answers(NOTICE_DATE, CENTS_IN_LIST, NOTICE_LONGEST, NOTICE_BAD_DATE)
def notice(sample: Sample) -> Iterator[Finding]:
    """Request the notices of too long a period, with an invalid date, and around two dates.

    These are the creation and the last change of one return.
    """
    # This period is before any return; only the status matters.
    status = sample.probe.get(NOTICE, {"from": "2014-01-01", "to": "2014-06-01"}).status
    yield NOTICE_LONGEST.is_it(status != OK, f"HTTP {status}")
    wrong: dict[str, str | int] = {"from": "no-date", "to": "1970-01-05"}
    status = sample.probe.get(NOTICE, wrong).status
    yield NOTICE_BAD_DATE.is_it(
        status == OK, f"HTTP {status}", asn_bad_date="epoch" if status == OK else "422"
    )
    row = _moved(sample)
    if row is None:
        return
    key = str(row["id"])
    made = _notices(sample, second(row, "created_at") or 0)
    yield _cents(row, made)
    changed = _notices(sample, second(row, "updated_at") or 0)
    sample.notices += [*made, *changed]
    by_creation, by_update = key in ids(made), key in ids(changed)
    if by_creation != by_update:
        days = "creation" if by_creation else "last change"
        text = f"a return is only in the notice of the day of its {days}"
        yield NOTICE_DATE.is_it(by_creation, text)


def _moved(sample: Sample) -> Raw | None:
    """Return a return that has a label and changed more than three days after its creation."""
    fit = [
        row
        for row in sample.returns
        if row.get("id")
        and kind(row.get("label_url")) == "text"
        and (second(row, "updated_at") or 0) - (second(row, "created_at") or 0)
        > 3 * DAY
        and second(row, "created_at")
    ]
    # A label that cost something is preferred: zero is the same in cents and in units.
    return next(
        (row for row in fit if _number(row.get("label_rate"))), next(iter(fit), None)
    )


def _notices(sample: Sample, moment: int) -> list[Raw]:
    """Return the shipping notices of the day of a timestamp and of the next day."""
    days = (from_epoch(day)[:10] for day in (moment, moment + DAY))
    period = dict(zip(("from", "to"), days, strict=True))
    content = content_of(_asked(sample, NOTICE, **period))
    rows = content["data"] if isinstance(content, dict) else content
    return [row for row in rows if isinstance(row, dict)]


def _cents(row: Raw, notices: list[Raw]) -> Finding:
    """Compare a return's label rate in the list with the rate in its shipping notice."""
    rate = _number(row.get("label_rate"))
    rates = {
        _number(one.get("label_rate"))
        for one in notices
        if str(one.get("id")) == str(row["id"])
    } - {None}
    if not rate or rate != int(rate) or len(rates) != 1:
        return CENTS_IN_LIST.cannot_tell(
            "no rate without decimals in the list, or no rate in the notice"
        )
    [other] = rates
    ratio = rate / other if other else 0
    if ratio not in {1, CENTS}:
        return CENTS_IN_LIST.cannot_tell("the two rates differ in another way")
    return CENTS_IN_LIST.is_it(ratio == CENTS, f"{int(ratio)} times as large")


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


@answers(NOTES_SHAPE, NOTES_MISSING)
def notes(sample: Sample) -> Iterator[Finding]:
    """Request the notes of several returns until a return has notes."""
    # Try edited returns first: they are the most likely to have a note.
    rows = sorted(sample.returns, key=lambda row: not row.get("edited_at"))
    keys = [str(row["id"]) for row in rows if row.get("id")]
    for tried, key in enumerate(keys[:NOTES_TRIES], 1):
        answer = sample.probe.get(NOTES.format(key))
        content = content_of(answer)
        if not content:
            yield NOTES_MISSING.is_it(
                answer.status == NO_NOTES, f"HTTP {answer.status}"
            )
            yield NOTES_SHAPE.cannot_tell(f"none of {tried} returns has notes")
        elif answer.status == OK:
            bare = isinstance(content, list)
            yield NOTES_SHAPE.is_it(
                bare, kind(content), notes_shape="bare" if bare else "wrapped"
            )
            return


def _asked(sample: Sample, path: str, **params: str) -> Answer:
    answer = sample.probe.get(path, dict(params))
    if answer.status != OK:
        msg = f"HTTP {answer.status} from {path}"
        raise CannotTellError(msg)
    return answer
