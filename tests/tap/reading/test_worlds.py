"""With any world, changes, failures and kill points a target ends up with the right
rows."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loop_simulator import Simulator
from tests.tap.harness import CORE, MUTANT, holds, received, tap_for, upsert

SWITCHES = {
    "order": ["desc", "asc", "by_created_asc", "by_id_desc", "shuffled"],
    "ends": ["inclusive", "exclusive_to", "exclusive_from", "exclusive_both"],
    "next_url": [
        *("drops_params", "keeps_params", "other_host", "repeats", "cycles"),
        "missing",
    ],
    "cursor": ["documented", "opaque"],
    "body": ["wrapped", "bare"],
    "ids": ["string", "integer"],
    "timestamps": ["offset", "iso_ms", "space", "mixed"],
    "none_values": ["mixed", "na", "empty", "null"],
    "refunds_shape": ["array", "object"],
    "line_items_shape": ["list", "object"],
    "money_type": ["string", "number"],
    "unknown_fields": ["off", "on"],
    "retry_after": ["none", "seconds", "date"],
    "empty_page_with_next": ["off", "on"],
}
FAULTS = [
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 429, "retry_after": 2},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 524},
    {"kind": "reset_before"},
    {"kind": "reset_body"},
    {"kind": "truncated"},
    {"kind": "html"},
    {"kind": "wrong_shape"},
    {"kind": "redirect"},
    {"kind": "status", "status": 401},
]

worlds = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "returns": st.integers(1, 70),
        "switches": st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(v) for name, v in SWITCHES.items()}
        ),
    }
)
taps = st.fixed_dictionaries(
    {
        "page_size": st.sampled_from([1, 3, 10, 40, 750]),
        "parallel_requests": st.sampled_from([1, 4, 8]),
        "lookback_minutes": st.sampled_from([0, 30]),
    }
)
crowds = st.lists(st.integers(2, 15), max_size=2)
edits = st.sampled_from(["change", "cancel", "add", "remove_lines"])
passes = st.lists(
    st.fixed_dictionaries(
        {
            "kill": st.none() | st.floats(0.0, 1.2),
            "fault": st.none()
            | st.tuples(st.sampled_from(FAULTS), st.integers(1, 20), st.integers(1, 6)),
            "edits": st.lists(
                st.tuples(st.integers(1, 25), edits, st.integers(1, 5)), max_size=4
            ),
            "wait": st.sampled_from([0, 1, 3_600, 200_000]),
            "flush": st.none() | st.randoms(use_true_random=False),
        }
    ),
    min_size=1,
    max_size=4,
)


def _crowd(loop: Simulator, sizes: list[int]) -> None:
    """Let a bulk job stamp some returns with the same second."""
    ids = [row.key for row in loop.store.all()]
    for place, size in enumerate(sizes):
        some, ids = ids[:size], ids[size:]
        for number in some:
            loop.edit(number, updated_at=f"2026-05-0{place + 1}T00:00:00+00:00")


def _plan(loop: Simulator, step: dict) -> None:
    """Arrange the edits and the trouble of one pass."""
    loop.clear_requests()
    loop.faults.clear()
    for at, what, count in step["edits"]:
        loop.hook(at, lambda loop, w=what, n=count: getattr(loop, w)(n))
    if step["fault"]:
        fault, at, times = step["fault"]
        loop.faults.add(at=at, times=times, path="/return/list", **fault)


def _kept(lines: list, state: dict | None, chance) -> tuple[list, dict | None]:
    """Return what a target has kept if it stored each stream up to a different point."""
    if chance is None:
        return lines, received(lines) or state
    kept, marks = [], dict((state or {}).get("bookmarks", {}))
    for stream in CORE:
        cut = chance.randrange(len(lines) + 1)
        kept += [line for line in lines[:cut] if line.get("stream") == stream]
        if seen := received(lines[:cut]):
            marks[stream] = seen["bookmarks"].get(stream, {})
    return kept, {"bookmarks": marks}


# `WORLDS=2000 pytest tests/tap/reading/test_worlds.py` searches further, at random.
MANY = os.environ.get("WORLDS")


@settings(
    max_examples=int(MANY or 30),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not MANY,
    # For a broken tap, any failing example is enough.
    phases=[Phase.generate] if os.environ.get(MUTANT) else list(Phase),
)
@given(world=worlds, how=taps, dense=crowds, steps=passes)
def test_a_target_holds_the_truth_after_any_history(world, how, dense, steps) -> None:
    with Simulator(**world) as loop, tempfile.TemporaryDirectory() as folder:
        _crowd(loop, dense)
        tap = tap_for(Path(folder), loop, **how).saving_every(7)
        size = len(tap.here().output)
        tables, state = {}, None
        for step in steps:
            _plan(loop, step)
            at = None if step["kill"] is None else int(size * step["kill"])
            run = tap.here(state=state, kill_at=at)
            assert run.code in (0, 1, -9)
            lines, state = _kept(run.lines, state, step["flush"])
            tables = upsert(tables, lines)
            loop.advance(step["wait"])
        loop.faults.clear()
        loop.clear_requests()
        # The last pass has no failures, so the target must be right.
        loop._hooks.clear()  # noqa: SLF001
        last = tap.here(state=state).ok()
        holds(upsert(tables, last.lines), loop)
