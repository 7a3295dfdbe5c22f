"""dbt 1.12 and v2 build, full and then incrementally, what the locked version builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml

from integration.marts import compare
from loop_simulator import Simulator
from tests.transform.conftest import PROJECT, Warehouse, read_world
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES
from tools.project import ROOT

INSTALLED = ROOT / ".dbt-versions"
DAYS = (0, 1)
STRICT = {
    "1.12": '{"error": "all"}',
    # v2 reads the semantic layer only in a form that 1.11 cannot read.
    "2": '{"error": "all", "silence": ["SemanticModelDeprecated"]}',
}
"""Options that make warnings errors, by version."""


@dataclass
class NewerDbt:
    """A version of dbt and a warehouse of its own."""

    version: str
    folder: Path

    def __post_init__(self) -> None:
        """Write its profile."""
        profile = yaml.safe_load((PROJECT / "profiles.yml").read_text())
        output = profile["loop_returns"]["outputs"]["duckdb"]
        # A plugin in Python for messages about locked files; v2 has no Python.
        del output["module_paths"], output["plugins"]
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profile))

    @property
    def database(self) -> Path:
        """The file with the marts."""
        return self.folder / "warehouse.duckdb"

    def run(self, *words: str) -> None:
        """Run dbt, which must succeed."""
        program = INSTALLED / self.version / "bin/dbt"
        if not program.exists():
            pytest.fail("dbt is not installed; run `make integration-dbt`.")
        done = subprocess.run(
            [program, *words, "--vars", yaml.safe_dump(VARIABLES)],
            cwd=PROJECT,
            env=os.environ | self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stdout[-6_000:]

    def environment(self) -> dict[str, str]:
        """Return the variables that name the files and, for v2, DuckDB's library."""
        settings = {
            "DUCKDB_PATH": str(self.database),
            "RAW_DUCKDB_PATH": str(self.folder / "raw.duckdb"),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        if self.version == "2":
            settings |= duckdb_library(self.folder)
        return settings


def duckdb_library(folder: Path) -> dict[str, str]:
    """Return settings by which v2 finds DuckDB's library: the one of the Python package.

    That library also needs the library of Python.
    """
    [package] = INSTALLED.glob("2/lib/python*/site-packages/_duckdb*.so")
    library = folder / "libduckdb.so"
    if not library.is_symlink():
        library.symlink_to(package)
    libraries = Path(sysconfig.get_config_var("LIBDIR"))
    python = libraries / sysconfig.get_config_var("INSTSONAME")
    if not python.exists() or python.suffix == ".a":
        pytest.fail(
            f"dbt v2 needs Python as a shared library, which {libraries} lacks; "
            "on Debian: apt-get install libpython3-dev"
        )
    return {"LD_LIBRARY_PATH": str(folder), "LD_PRELOAD": str(python)}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the raw files of a shop on two days, and what the locked version builds."""
    folder = tmp_path_factory.mktemp("locked")
    with Simulator(world="shop", returns=120, seed=3) as simulator:
        shop = Warehouse(folder)
        for day in DAYS:
            read_world(folder, simulator)
            shop.build(*WITHOUT_TESTS, **VARIABLES)
            shutil.copy(folder / "raw.duckdb", folder / f"raw_{day}.duckdb")
            shutil.copy(shop.database, folder / f"built_{day}.duckdb")
            simulator.advance(86_400)
            simulator.change(20)
            simulator.add(10)
            simulator.cancel(3)
    return folder


@pytest.mark.parametrize("version", STRICT)
def test_every_version_gives_the_same_marts(
    version: str, days: Path, tmp_path: Path
) -> None:
    dbt = NewerDbt(version, tmp_path)
    dbt.run("parse", "--warn-error-options", STRICT[version])
    for day, words in zip(DAYS, (["--full-refresh"], []), strict=True):
        shutil.copy(days / f"raw_{day}.duckdb", tmp_path / "raw.duckdb")
        dbt.run("build", "--exclude-resource-type", "unit_test", *words)
        with duckdb.connect(str(dbt.database), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            compared = compare(
                days / f"built_{day}.duckdb",
                f"dbt {version}",
                lambda table, columns, read=connection.execute: read(
                    f"select {', '.join(columns)} from analytics.{table}"
                ).fetchall(),
            )
            assert connection.execute(
                "select max(built_whole_at) < max(built_at)"
                " from analytics_intermediate.int_watermarks"
            ).fetchone() == (bool(day),), "rows are replaced only on the second day"
        assert compared.tables > 45
        assert not compared.differences, compared.differences[:20]
