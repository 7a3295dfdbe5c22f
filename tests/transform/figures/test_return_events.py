"""Milestones of returns keep the first loaded time, from which durations are calculated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from loop_simulator import Simulator
from tests.transform.conftest import Warehouse, land_world
from tests.transform.worlds.table import VARIABLES, WORLDS, build_world, without_zone

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

MODELS = (
    "--select",
    "+fct_return_events",
    "--exclude-resource-type",
    "test",
    "unit_test",
)
EVENTS = (
    "select loop_return_id, milestone, source_table, occurred_at from fct_return_events"
)
PURE = ["golden", "tiny"]
"""Worlds of the oracle whose rows are as the simulator serves them."""
LATER = """
    update tap_loop_returns.returns set created_at = created_at - interval 9 day,
        return_processed_at = return_processed_at + interval 5 day,
        updated_at = '2026-06-20 12:00:00', state = 'cancelled';
    update tap_loop_returns.return_labels set status = 'return_to_sender',
        updated_at = '2026-06-20 12:00:00', return_updated_at = '2026-06-20 12:00:00'
"""
"""Every return has other times and is cancelled, every parcel goes back."""


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> list[set[tuple[Any, ...]]]:
    """Give the events of a shop as first loaded, after a change, and after a full refresh."""
    shop = land_world(tmp_path_factory.mktemp("loads"), "tiny")

    def built(*words: str) -> set[tuple[Any, ...]]:
        return set(shop.build(*MODELS, *words, **VARIABLES).rows(EVENTS))

    first = built()
    with duckdb.connect(str(shop.raw)) as raw:
        raw.execute(LATER)
    return [first, built(), built("--full-refresh")]


def test_a_milestone_once_seen_is_never_rewritten(
    loads: list[set[tuple[Any, ...]]],
) -> None:
    first, second, _ = loads
    assert first
    assert first <= second
    assert {milestone for _, milestone, *_ in second - first} == {
        "cancelled",
        "first_scan",
    }


def test_a_full_refresh_keeps_the_milestones_that_were_seen(
    loads: list[set[tuple[Any, ...]]],
) -> None:
    _, second, third = loads
    assert third == second


@pytest.mark.parametrize("name", PURE)
def test_a_milestone_is_when_the_simulator_says(
    warehouse: Callable[..., Warehouse], name: str
) -> None:
    with Simulator(**without_zone(WORLDS[name])) as simulator:
        truth = {
            (one["return_id"], one["milestone"]): datetime.fromisoformat(one["at"])
            for one in simulator.timeline()
        }
        edited = {
            str(record["id"])
            for record in simulator.all_returns("cancelled")
            if record["edited_at"]
        }
    found = {
        (return_id, milestone): when.replace(tzinfo=UTC)
        for return_id, milestone, _, when in build_world(warehouse, name).rows(EVENTS)
    }
    assert found.keys() == truth.keys()
    # If a cancelled return was edited later, Loop does not show when it was cancelled.
    assert {key for key in found if found[key] != truth[key]} <= {
        (return_id, "cancelled") for return_id in edited
    }
