# The script prints, and runs one process for each mutant.
# ruff: noqa: T201
"""Runs deliberately wrong models, to see a test fail for each.

``python -m tests.transform.project.mutants`` runs all of ``mutants.yml`` and writes
``mutants.json``; with names of mutants, it runs only those. The project is parsed once, and
each world is built once. For a mutant, the text of one model or macro is changed in the
parsed project. Only the changed models, and those between them and the table that a test
reads, are built again, in a copy of the world. A mutant that pytest must find changes a copy
of the project instead.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from dbt.cli.main import dbtRunner

from tests.transform.conftest import ROOT, Warehouse, land_world
from tests.transform.figures import test_oracle
from tests.transform.forked_dbt import SILENT, WITHOUT_TESTS
from tests.transform.oracle.shop import Shop
from tests.transform.worlds.table import WORLDS, oracle_of, variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PROJECT = ROOT / "transform"
RESULTS = HERE / "mutants.json"
BUILT, FOUND, MISSED, BROKEN = "built", "found", "MISSED", "DOES NOT BUILD"
ORDER = {"unit": 0, "pytest": 2}
FORK = multiprocessing.get_context("fork")


@dataclass
class Mutant:
    """One wrong change and the tests that find it, see the head of mutants.yml."""

    name: str
    file: str
    old: str
    new: str
    breaks: str
    found_by: list[str]

    @property
    def kind(self) -> str:
        """Return what its first test needs: `unit`, `pytest` or the name of a world."""
        first = self.found_by[0]
        return first.split(" / ")[0] if " / " in first else first.split()[0]

    def text(self) -> str:
        """Return the file with the change; ValueError unless the old text is there once."""
        text = (PROJECT / self.file).read_text("utf-8")
        if text.count(self.old) != 1 or self.old == self.new:
            raise ValueError(f"{self.name}: its text is not once in {self.file}")
        return text.replace(self.old, self.new)


def mutants() -> list[Mutant]:
    """Return the list of mutants.yml."""
    return [Mutant(**one) for one in yaml.safe_load((HERE / "mutants.yml").read_text())]


class Worlds:
    """Worlds of `test_oracle`, each built on first use."""

    def __init__(self, place: Path, built: dict[str, Path]) -> None:
        """Build into a folder; `built` holds folders of worlds that are built already."""
        self.place = place
        self.built = {name: Warehouse(folder) for name, folder in built.items()}
        self.shops: dict[str, Shop] = {}

    def variables(self, name: str) -> dict[str, Any]:
        """Return the variables that a world is built with."""
        return variables_of(name)

    def warehouse(self, name: str) -> Warehouse:
        """Return a world's warehouse, which holds the right tables.

        Raises:
            RuntimeError: It cannot be built.
        """
        if name not in self.built:
            folder = self.place / name.replace(" ", "-")
            folder.mkdir()
            if apart(self._build, name, folder) != BUILT:
                raise RuntimeError(f"{name} cannot be built")
            self.built[name] = Warehouse(folder)
        return self.built[name]

    def _build(self, name: str, folder: Path) -> str:
        land_world(folder, **WORLDS[name]).build(*WITHOUT_TESTS, **self.variables(name))
        return BUILT

    def shop(self, name: str) -> Shop:
        """Return what the oracle reads of a world."""
        if name not in self.shops:
            self.shops[name] = oracle_of(name)
        return self.shops[name]


def apart(call: Any, *words: Any) -> Any:
    """Call a function in a separate process, which isolates its changes; return the result."""
    ours, theirs = FORK.Pipe(duplex=False)

    def answer() -> None:
        theirs.send(call(*words))

    process = FORK.Process(target=answer)
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return BROKEN
    finally:
        process.join()


class Runner:
    """Runs tests against mutants of one parsed project."""

    def __init__(self, worlds: Worlds, place: Path) -> None:
        """Take worlds and a folder for what is built."""
        self.worlds, self.place = worlds, place
        self.manifest = self._parse()

    def _parse(self) -> Any:
        self._enter(Warehouse(self.worlds.warehouse("golden").folder))
        result = dbtRunner().invoke(
            ["parse", *self._options(self.worlds.variables("golden"))]
        )
        assert result.success, result.exception
        return result.result

    def finding_test(self, mutant: Mutant) -> tuple[str, str]:
        """Return what became of a mutant, and the test that found it."""
        outcome = MISSED
        for test in mutant.found_by:
            kind = test.split(maxsplit=1)[0]
            if kind == "pytest":
                outcome = self._pytest(mutant, test.removeprefix("pytest "))
            elif kind == "unit":
                outcome = self._unit_test(mutant, test.removeprefix("unit "))
            else:
                outcome = self._oracle(mutant, *test.split(" / "))
            if outcome != MISSED:
                return outcome, test
        return outcome, ""

    def _unit_test(self, mutant: Mutant, name: str) -> str:
        """Return whether a unit test of dbt finds a mutant."""
        with self._copy("golden") as copy:
            return str(apart(self._run_unit_test, mutant, name, copy))

    def _run_unit_test(self, mutant: Mutant, name: str, copy: Warehouse) -> str:
        self._change(mutant)
        self._enter(copy)
        result = self._dbt("test", "--select", name, world="golden")
        states = [str(one.status) for one in getattr(result.result, "results", [])]
        if not states or "error" in states:
            return BROKEN
        return FOUND if "fail" in states else MISSED

    def _oracle(self, mutant: Mutant, world: str, table: str) -> str:
        """Return whether a comparison with the oracle finds a mutant.

        dbt and the comparison open the warehouse in different ways, so each has a
        process.
        """
        shop = self.worlds.shop(world)
        with self._copy(world) as copy:
            built = apart(self._rebuild, mutant, world, table, copy)
            return built if built == BROKEN else str(apart(compare, copy, shop, table))

    def _rebuild(self, mutant: Mutant, world: str, table: str, copy: Warehouse) -> str:
        """Build the changed models again, and the models between them and a table."""
        changed = self._change(mutant)
        self._enter(copy)
        is_test = table.startswith("test_")
        chosen = [f"{name}+" if is_test else f"{name}+,+{table}" for name in changed]
        result = self._dbt("run", "--full-refresh", "--select", *chosen, world=world)
        has_run = result.success and len(result.result.results) > 0
        return BUILT if has_run else BROKEN

    @contextlib.contextmanager
    def _copy(self, world: str) -> Iterator[Warehouse]:
        """Give a copy of a world, which holds the right tables until they are changed."""
        right = self.worlds.warehouse(world)
        with tempfile.TemporaryDirectory(dir=self.place) as folder:
            for file in right.folder.glob("warehouse.duckdb*"):
                shutil.copy(file, folder)
            yield Warehouse(Path(folder), raw=right.raw)

    def _change(self, mutant: Mutant) -> list[str]:
        """Put the change into the parsed project; return the models it reaches directly."""
        text = mutant.text()
        path = mutant.file
        if path.startswith("models/"):
            [node] = [
                node
                for node in self.manifest.nodes.values()
                if node.original_file_path == path and node.resource_type == "model"
            ]
            node.raw_code = text
            return [node.name]
        reached = set()
        for key, macro in self.manifest.macros.items():
            if macro.original_file_path == path:
                if mutant.old in macro.macro_sql:
                    macro.macro_sql = macro.macro_sql.replace(mutant.old, mutant.new)
                reached.add(key)
        while more := {
            key
            for key, macro in self.manifest.macros.items()
            if key not in reached and reached & set(macro.depends_on.macros)
        }:
            reached |= more
        return [
            node.name
            for node in self.manifest.nodes.values()
            if node.resource_type == "model" and reached & set(node.depends_on.macros)
        ]

    def _pytest(self, mutant: Mutant, node: str) -> str:
        """Return whether a test finds a mutant in a copy of the project."""
        with tempfile.TemporaryDirectory(dir=self.place) as folder:
            project = Path(folder) / "transform"
            shutil.copytree(
                PROJECT, project, ignore=shutil.ignore_patterns("target", "logs")
            )
            (project / mutant.file).write_text(mutant.text(), "utf-8")
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "pytest", "-q", "-x", node),
                    *("-p", "no:cacheprovider", "--basetemp", f"{folder}/base"),
                ],
                cwd=ROOT,
                env=os.environ | {"TRANSFORM_PROJECT": str(project)},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode not in {0, 1} or "ERROR " in done.stdout:
            return BROKEN
        return FOUND if done.returncode else MISSED

    def _dbt(self, *words: str, world: str) -> Any:
        with contextlib.redirect_stdout(io.StringIO()):
            return dbtRunner(manifest=self.manifest).invoke(
                [*words, *self._options(self.worlds.variables(world))]
            )

    def _options(self, variables: dict[str, Any]) -> list[str]:
        return [
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--vars", yaml.safe_dump(variables), "--quiet"),
            *("--target-path", os.environ["DBT_TARGET_PATH"]),
            *("--log-path", os.environ["DBT_LOG_PATH"]),
        ]

    def _enter(self, warehouse: Warehouse) -> None:
        os.environ |= SILENT | warehouse.environment()


def compare(copy: Warehouse, shop: Shop, table: str) -> str:
    """Return whether a table, or a test of `test_oracle`, differs from the oracle."""
    try:
        if table.startswith("test_"):
            run_for_all_parameters(getattr(test_oracle, table), (copy, shop))
        else:
            test_oracle.test_a_report_equals_the_oracle((copy, shop), table)
    except AssertionError:
        return FOUND
    return MISSED


def run_for_all_parameters(test: Any, pair: tuple[Warehouse, Shop]) -> None:
    """Call a test of `test_oracle` with each of its parameters."""
    marks = [
        one for one in getattr(test, "pytestmark", ()) if one.name == "parametrize"
    ]
    for values in marks[0].args[1] if marks else [()]:
        test(pair, *values)


def write_results(found: dict[str, str]) -> None:
    """Write into `mutants.json` which test found each mutant; an empty text for none."""
    known = json.loads(RESULTS.read_text())
    results = known | found
    kept = {one.name: results.get(one.name, "") for one in mutants()}
    if kept != known:
        RESULTS.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")


def main(words: list[str]) -> int:
    """Run the named mutants, or all, and write which tests found them.

    Args:
        words: Names of mutants, and `WORLD=FOLDER` for a world that is built already.

    Returns:
        The number of mutants that no test found.
    """
    built = dict(word.split("=", 1) for word in words if "=" in word)
    names = [word for word in words if "=" not in word]
    chosen = [one for one in mutants() if one.name in names or not names]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        worlds = Worlds(Path(place), {name: Path(path) for name, path in built.items()})
        runner = Runner(worlds, Path(place))
        # Tests of one world follow each other, and unit tests come first.
        for mutant in sorted(
            chosen, key=lambda one: (ORDER.get(one.kind, 1), one.kind)
        ):
            began = time.monotonic()
            outcome, test = runner.finding_test(mutant)
            missed += outcome != FOUND
            write_results({mutant.name: test if outcome == FOUND else ""})
            seconds = time.monotonic() - began
            print(f"{outcome:6} {mutant.name:44} {seconds:5.1f} s  {test}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} found")
    return missed


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
