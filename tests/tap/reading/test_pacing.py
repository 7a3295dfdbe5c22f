"""The client stays below the limit, and pauses when Loop asks for it."""

from __future__ import annotations

import pytest

from tap_loop_returns import pacing
from tap_loop_returns.pacing import Pacer


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(pacing.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(
        pacing.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds)
    )
    return now


def test_no_minute_holds_more_requests_than_allowed(clock) -> None:
    pacer, started = Pacer(300), []
    for _ in range(1500):
        pacer.wait()
        started.append(clock[0])
        clock[0] += 0.01
    for first, moment in enumerate(started):
        assert sum(moment <= other < moment + 60 for other in started[first:]) <= 300


def test_the_limit_is_used_to_the_full(clock) -> None:
    pacer, began = Pacer(300), clock[0]
    for _ in range(3000):
        pacer.wait()
    assert 3000 / (clock[0] - began) * 60 > 0.95 * 300


def test_a_small_sync_is_not_slowed_down(clock) -> None:
    pacer, began = Pacer(300), clock[0]
    for _ in range(45):
        pacer.wait()
    assert clock[0] == began


def test_a_hold_stops_every_request(clock) -> None:
    pacer, began = Pacer(300), clock[0]
    pacer.hold(20)
    pacer.wait()
    assert clock[0] - began == pytest.approx(20)


def test_an_exhausted_allowance_waits_for_the_minute_to_pass(clock) -> None:
    pacer, began = Pacer(300), clock[0]
    pacer.wait()
    pacer.learn("0")
    pacer.wait()
    assert clock[0] - began >= 60


@pytest.mark.parametrize("header", [None, "", "many", "17"])
def test_other_allowances_change_nothing(clock, header) -> None:
    pacer, began = Pacer(300), clock[0]
    pacer.wait()
    pacer.learn(header)
    pacer.wait()
    assert clock[0] == began


def test_a_limit_that_the_tap_used_up_itself_is_not_told(clock, caplog) -> None:
    pacer = Pacer(5)
    for _ in range(5):
        pacer.wait()
    pacer.learn("0")
    assert not caplog.records
