"""When returns change, closed periods of the ledger and first times of milestones stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.transform.conftest import land_world
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES, WORLDS

pytestmark = pytest.mark.slow

Load = dict[str, list[tuple[Any, ...]]]
"""Rows by query."""

CLOSED_THROUGH = date(2026, 6, 15)
"""Between the fifth and the sixth return of the world `tiny`."""
TABLES = ("+fct_return_ledger", "+fct_return_events")
LEDGER = "select * exclude (built_at) from fct_return_ledger order by all"
OF_CLOSED_DAYS = (
    "select * exclude (built_at, is_closed) from fct_return_ledger"
    f" where posting_date <= '{CLOSED_THROUGH}' order by all"
)
ARE_CLOSED = (
    "select distinct is_closed from fct_return_ledger"
    f" where posting_date <= '{CLOSED_THROUGH}'"
)
OF_THE_AMENDED = (
    "select entry_type, amount, posting_date, is_correction from fct_return_ledger"
    " where loop_return_id = '90000001' and entry_type in ('refund', 'handling_fee')"
    " order by all"
)
EVENTS = (
    "select loop_return_id, milestone, source_table, occurred_at from fct_return_events"
    " order by all"
)
LATER = """
    update tap_loop_returns.returns set refund = '90.00', handling_fee = '9.00',
        updated_at = '2026-06-20 12:00:00' where id = '90000001';
    update tap_loop_returns.returns set created_at = created_at - interval 9 day,
        return_processed_at = return_processed_at + interval 5 day,
        updated_at = '2026-06-20 12:00:00', state = 'cancelled' where id <> '90000001';
    update tap_loop_returns.return_labels set status = 'return_to_sender',
        updated_at = '2026-06-20 12:00:00', return_updated_at = '2026-06-20 12:00:00'
"""
"""One return has other amounts; all the others have other times and are cancelled; every
parcel goes back to its sender."""


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> list[Load]:
    """Rows after a period was closed, after the change, a full refresh and a reopening.

    The period is closed by a build of the closed entries alone, and reopened by dropping
    their table.
    """
    shop = land_world(tmp_path_factory.mktemp("loads"), **WORLDS["tiny"])
    closing = {**VARIABLES, "ledger_closed_through_date": str(CLOSED_THROUGH)}

    def built(*words: str) -> Load:
        shop.build("--select", *TABLES, *WITHOUT_TESTS, *words, **closing)
        queries = (LEDGER, OF_CLOSED_DAYS, ARE_CLOSED, OF_THE_AMENDED, EVENTS)
        return {query: shop.rows(query) for query in queries}

    shop.build("--select", *TABLES, *WITHOUT_TESTS, **VARIABLES)
    shop.build("--select", "int_ledger_entries_closed", *WITHOUT_TESTS, **closing)
    first = built()
    with duckdb.connect(str(shop.raw)) as raw:
        raw.execute(LATER)
    second, third = built(), built("--full-refresh")
    with duckdb.connect(str(shop.database)) as warehouse:
        warehouse.execute("drop table analytics_intermediate.int_ledger_entries_closed")
    del closing["ledger_closed_through_date"]
    return [first, second, third, built()]


def test_closing_a_period_marks_its_entries(loads: list[Load]) -> None:
    *closed, reopened = (load[ARE_CLOSED] for load in loads)
    assert closed == [[(True,)]] * 3
    assert reopened == [(False,)]


def test_a_changed_return_changes_no_closed_figure(
    loads: list[Load],
) -> None:
    first, second, *_ = loads
    assert first[OF_CLOSED_DAYS]
    assert second[OF_CLOSED_DAYS] == first[OF_CLOSED_DAYS]


def test_a_change_after_closing_is_booked_on_the_first_open_day(
    loads: list[Load],
) -> None:
    _, second, *_ = loads
    first_open_day, booked = date(2026, 6, 16), date(2026, 6, 7)
    assert second[OF_THE_AMENDED] == [
        ("handling_fee", Decimal("-5.95"), booked, False),
        ("handling_fee", Decimal("-3.05"), first_open_day, True),
        ("refund", Decimal("-93.05"), booked, False),
        ("refund", Decimal("3.05"), first_open_day, True),
    ]


def test_a_milestone_once_seen_is_never_rewritten(
    loads: list[Load],
) -> None:
    first, second, *_ = (set(load[EVENTS]) for load in loads)
    assert first
    assert first <= second
    assert {milestone for _, milestone, *_ in second - first} == {
        "cancelled",
        "first_scan",
    }


@pytest.mark.parametrize("table", [LEDGER, EVENTS], ids=["ledger", "milestones"])
def test_a_full_refresh_keeps_what_was_closed_or_seen(
    loads: list[Load], table: str
) -> None:
    _, second, third, _ = loads
    assert third[table] == second[table]
