"""A day's change rebuilds to the same tables as a full refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from loop_simulator import Simulator

from .conftest import Warehouse, land_world, read_world
from .late_changes import CHANGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

VARIABLES = {
    "shopify_source": "tap_shopify_graphql",
    "subscription_source": "tap_recharge",
}

MODELS = ("--exclude-resource-type", "test", "unit_test")
OTHER_VARIABLES = {
    **VARIABLES,
    "non_merchandise_product_types": ["gift card", "shoes"],
    "own_hosts": ["www.instagram.com", "instagram.com"],
}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("changed")
    with Simulator(world="shop", returns=120, seed=3) as simulator:
        read_world(folder, simulator)
        world = Warehouse(folder)
        world.build(*MODELS, **VARIABLES)
        simulator.advance(86_400)
        simulator.change(20)
        simulator.add(10)
        simulator.cancel(3)
        simulator.remove_lines(3)
        read_world(folder, simulator)
        yield world


def test_a_days_change_gives_what_a_full_refresh_gives(changed: Warehouse) -> None:
    before = changed.marts()
    after = changed.build("--exclude-resource-type", "unit_test", **VARIABLES).marts()
    again = changed.another("afresh").build(*MODELS, **VARIABLES).marts()
    assert before["fct_returns"] != after["fct_returns"]
    assert before["fct_order_lines"] != after["fct_order_lines"]
    # What was found of former syncs is kept, and a new warehouse knows of none.
    for marts in (after, again):
        del marts["rpt_sync_reconciliation"]
    assert after == again


def test_a_label_costs_its_cents(changed: Warehouse) -> None:
    [(cost, cents)] = changed.rows(
        "select (select sum(label_cost) from fct_returns), sum(cast(labels.rate as decimal))"
        " from raw.tap_loop_returns.return_labels as labels"
        " join raw.tap_loop_returns.returns on labels.return_id = returns.id"
        " and labels.return_updated_at is not distinct from returns.updated_at"
        " join fct_returns on returns.id = fct_returns.loop_return_id"
        " and fct_returns.is_counted_return"
    )
    assert cost * 100 == cents


def test_late_and_odd_changes_give_what_a_full_refresh_gives(tmp_path: Path) -> None:
    shop = land_world(tmp_path, "shop", returns=120, seed=3)
    stamp(shop)
    shop.build(*MODELS, **VARIABLES)
    names = list(CHANGES)
    for day, variables in ((1, VARIABLES), (2, OTHER_VARIABLES)):
        for pick, name in enumerate(names[day - 1 :: 2]):
            change(shop, CHANGES[name].format(pick=f"{day}{pick}"), day)
        if day == 1:
            # A build that breaks off leaves the rest to the next one.
            shop.build(*MODELS, "--select", "+int_affected_keys", **variables)
        incremental = shop.build(*MODELS, **variables).marts()
        afresh = shop.another(f"day {day}").build(*MODELS, **variables).marts()
        del incremental["rpt_sync_reconciliation"], afresh["rpt_sync_reconciliation"]
        assert incremental == afresh


def test_forgotten_variables_are_refused(changed: Warehouse) -> None:
    before = changed.marts()
    result = changed.dbt("build", *MODELS)
    assert result.returncode
    assert (
        "built with shopify_source: tap_shopify_graphql,"
        " but this build has shopify_source: none" in result.stdout
    )
    assert changed.marts() == before


def test_a_day_makes_few_rows_anew(changed: Warehouse) -> None:
    [(rows, anew)] = changed.rows(
        "select count(*), count_if(built_at = (select max(built_at) from fct_orders))"
        " from fct_orders"
    )
    assert 0 < anew < rows / 2


def test_a_clock_that_goes_back_is_refused(changed: Warehouse) -> None:
    with duckdb.connect(str(changed.database)) as tables:
        tables.execute(
            "update analytics_intermediate.int_changed_keys"
            " set built_at = built_at + interval 9 day"
        )
    result = changed.dbt("build", *MODELS, **VARIABLES)
    assert result.returncode
    assert "the clock has gone back" in result.stdout
    assert "--full-refresh" in result.stdout


def stamp(shop: Warehouse) -> None:
    """Write into each row when it was loaded, as the loader does."""
    with duckdb.connect(str(shop.raw)) as raw:
        for table in tables_of(raw):
            raw.execute(f"alter table {table} add column _sdc_batched_at timestamp")
            raw.execute(f"update {table} set _sdc_batched_at = '2026-01-01'")


def change(shop: Warehouse, sql: str, day: int) -> None:
    """Change raw tables; rows that differ from before bear a later stamp."""
    with duckdb.connect(str(shop.raw)) as raw:
        tables = tables_of(raw)
        for place, table in enumerate(tables):
            raw.execute(f"create temp table before_{place} as from {table}")
        raw.execute(sql)
        for place, table in enumerate(tables):
            raw.execute(
                f"update {table} set _sdc_batched_at = '2026-01-01'::timestamp"
                f" + to_days({day}) where hash({table}) not in"
                f" (select hash(before_{place}) from before_{place})"
            )


def tables_of(raw: duckdb.DuckDBPyConnection) -> list[str]:
    """Give the names of all raw tables."""
    rows = raw.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where not temporary"
    )
    return [name for (name,) in rows.fetchall()]
