"""Alerts for items that are returned more often than their peers: in built and in
simulated shops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import duckdb
import pytest

from benchmarks.estimates.early_warning import alerts, measured
from benchmarks.estimates.shops_with_styles import KINDS, drawn
from tests.transform.oracle.alerts import return_tests
from tests.transform.worlds.table import build_world, oracle_of

from .compiled import Models

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

WORLD = "a shop in New York"
FIGURES = (
    *("noticed_date", "log_evidence", "sold_units", "returned_units"),
    *("item_weight", "peer_weight"),
)


def test_the_evidence_equals_an_independent_computation(
    warehouse: Callable[..., Warehouse],
) -> None:
    expected = return_tests(oracle_of(WORLD))
    found = {
        row[:5]: dict(zip(FIGURES, row[5:], strict=True))
        for row in build_world(warehouse, WORLD).rows(
            "select dimension_type, peer_group, dimension_value, reason_group,"
            " orders_from_date, noticed_date, ln(highest_evidence), sold_units,"
            " returned_units, item_weight, peer_weight"
            " from analytics_intermediate.int_return_tests"
        )
    }
    assert {kind for kind, *_ in expected} >= {"product", "sku", "reason"}
    assert found.keys() == expected.keys()
    wrong = [
        (key, name, wanted, found[key][name])
        for key, row in expected.items()
        for name, wanted in row.items()
        if not (
            math.isclose(wanted, found[key][name], rel_tol=1e-6, abs_tol=1e-9)
            if isinstance(wanted, float)
            else wanted == found[key][name]
        )
    ]
    assert wrong == []


@pytest.fixture(scope="module")
def texts(warehouse: Callable[..., Warehouse]) -> dict[str, str]:
    built = build_world(warehouse, "golden")
    return Models(built).texts


BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.mark.parametrize("name", ["styles alike", "styles alike, small shop"])
def test_nothing_is_noticed_where_all_are_alike(
    texts: dict[str, str], name: str
) -> None:
    [found] = measured(texts, BY_NAME[name], [0])
    assert found.alerts == []


@pytest.mark.parametrize("name", ["style twice as bad", "size twice as bad"])
def test_what_is_twice_as_bad_is_noticed(texts: dict[str, str], name: str) -> None:
    [found] = measured(texts, BY_NAME[name], [0])
    assert found.is_in_time


def test_an_alert_is_a_sentence_of_what_was_sold_and_what_came_back(
    texts: dict[str, str],
) -> None:
    shop = drawn(BY_NAME["style twice as bad"], 0)
    with duckdb.connect() as connection:
        alerts(connection, texts, shop)
        [(category, since, noticed, expected, ratio, reasons, text)] = (
            connection.execute(
                "select peer_group, orders_from_date, noticed_date,"
                " expected_returned_units, return_ratio, reasons_grown, alert_text"
                " from rpt_return_alerts where dimension_type = 'product'"
                " and product_key = ?",
                [shop.bad_style],
            ).fetchall()
        )
    units = [
        unit
        for unit in shop.units
        if unit.style == shop.bad_style and unit.ordered >= since
    ]
    back = sum(unit.returned is not None for unit in units)
    assert text == (
        f"{shop.bad_style}: {back} of {len(units)} units ordered since {since} came"
        f" back, {round(expected)} expected from other products of {category};"
        f" first noticed {noticed}; reasons that grew: {reasons}"
    )
    assert 1.5 < ratio < 2.5
    assert expected * ratio == pytest.approx(back)
