"""Each deliberately wrong change in `mutants.yml` can still be applied to its file and names
tests that exist; two of the changes are run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import jinja2
import pytest
import yaml

from tests.transform.conftest import PROJECT, ROOT, Warehouse
from tests.transform.figures import test_oracle
from tests.transform.worlds.table import WORLDS, build_world

from . import mutants

SAMPLE = ("published-rule-keeps-expired", "unknown-type-is-no-merchandise")


@pytest.fixture(scope="module")
def unit_tests() -> set[str]:
    """Return the names of dbt's unit tests."""
    return {
        test["name"]
        for file in (PROJECT / "models").rglob("*__unit_tests.yml")
        for test in yaml.safe_load(file.read_text())["unit_tests"]
    }


@pytest.mark.parametrize("mutant", mutants.mutants(), ids=lambda mutant: mutant.name)
def test_a_wrong_model_can_be_made_and_names_tests_that_exist(
    mutant: mutants.Mutant, unit_tests: set[str]
) -> None:
    jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(
        mutant.text()
    )
    assert mutant.found_by
    for test in mutant.found_by:
        if test.startswith("unit "):
            assert test.removeprefix("unit ") in unit_tests
        elif test.startswith("pytest "):
            file, name = test.removeprefix("pytest ").split("::")
            assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()
        else:
            world, table = test.split(" / ")
            assert world in WORLDS
            assert table in test_oracle.TABLES or hasattr(test_oracle, table)


def test_each_wrong_model_was_found_by_one_of_its_tests() -> None:
    tests = {one.name: one.found_by for one in mutants.mutants()}
    results = json.loads(mutants.RESULTS.read_text())
    assert len(tests) == len(mutants.mutants()) > 60
    assert results.keys() == tests.keys()
    assert [name for name, test in results.items() if test not in tests[name]] == []


@pytest.mark.slow
def test_a_sample_of_wrong_models_is_found(
    warehouse: Callable[..., Warehouse],
) -> None:
    golden = build_world(warehouse, "golden")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.transform.project.mutants",
            f"golden={golden.folder}",
            *SAMPLE,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2_000:]
