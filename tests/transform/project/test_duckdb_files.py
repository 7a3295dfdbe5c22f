"""If dbt cannot open a DuckDB file, one line names the file, without a stack trace."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import Warehouse
from tests.transform.worlds.table import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

HOLD = """
import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read"):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Two files without tables."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("raw", "warehouse"):
        duckdb.connect(folder / f"{name}.duckdb").close()
    return Warehouse(folder)


def sentence(here: Warehouse, file: Path) -> str:
    """Build, which must fail; return the only line about a file."""
    result = here.dbt("build", **VARIABLES)
    assert result.code
    assert "Traceback" not in result.output
    (line,) = (line for line in result.output.splitlines() if str(file) in line)
    return line


@pytest.mark.parametrize(("name", "use"), [("warehouse", "read"), ("raw", "write")])
def test_a_file_that_another_program_has_open_is_named(
    here: Warehouse, name: str, use: str
) -> None:
    file = here.folder / f"{name}.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file), use],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        said = sentence(here, file)
        holder.communicate()
    assert "python" in said
    assert f"(process {holder.pid}). Close it, then run again" in said


def test_a_raw_file_that_is_not_there_is_named(here: Warehouse) -> None:
    file = here.folder / "raw.duckdb"
    file.unlink()
    assert "does not exist. Load a source first" in sentence(here, file)
