"""The shop in a BigQuery emulator: its marts equal DuckDB's, also a day later."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

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
from tools.project import ROOT

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
    # By default a sync reads the changes of the last 30 minutes again.
    settings = {**bigquery, "TAP_LOOP_RETURNS_LOOKBACK_MINUTES": "0"}
    project = Project(shop, tmp_path_factory.mktemp("project"), settings)
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
    # A sync reads the second in which the last one began again.
    built.shop.advance(60)
    _both(built, "refresh")
    queries = [one["query"] for one in emulator.statements()[ran:]]
    built.statements["change"] = queries
    after = {stream: rows(built, COUNT.format(stream))[0][0] for stream in STREAMS}
    return {stream: after[stream] - before[stream] for stream in STREAMS}


@pytest.fixture(scope="module")
def unchanged(aged, built):
    """What a scheduled run prints after a load without changes."""
    emulator = Emulator(built.settings["BIGQUERY_EMULATOR_HOST"])
    ran = len(emulator.queries())
    said = built.run(*LOAD, "dbt-bigquery:refresh")
    built.statements["empty"] = [one["query"] for one in emulator.queries()[ran:]]
    return said


COUNT = "select count(*) from tap_loop_returns.{}"
FULL_BUILD = 100.5e9
"""Maximum number of bytes billed for a build of all models at a million returns."""
EMPTY_SHARE = 0.002
"""Maximum share of these bytes that is billed after a load without changes."""


def _both(project, command="build"):
    # BigQuery's loader waits most of the time.
    with ThreadPoolExecutor() as threads:
        done = threads.submit(
            project.beside.load_and_build, "target-duckdb", "dbt-duckdb"
        )
        project.load_and_build("target-bigquery", "dbt-bigquery", command)
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


def test_a_load_without_changes_builds_nothing(unchanged, built):
    assert "Nothing is new since the last build, so nothing is built." in unchanged
    assert "is newer than the last build, so it stays." in unchanged
    assert len(built.statements["empty"]) <= 3
    newest, built_at = rows(
        built,
        "select max(_sdc_batched_at), (select max(built_at) from analytics.fct_returns)"
        " from tap_loop_returns.sync_audits",
    )[0]
    assert newest > built_at


if PLACE := os.environ.get(RECORDING):
    # Only the benchmark waits for the sizes of all tables.
    def test_builds_are_billed_within_their_bounds(built, unchanged, tell):
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
        assert sizes["empty"] < EMPTY_SHARE * sizes["full"]


def test_news_are_rows_syncs_that_sent_some_and_another_date(unchanged, built):
    before = inputs(built)
    rows(
        built,
        "insert into tap_shopify.orders select * from tap_shopify.orders limit 1",
        # A sync whose rows the loader lost.
        "insert into tap_loop_returns.sync_audits (data, _sdc_batched_at) select"
        """ json '{"sync_id": "9", "rows_sent": 5}', current_timestamp()""",
    )
    zones = ("Pacific/Kiritimati", "Etc/GMT+12")
    [elsewhere] = [
        zone
        for zone in zones
        if str(dt.datetime.now(ZoneInfo(zone)).date()) != before["now"]["date"]
    ][:1]
    now = inputs(built, **SOURCES, store_timezone=elsewhere)["now"]
    rows(
        built,
        "delete from tap_loop_returns.sync_audits where json_value(data, '$.sync_id') = '9'",
    )
    changed = {name for name, value in now.items() if before["now"][name] != value}
    assert changed == {
        "date",
        "`shop`.`tap_loop_returns`.`sync_audits`",
        "`shop`.`tap_shopify`.`orders`",
    }
    built_from = before["last"]["inputs"]
    assert before["now"].items() <= built_from.items()
    assert built_from.keys() - before["now"].keys() == {
        "models",
        "variables",
        "options",
    }


def test_a_source_that_is_switched_off_is_no_news(unchanged, built):
    read = inputs(built, shopify_source="none")["now"].keys()
    assert {name.split(".")[1] for name in read - {"date"}} == {"`tap_loop_returns`"}


def test_other_variables_and_other_options_are_news(unchanged, built):
    rows(
        built, "insert into tap_shopify.orders select * from tap_shopify.orders limit 1"
    )
    place = {
        "DBT_TARGET": "bigquery",
        "DBT_PROJECT_DIR": str(ROOT / "transform"),
        "DBT_PROFILES_DIR": str(ROOT / "transform"),
    }
    python = ROOT / ".meltano/utilities/dbt-bigquery/venv/bin/python"
    variables = ("--vars", json.dumps(SOURCES | {"mature_share_minimum": 0.7}))

    def said(*words):
        done = built.say(python, "-m", "refresh", *words, *variables, **place)
        assert done.returncode == 0, done.stdout[-3000:]
        return done.stdout.partition("\n")[0]

    seeds = ("seed", "--select", "metric_definitions")
    news = "New since the last build: "
    assert said(*seeds) == f"{news}`shop`.`tap_shopify`.`orders`, options, variables"
    assert said(*seeds).startswith("Nothing is new since the last build")
    # What other models were built from is unknown.
    assert said("seed", "--select", "return_reason_mappings") == f"{news}options"


def test_only_a_complete_build_without_errors_counts(unchanged, built):
    seeds = ("seed", "--select", "metric_definitions")
    told = {"REFRESH_INPUTS": '{"date": "then"}'}
    dbt = (*MELTANO, "invoke", "dbt-bigquery")
    assert built.say(*dbt, *seeds, **told).returncode == 0
    assert last_build(built)["inputs"] == {"date": "then"}
    # Another build, of whatever: tables may be others than the record says.
    assert built.say(*dbt, *seeds).returncode == 0
    assert last_build(built)["inputs"] == {}
    wrong = ("--select", "rpt_data_through", "--vars", "{store_timezone: Nowhere}")
    assert built.say(*dbt, "run", *wrong, **told).returncode != 0
    assert last_build(built) is None


def last_build(project):
    [(record,)] = rows(project, "select record from analytics_intermediate.last_build")
    return None if record is None else json.loads(record)


SOURCES = {
    "shopify_source": "tap_shopify_graphql",
    "subscription_source": "tap_recharge",
}


def inputs(project, **variables):
    """Return what a build would read now, and what the last one read."""
    words = ("--quiet", "run-operation", "print_build_inputs", "--vars")
    done = project.say(
        *(*MELTANO, "--log-level", "error", "invoke", "dbt-bigquery", *words),
        json.dumps(variables or SOURCES),
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return json.loads(done.stdout)


def test_no_query_of_dbt_may_bill_without_a_limit(built):
    emulator = Emulator(built.settings["BIGQUERY_EMULATOR_HOST"])
    limits = {one.get("maximumBytesBilled") for one in emulator.statements()}
    assert limits == {"500000000000"}


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
