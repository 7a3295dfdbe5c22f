"""A clone of this repository on a machine without anything installed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.shop import open_shop
from tools.project import pyproject

from .blocks import ROOT, Block, block


@dataclass
class Machine:
    """A folder to run commands in, with its environment variables."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def type(self, block: Block, **settings: str) -> str:
        """Run a block line by line, unchanged; no line may fail."""
        done = self.run("bash", "-euxo", "pipefail", "-c", block.text, **settings)
        assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
        return done.stdout

    def run(self, *command, **settings):
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment() | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self):
        """Return a newcomer's environment: nothing of this project is set or on the path."""
        ours = str(Path(sys.executable).parent)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(
                ("TAP_", "TARGET_", "DBT_", "MELTANO_", "DUCKDB", "VIRTUAL_ENV")
            )
        }
        paths = [one for one in os.environ["PATH"].split(os.pathsep) if one != ours]
        return kept | {
            "PATH": os.pathsep.join(paths),
            "HOME": str(self.folder.parent),
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
            **self.settings,
        }

    def at(self, shop):
        """Set the variables that make the tap read a simulator instead of Loop."""
        self.settings |= {
            "TAP_LOOP_RETURNS_API_KEY": "demo-key",
            "TAP_LOOP_RETURNS_API_URL": shop.api_url,
        }
        return self

    def rows(self, file: str, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / file), read_only=True) as connection:
            return connection.execute(query).fetchall()


def instead_of(address, folder):
    """Return the settings that make git read a folder instead of an address."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{folder}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
    }


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """A repository with the files of this one, including uncommitted changes."""
    folder = tmp_path_factory.mktemp("repository")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
            (folder / name).chmod((ROOT / name).stat().st_mode)
    for words in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "--all"),
        ("-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "all"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def clone(repository, tmp_path_factory):
    """The clone that the README's first command makes."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    command = block("README.md", "tap-loop-returns").text.splitlines()[0]
    done = machine.run(
        *shlex.split(command),
        **instead_of(pyproject()["project"]["urls"]["Source"], repository),
    )
    assert done.returncode == 0, done.stderr
    return machine.folder / "tap-loop-returns"


@pytest.fixture(scope="session")
def installed(clone):
    """The clone after `make setup`."""
    made = Machine(clone).run("make", "setup")
    assert made.returncode == 0, made.stderr[-3000:]
    return clone


@pytest.fixture
def machine(clone):
    return Machine(clone)


@pytest.fixture
def shop():
    # One for each test, since Loop counts the requests of a minute.
    with open_shop("--returns", "300", "--seed", "3") as shop:
        yield shop


def messages(text, kind):
    """Return the Singer messages of a kind."""
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [message for message in found if message["type"] == kind]
