"""The wheel as a release builds it, and Meltano projects that are independent of this
one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from demo.shop import open_shop
from tools.project import ROOT

BIN = Path(sys.executable).parent
HUB = ROOT / "plugins/hub"


def run(*command, folder, **settings):
    """Run a program, which must succeed; return its output."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment() | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
    return SimpleNamespace(out=done.stdout, err=done.stderr)


def _environment():
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TAP_LOOP_RETURNS", "MELTANO", "VIRTUAL_ENV"))
    }
    return kept | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        "NO_COLOR": "1",
    }


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    """Source distribution and wheel, built as the release workflow builds them."""
    folder = tmp_path_factory.mktemp("dist")
    run("uv", "build", "--quiet", "--out-dir", folder, ROOT, folder=folder)
    return folder


@pytest.fixture(scope="session")
def wheel(dist):
    [wheel] = dist.glob("*.whl")
    return wheel


@pytest.fixture
def shop():
    # One for each sync, since Loop counts the requests of a minute.
    with open_shop("--returns", "200", "--seed", "3") as shop:
        yield shop
