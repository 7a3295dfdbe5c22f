"""Rules about sold units give the same results with every tap or connector."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import Warehouse
from tests.transform.oracle.shop import POLICY_PERIODS
from tests.transform.worlds import crooked
from tests.transform.worlds.table import WORLDS, build_world, oracle_of

from . import shapes

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

WORLD = "a crooked shop"
DIFFERENT = {
    "fct_returns": ("days_delivery_to_return",),
    "fct_orders": ("order_delivered_at",),
}
"""Columns in which the shapes differ: only the REST rows have deliveries."""


@pytest.fixture(scope="module")
def graphql(warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, WORLD)


@pytest.fixture(scope="module", params=shapes.SHAPES)
def other(
    request: pytest.FixtureRequest,
    graphql: Warehouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Warehouse]:
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copy(str(graphql.raw), folder / "raw.duckdb")
    with duckdb.connect(str(folder / "raw.duckdb")) as raw:
        raw.execute("set timezone = 'UTC'")
        shapes.add_shape(raw, request.param, folder)
    return request.param, Warehouse(folder).build(
        "--exclude-resource-type",
        "unit_test",
        shopify_source=request.param,
        shopify_schema=request.param,
        subscription_source="tap_recharge",
        store_timezone=WORLDS[WORLD]["zone"],
        return_policy_periods=POLICY_PERIODS,
    )


def comparable(built: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of all public tables, without columns that only one source fills."""
    tables = [
        name
        for (name,) in built.rows(
            "select table_name from information_schema.tables"
            " where table_schema = 'analytics'"
        )
    ]
    left_out = {name: ("built_at", *DIFFERENT.get(name, ())) for name in tables}
    return {
        name: built.rows(
            f"select columns(each -> each not in {left_out[name] + ('',)})"
            f" from {name} order by all"
        )
        for name in tables
    }


def test_a_shop_gives_the_same_answers_in_every_shape(
    graphql: Warehouse, other: tuple[str, Warehouse]
) -> None:
    wanted, found = comparable(graphql), comparable(other[1])
    assert found.keys() == wanted.keys()
    different = [name for name in wanted if found[name] != wanted[name]]
    assert different == []


def test_an_edited_line_beside_an_open_or_cancelled_return_sold_what_the_edit_left(
    graphql: Warehouse, other: tuple[str, Warehouse]
) -> None:
    """An open return does not lower the quantity: three ordered less one removed is two."""
    shop = oracle_of(WORLD)
    cases = [
        (record.state, unit.line)
        for record in shop.returns
        for unit in record.units
        if record.state in {"open", "cancelled"} and unit.line is not None
    ]
    edited = [(state, line) for state, line in cases if crooked.is_edited(line.raw)]
    assert {state for state, _ in edited} == {"open", "cancelled"}
    wanted = {line.id: int(line.raw["quantity"]) - 1 for _, line in edited}
    for built in (graphql, other[1]):
        sold = dict(
            built.rows(
                "select order_line_id, quantity from analytics_intermediate.int_order_lines"
            )
        )
        assert {line: sold[line] for line in wanted} == wanted


def test_an_order_is_delivered_with_its_first_delivered_parcel(
    other: tuple[str, Warehouse],
) -> None:
    shape, built = other
    rows = built.rows(
        "select days_delivery_to_return, day(order_created_at), date_diff('day',"
        f" cast(order_created_at as date) + {shapes.DELIVERED_AFTER_DAYS}, return_date)"
        " from fct_returns where order_created_at is not null"
    )
    wanted = [
        days
        if shape == "tap_shopify_rest"
        and day + shapes.DELIVERED_AFTER_DAYS <= shapes.LAST_DAY
        and days >= 0
        else None
        for _, day, days in rows
    ]
    assert [found for found, _, _ in rows] == wanted
