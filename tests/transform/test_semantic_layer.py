"""Governed queries give the figures of the reports."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import BIN, ROOT, Warehouse
from .test_oracle import build_world

MF = os.environ.get("METRICFLOW") or shutil.which("mf", path=str(BIN))
"""MetricFlow's command, beside dbt or elsewhere."""
pytestmark = pytest.mark.skipif(MF is None, reason="MetricFlow is not installed")
BY_ORDER = [
    "order_return_rate",
    "order_return_rate_realised",
    "refund_order_rate",
    "exchange_order_rate",
    "credit_order_rate",
    "unit_return_rate",
    "value_return_rate",
]
BY_RETURN = ["retained_revenue_ratio", "upsell_rate"]
COSTS = [
    "net_return_cost_pct_gross",
    "net_return_cost_cash_pct_gross",
    "net_return_cost_landed_pct_gross",
]
Figures = dict[tuple[str, str], float]


class Governed:
    """The semantic layer over a built warehouse."""

    def __init__(self, built: Warehouse) -> None:
        # MetricFlow looks for the manifest of the last build in the project itself.
        self.project = built.folder / "project"
        shutil.copytree(
            ROOT / "transform",
            self.project,
            ignore=shutil.ignore_patterns("target", "logs"),
        )
        shutil.copytree(built.folder / "target", self.project / "target")
        self.environment = {
            **os.environ,
            "DUCKDB_PATH": str(built.database),
            "RAW_DUCKDB_PATH": str(built.raw),
            "DBT_PROFILES_DIR": str(self.project),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }

    def run(self, *words: str) -> None:
        done = subprocess.run(
            [str(MF), *words],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]

    def figures(self, metrics: list[str], by: str) -> Figures:
        """Give the known figures of metrics, by month or by name of the group."""
        answer = Path(self.project / "answer.csv")
        self.run(
            *("query", "--metrics", ",".join(metrics)),
            *("--group-by", by, "--csv", str(answer)),
        )
        with answer.open(encoding="utf-8", newline="") as file:
            return {
                (metric, row[by][:7] if by.startswith("metric_time") else row[by]): (
                    float(row[metric])
                )
                for row in csv.DictReader(file)
                for metric in metrics
                if row[metric]
            }


@pytest.fixture(scope="module")
def shop(warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, "a shop in New York")


@pytest.fixture(scope="module")
def governed(shop: Warehouse) -> Governed:
    return Governed(shop)


def reported(built: Warehouse, sql: str) -> Figures:
    return {
        (metric, group): value
        for metric, group, value in built.rows(sql)
        if value is not None
    }


def test_the_semantic_models_are_valid(governed: Governed) -> None:
    governed.run("validate-configs", "--skip-dw")


def test_monthly_figures_are_those_of_the_reports(
    governed: Governed, shop: Warehouse
) -> None:
    monthly = "period_type = 'month' and maturity = 'to_date'"
    wanted = reported(
        shop,
        "select metric_name, period, metric_value from rpt_return_metrics"
        f" where {monthly} and (date_basis = 'order' and metric_name in {(*BY_ORDER,)}"
        f" or date_basis = 'return' and metric_name in {(*BY_RETURN,)})"
        " union all select metric_name, period, cost_share_of_gross"
        f" from rpt_net_return_cost where {monthly} and date_basis = 'order'",
    )
    found = governed.figures([*BY_ORDER, *BY_RETURN, *COSTS], "metric_time__month")
    assert len(wanted) > 100
    assert {key: found[key] for key in wanted} == pytest.approx(wanted, abs=1e-9)


def test_repurchase_is_that_of_the_report(governed: Governed, shop: Warehouse) -> None:
    wanted = reported(
        shop,
        "select 'repurchase_rate_90d', outcome_group, repurchase_rate_90d"
        " from rpt_return_retention",
    )
    found = governed.figures(["repurchase_rate_90d"], "customer__outcome_group")
    assert {key: found[key] for key in wanted} == pytest.approx(wanted, abs=1e-9)
