"""The installed Meltano project, run with files and state of its own per world."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.comparison import compare_joined, compare_returns
from demo.shop import KEY, Shop, open_shop

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
EVERYTHING = (
    *("tap-loop-returns", "target-duckdb"),
    *("shopify-simulator", "target-duckdb"),
    *("recharge-simulator", "target-duckdb"),
    "dbt-duckdb:build",
)


@dataclass
class Pipeline:
    """The project pointed at a shop, with its files in a folder."""

    shop: Shop
    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "raw.duckdb"

    def run(self, *blocks: str, **settings: str) -> str:
        """Run ``meltano run`` to its good end; returns its output."""
        done = subprocess.run(
            [BIN / "meltano", "--log-format", "plain", "run", *blocks],
            cwd=ROOT,
            env=self.environment() | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
        return done.stdout + done.stderr

    def compare(self) -> dict[str, int]:
        """Compare everything that was sent with what arrived."""
        compare_joined(self.shop, self.raw, "shopify")
        compare_joined(self.shop, self.raw, "recharge")
        return self.compare_returns()

    def compare_returns(self) -> dict[str, int]:
        """Compare what the tap sent with what arrived."""
        return compare_returns(self.shop, self.raw)

    def raw_rows(self, query: str) -> list[Any]:
        return _rows(self.raw, query)

    def mart_rows(self, query: str) -> list[Any]:
        return _rows(self.folder / "warehouse.duckdb", query)

    def environment(self) -> dict[str, str]:
        """Settings of every program for this shop and these files."""
        return {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "MELTANO_ENVIRONMENT": "demo",
            "MELTANO_SYS_DIR_ROOT": str(self._meltano()),
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder}/meltano.db",
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "TAP_LOOP_RETURNS_API_KEY": KEY,
            "TAP_LOOP_RETURNS_API_URL": self.shop.api_url,
            "SHOPIFY_SIMULATOR_SIMULATOR_URL": self.shop.url,
            "RECHARGE_SIMULATOR_SIMULATOR_URL": self.shop.url,
            "TARGET_DUCKDB_PATH": str(self.raw),
            "DBT_DUCKDB_PATH": str(self.folder / "warehouse.duckdb"),
            "DBT_DUCKDB_RAW_PATH": str(self.raw),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def _meltano(self) -> Path:
        """Share the plugins, but no file of a run: runs side by side mix those up."""
        own = self.folder / "meltano"
        if not own.exists():
            own.mkdir()
            for kind in ("extractors", "loaders", "utilities"):
                (own / kind).symlink_to(ROOT / ".meltano" / kind)
        return own


def _rows(file: Path, query: str) -> list[Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="session", autouse=True)
def _installed():
    """Tests share the one installed project; they never install one."""
    if not (ROOT / ".meltano/installed").exists():
        pytest.fail("The Meltano project is not installed; run `make setup`.")


@contextmanager
def open_pipeline(folder: Path, *options: str):
    """Serve a world and give its pipeline."""
    with open_shop(*options) as shop:
        yield Pipeline(shop, folder)
