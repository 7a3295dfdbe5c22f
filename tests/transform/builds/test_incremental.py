"""A build after a day's changes gives the same tables as a full refresh."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from loop_simulator import Simulator
from tests.transform.conftest import Warehouse, land_world, read_world
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES

from .late_changes import CHANGES, LEAVES_ITS_NAME, OLDER_STAMPS, TAKES_A_NAME

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
"""The time between two syncs."""
OVERWRITTEN = {"label_made", "first_scan", "delivered", "cancelled"}
"""Milestones whose time Loop overwrites."""
NOT_OVERWRITTEN = {
    *("requested", "inspected", "processed", "refunded", "credit_issued"),
    *("exchange_ordered", "exchange_shipped"),
}
MILESTONES = "select loop_return_id, milestone from fct_return_events"
KEPT = {
    # Findings about earlier syncs are kept; a new warehouse has none.
    "rpt_sync_reconciliation",
    # The first times of milestones are kept too.
    *("fct_return_events", "rpt_return_durations", "rpt_returns_outstanding"),
}
VISITS = """
    create table tap_shopify_rest.customer_journey_summary as
    select id as order_id, '{"last_visit": {"utm_parameters":
        {"source": "late", "medium": "visit"}}}'::json as customer_journey_summary
    from tap_shopify_rest.orders order by id limit 5
"""
"""Airbyte's table of visits, which is first loaded after the orders."""
OTHER_VARIABLES = {
    **VARIABLES,
    "non_merchandise_product_types": ["gift card", "shoes"],
    "own_hosts": ["www.instagram.com", "instagram.com"],
}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return changed_shop(tmp_path_factory.mktemp("changed"), VARIABLES)


def changed_shop(
    folder: Path, variables: dict[str, Any], schema: str = "tap_shopify"
) -> Warehouse:
    """Return a shop that was built, then changed and read again a day later."""
    sources = ("tap_loop_returns", schema, "tap_recharge")
    with Simulator(world="shop", returns=120, seed=3) as simulator:
        read_world(folder, simulator, sources)
        (folder / "timeline_0.json").write_text(json.dumps(simulator.timeline()))
        shop = Warehouse(folder).build(*WITHOUT_TESTS, **variables)
        simulator.advance(DAY.days * 86_400)
        simulator.change(20)
        simulator.add(10)
        simulator.cancel(3)
        simulator.remove_lines(3)
        for _ in range(3):
            simulator.move_parcels(20)
        read_world(folder, simulator, sources)
        (folder / "timeline_1.json").write_text(json.dumps(simulator.timeline()))
    return shop


def test_a_days_change_gives_what_a_full_refresh_gives(changed: Warehouse) -> None:
    before = changed.marts()
    changed.build("--exclude-resource-type", "unit_test", **VARIABLES)
    assert before["fct_returns"] != changed.marts()["fct_returns"]
    assert before["fct_order_lines"] != changed.marts()["fct_order_lines"]
    assert_equals_a_new_warehouse(changed, "afresh", VARIABLES)
    assert_milestones_are_the_simulators(changed, NOT_OVERWRITTEN)


def test_a_days_change_of_the_rest_shape_gives_what_a_full_refresh_gives(
    tmp_path: Path,
) -> None:
    schema = "tap_shopify_rest"
    variables = {**VARIABLES, "shopify_source": schema, "shopify_schema": schema}
    shop = changed_shop(tmp_path, variables, schema)
    before = shop.marts()
    with duckdb.connect(str(shop.raw)) as raw:
        raw.execute(VISITS)
    shop.build(*WITHOUT_TESTS, **variables)
    assert "late / visit" in {
        medium
        for (medium,) in shop.rows("select order_utm_source_medium from fct_orders")
    }
    assert before["fct_order_lines"] != shop.marts()["fct_order_lines"]
    assert_equals_a_new_warehouse(shop, "afresh", variables)
    assert_milestones_are_the_simulators(shop, NOT_OVERWRITTEN)


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
    shop.build(*WITHOUT_TESTS, **VARIABLES)
    names = list(CHANGES)
    # Builds of a part of the project; the next complete build updates the rest.
    parts = {1: ["+int_affected_keys"], 2: ["+fct_returns", "path:models/marts"]}
    change(shop, TAKES_A_NAME, 1)
    for day, selections in parts.items():
        for pick, name in enumerate(names[day - 1 :: 2]):
            change(shop, CHANGES[name].format(pick=f"{day}{pick}"), day)
        for part in selections:
            shop.build(*WITHOUT_TESTS, "--select", part, **VARIABLES)
        shop.build(*WITHOUT_TESTS, **VARIABLES)
    # Tables left out of date on the first day would still be out of date.
    assert_equals_a_new_warehouse(shop, "day 2", VARIABLES)
    # A backfill writes old timestamps, and a seed maps existing reasons.
    with duckdb.connect(str(shop.raw)) as raw:
        for sql in (*OLDER_STAMPS, LEAVES_ITS_NAME):
            raw.execute(sql)
    shop.project = with_mapped_reasons(shop, tmp_path / "project")
    shop.build(*WITHOUT_TESTS, **VARIABLES)
    assert_equals_a_new_warehouse(shop, "day 3", VARIABLES)
    shop.build(*WITHOUT_TESTS, **OTHER_VARIABLES)
    assert_equals_a_new_warehouse(shop, "other variables", OTHER_VARIABLES)


def with_mapped_reasons(shop: Warehouse, project: Path) -> Path:
    """Return a copy of the project whose seed puts two reasons of the shop in a group."""
    shutil.copytree(
        shop.project, project, ignore=shutil.ignore_patterns("target", "logs")
    )
    reasons = shop.rows(
        "select distinct parent_return_reason, return_reason from fct_return_lines"
        " where return_reason is not null order by all limit 2"
    )
    with (project / "seeds/return_reason_mappings.csv").open("a") as seed:
        csv.writer(seed, lineterminator="\n").writerows(
            (*names, "mapped later") for names in reasons
        )
    return project


def assert_equals_a_new_warehouse(
    shop: Warehouse, name: str, variables: dict[str, Any]
) -> None:
    """Build a shop's raw file into a new warehouse; compare the marts except those in KEPT."""
    tables = shop.marts()
    afresh = dataclasses.replace(shop.another(name), project=shop.project)
    new = afresh.build(*WITHOUT_TESTS, **variables).marts()
    known = set(shop.rows(MILESTONES))
    assert set(afresh.rows(MILESTONES)) <= known
    different = [
        table for table in new if table not in KEPT and tables.get(table) != new[table]
    ]
    assert not different


def assert_milestones_are_the_simulators(shop: Warehouse, told: set[str]) -> None:
    """Compare events with the simulator's timeline before and between two syncs.

    `told` are milestones that Loop or the shop never overwrites: their times are exact,
    and none is missing. Any other milestone reached between the syncs is at most a day
    late, or is missing if Loop overwrote it before the second sync.
    """
    before, after = (
        {
            (one["return_id"], one["milestone"]): datetime.fromisoformat(one["at"])
            for one in json.loads((shop.folder / f"timeline_{sync}.json").read_text())
        }
        for sync in (0, 1)
    )
    truth = after | before
    found = {
        (return_id, milestone): when.replace(tzinfo=UTC)
        for return_id, milestone, when in shop.rows(
            "select loop_return_id, milestone, occurred_at from fct_return_events"
        )
    }
    assert {name for _, name in found} == told | OVERWRITTEN
    assert found.keys() <= truth.keys()
    for key, when in found.items():
        late = when - truth[key]
        assert not late or key[1] in OVERWRITTEN, (key, late)
        assert timedelta() <= late <= DAY or key in before, (key, late)
    missing = truth.keys() - found.keys()
    assert {key for key in missing if key[1] in told} == set()
    assert {key for key in missing if key in before} <= {
        key for key in before if key[1] not in told | OVERWRITTEN
    }


def test_forgotten_variables_are_refused(changed: Warehouse) -> None:
    before = changed.marts()
    result = changed.dbt("build", *WITHOUT_TESTS)
    assert result.code
    assert (
        "was built with shopify_source: tap_shopify_graphql,"
        " but this build has shopify_source: none" in result.output
    )
    assert "--full-refresh" in result.output
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
            "update analytics_intermediate.int_watermarks"
            " set built_at = built_at + interval 9 day"
        )
    result = changed.dbt("build", *WITHOUT_TESTS, **VARIABLES)
    assert result.code
    assert "the clock has gone back" in result.output
    assert "--full-refresh" in result.output


def stamp(shop: Warehouse) -> None:
    """Write the load time into each row, as the loader does."""
    with duckdb.connect(str(shop.raw)) as raw:
        for table in tables_of(raw):
            raw.execute(f"alter table {table} add column _sdc_batched_at timestamp")
            raw.execute(f"update {table} set _sdc_batched_at = '2026-01-01'")


def change(shop: Warehouse, sql: str, day: int) -> None:
    """Change raw tables; changed rows get a later load timestamp."""
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
    """Return the names of all raw tables."""
    rows = raw.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where not temporary"
    )
    return [name for (name,) in rows.fetchall()]
