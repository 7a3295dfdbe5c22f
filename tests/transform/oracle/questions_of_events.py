"""Answers to the questions about milestones of returns, computed independently."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .facts import steps, told
from .questions import Answer, shares, summed
from .shop import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from .shop import Return, Shop

BANDS = {7: "0-7", 14: "8-14", 30: "15-30", 60: "31-60", 90: "61-90", 10_000: "91+"}


def days(shop: Shop, first: datetime, last: datetime) -> int:
    """Return the calendar days between two times, in the shop's time zone."""
    return (_day(shop, last) - _day(shop, first)).days


def _day(shop: Shop, moment: datetime) -> date:
    return moment.astimezone(shop.zone).date()


def carrier(record: Return) -> str | None:
    return told(record.raw.get("carrier"))


def owed(shop: Shop, record: Return, reached: dict[str, datetime]) -> tuple[Any, Any]:
    """Refund and credit that a return states and that have not been paid."""
    is_done = record.raw.get("was_processed") or shop.was_closed_by_hand(record)
    refund = ZERO if is_done or "refunded" in reached else record.refund
    credit = ZERO if is_done or "credit_issued" in reached else record.gift_card
    return refund, credit


def outstanding(shop: Shop) -> Iterator[tuple[Return, dict[str, datetime], int]]:
    """Returns that are open or not fully paid out, with milestones and age in days."""
    for record, reached in steps(shop):
        is_open = record.state in {"open", "review"}
        if record.is_counted and (is_open or any(owed(shop, record, reached))):
            yield record, reached, (shop.data_through - record.day).days


def last_step(reached: dict[str, datetime]) -> str:
    newest = max(reached.values())
    return min(name for name, moment in reached.items() if moment == newest)


def refund_wait_by_carrier(shop: Shop) -> Answer:
    found: dict[str, list[int]] = defaultdict(list)
    for record, reached in steps(shop):
        if record.is_counted and {"delivered", "refunded"} <= reached.keys():
            waited = days(shop, reached["delivered"], reached["refunded"])
            if waited >= 0:
                found[carrier(record) or "(none)"].append(waited)
    return {
        (name,): (len(ones), _percentile(ones, 0.5), _percentile(ones, 0.9))
        for name, ones in found.items()
    }


def _percentile(values: list[int], share: float) -> int:
    """Return the smallest value that at least this share of the values does not exceed."""
    return sorted(values)[math.ceil(share * len(values) - 1e-9) - 1]


def money_owed_by_age(shop: Shop) -> Answer:
    def band(age: int) -> str:
        return next(f"{name} days" for days, name in BANDS.items() if age <= days)

    return summed(
        ((band(age), record.currency), owed(shop, record, reached))
        for record, reached, age in outstanding(shop)
    )


def returns_open_for_a_month(shop: Shop) -> Answer:
    return {
        (record.id,): (age, last_step(reached))
        for record, reached, age in outstanding(shop)
        if age > 30
    }


def parcels_not_sent(shop: Shop) -> Answer:
    return summed(
        ((carrier(record),), (1, int(not {"first_scan", "delivered"} & reached.keys())))
        for record, reached in steps(shop)
        if record.is_counted and record.state == "open" and "label_made" in reached
    )


def delivered_and_not_processed(shop: Shop) -> Answer:
    return summed(
        ((carrier(record),), (1,))
        for record, reached in steps(shop)
        if record.is_counted and "delivered" in reached and "processed" not in reached
    )


def inspected_within_two_days(shop: Shop) -> Answer:
    return shares(
        (
            (record.day.replace(day=1),),
            days(shop, reached["delivered"], reached["inspected"]) <= 2,
        )
        for record, reached in steps(shop)
        if record.is_counted and {"delivered", "inspected"} <= reached.keys()
    )


def refunds_before_goods_arrive(shop: Shop) -> Answer:
    return summed(
        (
            (record.group,),
            (1, int(reached.get("delivered", shop_end) > reached["refunded"])),
        )
        for shop_end in [max(one.processed for one in shop.orders).replace(year=9999)]
        for record, reached in steps(shop)
        if record.is_counted and "refunded" in reached
    )


def cancelled_within_a_day(shop: Shop) -> Answer:
    return summed(
        (
            (record.group,),
            (1, int(days(shop, record.created, reached["cancelled"]) <= 1)),
        )
        for record, reached in steps(shop)
        if "cancelled" in reached
    )


QUESTIONS: dict[str, Callable[[Shop], Answer]] = {
    one.__name__: one
    for one in (
        refund_wait_by_carrier,
        money_owed_by_age,
        returns_open_for_a_month,
        parcels_not_sent,
        delivered_and_not_processed,
        inspected_within_two_days,
        refunds_before_goods_arrive,
        cancelled_within_a_day,
    )
}
"""Computation of each question, by the name of its file."""
