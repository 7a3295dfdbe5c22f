"""dbt commands other than a plain build, and builds from invalid raw tables."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import land_world
from tests.transform.forked_dbt import ForkedDbt
from tests.transform.worlds.table import VARIABLES

from .late_changes import CHANGES
from .sequences import different_tables
from .test_incremental import change, stamp

if TYPE_CHECKING:
    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

MODELS = ("--exclude-resource-type", "test", "unit_test")
LATE_CHANGES = (
    "an order loses all but its first line",
    "a return is cancelled",
    "a payment failed",
)


@dataclasses.dataclass
class Shop:
    """A landed shop whose raw rows have no load timestamps, and dbt to build it."""

    landed: Warehouse
    dbt: ForkedDbt

    def run(self, *words: str, warehouse: str, **variables: object) -> str:
        """Run dbt, which must succeed, and return its output."""
        result = self.dbt.run(
            *words, variables={**VARIABLES, **variables}, warehouse=warehouse
        )
        assert result.code == 0, result.output[-4_000:]
        return result.output


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    landed = land_world(tmp_path_factory.mktemp("commands"), "shop", returns=30, seed=5)
    return Shop(landed, ForkedDbt(landed.folder))


@pytest.fixture(scope="module")
def built(shop: Shop) -> Shop:
    shop.run("build", *MODELS, warehouse="warehouse.duckdb")
    return shop


def test_compile_needs_no_table(shop: Shop) -> None:
    shop.run("compile", warehouse="compiled.duckdb")


def test_a_build_of_empty_tables_passes_its_tests(shop: Shop) -> None:
    words = ("build", "--empty", "--exclude-resource-type", "unit_test")
    shop.run(*words, warehouse="empty.duckdb")


def test_a_missing_raw_table_is_told(shop: Shop) -> None:
    output = shop.run(
        *("build", "--select", "stg_raw_tables"),
        warehouse="nowhere.duckdb",
        loop_returns_schema="tap_loop_retruns",
    )
    assert "no raw table tap_loop_retruns.returns" in output
    assert "set loop_returns_schema" in output
    assert "WARN=1" in output


def test_orders_of_another_shop_are_told(built: Shop) -> None:
    folder = built.landed.folder
    shutil.copy(folder / "warehouse.duckdb", folder / "unmatched.duckdb")
    check = ("test", "--select", "assert_returns_match_orders")
    assert "WARN=0" in built.run(*check, warehouse="unmatched.duckdb")
    with duckdb.connect(str(folder / "unmatched.duckdb")) as tables:
        tables.execute("update analytics.fct_returns set is_order_matched = false")
    output = built.run(*check, warehouse="unmatched.duckdb")
    assert "no return belongs to one of them" in output
    assert "shopify_schema" in output
    assert "WARN=1" in output


def test_reports_that_defer_pass_their_tests(built: Shop) -> None:
    # The state names the database of the command that parsed last.
    built.run("parse", warehouse="warehouse.duckdb")
    state = built.dbt.parsed("duckdb", VARIABLES)
    result = built.dbt.run(
        *("build", "--select", "rpt_return_reasons", "rpt_outcome_split"),
        *("--defer", "--state", str(state)),
        variables=VARIABLES,
        target="other",
    )
    assert result.code == 0, result.output[-4_000:]
    assert "assert_report_columns_are_defined" in result.output


def test_freshness_is_that_of_the_last_sync(built: Shop) -> None:
    folder = built.landed.folder
    shutil.copy(folder / "raw.duckdb", folder / "before.duckdb")
    stamp(built.landed)
    freshness = ("source", "freshness")
    assert "WARN freshness of loop_returns.sync_audits" in built.run(
        *freshness, warehouse="warehouse.duckdb"
    )
    with duckdb.connect(str(folder / "raw.duckdb")) as raw:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        raw.execute(
            "update tap_loop_returns.sync_audits set _sdc_batched_at = ?", [now]
        )
    assert "PASS freshness of loop_returns.sync_audits" in built.run(
        *freshness, warehouse="warehouse.duckdb"
    )
    shutil.copy(folder / "before.duckdb", folder / "raw.duckdb")


def test_a_loader_begins_to_write_load_stamps(built: Shop) -> None:
    stamp(built.landed)
    for name in LATE_CHANGES:
        change(built.landed, CHANGES[name].format(pick="stamped"), day=1)
    built.run("build", *MODELS, warehouse="warehouse.duckdb")
    built.run("build", *MODELS, warehouse="afresh.duckdb")
    folder = built.landed.folder
    assert not different_tables(folder / "warehouse.duckdb", folder / "afresh.duckdb")
