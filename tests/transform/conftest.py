"""Builds worlds of the simulator through tap, DuckDB and dbt, once per session."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from loop_simulator import Simulator

from . import landing

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@dataclasses.dataclass
class Warehouse:
    """A built warehouse and the raw file it was built from."""

    folder: Path

    @property
    def database(self) -> Path:
        """The file with the marts."""
        return self.folder / "warehouse.duckdb"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query over the marts."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("use analytics")
            return connection.execute(sql).fetchall()

    def dbt(self, *words: str, **variables: object) -> subprocess.CompletedProcess[str]:
        """Run dbt on the raw file; its output is in the result."""
        environment = {
            **os.environ,
            "DUCKDB_PATH": str(self.database),
            "RAW_DUCKDB_PATH": str(self.folder / "raw.duckdb"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        return subprocess.run(
            [str(BIN / "dbt"), "--no-use-colors", *words, "--vars", json.dumps(variables)],
            cwd=ROOT / "transform", env=environment, capture_output=True, text=True, check=False,
        )


SOURCES = {
    "tap_loop_returns": [str(BIN / "tap-loop-returns")],
    "tap_shopify": [sys.executable, "-m", "loop_simulator.shopify"],
    "tap_recharge": [sys.executable, "-m", "loop_simulator.recharge"],
}
"""Command of each source, by the schema its rows land in."""


def land_world(folder: Path, world: str, **settings: Any) -> Warehouse:
    """Read a world with the tap and the stand-ins of the other sources, and land it."""
    with Simulator(world=world, **settings) as simulator:
        config = folder / "config.json"
        config.write_text(json.dumps({
            "api_key": "test-key",
            "api_url": simulator.url,
            "simulator_url": simulator.url.removesuffix("/api"),
        }))
        for schema, command in SOURCES.items():
            source = subprocess.run(
                [*command, "--config", str(config)],
                cwd=ROOT, capture_output=True, text=True, check=True,
            )
            landing.land(source.stdout.splitlines(), folder / "raw.duckdb", schema)
    return Warehouse(folder)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """Give a function that lands and builds a world."""

    def build(world: str, variables: dict[str, object], **settings: Any) -> Warehouse:
        built = land_world(tmp_path_factory.mktemp(world), world, **settings)
        result = built.dbt("build", **variables)
        assert result.returncode == 0, result.stdout[-4_000:]
        return built

    return build
