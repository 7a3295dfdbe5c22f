"""Every documented variable works at other values than its default, whatever it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.transform.conftest import ROOT, Warehouse, land_world
from tests.transform.forked_dbt import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SOURCES = {
    "shopify_source": "tap_shopify_graphql",
    "subscription_source": "tap_recharge",
}
OTHERS: dict[str, Any] = {
    "store_id": "Bob's",
    "store_timezone": "Asia/Kathmandu",
    "reporting_currency": "CAD",
    "own_hosts": ["shop.example", "bob's.example"],
    "data_through_date": "2025-06-01",
    "exchange_order_prefixes": ["EX(", "X'"],
    "exchange_app_ids": ["1", "it's"],
    "exchange_order_tags": ["Swap's"],
    "replacement_order_tags": ["100% new_one"],
    "excluded_order_tags": ["Don't ship"],
    "non_merchandise_product_types": ["Bob's cover"],
    "sales_channels_without_loop": ["retail's"],
    "return_policy_window_days": 30,
    "return_maturity_days": 45,
    "mature_share_minimum": 0.5,
    "repurchase_window_days": 60,
    "return_limit_days": 30,
    "ledger_closed_through_date": "2025-06-30",
    "goods_cost_share": 0.4,
    "recovery_share": 0.8,
}
"""A value of each variable that is not where raw is, which source or views, or how many
rank."""
EMPTY = {name: [] for name, value in OTHERS.items() if isinstance(value, list)}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = land_world(tmp_path_factory.mktemp("variables"), "golden")
    assert world.raw
    return world.raw


def test_every_documented_variable_has_another_value() -> None:
    project = yaml.safe_load((ROOT / "transform/dbt_project.yml").read_text())
    elsewhere = {
        name
        for name in project["vars"]
        if name.endswith(("_schema", "_source", "_views"))
        or name.startswith("minimum_")
    }
    assert set(OTHERS) == set(project["vars"]) - elsewhere
    assert all(value != project["vars"][name] for name, value in OTHERS.items())


@pytest.mark.parametrize(
    "variables",
    [
        {**OTHERS, "return_policy_window_days": None},
        {**EMPTY, "return_policy_window_days": 30},
    ],
    ids=["all of them", "empty lists"],
)
def test_the_project_builds_with_other_values(
    raw: Path, tmp_path: Path, variables: dict[str, Any]
) -> None:
    Warehouse(tmp_path, raw=raw).build(
        "--exclude-resource-type", "unit_test", **SOURCES, **variables
    )


def test_the_models_that_read_a_variable_build_with_another_value_of_it_alone(
    raw: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "failed.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "transform.single_variables", str(PROJECT)),
            *(json.dumps(SOURCES), json.dumps(OTHERS), str(answer)),
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT / "tests"),
            "DUCKDB_PATH": str(tmp_path / "warehouse.duckdb"),
            "RAW_DUCKDB_PATH": str(raw),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "DBT_LOG_PATH": str(tmp_path / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert json.loads(answer.read_text()) == {}
