"""Every planned fault happens at the planned request, and no more often than planned."""

import time
from http.client import IncompleteRead

import pytest
from plain_client import LIST, Client

from loop_simulator.api.faults import STATUSES


def ask(client: Client):
    return client.list(paginate="true", pageSize=100, **client.days(100))


def test_a_fault_hits_the_requests_it_names_and_no_others(loop, client: Client):
    loop.faults.add(at=2, times=2, kind="status", status=503, path="/return/list")
    assert client.get("/v1/destinations").status == 200
    assert [ask(client).status for _ in range(4)] == [200, 503, 503, 200]
    assert [seen.fault for seen in loop.requests[1:]] == [
        None,
        "status",
        "status",
        None,
    ]


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_can_be_planned(loop, client: Client, status):
    loop.faults.add(kind="status", status=status)
    assert ask(client).status == status


def test_a_planned_429_can_carry_retry_after(loop, client: Client):
    loop.faults.add(kind="status", status=429, retry_after=7)
    assert ask(client).headers["retry-after"] == "7"


def test_the_connection_is_reset_before_the_answer(loop, client: Client):
    loop.faults.add(kind="reset_before")
    with pytest.raises(ConnectionError):
        ask(client)
    assert ask(client).status == 200


def test_the_connection_is_reset_within_the_body(loop, client: Client):
    loop.faults.add(kind="reset_body")
    with pytest.raises((ConnectionError, IncompleteRead)):
        ask(client)
    assert ask(client).status == 200


def test_half_a_document_comes_with_fitting_headers(loop, client: Client):
    whole = ask(client).text
    loop.faults.add(kind="truncated")
    half = ask(client)
    assert half.status == 200
    assert whole.startswith(half.text)
    assert int(half.headers["content-length"]) == len(half.text) < len(whole)


def test_html_instead_of_json(loop, client: Client):
    loop.faults.add(kind="html")
    reply = ask(client)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text.startswith(b"<!doctype html>")


def test_json_of_the_wrong_shape(loop, client: Client):
    for kind in ("wrong_shape", "bare_string", "empty_object"):
        loop.faults.add(kind=kind)
        loop.faults.plan[-1].at = len(loop.faults.plan)
    bodies = [ask(client).body for _ in range(3)]
    assert "returns" not in bodies[0]
    assert isinstance(bodies[1], str)
    assert bodies[2] == {}


def test_silence_and_slowness_take_their_time(loop, client: Client):
    loop.faults.add(kind="stall", seconds=0.3)
    loop.faults.add(kind="slow", milliseconds=200, at=2)
    for least in (0.3, 0.2):
        begun = time.monotonic()
        assert ask(client).status == 200
        assert time.monotonic() - begun >= least


def test_a_redirect_leads_to_another_host_name(loop, client: Client):
    loop.faults.add(kind="redirect")
    reply = ask(client)
    assert reply.status == 302
    assert reply.headers["location"].startswith("http://localhost:")


def test_what_cannot_happen_cannot_be_planned(loop):
    for wrong in (
        {"kind": "flood"},
        {"kind": "status", "status": 418},
        {"kind": "slow", "at": 0},
        {"kind": "slow", "colour": 1},
    ):
        with pytest.raises(ValueError, match=r"\w+"):
            loop.faults.add(**wrong)


def test_latency_is_added_to_every_answer(loop, client: Client):
    loop.latency_ms = 60
    begun = time.monotonic()
    client.get(LIST)
    assert time.monotonic() - begun >= 0.06
