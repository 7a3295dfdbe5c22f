"""How DuckDB executes the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.transform.worlds.table import build_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plans(warehouse: Callable[..., Warehouse]) -> dict[str, str]:
    """DuckDB's plan for each model of a shop, by the model's name."""
    built = build_world(warehouse, "a shop in New York")
    compiled = built.folder / "target/compiled/loop_returns/models"
    models = {
        file.stem: file.read_text()
        for file in compiled.rglob("*.sql")
        if file.parent.suffix != ".yml"
    }
    assert "int_returns_matched_to_orders" in models
    with built.opened():
        return {
            name: built.rows(f"explain {sql}")[0][1] for name, sql in models.items()
        }


def test_no_join_compares_every_row_with_every_other(plans: dict[str, str]) -> None:
    """A condition that the columns' statistics make false leaves a join without keys.

    Such a join takes hours in a shop with a million returns.
    """
    assert [name for name, plan in plans.items() if "Condition: false" in plan] == []


def test_lists_in_raw_rows_are_read_row_by_row(plans: dict[str, str]) -> None:
    """A list that is joined laterally is kept and compared with those of all rows."""
    staging = {name: plan for name, plan in plans.items() if name.startswith("stg_")}
    assert any("UNNEST" in plan for plan in staging.values())
    assert [name for name, plan in staging.items() if "DELIM_JOIN" in plan] == []
