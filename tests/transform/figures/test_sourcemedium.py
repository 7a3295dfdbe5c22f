"""Queries written for SourceMedium's tables run unchanged and give the oracle's figures."""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
import pytest

from tests.transform.conftest import Warehouse
from tests.transform.oracle.comparison import wrong_rows
from tests.transform.oracle.shop import Shop
from tests.transform.oracle.sourcemedium import QUERIES
from tests.transform.worlds.table import (
    SOURCEMEDIUM,
    build_world,
    oracle_of,
)
from tools import sourcemedium

pytestmark = pytest.mark.slow

WRITTEN = dict(
    re.findall(
        r"^### ([^\n]+)\n\n```sql\n(.*?)```$",
        sourcemedium.PAGE.read_text(),
        re.MULTILINE | re.DOTALL,
    )
)
"""The queries of the page, by heading."""


@pytest.fixture(scope="module")
def world(warehouse: Callable[..., Warehouse]) -> tuple[Warehouse, Shop]:
    return build_world(warehouse, SOURCEMEDIUM), oracle_of(SOURCEMEDIUM)


def test_the_page_has_ten_queries() -> None:
    assert len(WRITTEN) == 10
    assert WRITTEN.keys() == QUERIES.keys()


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_comes_to_what_the_oracle_says(
    world: tuple[Warehouse, Shop], name: str
) -> None:
    built, shop = world
    expected = QUERIES[name](shop)
    keys = len(next(iter(expected)))
    found = {row[:keys]: row[keys:] for row in built.rows(WRITTEN[name])}
    assert found.keys() == expected.keys()
    assert wrong_rows(expected, found) == []


def test_every_mart_can_be_read_without_the_raw_file(
    world: tuple[Warehouse, Shop],
) -> None:
    built, _ = world
    with duckdb.connect(str(built.database), read_only=True) as tables:
        names = tables.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'analytics'"
        ).fetchall()
        assert ("obt_orders",) in names
        for (name,) in names:
            tables.execute(f"select * from analytics.{name} limit 1")


def test_amounts_of_lines_add_up_to_their_order(
    world: tuple[Warehouse, Shop],
) -> None:
    built, _ = world
    assert (
        built.rows(
            "select orders.sm_order_key from obt_orders as orders left join"
            " (select sm_order_key, sum(order_line_gross_revenue) as gross,"
            " sum(order_line_net_revenue) as net from obt_order_lines group by all)"
            " as lines using (sm_order_key)"
            " where orders.order_gross_revenue <> coalesce(lines.gross, 0)"
            " or orders.order_net_revenue <> coalesce(lines.net, 0)"
        )
        == []
    )


def test_a_column_is_null_if_and_only_if_the_page_says_so(
    world: tuple[Warehouse, Shop],
) -> None:
    """Only in this world: some columns depend on taps or fields that this world lacks."""
    built, _ = world
    for view in sourcemedium.views():
        columns = view["columns"]
        counts = ", ".join(f"count({column['name']})" for column in columns)
        [filled] = built.rows(f"select {counts} from {view['name']}")
        assert {
            column["name"]
            for column, count in zip(columns, filled, strict=True)
            if count
        } == {
            column["name"]
            for column in columns
            if not column["description"].startswith(sourcemedium.NOT_FILLED)
        }


def test_the_views_are_built_only_if_asked_for(
    warehouse: Callable[..., Warehouse],
) -> None:
    built = build_world(warehouse, "golden")
    assert built.rows(
        "select count(*) filter (table_name like 'obt%'), count(*) > 0"
        " from information_schema.tables where table_schema = 'analytics'"
    ) == [(0, True)]
