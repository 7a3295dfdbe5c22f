"""The installed Meltano project with a simulated shop and separate files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from demo.shop import KEY, Shop, open_shop
from tools.project import ROOT

BIN = Path(sys.executable).parent
# Without the developer's own .env.
MELTANO = (BIN / "meltano", "--log-format", "plain", "--env-file", os.devnull)
SOURCES = ("tap-loop-returns", "shopify-simulator", "recharge-simulator")


@dataclass
class Project:
    """The project with state and output in a folder."""

    shop: Shop
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    """Environment variables that name a warehouse."""

    def __post_init__(self) -> None:
        """Share the plugins, but no file of a run, with other projects."""
        self.meltano.mkdir(parents=True)
        for kind in ("extractors", "loaders", "utilities"):
            (self.meltano / kind).symlink_to(ROOT / ".meltano" / kind)

    @property
    def meltano(self) -> Path:
        """The folder that Meltano uses in place of `.meltano`."""
        return self.folder / "meltano"

    def run(self, *blocks: str, **settings: str) -> str:
        """Run ``meltano run``, which must succeed; return its output."""
        done = self.attempt(*blocks, **settings)
        assert done.returncode == 0, done.stdout[-10_000:]
        return done.stdout

    def attempt(
        self, *blocks: str, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``meltano run``, which may fail; all its output is in ``stdout``."""
        return self.say(*MELTANO, "run", *blocks, **settings)

    def say(
        self, *command: str | Path, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run any command in the project; all its output is in ``stdout``."""
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment() | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def run_and_kill(self, plugin: str, *blocks: str, **settings: str) -> int:
        """Run, and kill a plugin as soon as it runs; return the exit code."""
        with subprocess.Popen(
            [*MELTANO, "run", *blocks],
            cwd=ROOT,
            env=self.environment() | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None and not _kill_child(process.pid, plugin):
                time.sleep(0.05)
        return process.returncode

    def load(self, loader: str = "target-duckdb", *then: str) -> str:
        """Load all three sources, and run further blocks."""
        pairs = [word for source in SOURCES for word in (source, loader)]
        return self.run(*pairs, *then)

    def load_and_build(
        self,
        loader: str = "target-duckdb",
        builder: str = "dbt-duckdb",
        command: str = "build",
    ) -> str:
        """Load all three sources, build all models, test their data."""
        return self.load(loader, f"{builder}:{command}")

    def show(self, dbt: str, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query that may use the project's macros."""
        words = ("--quiet", "show", "--limit", "100", "--output", "json", "--inline")
        done = subprocess.run(
            [*MELTANO, "--log-level", "error", "invoke", dbt, *words, query],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return list(json.loads(done.stdout)["show"])

    @property
    def raw(self) -> Path:
        """DuckDB's file of raw tables."""
        return self.folder / "raw.duckdb"

    @property
    def marts(self) -> Path:
        """DuckDB's file of marts."""
        return self.folder / "warehouse.duckdb"

    def raw_rows(self, query: str) -> list[Any]:
        """Return the rows of a query on DuckDB's raw tables."""
        return _rows(self.raw, query)

    def mart_rows(self, query: str) -> list[Any]:
        """Return the rows of a query on DuckDB's marts."""
        return _rows(self.marts, query)

    def environment(self) -> dict[str, str]:
        """Return the settings of every program, for this shop and these files."""
        sources = (
            "{shopify_source: tap_shopify_graphql, subscription_source: tap_recharge}"
        )
        return {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "MELTANO_ENVIRONMENT": "demo",
            "MELTANO_SYS_DIR_ROOT": str(self.meltano),
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder}/meltano.db",
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "TAP_LOOP_RETURNS_API_KEY": KEY,
            "TAP_LOOP_RETURNS_API_URL": self.shop.api_url,
            "SHOPIFY_SIMULATOR_SIMULATOR_URL": self.shop.url,
            "RECHARGE_SIMULATOR_SIMULATOR_URL": self.shop.url,
            "TARGET_DUCKDB_PATH": str(self.raw),
            "DBT_DUCKDB_PATH": str(self.marts),
            "DBT_DUCKDB_RAW_PATH": str(self.raw),
            "DBT_BIGQUERY_VARS": sources,
            "DBT_POSTGRES_VARS": sources,
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_LOG_LEVEL_FILE": "none",
            **self.settings,
        }


def _rows(file: Path, query: str) -> list[Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _kill_child(parent: int, name: str) -> bool:
    """Kill the child process that runs the named program; return whether there was
    one."""
    for child in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in child.read_text().split():
            if f"/{name}\0" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(int(pid), signal.SIGKILL)
                return True
    return False


@contextmanager
def open_project(folder: Path, *options: str) -> Iterator[Project]:
    """Serve a simulated shop; yield a project that reads it."""
    with open_shop(*options) as shop:
        yield Project(shop, folder)
