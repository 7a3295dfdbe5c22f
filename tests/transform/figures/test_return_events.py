"""Milestones of returns have the times of the simulator's timeline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from loop_simulator import Simulator
from tests.transform.worlds.table import build_world, simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

EVENTS = (
    "select loop_return_id, milestone, source_table, occurred_at from fct_return_events"
)
PURE = ["golden", "tiny"]
"""Worlds of the oracle whose rows are as the simulator serves them."""


@pytest.mark.parametrize("name", PURE)
def test_a_milestone_is_when_the_simulator_says(
    warehouse: Callable[..., Warehouse], name: str
) -> None:
    with Simulator(**simulated(name)) as simulator:
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
