"""Facts that are written in two places agree: tap, meltano.yml, README, .env.example,
lock."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml
from dotenv import dotenv_values

from demo.answers import QUESTIONS
from tap_loop_returns.streams import STREAMS
from tap_loop_returns.tap import TapLoopReturns
from tools import documents, lock
from tools.project import ROOT, pyproject


@pytest.fixture(scope="module")
def plugin():
    """The tap's definition in plugins/tap-loop-returns.meltano.yml."""
    file = ROOT / "plugins/tap-loop-returns.meltano.yml"
    [plugin] = yaml.safe_load(file.read_text())["plugins"]["extractors"]
    return plugin


def test_generated_files_are_what_would_be_generated():
    # The SDK adds its own settings when it makes a tap.
    TapLoopReturns(config={"api_key": "k"})
    assert documents.problems() == []


def test_a_shell_and_meltano_read_the_same_settings_from_an_env_file(tmp_path):
    example = (ROOT / ".env.example").read_text()
    sources = (ROOT / "docs/sources.md").read_text()
    [block] = re.findall(r"```ini\n(.*?)```", sources, re.DOTALL)
    settings = re.findall(r"^(?:# )?([A-Z][A-Z_]+=.*)", example + block, re.MULTILINE)
    file = tmp_path / "settings.env"
    file.write_text("\n".join(settings) + "\n")
    shell = subprocess.run(
        ["sh", "-euc", f"set -a; . {file}; exec env"],
        capture_output=True,
        text=True,
        check=True,
    )
    read = dict(line.split("=", 1) for line in shell.stdout.splitlines() if "=" in line)
    assert len(settings) > 15
    assert dotenv_values(file).items() <= read.items()


def test_the_lock_file_is_that_of_pyproject():
    assert lock.problems() == []


def test_every_stream_that_meltano_selects_exists(plugin):
    streams = set(TapLoopReturns(config={"api_key": "k"}).streams)
    assert {pattern.partition(".")[0] for pattern in plugin["select"]} <= streams


def test_the_page_on_the_plugin_selects_what_the_plugin_selects(plugin):
    page = (ROOT / "docs/hub.md").read_text()
    assert f"_select '{json.dumps(plugin['select'])}'" in page


def test_the_models_know_every_stream_and_its_key():
    file = ROOT / "transform/models/staging/loop_returns/_loop_returns__sources.yml"
    [source] = yaml.safe_load(file.read_text())["sources"]
    assert {
        table["name"]: table["config"]["meta"]["key"] for table in source["tables"]
    } == {stream.name: list(stream.primary_keys) for stream in STREAMS}
    counted = (file.parent / "stg_loop_returns__arrived_keys.sql").read_text()
    for stream in STREAMS:
        assert (f"'{stream.name}'" in counted) is (stream.name != "sync_audits")


def plugins():
    for file in (ROOT / "meltano.yml", *(ROOT / "plugins").glob("*.meltano.yml")):
        for group in yaml.safe_load(file.read_text())["plugins"].values():
            yield from group


def test_every_plugin_says_what_its_settings_mean():
    for plugin in plugins():
        assert plugin["label"]
        for setting in plugin["settings"]:
            assert {"name", "label", "kind", "description"} <= set(setting)


def test_every_plugin_is_pinned_with_all_that_it_needs():
    for plugin in plugins():
        if "pip_url" in plugin:
            option, constraints, *words = plugin["pip_url"].split()
            assert option == "--constraint"
            for line in (ROOT / constraints).read_text().splitlines()[1:]:
                assert "==" not in line or line.endswith("\\"), f"{line} has no hash"
            for word in words:
                assert word.startswith(("--", ".")) or "==" in word or "<" in word


def test_meltano_asks_the_tap_of_this_clone_for_its_catalog_in_every_run():
    for plugin in plugins():
        if plugin["name"] == "tap-loop-returns":
            assert plugin["use_cached_catalog"] is False


def test_the_image_has_every_module_that_a_job_runs():
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    modules = {
        command["args"].split()[1]
        for plugin in plugins()
        for command in plugin.get("commands", {}).values()
        if command["args"].startswith("-m ")
    }
    assert modules
    assert {f"!{module}" for module in modules} <= {*kept}


def test_the_readme_asks_the_questions_that_the_demo_answers():
    readme = (ROOT / "README.md").read_text()
    for question in QUESTIONS:
        assert question.text in readme


def test_the_readme_names_the_verbs_of_the_makefile():
    verbs = {
        line.partition(":")[0]
        for line in (ROOT / "Makefile").read_text().splitlines()
        if ":" in line and "## " in line and line[0].isalpha()
    }
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    assert verbs == {verb for verb in verbs if f"make {verb}" in contributing}


def test_ci_runs_what_the_readme_calls_the_tests():
    _, _, tests = (ROOT / "README.md").read_text().partition("\n## Tests\n")
    commands = tests.partition("```sh\n")[2].partition("```")[0]
    assert "make test\n" in commands
    assert (ROOT / ".ci/run").read_text().endswith(f'/.."\n{commands}')


def test_the_models_and_the_changelog_know_the_version():
    version = pyproject()["project"]["version"]
    models = yaml.safe_load((ROOT / "transform/dbt_project.yml").read_text())
    assert models["version"] == version
    assert f"\n## [{version}]\n" in (ROOT / "CHANGELOG.md").read_text()


def test_every_action_of_a_workflow_is_pinned_to_a_commit():
    for file in (ROOT / ".github/workflows").glob("*.yml"):
        for used in re.findall(r"uses: (\S+)", file.read_text()):
            assert used.startswith("./") or re.search(r"@[0-9a-f]{40}$", used), used
