"""Random changes to responses: no crash, and no return is lost without an error.

``FUZZ=0:500 pytest tests/tap/rows/test_fuzz.py`` goes through some 100,000 returns.
"""

from __future__ import annotations

import json
import os
from random import Random

import pytest

from loop_simulator import Simulator
from tests.tap.harness import refused
from tests.tap.stub import Stub

from .test_hostile_values import LIST, stub_tap

SEEDS = range(*map(int, os.environ.get("FUZZ", "0:5").split(":")))
VALUES = [
    *(b"null", b"true", b"0", b"-1", b"1.50", b"1e400", b"-1e-999999999", b"1E5"),
    *(b'""', b'"N/A"', b'"\\ud83e"', b'"\\u0000"', b'"caf\xe9"', b'"\xf0\x9f"'),
    *(b'"9999-12-31T23:59:59-12:00"', b'"0000-00-00 00:00:00"', b'"2026-02-30"'),
    *(b"[]", b"{}", b"[[[]]]", b'{"date":"x"}', b'{"":{"":[null]}}', b'"\\u202e"'),
    *(b"9" * 400, b"9" * 6_000, b"[" * 300 + b"]" * 300, '"\uff11"'.encode()),
]


def moment(number: int) -> str:
    return f"2026-03-0{1 + number % 9}T{number // 60 % 24:02}:{number % 60:02}:00"


@pytest.fixture(scope="module")
def samples():
    """Returns as the simulator sends them."""
    with Simulator(seed=5, returns=40) as simulator:
        return [json.loads(json.dumps(body)) for body in simulator.all_returns()]


def some_return(samples, number: int) -> dict:
    at = f"{moment(number)}+00:00"
    known = {"id": str(number), "created_at": at, "updated_at": at}
    return samples[number % len(samples)] | known


def by_time(returns: list[tuple[str, bytes]]):
    """Answer with the returns of the period that is asked for."""

    def answer(query):
        low, high = query["from"][:19], query["to"][:19]
        found = b",".join(body for at, body in returns if low <= at <= high)
        return b'{"returns":[' + found + b'],"nextPageUrl":null}'

    return answer


@pytest.mark.parametrize("seed", SEEDS)
def test_values_of_any_kind_cost_no_return(tmp_path, samples, seed) -> None:
    random = Random(seed)
    sent = []
    for number in range(200):
        fields = some_return(samples, number)
        parts = []
        for name, value in fields.items():
            is_odd = name not in {"id", "created_at"} and random.random() < 0.1
            body = random.choice(VALUES) if is_odd else json.dumps(value).encode()
            parts.append(json.dumps(name).encode() + b":" + body)
        sent.append((moment(number), b"{" + b",".join(parts) + b"}"))
    with Stub({LIST: by_time(sent)}) as stub:
        run = stub_tap(tmp_path, stub).here().ok()
    assert run.ids().keys() == {str(number) for number in range(200)}
    assert not refused(run)


@pytest.mark.parametrize("seed", SEEDS)
def test_bytes_of_any_kind_cost_their_own_return(tmp_path, samples, seed) -> None:
    random = Random(seed)
    bad = random.randrange(20)
    sent = []
    for number in range(20):
        body = bytearray(json.dumps(some_return(samples, number)).encode())
        if number == bad:
            for _ in range(random.randint(1, 4)):
                place = random.randrange(40, len(body))
                body[place : place + random.randint(0, 2)] = random.randbytes(
                    random.randint(0, 2)
                )
        sent.append((moment(number), bytes(body)))
    with Stub({LIST: by_time(sent)}) as stub:
        run = stub_tap(tmp_path, stub).here()
    assert "Traceback" not in run.stderr
    others = {str(number) for number in range(20) if number != bad}
    assert others <= run.ids().keys()
    assert run.code in (0, 1)
    if run.code:
        assert "GET /" in run.stderr.rstrip().splitlines()[-1]
    else:
        assert sum(run.ids().values()) >= 20
