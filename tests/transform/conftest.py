"""Builds worlds of the simulator through tap, DuckDB and dbt, once for all workers."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from loop_simulator import Simulator
from tests.transform.worlds import crooked, two_currencies

from . import landing
from .forked_dbt import PROJECT, Result, checkpoint, digest, run_dbt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@dataclasses.dataclass
class Warehouse:
    """A built warehouse and the raw file it was built from."""

    folder: Path
    raw: Path | None = None
    project: Path = PROJECT
    _connection: duckdb.DuckDBPyConnection | None = None

    def __post_init__(self) -> None:
        """Take the raw file of the folder unless another one is given."""
        self.raw = self.raw or self.folder / "raw.duckdb"

    @property
    def database(self) -> Path:
        """The file with the marts."""
        return self.folder / "warehouse.duckdb"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the marts."""
        with self.opened():
            assert self._connection
            return self._connection.execute(sql).fetchall()

    @contextlib.contextmanager
    def opened(self) -> Iterator[Warehouse]:
        """Keep the files open for several queries; opening them takes longer than most queries.

        Nothing can be built meanwhile.
        """
        if self._connection:
            yield self
            return
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            # Staging views read the raw file.
            connection.execute(f"attach '{self.raw}' as raw (read_only)")
            connection.execute("use analytics")
            self._connection = connection
            try:
                yield self
            finally:
                self._connection = None

    def another(self, name: str) -> Warehouse:
        """Return a second warehouse over the same raw file."""
        folder = self.folder / name
        folder.mkdir()
        return Warehouse(folder, raw=self.raw)

    def marts(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every public table, sorted, without the time of the build."""
        with self.opened():
            tables = self.rows(
                "select table_name from information_schema.tables"
                " where table_schema = 'analytics' order by all"
            )
            return {
                name: self.rows(
                    f"select columns(each -> each <> 'built_at') from {name} order by all"
                )
                for (name,) in tables
            }

    def build(self, *words: str, **variables: object) -> Warehouse:
        """Build everything, which must succeed."""
        result = self.dbt("build", *words, **variables)
        assert not result.code, result.output[-4_000:]
        return self

    def dbt(self, *words: str, **variables: object) -> Result:
        """Run dbt on the raw file.

        dbt's parse of the project is kept for the next run with the same variables, in
        any worker.
        """
        environment = self.environment()
        known = PARSED / f"{digest([str(self.project), variables])}.msgpack"
        told = self.folder / "target" / "partial_parse.msgpack"
        told.parent.mkdir(exist_ok=True)
        if known.exists() and not told.exists():
            shutil.copy(known, told)
        result = run_dbt(words, variables, environment, self.project)
        checkpoint(self.database)
        if told.exists() and not known.exists():
            whole = known.with_suffix(f".{os.getpid()}")
            shutil.copy(told, whole)
            whole.rename(known)
        return result

    def environment(self) -> dict[str, str]:
        """Return dbt's settings for these files.

        The paths of the files begin with `~`, so that they are the same text in every
        folder: dbt parses the project again if they differ.
        """
        raw = self.folder / "raw.duckdb"
        if self.raw != raw:
            raw.unlink(missing_ok=True)
            raw.symlink_to(Path(self.raw or "").absolute())
        return {
            "HOME": str(self.folder),
            "DUCKDB_PATH": "~/warehouse.duckdb",
            "RAW_DUCKDB_PATH": "~/raw.duckdb",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }


_OWN = tempfile.TemporaryDirectory(prefix="dbt-parsed-")
PARSED = Path(os.environ.get("DBT_PARSED", _OWN.name))
"""dbt's parsed project by its variables; all workers of a run share it."""


SOURCES = {
    "tap_loop_returns": [str(BIN / "tap-loop-returns")],
    "tap_shopify": [sys.executable, "-m", "demo.sources.shopify"],
    "tap_shopify_rest": [
        sys.executable,
        "-m",
        "demo.sources.shopify",
        "--shape",
        "rest",
    ],
    "tap_shopifyql": [sys.executable, "-m", "demo.sources.shopify_reports"],
    "tap_recharge": [sys.executable, "-m", "demo.sources.recharge"],
    "tap_stripe": [sys.executable, "-m", "demo.sources.stripe"],
}
"""Command of each source, by the schema its rows land in."""


USUAL = ("tap_loop_returns", "tap_shopify", "tap_recharge")


def land_world(
    folder: Path,
    world: str,
    sources: Iterable[str] = USUAL,
    tap_settings: dict[str, object] | None = None,
    *,
    is_crooked: bool = False,
    has_two_currencies: bool = False,
    is_second_dearer: bool = False,
    **settings: Any,
) -> Warehouse:
    """Read a world with the tap and the other sources' simulated taps, and land it.

    With `is_crooked`, `has_two_currencies` or `is_second_dearer` its rows are changed
    first, see the modules `crooked` and `two_currencies`.
    """
    with Simulator(world=world, **settings) as simulator:
        changes = [crooked.landed] * is_crooked
        changes += [two_currencies.landed] * has_two_currencies
        changes += [two_currencies.landed_dearer] * is_second_dearer

        def changed(schema: str, streams: crooked.Streams) -> crooked.Streams:
            for change in changes:
                streams = change(schema, streams)
            return streams

        read_world(folder, simulator, sources, tap_settings, changed)
    return Warehouse(folder)


def read_world(
    folder: Path,
    simulator: Simulator,
    sources: Iterable[str] = USUAL,
    tap_settings: dict[str, object] | None = None,
    change: Callable[[str, crooked.Streams], crooked.Streams] | None = None,
) -> None:
    """Read a running simulator and land its rows."""
    config = folder / "config.json"
    config.write_text(
        json.dumps(
            {
                "api_key": "test-key",
                "api_url": simulator.url,
                **(tap_settings or {}),
            }
        )
    )
    for schema in sources:
        source = subprocess.run(
            [*SOURCES[schema], "--config", str(config)],
            cwd=ROOT,
            env=os.environ | {"SIMULATOR_URL": simulator.base_url},
            capture_output=True,
            text=True,
            check=True,
        )
        lines = source.stdout.splitlines()
        landing.land(lines, folder / "raw.duckdb", schema, change)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """Return a function that lands and builds a world, each world once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def build(
        world: str,
        variables: dict[str, object],
        words: Iterable[str] = (),
        **settings: Any,
    ) -> Warehouse:
        name = f"{world}-{digest([variables, [*words], settings])}"
        folder, done = shared / name, shared / f"{name}.built"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                land_world(folder, world, **settings).build(*words, **variables)
                done.touch()
        return Warehouse(folder)

    return build
