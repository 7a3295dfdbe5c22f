"""Which shop and which files each Meltano environment uses."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tools.project import ROOT

from .project import BIN

pytestmark = pytest.mark.slow


def config(plugin, *options, **settings):
    """Return the configuration that Meltano gives a plugin."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MELTANO_ENV", "TAP_", "TARGET_", "DBT_"))
    }
    done = subprocess.run(
        [BIN / "meltano", "--env-file", os.devnull, *options,
         "invoke", "--dump", "config", plugin],
        cwd=ROOT,
        env=kept | settings,
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_without_an_environment_the_tap_reads_loop():
    found = config("tap-loop-returns", TAP_LOOP_RETURNS_API_KEY="mine")
    assert found["api_url"] == "https://api.loopreturns.com/api"
    assert found["api_key"] == "mine"


def test_the_demo_has_files_of_its_own():
    demo = config("target-duckdb", "--environment", "demo")["path"]
    assert demo == str(ROOT / "output/raw.duckdb")
    for options in ((), ("--environment", "local"), ("--environment", "dev")):
        assert config("target-duckdb", *options)["path"] != demo
