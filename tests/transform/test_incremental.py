"""A day's change rebuilds to the same tables as a full refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from loop_simulator import Simulator

from .conftest import Warehouse, read_world

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

VARIABLES = {
    "shopify_source": "tap_shopify_graphql",
    "subscription_source": "tap_recharge",
}

LATE = """
-- An order whose lines staff edited, and one that arrives with an old time of change.
update tap_shopify.orders set updatedat = updatedat + interval 1 day,
    lineitems = json_array(json_extract(lineitems, '$[0]'))
    where id = (select id from tap_shopify.orders
        where json_array_length(lineitems) > 1 order by id limit 1);
insert into tap_shopify.orders by name
    select * replace ('gid://shopify/Order/1' as id, '#late' as name,
        replace(lineitems::varchar, 'LineItem/', 'LineItem/9')::json as lineitems)
    from tap_shopify.orders order by updatedat limit 1;
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("changed")
    with Simulator(world="shop", returns=120, seed=3) as simulator:
        read_world(folder, simulator)
        world = Warehouse(folder)
        world.build("--exclude-resource-type", "test", "unit_test", **VARIABLES)
        simulator.advance(86_400)
        simulator.change(20)
        simulator.add(10)
        simulator.cancel(3)
        simulator.remove_lines(3)
        read_world(folder, simulator)
        with duckdb.connect(str(world.raw)) as raw:
            raw.execute(LATE)
        yield world


def test_a_days_change_gives_what_a_full_refresh_gives(changed: Warehouse) -> None:
    before = changed.marts()
    after = changed.build("--exclude-resource-type", "unit_test", **VARIABLES).marts()
    again = (
        changed.another("afresh")
        .build("--exclude-resource-type", "test", "unit_test", **VARIABLES)
        .marts()
    )
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
    )
    assert cost * 100 == cents
