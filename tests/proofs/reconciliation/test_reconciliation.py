"""A loader loses rows and ends well: two ways to see it, and one to mend it.

The test knows no warehouse; another one takes a class like ``OnDuckDB``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pipeline.conftest import BIN, ROOT, open_pipeline

pytestmark = pytest.mark.slow

LOSING = Path(__file__).with_name("losing_loader.py")
PLUGINS = ROOT / ".meltano"
LOADER = PLUGINS / "loaders/target-duckdb/venv/bin/target-duckdb-exact"
RECONCILE = PLUGINS / "utilities/reconcile/venv/bin/loop-returns-reconcile"
TAP = ("tap-loop-returns", "target-duckdb")


class OnDuckDB:
    """A pipeline whose loader can be made to lose rows."""

    def __init__(self, pipeline, folder):
        self.pipeline = pipeline
        self.losing = self._project_with_a_losing_loader(folder)

    def _project_with_a_losing_loader(self, folder: Path) -> Path:
        """The same Meltano project, except for the loader's executable."""
        project, wrapper = folder / "project", folder / "losing-loader"
        wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} {LOSING} {LOADER} "$@"\n')
        wrapper.chmod(0o755)
        project.mkdir()
        # Meltano includes no file from outside the project.
        shutil.copytree(ROOT / "plugins", project / "plugins")
        for path in ROOT.iterdir():
            if path.name not in ("meltano.yml", "plugins"):
                (project / path.name).symlink_to(path)
        text = (ROOT / "meltano.yml").read_text()
        assert text.count(f"executable: {LOADER.name}") == 1
        (project / "meltano.yml").write_text(
            text.replace(f"executable: {LOADER.name}", f"executable: {wrapper}")
        )
        return project

    def load(self, lose: str = "") -> None:
        """Run tap and loader to a good end, whatever is lost."""
        code, said = self.meltano("run", *TAP, lose=lose)
        assert code == 0, said[-3000:]

    def meltano(self, *words: str, lose: str = "") -> tuple[int, str]:
        """Run Meltano; give its exit code and what it said."""
        return self._said(
            [BIN / "meltano", "--log-format", "plain", *words],
            self.losing if lose else ROOT,
            LOSE=lose,
        )

    def shell(self, command: str) -> None:
        """Run a command as a person would paste it."""
        code, said = self._said(["sh", "-c", command], ROOT)
        assert code == 0, said[-3000:]

    def environment(self) -> dict[str, str]:
        """The pipeline's settings, for reconciliation too."""
        url = f"duckdb:///{self.pipeline.raw}?access_mode=read_only"
        return self.pipeline.environment() | {"LOOP_RETURNS_RECONCILE_URL": url}

    def state(self) -> str:
        """What Meltano keeps for the next sync."""
        return self.meltano("state", "get", "demo:tap-loop-returns-to-target-duckdb")[1]

    def rows(self, stream: str) -> list:
        """The rows of a raw table, without the id of their sync."""
        return self.pipeline.raw_rows(
            f"select * exclude (sync_id) from tap_loop_returns.{stream} order by all"
        )

    def checks(self, *, through_meltano: bool = False) -> dict[str, tuple[int, str]]:
        """What the command and the models' test say: exit codes and texts."""
        arguments = [
            *("build", "--select", "+assert_everything_sent_arrived"),
            *("--indirect-selection", "cautious"),
        ]
        if through_meltano:
            return {
                "command": self.meltano("run", "reconcile:check"),
                "models": self.meltano("invoke", "dbt-duckdb", *arguments),
            }
        files = {
            "DUCKDB_PATH": str(self.pipeline.folder / "warehouse.duckdb"),
            "RAW_DUCKDB_PATH": str(self.pipeline.raw),
            "MELTANO_ENVIRONMENT": "demo",
        }
        transform = ROOT / "transform"
        return {
            "command": self._said([RECONCILE], ROOT),
            "models": self._said([BIN / "dbt", *arguments], transform, **files),
        }

    def _said(self, command: list, folder: Path, **more: str) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=folder,
            env=self.environment() | more,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def shop(tmp_path):
    with open_pipeline(tmp_path, "--returns", "150", "--seed", "11") as pipeline:
        yield OnDuckDB(pipeline, tmp_path)


def the_command(said: str) -> str:
    """The one command that is printed."""
    found = set(re.findall(r"TAP_LOOP_RETURNS__SELECT.*target-\w+", said))
    assert len(found) == 1, said[-3000:]
    return found.pop()


def insist(found: dict[str, tuple[int, str]], stream: str, lost: int) -> str:
    """Both ways tell the shortage; give the command that they print."""
    commands = set()
    for way, (code, said) in found.items():
        told = rf"{stream}: {lost} of \d+ keys that sync \S+ sent did not arrive"
        assert code != 0, way
        assert re.search(told, said), (way, said[-3000:])
        commands.add(the_command(said))
    assert len(commands) == 1
    return commands.pop()


def all_is_well(found: dict[str, tuple[int, str]]) -> None:
    for way, (code, said) in found.items():
        assert code == 0, (way, said[-3000:])


def test_what_a_loader_loses_is_told_until_it_is_read_again(shop):
    shop.load(lose="return_labels:7")
    command = insist(shop.checks(through_meltano=True), "return_labels", 7)
    assert "DATE_FILTER=created_at" in command
    before, state = shop.rows("returns"), shop.state()
    shop.shell(command)
    all_is_well(shop.checks())
    assert shop.state() == state
    assert shop.rows("returns") == before
    shop.pipeline.compare_returns()

    shop.pipeline.shop.change(change=20, add=5)
    shop.load(lose="returns:3")
    command = insist(shop.checks(), "returns", 3)
    assert "DATE_FILTER=updated_at" in command
    # A later sync brings more keys than are missing; the models remember.
    shop.pipeline.shop.change(change=20, add=5)
    shop.load()
    code, said = shop.checks()["models"]
    assert code != 0
    assert the_command(said) == command
    shop.shell(command)
    all_is_well(shop.checks())
    shop.pipeline.compare_returns()
