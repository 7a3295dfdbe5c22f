"""Every return is read once, whatever Loop's order, ends, links and pages."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from loop_simulator import Simulator
from tests.tap.harness import (
    CORE,
    holds,
    insert_crowd,
    list_ids,
    requests_to,
    tap_for,
    upsert,
)

ORDERS = ["desc", "asc", "by_created_asc", "by_id_desc", "shuffled"]
ENDS = ["inclusive", "exclusive_to", "exclusive_from", "exclusive_both"]
LINKS = ["drops_params", "keeps_params", "other_host", "repeats", "cycles", "missing"]
# A bookmark before the first return: everything is read again, by `updated_at`.
FROM_THE_START = {
    "bookmarks": {
        stream: {"replication_key_value": "2025-01-01T00:00:00Z"} for stream in CORE
    }
}
COLUMNS = pytest.mark.parametrize(
    "state", [None, FROM_THE_START], ids=["created_at", "updated_at"]
)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check(run, loop) -> None:
    """Assert that every return of every state is read once, with all its parts."""
    assert run.ok().ids() == Counter(dict.fromkeys(list_ids(loop), 1))
    holds(run.tables(), loop)


@COLUMNS
@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("order", ORDERS)
def test_any_order_with_any_ends(make_loop, tap_of, order, ends, state) -> None:
    loop = make_loop(returns=60, switches={"order": order, "ends": ends})
    check(tap_of(loop, page_size=7).here(state=state), loop)


@COLUMNS
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("order", ["asc", "desc", "shuffled"])
def test_any_order_with_any_next_link(make_loop, tap_of, order, link, state) -> None:
    loop = make_loop(returns=60, switches={"order": order, "next_url": link})
    check(tap_of(loop, page_size=7).here(state=state), loop)


@COLUMNS
@pytest.mark.parametrize(
    "switches",
    [
        {"cursor": "opaque"},
        {"cursor": "opaque", "order": "asc"},
        {"cursor": "opaque", "order": "by_created_asc"},
        {"ties": "keep"},
        {"body": "bare"},
        {"page_size_max": "5", "over_page_size": "clamp"},
        {"empty_page_with_next": "on"},
        {"gzip": "on"},
        {"timestamps": "mixed", "ids": "integer"},
        {"updated_at": "null_for_old"},
        {"updated_at": "absent_for_old", "order": "asc"},
    ],
    ids=str,
)
def test_other_open_questions(make_loop, tap_of, switches, state) -> None:
    loop = make_loop(returns=60, switches=switches)
    check(tap_of(loop, page_size=7).here(state=state), loop)


@COLUMNS
@pytest.mark.parametrize("size", [1, 7, 100, 750])
@pytest.mark.parametrize("order", ["asc", "desc", "shuffled"])
def test_any_page_size(make_loop, tap_of, order, size, state) -> None:
    loop = make_loop(returns=min(30 * size, 250), switches={"order": order})
    check(tap_of(loop, page_size=size).here(state=state), loop)


@pytest.mark.parametrize("workers", [1, 2, 32])
def test_any_number_of_requests_at_once(make_loop, tap_of, workers) -> None:
    loop = make_loop(latency_ms=2)
    check(tap_of(loop, page_size=9, parallel_requests=workers).here(), loop)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("order", ORDERS)
def test_a_second_with_more_returns_than_a_page(make_loop, tap_of, order, ends) -> None:
    loop = make_loop(returns=60, switches={"order": order, "ends": ends})
    bodies = loop.all_returns()
    for place, body in enumerate(bodies[:45]):
        # Three neighbouring seconds hold 5, 35 and 5 returns.
        second = 10 + (place >= 5) + (place >= 40)
        stamp = f"2026-03-02T14:05:{second}+00:00"
        loop.edit(body["id"], updated_at=stamp, created_at=stamp)
    for state in (None, FROM_THE_START):
        check(tap_of(loop, page_size=6).here(state=state), loop)


def test_a_full_second_costs_few_requests(make_loop, tap_of) -> None:
    loop = make_loop(returns=300)
    for body in loop.all_returns()[:150]:
        loop.edit(body["id"], updated_at="2026-03-02T14:05:10+00:00")
    check(tap_of(loop, page_size=100).here(state=FROM_THE_START), loop)
    assert len(requests_to(loop)) <= 44


@pytest.mark.parametrize("link", ["drops_params", "missing"])
@pytest.mark.parametrize("cap", ["3", "7"])
@pytest.mark.parametrize("order", ["asc", "desc", "shuffled"])
def test_unpaged_answers_that_are_cut_short_are_not_taken_for_whole(
    make_loop, tap_of, order, cap, link
) -> None:
    switches = {"order": order, "bare_cap": cap, "next_url": link}
    loop = make_loop(returns=60, switches=switches)
    for body in loop.all_returns()[:20]:
        loop.edit(body["id"], updated_at="2026-03-02T14:05:10+00:00")
    run = tap_of(loop, page_size=7).here(state=FROM_THE_START).ok()
    holds(run.tables(), loop)


@pytest.mark.parametrize("order", ["asc", "desc", "shuffled"])
def test_a_limit_between_a_page_and_the_crowd_is_read_around(
    make_loop, tap_of, order
) -> None:
    loop = make_loop(returns=60, switches={"order": order, "bare_cap": "15"})
    for body in loop.all_returns()[:20]:
        loop.edit(body["id"], updated_at="2026-03-02T14:05:10+00:00")
    run = tap_of(loop, page_size=7).here(state=FROM_THE_START).ok()
    holds(run.tables(), loop)


def test_a_limit_above_the_crowd_is_no_trouble(make_loop, tap_of) -> None:
    loop = make_loop(returns=60, switches={"bare_cap": "25"})
    for body in loop.all_returns()[:20]:
        loop.edit(body["id"], updated_at="2026-03-02T14:05:10+00:00")
    check(tap_of(loop, page_size=7).here(state=FROM_THE_START), loop)
    # It is not read again by state.
    assert not [seen for seen in requests_to(loop) if seen.query.get("state") == "open"]


def test_a_crowd_with_nothing_around_it_cannot_be_proven_whole(
    make_loop, tap_of
) -> None:
    loop = make_loop(returns=1)
    (first,) = loop.all_returns()
    insert_crowd(loop, "closed", 20)
    stamp = "2026-03-02T14:05:10+00:00"
    loop.edit(first["id"], updated_at=stamp, created_at=stamp)
    run = tap_of(loop, page_size=7).here()
    assert run.code == 1
    assert "never more in one response" in run.stderr
    assert run.ids().keys() == list_ids(loop)


@pytest.mark.parametrize("link", ["drops_params", "missing"])
@COLUMNS
def test_a_second_with_exactly_a_page_and_nothing_around_it_is_complete(
    make_loop, tap_of, state, link
) -> None:
    loop = make_loop(world="empty", switches={"next_url": link})
    with Simulator(world="tiny") as tiny:
        loop.insert(tiny.all_returns("closed")[0])
    insert_crowd(loop, "closed", 6)
    stamp = "2026-03-02T14:05:10+00:00"
    for body in loop.all_returns():
        loop.edit(body["id"], updated_at=stamp, created_at=stamp)
    check(tap_of(loop, page_size=7).here(state=state), loop)


@pytest.mark.parametrize("cap", ["3", "15"])
@COLUMNS
def test_a_crowd_that_loop_cuts_is_read_by_state(make_loop, tap_of, state, cap) -> None:
    loop = make_loop(returns=60, switches={"bare_cap": cap})
    for shown in ("open", "closed", "expired"):
        insert_crowd(loop, shown, 6)
    check(tap_of(loop, page_size=7).here(state=state), loop)


@pytest.mark.parametrize("cap", ["3", "15"])
@COLUMNS
def test_a_crowd_that_loop_cuts_costs_its_own_second(
    make_loop, tap_of, state, cap
) -> None:
    loop = make_loop(returns=60, switches={"bare_cap": cap})
    others = list_ids(loop)
    insert_crowd(loop, "closed", 20)
    tap = tap_of(loop, page_size=7)
    run = tap.here(state=state)
    assert run.code == 1
    assert run.ids().keys() >= others
    last = run.stderr.rstrip().splitlines()[-1]
    assert "closed returns around 2026-03-02T14:05:10Z" in last
    assert len(last.split("never more in one response")) == 2
    unread = run.state["bookmarks"]["returns"]["unread"]
    assert {item["state"] for item in unread} == {"closed"}
    assert all(
        "2026-03-02T14:05:08Z" < item["from"] <= item["to"] < "2026-03-02T14:05:12Z"
        for item in unread
    )
    loop.switch(bare_cap="0")
    again = tap.here(state=run.state).ok()
    assert not again.state["bookmarks"]["returns"]["unread"]
    holds(upsert(run.tables(), again.lines), loop)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_edges_of_the_periods_asked_for(make_loop, tap_of, order, ends) -> None:
    loop = make_loop(returns=20, switches={"order": order, "ends": ends})
    model = loop.all_returns()[0]
    first = datetime(2025, 1, 1, tzinfo=UTC)
    number = 95_000_000
    for window in range(5):
        for seconds in (-2, -1, 0, 1, 2):
            moment = first + timedelta(days=119 * window, seconds=seconds)
            if moment < first:
                continue
            number += 1
            stamp = moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
            state = ("open", "cancelled", "review")[number % 3]
            fresh = {"id": str(number), "created_at": stamp, "updated_at": stamp}
            loop.insert(model | fresh | {"state": state})
    check(tap_of(loop).here(), loop)
    plain = {s: {"replication_key_value": "2025-01-01T00:00:00Z"} for s in CORE}
    check(tap_of(loop).here(state={"bookmarks": plain}), loop)


@pytest.mark.parametrize("ends", ENDS)
def test_returns_at_midnight(make_loop, tap_of, ends) -> None:
    loop = make_loop(returns=60, switches={"ends": ends})
    for place, body in enumerate(loop.all_returns()):
        stamp = f"2026-0{place % 6 + 1}-01T00:00:00+00:00"
        loop.edit(body["id"], updated_at=stamp, created_at=stamp)
    for state in (None, FROM_THE_START):
        check(tap_of(loop, page_size=20).here(state=state), loop)


def test_the_key_never_goes_to_another_host(make_loop, tap_of) -> None:
    loop = make_loop(returns=60, switches={"next_url": "other_host"})
    loop.faults.add(kind="redirect", at=9, path="/return/list")
    run = tap_of(loop, page_size=7).here()
    assert {seen.host for seen in loop.requests} == {loop.netloc}
    assert run.code == 1
    assert "HTTP 302" in run.stderr


def test_no_answer_of_a_link_is_asked_for(make_loop, tap_of) -> None:
    loop = make_loop()
    tap_of(loop, page_size=20).here().ok()
    assert not [seen for seen in loop.requests if "cursor" in seen.query]


def test_every_request_is_one_that_loop_accepts(make_loop, tap_of) -> None:
    loop = make_loop(switches={"order": "shuffled"})
    tap_of(loop, page_size=20, start_date=None).here().ok()
    assert {seen.status for seen in loop.requests} == {200}
    assert all(
        seen.query.get("from") and seen.query.get("to") for seen in requests_to(loop)
    )


@pytest.fixture(scope="module")
def year():
    """A year of 20,000 returns that ends today."""
    with Simulator(seed=2, returns=20_000, days=365, now=now()) as loop:
        yield loop


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_year_of_20000_returns_takes_45_requests_at_most(year, tap_of, order) -> None:
    # Not with `switch`, which would render every return again.
    year.store.switches.set({"order": order})
    year.clear_requests()
    start = datetime.now(UTC) - timedelta(days=365)
    tap = tap_of(year, start_date=start.isoformat())
    run = tap.here(streams=("returns",)).ok()
    assert run.ids() == Counter(dict.fromkeys(list_ids(year), 1))
    assert len(requests_to(year)) <= 45


def test_when_nothing_is_new_three_requests_tell(make_loop, tap_of) -> None:
    loop = make_loop(returns=60, now=now())
    loop.advance(7_200)
    tap = tap_of(loop)
    first = tap.here().ok()
    loop.clear_requests()
    again = tap.here(state=first.state).ok()
    assert len(loop.requests) == 3
    assert not again.ids()


def test_the_three_default_states_alone_take_one_request(make_loop, tap_of) -> None:
    loop = make_loop(returns=60, now=now())
    tap = tap_of(loop, states=["open", "closed", "expired"])
    first = tap.here().ok()
    loop.clear_requests()
    tap.here(state=first.state).ok()
    assert len(loop.requests) == 1


def test_a_deselected_stream_costs_no_request(tap, loop) -> None:
    tap.here(streams=("return_line_items",)).ok()
    assert {seen.path for seen in loop.requests} == {
        "/api/2026-10/warehouse/return/list"
    }


def test_requests_overlap(loop, tap, monkeypatch) -> None:
    """The first four requests are answered only once all four are there."""
    meeting, count, serve = threading.Barrier(4), itertools.count(), loop.serve

    def meet(request):
        if next(count) < meeting.parties:
            meeting.wait(timeout=60)
        return serve(request)

    monkeypatch.setattr(loop, "serve", meet)
    check(tap.here(), loop)
    assert not meeting.broken


def test_the_last_bookmark_is_where_the_next_sync_begins(tmp_path, loop) -> None:
    tap = tap_for(tmp_path, loop, lookback_minutes=10)
    first = tap.here().ok()
    loop.clear_requests()
    tap.here(state=first.state).ok()
    # The simulator's present is noon; a second and the overlap are allowed for.
    begin = min(seen.query["from"] for seen in requests_to(loop))
    assert "2026-06-30T11:49:50Z" <= begin <= "2026-06-30T11:49:59Z"
