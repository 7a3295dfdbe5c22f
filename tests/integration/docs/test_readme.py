"""The README's paths, from an empty machine to rows."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.project import Project

from integration.bigquery.conftest import bigquery  # noqa: F401 (a fixture)
from integration.plugin_python import ask
from integration.postgres.conftest import postgres  # noqa: F401 (a fixture)
from tools.project import pyproject

from .blocks import ROOT, block, blocks
from .conftest import Machine, instead_of

PAGE = "README.md"
PROGRAMS = Path(sys.executable).parent
WALKED = {
    "tap-loop-returns",
    "Ask for any figure",
    "Your shop in DuckDB",
    "Your shop in BigQuery",
    "Your shop in Postgres",
    "The tap alone",
    "The models alone",
    "Check-up",
}
# Headings of blocks that CI or tests/integration/reconciliation runs.
ELSEWHERE = {"Tests", "Did everything arrive?"}
COUNT = "select count(*) from analytics.fct_returns"
INTEGRATION = ROOT / "tests/integration"


def test_every_block_of_commands_is_walked():
    found = {one.heading for one in blocks(PAGE) if one.language == "sh"}
    assert found == WALKED | ELSEWHERE


def test_the_demo_answers_seven_questions_whatever_is_set_for_a_shop(machine):
    settings = {
        "TAP_LOOP_RETURNS_START_DATE": "2026-06-01T00:00:00Z",
        "TAP_LOOP_RETURNS_PERSONAL_DATA": "hash",
        "TARGET_DUCKDB_PATH": str(machine.folder / "mine.duckdb"),
        "DBT_DUCKDB_VARS": "{shopify_source: none}",
    }
    file = machine.folder / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    try:
        # The fixture has run the first line, `git clone`.
        first = block(PAGE, "tap-loop-returns")
        command = "cd ..\n" + first.text.partition("\n")[2]
        said = machine.type(replace(first, text=command), **settings)
    finally:
        file.unlink()
    assert "1. What share of returns" in said
    assert "7. What do returns cost" in said
    figures = machine.type(block(PAGE, "Ask for any figure"))
    assert "Dresses" in figures
    assert "Data through 2026-06-30" in figures
    assert not (machine.folder / "mine.duckdb").exists()


def test_a_shop_lands_in_duckdb_and_a_second_run_reads_the_changes(machine, shop):
    path = block(PAGE, "Your shop in DuckDB")
    machine.at(shop).type(path)
    assert machine.rows("output/local/warehouse.duckdb", COUNT) == [(300,)]
    assert (machine.folder / "output/local/report/index.html").stat().st_size > 100_000
    shop.change(add=5)
    shop.forget_requests()
    machine.type(path)
    assert machine.rows("output/local/warehouse.duckdb", COUNT) == [(305,)]
    assert sum(request["rows"] for request in shop.requests()) < 60


def test_a_shop_lands_in_bigquery(machine, shop, bigquery):  # noqa: F811
    machine.at(shop).type(block(PAGE, "Your shop in BigQuery"), **bigquery)
    script = INTEGRATION / "bigquery/ask.py"
    assert ask("dbt-bigquery", script, bigquery, COUNT) == [(300,)]


def test_a_shop_lands_in_postgres(machine, shop, postgres):  # noqa: F811
    machine.at(shop).type(block(PAGE, "Your shop in Postgres"), **postgres)
    script = INTEGRATION / "postgres/ask.py"
    assert ask("dbt-postgres", script, postgres, COUNT) == [(300,)]


def test_the_tap_alone_feeds_another_target(clone, shop):
    (clone / ".env").write_text(
        f"TAP_LOOP_RETURNS_API_KEY=demo-key\nTAP_LOOP_RETURNS_API_URL={shop.api_url}\n"
    )
    try:
        Machine(clone).type(block(PAGE, "The tap alone"))
    finally:
        (clone / ".env").unlink()
    [file] = clone.glob("returns-*.jsonl")
    lines = file.read_text().splitlines()
    assert len(lines) >= 300
    ids = {line.partition('"id": "')[2].partition('"')[0] for line in lines}
    assert len(ids) == 300


def test_a_check_up_is_printed_and_written(machine, shop):
    said = machine.at(shop).type(block(PAGE, "Check-up"))
    assert "No answer contradicts what the tap relies on." in said
    report = json.loads((machine.folder / "loop-checkup.json").read_text())
    assert report["simulator_switches"]["order"] == "desc"


def test_another_project_takes_the_models_as_a_package(clone, shop, tmp_path):
    """Git redirects the repository's address in the README to the clone."""
    revision = f"v{pyproject()['project']['version']}"
    Machine(clone).run("git", "tag", "--force", revision)
    packages = block(PAGE, "The models alone", "yaml").text
    assert f"revision: {revision}\n" in packages
    project = tmp_path / "project"
    project.mkdir()
    for name in ("dbt_project.yml", "profiles.yml"):
        text = (ROOT / "tests/transform/builds/as_package" / name).read_text()
        (project / name).write_text(text)
    (project / "packages.yml").write_text(packages)
    ours = Project(shop, tmp_path / "ours")
    ours.run("tap-loop-returns", "target-duckdb")
    machine = Machine(project)
    said = machine.type(
        block(PAGE, "The models alone"),
        PATH=f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        DUCKDB_PATH=str(tmp_path / "theirs.duckdb"),
        RAW_DUCKDB_PATH=str(ours.folder / "raw.duckdb"),
        **instead_of(pyproject()["project"]["urls"]["Source"], clone),
    )
    assert "ERROR=0" in said
    found = machine.rows(
        "../theirs.duckdb", "select count(*) from analytics_loop.fct_returns"
    )
    assert found == [(300,)]
