"""Runs dbt in forks of a process that has imported it, which saves seconds for each run."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = Path(
    os.environ.get("TRANSFORM_PROJECT", Path(__file__).parents[2] / "transform")
)
"""The dbt project, or the changed copy of it against which `mutants.py` runs a test."""
KILLED = 9
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test", "--no-write-json")
"""Arguments for a build of which only the tables are used."""
SILENT = {
    "DBT_LOG_LEVEL_FILE": "none",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_USE_COLORS": "false",
}
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb"])


@dataclasses.dataclass
class Result:
    """Exit code and output of a run."""

    code: int
    output: str


@dataclasses.dataclass
class ForkedDbt:
    """dbt on the files `raw.duckdb` and `warehouse.duckdb` of a folder.

    The target `duckdb` has the schema `analytics`, the target `other` the schema
    `other` in the same file.
    """

    folder: Path
    project: Path = PROJECT

    def __post_init__(self) -> None:
        """Write the profile."""
        profiles = yaml.safe_load((self.project / "profiles.yml").read_text())
        outputs = profiles["loop_returns"]["outputs"]
        outputs["duckdb"]["settings"]["threads"] = 1
        outputs["duckdb"]["module_paths"] = [str(self.project)]
        outputs["other"] = outputs["duckdb"] | {"schema": "other"}
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profiles))

    def run(
        self,
        *words: str,
        variables: Mapping[str, object],
        target: str = "duckdb",
        warehouse: str = "warehouse.duckdb",
        killed_at: int = 0,
    ) -> Result:
        """Run a command; `killed_at` ends the process before that SQL statement."""
        parsed = self.parsed(target, variables)
        parsed.mkdir(parents=True, exist_ok=True)
        environment = {
            "DUCKDB_PATH": str(self.folder / warehouse),
            "RAW_DUCKDB_PATH": str(self.folder / "raw.duckdb"),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_TARGET": target,
            "DBT_TARGET_PATH": str(parsed),
        }
        result = run_dbt(
            words, variables, environment, self.project, killed_at=killed_at
        )
        if result.code != KILLED:
            checkpoint(self.folder / warehouse)
        return result

    def parsed(self, target: str, variables: Mapping[str, object]) -> Path:
        """Return the folder with dbt's parsed project, for the next run with these variables."""
        return self.folder / "targets" / f"{target}-{digest(variables)}"


def digest(value: object) -> str:
    """Return a short name for a value that can be written as JSON."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_dbt(
    words: Iterable[str],
    variables: Mapping[str, object],
    environment: Mapping[str, str],
    project: Path = PROJECT,
    *,
    killed_at: int = 0,
) -> Result:
    """Run dbt; `killed_at` ends the process before that SQL statement."""
    with tempfile.NamedTemporaryFile() as output:
        process = _FORKS.Process(
            target=_invoke,
            args=(
                [*words, "--vars", json.dumps(variables)],
                {**environment},
                str(project),
                output.name,
                killed_at,
            ),
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        return Result(process.exitcode, Path(output.name).read_text("utf-8"))


def checkpoint(file: Path) -> None:
    """Write all of DuckDB's log into its file; otherwise a copy of the file lacks it.

    A file that another process has open is left unchanged.
    """
    if file.exists():
        with suppress(duckdb.IOException), duckdb.connect(str(file)) as tables:
            tables.execute("checkpoint")


def _invoke(
    words: list[str],
    environment: dict[str, str],
    project: str,
    output: str,
    killed_at: int,
) -> None:
    os.environ.update(SILENT | environment)
    os.chdir(project)
    # A run is too short to need garbage collection.
    gc.disable()
    with Path(output).open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 (imported before the fork)

    statements = 0

    def count(event: Any) -> None:
        nonlocal statements
        if event.info.name == "SQLQuery":
            statements += 1
            if statements == killed_at:
                os._exit(KILLED)

    result = dbtRunner(callbacks=[count]).invoke(words)
    sys.stdout.write(f"\n{statements} statements\n")
    sys.stdout.flush()
    os._exit(0 if result.success else 1)
