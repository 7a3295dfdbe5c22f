"""Rules about sold units give the same results with every tap or connector."""

from __future__ import annotations

import shutil
from decimal import Decimal
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
    from pathlib import Path

pytestmark = pytest.mark.slow

WORLD = "a crooked shop"
DIFFERENT = {
    "fct_returns": ("days_delivery_to_return",),
    "fct_orders": ("order_delivered_at",),
    "rpt_refund_liability": (
        *("return_asset_amount", "goods_cost_share", "cost_known_share"),
    ),
}
"""Columns in which the shapes differ: only REST has deliveries, GraphQL has no unit costs."""


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


def test_the_return_asset_has_the_unit_costs_of_the_goods_that_came_back(
    graphql: Warehouse, other: tuple[str, Warehouse]
) -> None:
    built = other[1]
    costs = {
        variant: shapes.unit_cost(int(variant), price)
        for variant, price in built.rows(
            "select variant_id, price_amount from analytics_staging.stg_product_variants"
        )
    }
    units = built.rows(
        "select return_date, root_order_month_date, variant_id, net_amount"
        " from fct_return_lines where is_rate_unit and currency_code = 'USD'"
    )
    rows = built.rows(
        "select as_of_date, as_of_date - interval 14 months, goods_cost_share,"
        " cost_known_share, expected_returned_amount, return_asset_amount"
        " from rpt_refund_liability where closing_amount > 0"
    )
    assert rows
    for day, since, share, known, goods, asset in rows:
        back = [
            (costs.get(variant), net)
            for returned, ordered, variant, net in units
            if returned <= day and ordered and ordered >= since.date()
        ]
        costed = sum(net for cost, net in back if cost is not None)
        total = sum(cost for cost, _ in back if cost is not None)
        assert share == pytest.approx(float(total / costed))
        assert known == pytest.approx(float(costed / sum(net for _, net in back)))
        assert float(asset) == pytest.approx(float(goods) * share, abs=1e-4)
    assert graphql.rows(
        "select distinct return_asset_amount, goods_cost_share, cost_known_share"
        " from rpt_refund_liability"
    ) == [(None, None, 0)]


def test_unit_costs_are_read_from_the_inventory_items_of_the_graphql_tap(
    graphql: Warehouse, tmp_path: Path
) -> None:
    shutil.copy(str(graphql.raw), tmp_path / "raw.duckdb")
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as raw:
        raw.execute(
            "alter table tap_shopify.product_variants add column inventoryitem json;"
            " update tap_shopify.product_variants set inventoryitem = json_object('id',"
            " replace(id, 'ProductVariant', 'InventoryItem'));"
            " create table tap_shopify.inventory_items as select replace(id,"
            " 'ProductVariant', 'InventoryItem') as id, case when sku is not null then"
            " json_object('amount', '7.25') end as unitcost"
            " from tap_shopify.product_variants"
        )
    models = (
        "tap_shopify_graphql__product_variants",
        "tap_shopify_graphql__variant_costs",
    )
    built = Warehouse(tmp_path).build(
        *("--exclude-resource-type", "unit_test", "--select"),
        *(f"stg_{name}" for name in (*models, "variant_costs")),
        shopify_source="tap_shopify_graphql",
    )
    with duckdb.connect(str(built.database), read_only=True) as staged:
        [(variants, costs)] = staged.execute(
            "select count(*), list(distinct unit_cost_amount)"
            " from analytics_staging.stg_variant_costs"
        ).fetchall()
    assert variants > 0
    assert costs == [Decimal("7.25")]


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
