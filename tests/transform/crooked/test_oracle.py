"""The reports of crooked shops equal the oracle: every test of `figures/test_oracle.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.figures.test_oracle import *  # noqa: F403
from tests.transform.oracle.comparison import traits
from tests.transform.oracle.shop import Shop
from tests.transform.worlds.table import (
    CROOKED,
    IRREGULAR,
    build_world,
    oracle_of,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=IRREGULAR)
def world(
    request: pytest.FixtureRequest, warehouse: Callable[..., Warehouse]
) -> Iterator[tuple[Warehouse, Shop]]:
    with build_world(warehouse, request.param).opened() as built:
        yield built, oracle_of(request.param)


@pytest.mark.parametrize("name", CROOKED)
def test_a_crooked_world_holds_orders_of_each_of_its_classes(name: str) -> None:
    shop = oracle_of(name)
    held = {trait for order in shop.orders for trait in traits(order, shop)}
    assert held >= CROOKED[name] | {"prices with tax"}
