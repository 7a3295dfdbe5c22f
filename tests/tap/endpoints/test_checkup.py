"""The check-up recognises Loop's behaviour within its requests, without personal
data."""

from __future__ import annotations

import csv
import json
import os
import random
import stat
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

from loop_simulator import SWITCHES, Simulator
from loop_simulator.api import shipping_notice
from tap_loop_returns import client, pacing
from tap_loop_returns.checkup.probe import FULL_MINUTE, MOST_REQUESTS
from tap_loop_returns.checkup.questions import STEPS
from tap_loop_returns.checkup.questions.access import OPTIONAL
from tap_loop_returns.checkup.run import check_up
from tap_loop_returns.tap import TapLoopReturns
from tests.tap.harness import Hurry, tap_for
from tests.tap.stub import Stub

with Path(__file__).with_name("checkup_switches.csv").open() as file:
    TABLE = list(csv.DictReader(file))
DEFAULTS = {name: switch.values[0] for name, switch in SWITCHES.items()}
QUESTIONS = [question for step in STEPS for question in step.questions]
FILE = "loop-checkup.json"
PROGRAM = (sys.executable, "-m", "tap_loop_returns")
ROOT = Path(__file__).parents[3]
LIST = "/warehouse/return/list"


@pytest.fixture(scope="module")
def shop():
    """A shop of today, where some returns were closed within the last hour."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with Simulator(seed=3, returns=300, now=now) as loop:
        loop.change(80)
        yield loop


def checked(loop, clock=None, **settings):
    """Return the report of a check-up whose waits take no time."""
    clock = clock or Hurry()
    tap = TapLoopReturns(config={"api_key": "test-key", "api_url": loop.url} | settings)
    with (
        mock.patch.object(client, "time", clock),
        mock.patch.object(pacing, "time", clock),
    ):
        return check_up(tap.connect, tap.config, "tap")


def switched(loop, **switches):
    """Return the report with these switches set, and all others as documented.

    One request is refused for the rate limit.
    """
    loop.switch(**(DEFAULTS | switches))
    loop.clear_requests()
    loop.faults.clear()
    loop.faults.add(kind="status", status=429, at=3)
    # The simulated clock stands still by itself.
    loop.advance(int(time.time()) - loop.store.now)
    return checked(loop)


def found(report, question):
    (finding,) = (f for f in report.findings if f.question.name == question)
    return finding


def same(named: str, real: str) -> bool:
    """Return whether a setting is the real one; clocks may differ by a moment."""
    kind, _, shift = real.partition(":")
    return named == real or bool(
        shift and abs(int(named.removeprefix(f"{kind}:")) - int(shift)) <= 5
    )


def wrong(report, loop) -> dict[str, tuple[str, str]]:
    """Return the named settings that differ from the real ones."""
    real = loop.store.switches.all()
    return {
        name: (named, real[name])
        for name, named in report.settings.items()
        if not same(named, real[name])
    }


def test_every_switch_of_the_simulator_is_covered_by_a_question():
    asked = {name for question in QUESTIONS for name in question.switches}
    assert asked == set(SWITCHES)


def test_every_value_of_every_switch_is_in_the_table():
    tried = Counter((row["switch"], row["value"].partition(":")[0]) for row in TABLE)
    for name, switch in SWITCHES.items():
        for value in switch.values:
            assert tried[name, value.partition(":")[0]], f"{name}={value}"
        if switch.numeric:
            assert sum(n for (one, _), n in tried.items() if one == name) > 1


def test_every_question_has_a_name_of_its_own_and_plain_words():
    names = [question.name for question in QUESTIONS]
    assert len(set(names)) == len(names)
    for question in QUESTIONS:
        assert question.text.endswith("?")
        assert question.assumes.endswith(".")
        assert question.advice.endswith(".")


@pytest.mark.parametrize(
    "row", TABLE, ids=[f"{row['switch']}={row['value']}" for row in TABLE]
)
def test_the_setting_of_each_switch_is_named(shop, row):
    report = switched(shop, **{row["switch"]: row["value"]})
    finding = found(report, row["question"])
    assert row["switch"] in finding.question.switches
    assert finding.verdict == row["answer"], finding.evidence
    assert same(report.settings[row["switch"]], row["value"])
    assert not wrong(report, shop)
    assert len(shop.requests) <= MOST_REQUESTS
    assert not [f for f in report.findings if "unforeseen" in f.evidence]


@pytest.mark.parametrize("seed", range(12))
def test_no_setting_is_named_wrongly_under_switches_by_chance(shop, seed):
    chance = random.Random(seed)
    picked = chance.sample(sorted(SWITCHES), 8)
    values = {
        name: [r["value"] for r in TABLE if r["switch"] == name] for name in picked
    }
    report = switched(shop, **{name: chance.choice(values[name]) for name in picked})
    assert not wrong(report, shop), shop.store.switches.all()
    assert len(shop.requests) <= MOST_REQUESTS
    assert not [f for f in report.findings if "unforeseen" in f.evidence]


# Shops with few returns


def test_an_empty_shop_leaves_questions_open_and_is_no_error(tmp_path, make_loop):
    loop = make_loop(world="empty")
    report = command(tmp_path, loop).report
    of_returns = [
        question.name
        for step in STEPS
        for question in step.questions
        if step.answer.__module__.rpartition(".")[2] in {"dates", "forms", "links"}
    ]
    answers = {one["name"]: one["answer"] for one in report["questions"]}
    assert {answers[name] for name in of_returns} == {"cannot tell"}
    assert answers["wrong_key"] == answers["longest_period"] == "yes"
    assert not any(one["contradicts_the_tap"] for one in report["questions"])
    assert len(loop.requests) <= MOST_REQUESTS


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("seed", range(3))
def test_a_shop_with_few_returns_is_told_nothing_wrong(make_loop, count, seed):
    chance = random.Random(seed * 10 + count)
    few = make_loop(world="empty", now="2026-06-30T12:00:00Z")
    with Simulator(world="tiny") as tiny:
        for body in chance.sample(tiny.all_returns(), count):
            few.insert(body)
    switches = {
        name: chance.choice([r["value"] for r in TABLE if r["switch"] == name])
        for name in chance.sample(sorted(set(SWITCHES) - {"date_header"}), 8)
    }
    few.switch(**switches)
    report = checked(few)
    # With few returns, a shop may look as documented although it is not. The check-up
    # may also report `date_header`, because the simulated clock differs from the real one.
    false = [n for n, (named, _) in wrong(report, few).items() if named != DEFAULTS[n]]
    assert false in ([], ["date_header"])
    assert not [f for f in report.findings if "unforeseen" in f.evidence]
    assert len(few.requests) <= MOST_REQUESTS


def test_one_return_answers_what_one_can(make_loop):
    loop = make_loop(world="empty")
    with Simulator(world="tiny") as tiny:
        loop.insert(tiny.all_returns("closed")[0])
    report = checked(loop)
    assert found(report, "ends").settings == {"ends": "inclusive"}
    assert found(report, "ids").verdict == "yes"
    assert found(report, "order").verdict == "cannot tell"
    assert found(report, "ties").verdict == "cannot tell"


# Contradictions, and what to do then


@pytest.mark.parametrize(
    ("switches", "settings", "question", "advice"),
    [
        ({"page_size_max": "100"}, {}, "page_size", "Set `page_size` to 100."),
        (
            {"page_size_max": "100", "over_page_size": "clamp"},
            {},
            "page_size",
            "Set `page_size` to 100.",
        ),
        ({"page_size_max": "100"}, {"page_size": 90}, "page_size", ""),
        ({"created_at": "absent_for_some"}, {}, "created_at", "Set `date_filter` to"),
        ({"bare_cap": "20"}, {}, "unpaged", ""),
    ],
)
def test_a_contradiction_says_what_to_set(shop, switches, settings, question, advice):
    shop.faults.clear()
    shop.switch(**(DEFAULTS | switches))
    report = checked(shop, **settings)
    finding = found(report, question)
    assert finding.what_to_do.startswith(advice)
    assert finding.contradicts == bool(advice)
    assert [one.question.name for one in report.contradictions] == (
        [question] if advice else []
    )
    if advice:
        assert f"Contradicts the tap: {finding.question.text} No" in report.table()


def test_the_documented_loop_contradicts_nothing(shop):
    report = switched(shop)
    assert report.contradictions == []
    assert "No answer contradicts" in report.table()


def test_a_lower_limit_than_the_setting_is_named(make_loop):
    report = checked(make_loop(rate_limit=100))
    (finding,) = report.contradictions
    assert finding.what_to_do == "Set `requests_per_minute` to 100."


def test_rates_in_money_do_not_contradict_the_models(shop):
    finding = found(switched(shop, label_rate="money"), "label_rate_cents")
    assert not finding.contradicts


def test_rates_in_cents_do_not_contradict_the_models(shop):
    finding = found(switched(shop), "label_rate_cents")
    assert (finding.verdict, finding.contradicts) == ("yes", False)


def test_rates_in_whole_units_contradict_the_models(shop, monkeypatch):
    """The shipping notice shows the number in the list as an amount: 700 is 700.00."""
    units = SimpleNamespace(text=lambda rate: f"{rate}.00")
    monkeypatch.setattr(shipping_notice, "money", units)
    finding = found(switched(shop), "label_rate_cents")
    assert (finding.verdict, finding.contradicts) == ("no", True)
    assert "label_cost" in finding.what_to_do


@pytest.mark.parametrize(("days", "answer"), [(1, "yes"), (300, "cannot tell")])
def test_default_periods_are_found_where_there_are_returns(make_loop, days, answer):
    loop = make_loop(returns=2_000, days=540)
    loop.advance(days * 86_400 - 86_400)
    report = checked(loop)
    for question in ("no_dates", "to_alone"):
        assert found(report, question).verdict == answer


# Trouble


@dataclass
class Done:
    """A finished command."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def report(self):
        assert self.code == 0, self.stderr
        return json.loads((self.folder / FILE).read_text())


def command(folder, loop, *, key="test-key", env=None, **settings) -> Done:
    """Run the command as a user does."""
    config = folder / "config.json"
    config.write_text(json.dumps({"api_key": key, "api_url": loop.url} | settings))
    done = subprocess.run(
        [*PROGRAM, "--config", str(config), "--test=checkup"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | (env or {}),
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr, folder)


def errors(done: Done) -> list[str]:
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if "ERROR" in line]


def test_a_wrong_key_is_one_line_and_no_file(tmp_path, make_loop):
    done = command(tmp_path, make_loop(), key="wr0ng-key")
    assert done.code == 1
    [line] = errors(done)
    assert "`api_key`" in line
    assert "wr0ng-key" not in done.stderr + done.stdout
    assert not (tmp_path / FILE).exists()


def test_a_key_without_the_scope_returns_is_told_so(tmp_path, make_loop):
    done = command(tmp_path, make_loop(scopes=["orders"]))
    assert done.code == 1
    assert "scope Returns." in errors(done)[0]


def test_missing_scopes_are_named_and_no_error(tmp_path, make_loop):
    report = command(tmp_path, make_loop(scopes=["returns"])).report
    answers = {one["question"]: one["answer"] for one in report["questions"]}
    for path, scope in OPTIONAL.items():
        assert answers[f"Does the key open `{path}` (scope {scope})?"] == "no"


def test_a_file_that_cannot_be_written_is_one_line_after_the_table(tmp_path, make_loop):
    (tmp_path / FILE).mkdir()
    done = command(tmp_path, make_loop())
    assert done.code == 1
    [line] = errors(done)
    assert "Run the check-up in a folder where you may write." in line
    assert "Question" in done.stdout


def test_nothing_listens(tmp_path):
    class Nowhere:
        url = "http://127.0.0.1:9/api"

    done = command(tmp_path, Nowhere)
    assert done.code == 1
    assert "`api_url`" in errors(done)[0]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_missing_endpoint_leaves_its_questions_open(status):
    row = {"id": "1", "created_at": "2026-03-02T14:05:00+00:00", "state": "closed"}
    page = {"returns": [row], "nextPageUrl": None}
    answers = dict.fromkeys((*OPTIONAL, "/warehouse/reporting/asn"), status)
    with Stub(answers | {LIST: page}) as stub:
        report = checked(stub)
        assert len(stub.queries) <= MOST_REQUESTS
    for finding in report.findings:
        if finding.question.name.startswith("opens_"):
            assert (finding.verdict, finding.evidence) == (
                "cannot tell",
                f"HTTP {status}",
            )
    assert found(report, "ids").verdict == "yes"


def test_a_list_that_is_missing_is_one_line(tmp_path):
    with Stub({}) as stub:
        done = command(tmp_path, stub)
    assert done.code == 1
    assert "HTTP 404" in errors(done)[0]


@pytest.mark.parametrize("kind", ["html", "wrong_shape", "bare_string", "truncated"])
@pytest.mark.parametrize("at", [2, 12, 30])
def test_odd_answers_leave_questions_open(make_loop, kind, at):
    loop = make_loop()
    loop.faults.add(kind=kind, at=at, times=5)
    report = checked(loop)
    assert len(loop.requests) <= MOST_REQUESTS
    assert len(report.findings) == len(QUESTIONS)


@pytest.mark.parametrize("at", [2, 20, 40])
def test_refusals_without_end_end_the_check_up_early(make_loop, at):
    loop = make_loop()
    loop.faults.add(kind="status", status=429, at=at, times=10_000)
    report = checked(loop)
    assert len(loop.requests) == at + 2
    assert len(report.findings) == len(QUESTIONS)
    assert found(report, "retry_after").verdict == "no"
    assert found(report, "notes_shape").evidence == "Loop refused further requests"


def test_a_limit_that_others_use_up_is_waited_for(make_loop):
    loop = make_loop()
    for at in (5, 6, 15, 30):
        loop.faults.add(kind="status", status=429, at=at)
    clock = Hurry()
    report = checked(loop, clock)
    assert sum(clock.slept) >= 4 * FULL_MINUTE - 1
    assert found(report, "details_by_id").verdict == "yes"
    assert found(report, "retry_after").evidence == "none: 4"
    assert report.requests == len(loop.requests) <= MOST_REQUESTS


# The command, its table and its file


def test_the_command_prints_a_table_and_writes_a_file_for_its_owner(
    tmp_path, make_loop
):
    precious = tmp_path / "precious"
    precious.write_text("not to be touched")
    (tmp_path / FILE).symlink_to(precious)
    loop = make_loop()
    done = command(tmp_path, loop, env={"COLUMNS": "900"})
    report = done.report
    for one in report["questions"]:
        assert one["question"] in done.stdout
        assert one["tap"] in done.stdout
    assert str(tmp_path / FILE) in done.stdout
    assert precious.read_text() == "not to be touched"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "config.json",
        FILE,
        "precious",
    ]
    assert report["requests"] == len(loop.requests)
    assert {request.method for request in loop.requests} == {"GET"}
    assert report["simulator_switches"]["order"] == "desc"
    assert report["fields"]["returns"]["line_items[].price"]["decimal text"] > 0


def test_the_options_of_the_sdk_are_still_there(tmp_path, make_loop):
    tap = tap_for(tmp_path, make_loop(returns=20))
    schemas = tap.run("--test=schema")
    kinds = {json.loads(line)["type"] for line in schemas.output.splitlines()}
    assert (schemas.code, kinds) == (0, {"SCHEMA"})
    plain = tap.run("--test")
    assert plain.code == 0
    assert b'"RECORD"' in plain.output
    assert "--test=checkup" in " ".join(tap.run("--help").output.decode().split())


# Personal data

MARKER = "avery-sample"
STRUCTURE = {"id", "state", "created_at", "updated_at", "edited_at"}


def planted(value, name=""):
    """The value with the marker in each of its texts, and as a name in each object."""
    if isinstance(value, dict):
        inner = {key: planted(one, key) for key, one in value.items()}
        mail = f"{MARKER}@example.test"
        return inner | {mail: mail, "brand_new": mail, "deeper": {MARKER: [mail]}}
    if isinstance(value, list):
        return [planted(one) for one in value]
    is_text = isinstance(value, str) and name not in STRUCTURE
    return f"{value} {MARKER}" if is_text else value


def test_nothing_personal_is_printed_logged_or_written(tmp_path, make_loop):
    loop = make_loop()
    for body in loop.all_returns():
        loop.edit(body["id"], **planted(body))
    done = command(tmp_path, loop, env={"TAP_LOOP_RETURNS_LOGLEVEL": "debug"})
    written = (tmp_path / FILE).read_text()
    for text in (done.stdout, done.stderr, written):
        assert MARKER not in text
        assert "test-key" not in text
    assert "brand_new" in written
    values = {
        str(value)
        for body in loop.all_returns()
        for name, value in body.items()
        if name != "state" and isinstance(value, str) and len(value) > 7
    }
    assert not [value for value in values if value in written + done.stdout]
