"""No column of a public table adds amounts of two currencies.

The shop of two currencies is built a second time with every raw amount in the second currency
multiplied by a factor. In the tables, every amount in that currency must be multiplied by
the same factor, and nothing else may change. A sum over both currencies would break both
rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds import two_currencies
from tests.transform.worlds.table import VARIABLES, WORLDS, build_world

pytestmark = pytest.mark.slow

Row = tuple[Any, ...]
MEASURED = (Decimal, float)
ROUNDED = 0.05
"""Amounts without tax are rounded return by return."""
SAY_WHEN = {"rpt_sync_reconciliation"}
"""Tables about syncs and builds, which have no figures of the shop."""


@pytest.fixture(scope="module")
def shop(warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, "a shop of two currencies")


@pytest.fixture(scope="module")
def dearer(shop: Warehouse, warehouse: Callable[..., Warehouse]) -> Warehouse:
    """The shop with amounts in the second currency multiplied."""
    settings = WORLDS["a shop of two currencies"]
    return warehouse(
        variables=VARIABLES,
        words=WITHOUT_TESTS,
        is_second_dearer=True,
        **{k: v for k, v in settings.items() if k != "has_two_currencies"},
    )


def test_amounts_of_one_currency_do_not_depend_on_those_of_another(
    shop: Warehouse, dearer: Warehouse
) -> None:
    before, after = shop.marts(), dearer.marts()
    assert before.keys() == after.keys()
    wrong = {}
    for table in before.keys() - SAY_WHEN:
        names = columns(shop, table)
        pairs = zip(by_key(before[table]), by_key(after[table]), strict=True)
        found = {
            name
            for ours, theirs in pairs
            for name, one, other in zip(names, ours, theirs, strict=True)
            if not is_apart(one, other, is_second=two_currencies.SECOND in ours)
        }
        if found:
            wrong[table] = sorted(found)
    assert wrong == {}


def test_the_variable_reporting_currency_chooses_the_main_currency(
    shop: Warehouse, tmp_path: Path
) -> None:
    other = Warehouse(tmp_path, raw=shop.raw)
    other.build(
        *(
            "--select",
            "+rpt_return_rate_by_category",
            "+fct_returns",
            "+rpt_data_through",
        ),
        *WITHOUT_TESTS,
        **VARIABLES,
        reporting_currency="cad",
    )
    assert other.rows("select main_currency_code from rpt_data_through") == [("CAD",)]
    [(named, sold)] = other.rows(
        "select currency_code, sum(sold_amount) from rpt_return_rate_by_category"
        " where period = 'all' and maturity = 'to_date' and sold_amount is not null"
        " group by all"
    )
    assert named == "CAD"
    assert [(sold,)] == other.rows(
        "select sum(sold_amount) from analytics_intermediate.int_order_lines_returned"
        " where currency_code = 'CAD'"
    )
    rates = other.rows(
        "select distinct currency_code, fx_rate_to_reporting from fct_returns order by all"
    )
    assert rates == [("CAD", 1), ("USD", None)]


def columns(built: Warehouse, table: str) -> list[str]:
    """Return the columns of a table except `built_at`, in the order of `marts`."""
    return [name for name, *_ in built.rows(f"describe {table}") if name != "built_at"]


def by_key(rows: list[Row]) -> list[Row]:
    """Return rows sorted by all their values except amounts and shares."""
    return sorted(
        rows, key=lambda row: [str(v) for v in row if not isinstance(v, MEASURED)]
    )


def is_apart(before: Any, after: Any, *, is_second: bool) -> bool:
    """Return whether a value changed with the second currency as expected."""
    if before == after:
        return True
    if not isinstance(before, MEASURED) or after is None:
        return False
    allowed = [before, before * two_currencies.FACTOR] if is_second else [before]
    return any(
        math.isclose(after, one, rel_tol=0.001, abs_tol=ROUNDED) for one in allowed
    )
