"""The shop in a real PostgreSQL: its marts are DuckDB's, and a rerun loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pipeline.comparison import KEYS
from pipeline.project import MELTANO, Project
from transform.oracle.comparison import TABLES, records
from transform.oracle.comparison import differences as differences_of
from transform.oracle.shop import Shop as Oracle

from demo.shop import KEY, Shop, open_shop
from integration import CHANGES, SAME_VARIABLES, UNEXPLAINED, VARIABLES
from integration.governed import differences, figures, place, questions
from integration.marts import compare
from integration.pages import differing, report
from integration.plugin_python import ask
from integration.reconciliation.lossy import Lossy, lose_and_mend, reconcile_with
from loop_simulator import Simulator

ASK = Path(__file__).parent / "ask.py"
LOAD = ("tap-loop-returns", "target-postgres")


@pytest.fixture(scope="module")
def project(shop, postgres, tmp_path_factory):
    return Project(shop, tmp_path_factory.mktemp("project"), postgres | SAME_VARIABLES)


@pytest.fixture(scope="module")
def built(project):
    """The shop, loaded and built in DuckDB and in PostgreSQL."""
    project.load_and_build("target-duckdb", "dbt-duckdb")
    project.load_and_build("target-postgres", "dbt-postgres")
    return project


@pytest.fixture(scope="module")
def aged(built):
    """The same shop a day later, and the requests of the second run."""
    built.shop.forget_requests()
    built.shop.change(**CHANGES)
    built.load_and_build("target-postgres", "dbt-postgres")
    requests = built.shop.requests()
    built.load_and_build("target-duckdb", "dbt-duckdb")
    return requests


def rows(project, query):
    return ask("dbt-postgres", ASK, project.settings, query)


def read(project):
    return lambda table, columns: rows(
        project, f"select {', '.join(columns)} from analytics.{table}"
    )


def test_every_mart_is_that_of_duckdb(built, tell):
    found = compare(built.marts, "PostgreSQL", read(built))
    tell(str(found))
    assert not found.differences, found.differences[:20]
    assert found.rows > 10_000


def test_no_difference_in_the_ledger_is_unexplained(built):
    assert rows(built, UNEXPLAINED) == []


def test_views_of_two_shops_have_the_rows_of_each(built, tell):
    rows(built, COPY)
    shops = "{shops: {main: analytics, uk: analytics_uk}}"
    # The second time it replaces the views.
    for _ in range(2):
        done = built.say(
            *(*MELTANO, "invoke", "dbt-postgres"),
            *("run-operation", "union_shops", "--args", shops),
            *("--vars", json.dumps(VARIABLES)),
            DBT_POSTGRES_SCHEMA="analytics_all",
            # Use another target path: the metrics read the artifacts of the one-shop build.
            DBT_TARGET_PATH=str(built.folder / "all shops"),
        )
        assert done.returncode == 0, done.stdout[-3000:]
    for shop in ("main", "uk"):

        def read_shop(table, columns, shop=shop):
            # The other shop is a copy.
            words = ", ".join(
                "'main'" if column == "sm_store_id" else column for column in columns
            )
            source = f"analytics_all.{table} where sm_store_id = '{shop}'"
            return rows(built, f"select {words} from {source}")

        found = compare(built.marts, f"PostgreSQL, view of {shop}", read_shop)
        tell(str(found))
        assert not found.differences, found.differences[:20]


COPY = """
do $$
declare
    mart text;
begin
    create schema analytics_uk;
    for mart in
        select table_name from information_schema.tables
        where table_schema = 'analytics'
    loop
        execute format(
            'create table analytics_uk.%1$I as select * from analytics.%1$I', mart
        );
        if exists (
            select from information_schema.columns
            where table_schema = 'analytics'
                and table_name = mart and column_name = 'sm_store_id'
        ) then
            execute format('update analytics_uk.%I set sm_store_id = $1', mart)
            using 'uk';
        end if;
    end loop;
end $$
"""


def test_every_report_equals_the_oracle(built, tell):
    shop = Oracle(records(f"{built.shop.url}/_simulator"), "UTC")
    found = {
        table: differences_of(
            shop,
            table,
            lambda query: rows(built, f"set search_path to analytics; {query}"),
        )
        for table in TABLES
    }
    tell(f"PostgreSQL = oracle: {len(TABLES)} tables")
    assert {table: rows[:5] for table, rows in found.items() if rows} == {}


def test_the_report_is_that_of_duckdb(built, tell, tmp_path):
    ours = report(tmp_path / "ours", "dbt-postgres", DUCKDB_PATH=str(built.marts))
    there = {"DBT_TARGET": "postgres", **built.settings}
    theirs = report(tmp_path / "theirs", "dbt-postgres", **there)
    tell(f"Report: {len(ours)} data sets, {sum(map(len, ours.values())):,} rows")
    assert differing(ours, theirs) == []


def test_governed_figures_are_those_of_duckdb(built, tell):
    calls = questions()[::4]
    ours = figures(calls, place(built.marts, built.folder / "target"))
    there = {"DBT_TARGET": "postgres", "DBT_TARGET_PATH": str(built.folder / "target")}
    theirs = figures(calls, {**built.settings, **there}, "dbt-postgres")
    tell(f"DuckDB = PostgreSQL: {len(calls)} questions, {sum(map(len, ours))} figures")
    assert len(calls) >= 20
    assert all(ours)
    assert differences(ours, theirs) == []


def test_raw_rows_are_those_of_the_shop(built):
    truth = built.shop.truth()
    for stream, name in (
        ("returns", "returns"),
        ("return_line_items", "line_items"),
        ("return_exchanges", "exchanges"),
        ("return_labels", "labels"),
        ("return_refunds", "refunds"),
    ):
        [(count,)] = rows(built, f"select count(*) from tap_loop_returns.{stream}")
        assert count == truth[name]["count"], stream


def test_text_is_read_as_on_duckdb_and_junk_is_null(built):
    """PostgreSQL's casts raise errors for invalid text; the macros must not."""
    query = (Path(__file__).parent / "cast_cases.sql").read_text()
    ours, theirs = (
        built.show(plugin, query) for plugin in ("dbt-duckdb", "dbt-postgres")
    )
    assert ours == theirs
    assert len([row for row in ours if row["money"] is not None]) == 8
    assert len([row for row in ours if row["moment"] is not None]) == 7


def test_a_second_run_reads_only_the_changes_and_the_marts_stay_equal(
    built, aged, tell
):
    assert sum(request["rows"] for request in aged) < 150
    found = compare(built.marts, "PostgreSQL, a day later", read(built))
    tell(str(found))
    assert not found.differences, found.differences[:20]


def test_a_loader_that_is_killed_loses_and_doubles_nothing(
    built, aged, postgres, tmp_path
):
    rows(built, "drop schema if exists tap_loop_returns cascade")
    state = {"MELTANO_DATABASE_URI": f"sqlite:///{tmp_path}/meltano.db"}
    killed = built.run_and_kill("target-postgres", *LOAD, **state)
    assert killed != 0
    built.run(*LOAD, **state)
    for stream, keys in KEYS.items():
        words = ", ".join(keys)
        table = f"tap_loop_returns.{stream}"
        [(count, distinct)] = rows(
            built, f"select count(*), count(distinct ({words})) from {table}"
        )
        assert count == distinct > 0
        if stream == "returns":
            assert count == built.shop.truth()["returns"]["count"]


def test_a_wrong_password_stops_the_run_and_is_named(built, aged):
    done = built.attempt(*LOAD, PGPASSWORD="wrong")
    assert done.returncode != 0
    assert "password authentication failed" in done.stdout


def test_a_role_without_rights_stops_the_run_and_is_named(built, aged):
    rows(built, "create role reader login password 'reader'")
    done = built.attempt(*LOAD, PGUSER="reader", PGPASSWORD="reader")
    assert done.returncode != 0
    assert "permission denied" in done.stdout


def test_both_moments_of_a_repeated_half_hour_are_kept_in_utc(postgres, tmp_path):
    """The server's clocks went from 02:00 back to 01:30 on 2026-04-05."""
    rows(Project(None, tmp_path / "other", postgres), "create database autumn")
    options = ("--returns", "40", "--seed", "7", "--now", "2026-04-04T14:40:00Z")
    with open_shop(*options) as shop:
        settings = postgres | {"PGDATABASE": "autumn"}
        project = Project(shop, tmp_path / "autumn", settings)
        shop.change(add=1)
        shop.advance(30 * 60)
        shop.change(add=1)
        project.run("tap-loop-returns", "target-postgres")
        project.run("dbt-postgres:run")
    query = (
        "select to_char({0}, 'YYYY-MM-DD HH24:MI') from {1} order by {0} desc limit 2"
    )
    for column, table in (
        ("created_at", "tap_loop_returns.returns"),
        ("return_created_at", "analytics.fct_returns"),
    ):
        found = rows(project, query.format(column, table))
        assert found == [("2026-04-04 15:10",), ("2026-04-04 14:40",)], table


def test_both_halves_of_a_text_around_nul_arrive(postgres, tmp_path):
    """PostgreSQL cannot store NUL in a text, so the tap sends U+FFFD instead."""
    rows(Project(None, tmp_path / "other", postgres), "create database nul")
    with Simulator(seed=1, returns=20, api_key=KEY) as loop:
        body = loop.all_returns()[0]
        unit = body["line_items"][0] | {"title": "Mug\0blue", "beside": {"a": "x\0y"}}
        loop.edit(body["id"], line_items=[unit, *body["line_items"][1:]])
        shop = Shop(loop.url.removesuffix("/api"))
        project = Project(shop, tmp_path / "nul", postgres | {"PGDATABASE": "nul"})
        project.run("tap-loop-returns", "target-postgres")
        units = sum(len(one["line_items"]) for one in loop.all_returns())
    table = "tap_loop_returns.return_line_items"
    assert rows(project, f"select count(*) from {table}") == [(units,)]
    found = rows(
        project,
        "select title, additional_fields -> 'beside' ->> 'a' "
        f"from {table} where title like 'Mug%'",
    )
    assert found == [("Mug\ufffdblue", "x\ufffdy")]


def test_what_the_loader_loses_is_told_until_it_is_read_again(shop, postgres, tmp_path):
    place = {
        "PGDATABASE": "lossy",
        # The connection is set with libpq's own variables.
        "LOOP_RETURNS_RECONCILE_URL": "postgresql+psycopg://",
    }
    rows(Project(shop, tmp_path / "other", postgres), "create database lossy")
    project = Project(shop, tmp_path / "lossy", postgres | place)
    lossy = Lossy(project, "target-postgres", "dbt-postgres", "target-postgres")
    lossy.command = (reconcile_with("postgres", tmp_path / "reconcile"),)
    lose_and_mend(lossy)
