"""The conventions of Singer and Meltano, tested with the command."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tap_loop_returns.settings import SETTINGS
from tap_loop_returns.streams import STREAMS
from tests.tap.harness import CORE, Tap, parse, requests_to

SNAPSHOTS = Path(__file__).parent / "snapshots"
REFRESH = "REFRESH_SNAPSHOTS"
NAMES = [stream.name for stream in STREAMS]


@pytest.fixture
def bare(tmp_path):
    """The command without any settings."""

    class Bare(Tap):
        def command(self, *extra: str, **_: object) -> list[str]:
            return super().command(*extra, config=None)

    return Bare(tmp_path, {})


def test_about_as_json(bare) -> None:
    run = bare.run("--about", "--format=json")
    assert run.code == 0, run.stderr
    about = json.loads(run.output)
    assert about["name"] == "tap-loop-returns"
    own = about["settings"]["properties"]
    assert SETTINGS["properties"].keys() <= own.keys()
    assert all(own[name]["description"] for name in SETTINGS["properties"])
    assert {"catalog", "discover", "state", "stream-maps", "batch"} <= set(
        about["capabilities"]
    )


def test_about_as_markdown(bare) -> None:
    run = bare.run("--about", "--format=markdown")
    assert run.code == 0, run.stderr
    text = run.output.decode()
    for name in SETTINGS["properties"]:
        assert f"| {name} " in text or f"| `{name}` " in text, name


def test_version(bare) -> None:
    run = bare.run("--version")
    assert re.search(rb"tap-loop-returns v\d+\.\d+\.\d+", run.output)


def test_discovery_needs_no_key(bare) -> None:
    run = bare.run("--discover")
    assert run.code == 0, run.stderr
    streams = json.loads(run.output)["streams"]
    assert sorted(entry["stream"] for entry in streams) == sorted(NAMES)
    for entry in streams:
        assert entry["key_properties"]
        (root,) = (m for m in entry["metadata"] if not m["breadcrumb"])
        costly = entry["stream"] in ("return_details", "return_notes")
        assert root["metadata"].get("selected-by-default", True) is not costly


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return Tap(tmp_path_factory.mktemp("catalog"), {}).catalog(*NAMES)


@pytest.mark.parametrize("stream", NAMES)
def test_the_catalog_entry_is_as_reviewed(catalog, stream) -> None:
    (entry,) = (e for e in catalog["streams"] if e["stream"] == stream)
    found = json.dumps(entry, indent=2, sort_keys=True) + "\n"
    path = SNAPSHOTS / f"{stream}.json"
    if os.environ.get(REFRESH):
        path.write_text(found)
    assert path.exists(), f"run the tests with {REFRESH}=1, and review {path.name}"
    assert found == path.read_text(), (
        f"the catalog of {stream} has changed: is that a breaking change? "
        f"Run the tests with {REFRESH}=1 and commit the difference of {path.name}"
    )


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in SNAPSHOTS.iterdir()} == set(NAMES)


def test_a_dry_run_succeeds_with_few_requests(tap, loop) -> None:
    run = tap.run("--test")
    assert run.code == 0, run.stderr
    assert len(loop.requests) < 60


def test_a_dry_run_with_a_wrong_key_fails_in_one_line(tap) -> None:
    run = tap.with_settings(api_key="wr0ng").run("--test")
    assert run.code == 1
    assert "Traceback" not in run.stderr
    assert "`api_key`" in run.stderr
    assert "wr0ng" not in run.stderr


def test_wrong_settings_fail_in_one_line(tap) -> None:
    run = tap.with_settings(page_size=7_500, start_date="soon").run()
    assert run.code == 1
    assert "`page_size`" in run.stderr
    assert "`start_date`" in run.stderr
    assert "Traceback" not in run.stderr
    assert "test-key" not in run.stderr


def test_a_full_disk_is_one_line(tap) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            tap.command(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].endswith(
        "The output cannot be written: the disk is full; free some space. "
        "Then run the sync again: it resumes."
    )


def test_a_target_that_ends_early_is_one_line(tap) -> None:
    with subprocess.Popen(
        tap.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "the program that reads it has ended; see its log." in said


def test_the_real_command_writes_what_the_tap_writes_here(tap, loop) -> None:
    run = tap.sync(catalog=tap.catalog(*CORE))
    here = tap.here().ok()
    for stream in CORE:
        assert run.tables()[stream] == here.tables()[stream]
    assert run.schemas == here.schemas


def test_logs_can_be_read_by_machines(tap, tmp_path) -> None:
    config = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "singer_sdk.logging.StructuredFormatter"}},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"level": "INFO", "handlers": ["out"]},
    }
    path = tmp_path / "log.json"
    path.write_text(json.dumps(config))
    env = {"SINGER_SDK_LOG_CONFIG": str(path)}
    run = tap.run(env=env, catalog=tap.catalog("returns")).ok()
    entries = [json.loads(line) for line in run.stderr.splitlines() if line]
    assert any("All read" in str(entry) for entry in entries)


def test_nothing_of_a_payload_reaches_the_log(loop, tap) -> None:
    """This holds for logged errors too."""
    loop.faults.add(kind="truncated", at=2, path="/return/list")
    loop.faults.add(kind="html", at=5, path="/return/list")
    loop.faults.add(kind="truncated", at=1, path="/details")
    loop.edit(loop.all_returns()[0]["id"], refund="n.n.", multi_currency="maybe")
    run = tap.here(streams=(*CORE, "return_details", "return_notes")).ok()
    logged = run.stderr + tap.sync().stderr
    for body in loop.all_returns():
        for name in ("customer", "tracking_number", "status_page_url", "label_url"):
            value = body[name]
            assert value in (None, "", "N/A") or value not in logged
        assert f"'{body['id']}'" not in logged
        for line in body["line_items"]:
            comment = line["return_comment"]
            assert comment in (None, "", "N/A") or comment not in logged


def test_standard_output_holds_messages_only(tap) -> None:
    run = tap.sync()
    assert run.output.endswith(b"\n")
    assert len(parse(run.output)) == run.output.count(b"\n")


def test_a_person_is_told_how_far_a_long_sync_is(tap, monkeypatch) -> None:
    monkeypatch.setattr("tap_loop_returns.reading.progress.INTERVAL", 0)
    run = tap.with_settings(page_size=20).here().ok()
    told = [line for line in run.stderr.splitlines() if "of the period read" in line]
    assert told
    for part in ("%", "returns", "requests", "returns/s", "left"):
        assert any(part in line for line in told)
    shares = [int(line.split()[0]) for line in told]
    assert shares == sorted(shares)
    assert shares[-1] == 100


def test_all_is_said_of_a_sync_that_found_nothing_new(tap, loop) -> None:
    first = tap.here().ok()
    loop.clear_requests()
    run = tap.here(state=first.state).ok()
    (line,) = (text for text in run.stderr.splitlines() if "All read" in text)
    assert f"{len(requests_to(loop))} requests" in line
