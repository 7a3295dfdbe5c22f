"""After a fault the sync delivers all rows, or ends with one clear error line."""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter

import pytest

from loop_simulator.api import rate_limit
from tap_loop_returns import client, pacing
from tests.tap.harness import Hurry, Run, holds, list_ids, requests_to, upsert
from tests.tap.stub import Stub

KEY = "k3y-that-nobody-may-see"
LIST = "/return/list"
RETRYABLE = [
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 429, "retry_after": 0},
    {"kind": "status", "status": 429, "retry_after": 7},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "status", "status": 524},
    {"kind": "reset_before"},
    {"kind": "reset_body"},
    {"kind": "slow", "milliseconds": 5},
    {"kind": "html"},
]
UNREADABLE = [
    {"kind": "truncated"},
    {"kind": "wrong_shape"},
    {"kind": "empty_object"},
    {"kind": "bare_string"},
]
FINAL = [
    {"kind": "redirect"},
    {"kind": "status", "status": 401},
    {"kind": "status", "status": 403},
]


def name_of(fault: dict) -> str:
    return "-".join(str(value) for value in fault.values())


@pytest.fixture
def loop(make_loop):
    return make_loop(returns=80, api_key=KEY)


@pytest.fixture
def tap(loop, tap_of):
    return tap_of(loop, api_key=KEY, page_size=15)


def complete(run: Run, loop) -> None:
    assert run.ok().ids() == Counter(dict.fromkeys(list_ids(loop), 1))
    holds(run.tables(), loop)
    assert KEY.encode() not in run.output
    assert KEY not in run.stderr


def failed_clearly(run: Run) -> None:
    """Assert exit code 1, and one last line that says what to do."""
    assert run.code == 1
    last = run.stderr.rstrip().splitlines()[-1]
    assert last.endswith(".")
    assert "GET /" in last
    assert "Traceback" not in run.stderr
    assert KEY.encode() not in run.output
    assert KEY not in run.stderr


@pytest.mark.parametrize("at", [1, 5])
@pytest.mark.parametrize("fault", RETRYABLE + UNREADABLE, ids=name_of)
def test_trouble_once_is_recovered_from(tap, loop, fault, at) -> None:
    loop.faults.add(at=at, path=LIST, **fault)
    complete(tap.here(), loop)
    assert Counter(seen.fault for seen in loop.requests)[fault["kind"]] == 1


@pytest.mark.parametrize("fault", RETRYABLE, ids=name_of)
def test_twelve_times_in_a_row_is_recovered_from(tap, loop, fault) -> None:
    loop.faults.add(at=3, times=12, path=LIST, **fault)
    complete(tap.with_settings(parallel_requests=1).here(), loop)


@pytest.mark.parametrize("fault", RETRYABLE, ids=name_of)
def test_twelve_requests_at_once_in_trouble_are_recovered(tap, loop, fault) -> None:
    loop.faults.add(at=3, times=12, path=LIST, **fault)
    complete(tap.here(), loop)


@pytest.mark.parametrize("at", [1, 4, 9])
@pytest.mark.parametrize("fault", UNREADABLE, ids=name_of)
def test_an_answer_that_stays_unreadable_fails_and_is_never_an_empty_page(
    tap, loop, fault, at
) -> None:
    loop.faults.add(at=at, times=12, path=LIST, **fault)
    run = tap.saving_every(10).with_settings(parallel_requests=1).here()
    failed_clearly(run)
    assert "not as documented" in run.stderr
    loop.faults.clear()
    again = tap.here(state=run.state)
    holds(upsert(run.tables(), again.ok().lines), loop)


@pytest.mark.parametrize("at", [1, 4, 9])
@pytest.mark.parametrize("fault", FINAL, ids=name_of)
def test_a_refusal_in_the_middle_fails_and_loses_nothing(tap, loop, fault, at) -> None:
    loop.faults.add(at=at, path=LIST, **fault)
    run = tap.saving_every(10).with_settings(parallel_requests=1).here()
    failed_clearly(run)
    # No request is repeated, because the response would be the same.
    assert len(requests_to(loop)) == at
    assert {seen.host for seen in loop.requests} == {loop.netloc}
    loop.faults.clear()
    again = tap.here(state=run.state)
    holds(upsert(run.tables(), again.ok().lines), loop)


def test_no_thread_outlives_a_failed_sync(tap, loop) -> None:
    loop.faults.add(kind="status", status=403, at=3, path=LIST)
    loop.faults.add(kind="status", status=503, at=4, times=10_000, path=LIST)
    before, state = set(threading.enumerate()), random.getstate()
    failed_clearly(tap.here())
    readers = [
        thread
        for thread in set(threading.enumerate()) - before
        if "_work" in thread.name
    ]
    for thread in readers:
        thread.join(10)
    assert not any(thread.is_alive() for thread in readers)
    # Tests that draw random values in the same process depend on it.
    assert random.getstate() == state


@pytest.mark.parametrize("status", [429, 500, 503, 524])
def test_trouble_without_an_end_fails_at_last(tap, loop, status) -> None:
    loop.faults.add(kind="status", status=status, at=4, times=10_000, path=LIST)
    run = tap.with_settings(parallel_requests=1).here()
    failed_clearly(run)
    assert f"HTTP {status}" in run.stderr
    assert sum(run.slept) >= 800


def test_html_without_an_end_fails_at_last_and_names_the_address(tap, loop) -> None:
    loop.faults.add(kind="html", at=4, times=10_000, path=LIST)
    run = tap.with_settings(parallel_requests=1).here()
    failed_clearly(run)
    assert "HTML" in run.stderr.splitlines()[-1]
    assert "check `api_url`" in run.stderr.splitlines()[-1]
    assert sum(run.slept) >= 800


def test_nought_as_retry_after_does_not_make_the_tap_hammer(tap, loop) -> None:
    loop.faults.add(kind="status", status=429, retry_after=0, times=10_000, path=LIST)
    run = tap.with_settings(parallel_requests=1).here()
    failed_clearly(run)
    assert len(loop.requests) < 100


def test_two_minutes_of_429_are_outlasted(tap, loop) -> None:
    loop.faults.add(kind="status", status=429, at=2, times=12, path=LIST)
    run = tap.with_settings(parallel_requests=1).here()
    complete(run, loop)
    assert sum(run.slept) >= 120


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("seconds", [7, 90])
def test_retry_after_is_heeded(tap, loop, form, seconds) -> None:
    loop.switch(retry_after=form)
    fault = {"kind": "status", "status": 429, "retry_after": seconds}
    loop.faults.add(at=3, path=LIST, **fault)
    run = tap.with_settings(parallel_requests=1).here()
    complete(run, loop)
    assert seconds - 1 <= sum(run.slept) <= seconds + 1


def test_a_retry_after_of_a_day_is_not_waited_for(tap, loop) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": 86_400}
    loop.faults.add(at=3, path=LIST, **fault)
    run = tap.with_settings(parallel_requests=1).here()
    complete(run, loop)
    assert sum(run.slept) <= 600


def test_a_silent_server_is_asked_again(tap, loop, monkeypatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT", (1, 0.15))
    loop.faults.add(kind="stall", seconds=0.5, at=3, times=3, path=LIST)
    run = tap.here()
    complete(run, loop)
    assert "Timeout" in run.stderr or "ConnectionError" in run.stderr


def test_no_request_waits_for_ever() -> None:
    connect, read = client.TIMEOUT
    assert 0 < connect <= 30
    assert 0 < read <= 120


def test_an_empty_page_with_a_next_link_is_no_end(make_loop, tap_of) -> None:
    loop = make_loop(returns=80, switches={"empty_page_with_next": "on"})
    complete(tap_of(loop, page_size=15).here(), loop)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"returns":[],"nextPageUrl":"https://x.test/?cursor=a"}', "empty page"),
        (b'{"returns":{"0":{"id":"1"}},"nextPageUrl":null}', "not as documented"),
        (b'{"returns":[{"state":"open"}],"nextPageUrl":null}', "without an id"),
        (b'{"returns":[null],"nextPageUrl":null}', "not as documented"),
        (b'{"returns":null,"nextPageUrl":null}', "not as documented"),
        (b"[1,2]", "not as documented"),
        (b"", "not as documented"),
        (b"null", "not as documented"),
        (b'{"error":{"message":"x"}}', "not as documented"),
    ],
)
def test_an_impossible_answer_is_refused(tap, monkeypatch, body, said) -> None:
    send = client.LoopClient._send  # noqa: SLF001

    def replaced(self, path, params):
        response, _ = send(self, path, params)
        return response, body

    monkeypatch.setattr(client.LoopClient, "_send", replaced)
    run = tap.here()
    failed_clearly(run)
    assert said in run.stderr
    assert not run.ids()


class SharedClock(Hurry):
    """A clock of the tap and the simulator that advances only when the tap waits.

    It stands still while a request is on its way, because Loop counts a request in the
    minute in which the tap sent it. Threads that taps of earlier tests left behind end at their
    next request, since they would move the clock too.
    """

    def __init__(self, monkeypatch) -> None:
        super().__init__(runs=False)
        self._under_way, self._turn = 0, threading.Condition(threading.RLock())
        ours: list[pacing.Pacer] = []
        make = pacing.Pacer.__init__
        admit = pacing.Pacer._delay_or_start  # noqa: SLF001
        send = client.LoopClient._send  # noqa: SLF001

        def made(pacer, *arguments) -> None:
            make(pacer, *arguments)
            ours.append(pacer)

        def counted(pacer) -> float:
            if pacer not in ours:
                sys.exit()
            with self._turn:
                delay = admit(pacer)
                self._under_way += not delay
            return delay

        def sent(*arguments):
            try:
                return send(*arguments)
            finally:
                # Without an answer, too: a connection may break.
                with self._turn:
                    self._under_way -= 1
                    self._turn.notify_all()

        monkeypatch.setattr(pacing.Pacer, "__init__", made)
        monkeypatch.setattr(pacing.Pacer, "_delay_or_start", counted)
        monkeypatch.setattr(client.LoopClient, "_send", sent)
        for module in (pacing, client, rate_limit):
            monkeypatch.setattr(module, "time", self)

    def sleep(self, seconds: float) -> None:
        with self._turn:
            self._turn.wait_for(lambda: self._under_way <= 0)
            super().sleep(seconds)


def test_a_first_sync_under_an_enforced_limit_gets_no_429(
    make_loop, tap_of, monkeypatch
) -> None:
    loop = make_loop(returns=150, rate_limit=40)
    clock = SharedClock(monkeypatch)
    tap = tap_of(loop, page_size=2, requests_per_minute=40)
    complete(tap.here(hurry=False), loop)
    assert len(loop.requests) > 80
    assert clock.slept
    assert {seen.status for seen in loop.requests} == {200}


def test_a_key_shared_with_another_program_is_shared_fairly(
    make_loop, tap_of, monkeypatch
) -> None:
    """The tap may send 1,000 requests a minute; the headers say that none are left."""
    loop = make_loop(returns=150, rate_limit=30)
    clock = SharedClock(monkeypatch)
    tap = tap_of(loop, page_size=4, requests_per_minute=1_000, parallel_requests=1)
    complete(tap.here(hurry=False), loop)
    assert {seen.status for seen in loop.requests} == {200}
    assert len(loop.requests) > 45
    assert len(clock.slept) == (len(loop.requests) - 1) // 30


def test_a_limit_at_its_end_in_every_answer_is_told_once(
    make_loop, tap_of, monkeypatch
) -> None:
    loop = make_loop(returns=20, rate_limit=1)
    clock = SharedClock(monkeypatch)
    run = tap_of(loop, parallel_requests=1).here(hurry=False)
    complete(run, loop)
    assert {seen.status for seen in loop.requests} == {200}
    assert len(clock.slept) == len(loop.requests) - 1 > 1
    (line,) = [said for said in run.stderr.splitlines() if "are used up" in said]
    assert "after 1 of the tap's own" in line
    assert "`requests_per_minute`" in line


def test_an_address_where_nobody_answers_fails_soon(tap) -> None:
    nowhere = {"api_url": "http://127.0.0.1:9/api", "parallel_requests": 1}
    run = tap.with_settings(**nowhere).here()
    failed_clearly(run)
    assert "api_url" in run.stderr
    assert sum(run.slept) < 10


def test_a_wrong_path_names_the_settings_to_look_at(tap) -> None:
    run = tap.with_settings(api_version="v99").here()
    failed_clearly(run)
    assert "api_version" in run.stderr


def test_a_version_that_loop_has_ended_names_the_setting(tap_of) -> None:
    with Stub({f"/warehouse{LIST}": 410}) as stub:
        run = tap_of(stub).here()
    assert run.code == 1
    assert "set a later `api_version`" in run.stderr.splitlines()[-1]


def test_a_page_size_beyond_loops_maximum_is_named(make_loop, tap_of) -> None:
    loop = make_loop(switches={"page_size_max": "100"})
    run = tap_of(loop).here()
    failed_clearly(run)
    assert "page_size" in run.stderr
