"""Definitions, reports, decision records and docs/metrics.md agree."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.worlds.table import build_world
from tools import metrics

from .worked_example import example

with metrics.DEFINITIONS.open(encoding="utf-8", newline="") as file:
    DEFINITIONS = {one["metric_name"]: one for one in csv.DictReader(file)}
LONG = (
    "rpt_return_metrics",
    "rpt_outcome_split",
    "rpt_net_return_cost",
    "rpt_return_timing",
)
"""Reports of many metrics: the column metric_name says which metric a row shows."""


@pytest.fixture(scope="module")
def golden(warehouse: Callable[..., Warehouse]) -> Iterator[Warehouse]:
    with build_world(warehouse, "golden").opened() as built:
        yield built


@pytest.mark.parametrize("report", LONG)
def test_a_report_shows_the_metrics_defined_for_it(
    golden: Warehouse, report: str
) -> None:
    shown = {
        name for (name,) in golden.rows(f"select distinct metric_name from {report}")
    }
    defined = {
        name for name, one in DEFINITIONS.items() if report in one["report"].split(", ")
    }
    assert shown == defined


@pytest.mark.parametrize("metric", DEFINITIONS)
def test_the_example_is_what_the_worked_example_gives(
    golden: Warehouse, metric: str
) -> None:
    one = DEFINITIONS[metric]
    told = example(golden.rows, metric, one["unit"], one["report_columns"])
    assert one["example"] == told


def test_the_warehouse_holds_the_definitions(golden: Warehouse) -> None:
    held = golden.rows(
        "select metric_name, formula_in_words from dim_metric_definitions"
    )
    assert dict(held) == {
        name: one["formula_in_words"] for name, one in DEFINITIONS.items()
    }


def test_every_decision_named_is_recorded_and_every_record_is_named() -> None:
    named = {
        number
        for one in DEFINITIONS.values()
        for number in filter(None, one["decisions"].split(", "))
    }
    recorded = {path.name[:4] for path in Path(metrics.DECISIONS).glob("*.md")}
    assert named <= recorded
    assert {number for number in recorded if number.startswith("01")} <= named
