"""The tables of the benchmarks are those of their newest results."""

from __future__ import annotations

import json

import pytest

from tools.project import ROOT

FOLDER = ROOT / "benchmarks"
NEWEST = {file.stem[11:]: file for file in sorted(FOLDER.glob("results/*.json"))}


@pytest.mark.parametrize("name", NEWEST)
def test_the_table_is_that_of_the_newest_result(name: str) -> None:
    table = json.loads(NEWEST[name].read_text())["table"]
    _, _, rest = (FOLDER / "README.md").read_text().partition(f"<!-- {name} -->")
    assert rest.partition(f"<!-- /{name} -->")[0].strip() == table.strip()


def test_every_result_has_its_benchmark() -> None:
    missing = [n for n in NEWEST if not (FOLDER / f"{n}.py").exists()]
    assert NEWEST
    assert not missing
