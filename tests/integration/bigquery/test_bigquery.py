"""The shop in a BigQuery emulator: its marts equal DuckDB's, also a day later."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pipeline.comparison import KEYS
from pipeline.project import MELTANO, Project

from benchmarks.scanned_bytes import RECORDING, builds_of, bytes_of_builds
from integration import CHANGES, UNEXPLAINED
from integration.bigquery.recording import Emulator
from integration.governed import differences, figures, place, questions
from integration.marts import compare
from integration.pages import differing, report
from integration.plugin_python import ask
from integration.reconciliation.lossy import Lossy, lose_and_mend, reconcile_with

ASK = Path(__file__).parent / "ask.py"
LOAD = ("tap-loop-returns", "target-bigquery")
STREAMS = {
    "returns": "returns",
    "return_line_items": "line_items",
    "return_exchanges": "exchanges",
    "return_labels": "labels",
    "return_refunds": "refunds",
}
"""The simulator's name for the content of a stream."""


@pytest.fixture(scope="module")
def project(shop, bigquery, tmp_path_factory):
    project = Project(shop, tmp_path_factory.mktemp("project"), bigquery)
    project.beside = Project(shop, tmp_path_factory.mktemp("duckdb"))
    return project


@pytest.fixture(scope="module")
def built(project):
    """The shop, loaded and built in DuckDB and in BigQuery."""
    _both(project)
    emulator = Emulator(project.settings["BIGQUERY_EMULATOR_HOST"])
    project.statements = {"full": [one["query"] for one in emulator.statements()]}
    return project


@pytest.fixture(scope="module")
def aged(built):
    """The same shop a day later, and the number of rows that the second run loaded."""
    emulator = Emulator(built.settings["BIGQUERY_EMULATOR_HOST"])
    ran = len(emulator.statements())
    before = {stream: rows(built, COUNT.format(stream))[0][0] for stream in STREAMS}
    built.shop.change(**CHANGES)
    _both(built)
    queries = [one["query"] for one in emulator.statements()[ran:]]
    built.statements["change"] = queries
    after = {stream: rows(built, COUNT.format(stream))[0][0] for stream in STREAMS}
    return {stream: after[stream] - before[stream] for stream in STREAMS}


COUNT = "select count(*) from tap_loop_returns.{}"
FULL_BUILD = 100.5e9
"""Maximum number of bytes billed for a build of all models at a million returns."""


def _both(project):
    # BigQuery's loader waits most of the time.
    with ThreadPoolExecutor() as threads:
        done = threads.submit(
            project.beside.load_and_build, "target-duckdb", "dbt-duckdb"
        )
        project.load_and_build("target-bigquery", "dbt-bigquery")
        done.result()


def rows(project, *queries):
    """Return the rows of the last query."""
    return ask("dbt-bigquery", ASK, project.settings, *queries)


def compare_marts(project, name, source="analytics.{}"):
    return compare(
        project.beside.marts,
        name,
        lambda table, columns: rows(
            project, f"select {', '.join(columns)} from {source.format(table)}"
        ),
    )


def test_every_mart_is_that_of_duckdb(built, tell):
    found = compare_marts(built, "BigQuery (emulated)")
    tell(str(found))
    assert not found.differences, found.differences[:20]
    assert found.rows > 10_000


def test_no_difference_in_the_ledger_is_unexplained(built):
    assert rows(built, UNEXPLAINED) == []


def test_views_of_two_shops_have_the_rows_of_each(built, tell):
    copy_shop(built, "analytics_uk")
    shops = "{shops: {main: analytics, uk: analytics_uk}}"
    done = built.say(
        *(*MELTANO, "invoke", "dbt-bigquery"),
        *("run-operation", "union_shops", "--args", shops),
        DBT_BIGQUERY_DATASET="analytics_all",
        # Use another target path: the metrics read the artifacts of the one-shop build.
        DBT_TARGET_PATH=str(built.folder / "all shops"),
    )
    assert done.returncode == 0, done.stdout[-3000:]
    for shop in ("main", "uk"):
        # The other shop is a copy.
        its_rows = (
            "(select * replace ('main' as sm_store_id)"
            f" from analytics_all.{{}} where sm_store_id = '{shop}')"
        )
        found = compare_marts(built, f"BigQuery (emulated), view of {shop}", its_rows)
        tell(str(found))
        assert not found.differences, found.differences[:20]


REPLACED = " replace ('uk' as sm_store_id)"


def copy_shop(project, dataset):
    """Copy the marts as those of another shop."""
    marts = project.beside.mart_rows(
        "select table_name, bool_or(column_name = 'sm_store_id')"
        " from information_schema.columns where table_schema = 'analytics' group by 1"
    )
    rows(
        project,
        f"create schema {dataset}",
        *(
            f"create table {dataset}.{mart} as select *"
            f"{REPLACED * has_id} from analytics.{mart}"
            for mart, has_id in marts
        ),
    )


def test_the_report_is_that_of_duckdb(built, tell, tmp_path):
    beside = str(built.beside.marts)
    ours = report(tmp_path / "ours", "dbt-bigquery", DUCKDB_PATH=beside)
    there = {"DBT_TARGET": "bigquery", **built.settings}
    theirs = report(tmp_path / "theirs", "dbt-bigquery", **there)
    tell(f"Report: {len(ours)} data sets, {sum(map(len, ours.values())):,} rows")
    assert differing(ours, theirs) == []


def test_governed_figures_are_those_of_duckdb(built, tell):
    # Questions by goods are left out: MetricFlow groups joined tables for them, which
    # the emulator rejects as ambiguous and BigQuery accepts.
    calls = questions("goods")[::3]
    beside = built.beside
    ours = figures(calls, place(beside.marts, beside.folder / "target"))
    there = {"DBT_TARGET": "bigquery", "DBT_TARGET_PATH": str(built.folder / "target")}
    theirs = figures(calls, {**built.settings, **there}, "dbt-bigquery")
    tell(f"DuckDB = BigQuery: {len(calls)} questions, {sum(map(len, ours))} figures")
    assert len(calls) >= 20
    assert all(ours)
    assert differences(ours, theirs) == []


@pytest.mark.parametrize(
    ("fact", "date"),
    [
        ("fct_orders", "order_date"),
        ("fct_order_lines", "order_date"),
        ("fct_returns", "return_date"),
        ("fct_return_lines", "return_date"),
    ],
)
def test_what_grows_is_partitioned_and_clustered(built, fact, date):
    """Checked in the statements, since the emulator has no partitions."""
    told = built.folder / "target/run/loop_returns/models/marts" / f"{fact}.sql"
    assert re.search(
        rf"partition by date_trunc\({date}, month\)\s+cluster by sm_order_key",
        told.read_text(),
    )


def test_raw_rows_are_those_of_the_shop(built):
    truth = built.shop.truth()
    for stream, name in STREAMS.items():
        assert rows(built, COUNT.format(stream)) == [(truth[name]["count"],)], stream


def test_a_second_run_loads_only_the_changes_and_the_marts_stay_equal(
    aged, built, tell
):
    assert 0 < aged["returns"] < 100
    found = compare_marts(built, "BigQuery (emulated), a day later")
    tell(str(found))
    assert not found.differences, found.differences[:20]


def test_no_query_of_dbt_may_bill_without_a_limit(built):
    emulator = Emulator(built.settings["BIGQUERY_EMULATOR_HOST"])
    limits = {one.get("maximumBytesBilled") for one in emulator.statements()}
    assert limits == {"500000000000"}


if PLACE := os.environ.get(RECORDING):
    # Only the benchmark waits for the sizes of all tables.
    def test_a_full_build_is_billed_within_its_bound(built, aged, tell):
        emulator = Emulator(built.settings["BIGQUERY_EMULATOR_HOST"])
        recording = {
            "returns": built.shop.truth()["returns"]["count"],
            "statements": built.statements,
            "tables": emulator.sizes(),
        }
        Path(PLACE).write_text(json.dumps(recording))
        sizes = bytes_of_builds(builds_of(recording), recording, 1_000_000)
        tell(str({name: f"{size / 1e9:.1f} GB" for name, size in sizes.items()}))
        assert sizes["full"] < FULL_BUILD


def test_a_loader_that_is_killed_loses_nothing(built, aged, tmp_path):
    """The loader appends, so rows may be there twice; staging keeps the newest."""
    state = {"MELTANO_DATABASE_URI": f"sqlite:///{tmp_path}/meltano.db"}
    place = {"TARGET_BIGQUERY_DATASET": "killed"}
    assert built.run_and_kill("target-bigquery", *LOAD, **state, **place) != 0
    built.run(*LOAD, **state, **place)
    truth = built.shop.truth()
    for stream, name in STREAMS.items():
        key = " || '|' || ".join(f"json_value(data, '$.{one}')" for one in KEYS[stream])
        assert rows(built, f"select count(distinct {key}) from killed.{stream}") == [
            (truth[name]["count"],)
        ], stream


def test_without_credentials_the_run_stops_before_it_reads(built, aged, tmp_path):
    nothing = tmp_path / "key.json"
    nothing.write_text(json.dumps({"type": "service_account"}))
    done = built.attempt(*LOAD, GOOGLE_APPLICATION_CREDENTIALS=str(nothing))
    assert done.returncode != 0
    assert "was not in the expected format" in done.stdout


def test_what_the_loader_loses_is_told_until_it_is_read_again(shop, bigquery, tmp_path):
    place = {
        "TARGET_BIGQUERY_DATASET": "lossy",
        "LOOP_RETURNS_RECONCILE_URL": "bigquery://shop",
        "LOOP_RETURNS_RECONCILE_SCHEMA": "lossy",
        "BIGQUERY_DATASET": "lossy_analytics",
    }
    project = Project(shop, tmp_path / "lossy", bigquery | place)
    lossy = Lossy(project, "target-bigquery", "dbt-bigquery", "target-bigquery")
    lossy.variables = "{loop_returns_schema: lossy}"
    lossy.command = (reconcile_with("bigquery", tmp_path / "reconcile"),)
    lose_and_mend(lossy)
