"""The tables of the benchmarks show their newest results."""

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
    missing = [n for n in NEWEST if not [*FOLDER.rglob(f"{n}.py")]]
    assert NEWEST
    assert not missing


def test_prices_in_the_docs_are_those_of_the_newest_result() -> None:
    result = json.loads(NEWEST["scanned_bytes"].read_text())
    told = (ROOT / "docs/warehouses.md").read_text().splitlines()
    prices = [
        line
        for line in result["table"].splitlines()
        if line.split("|")[1:2]
        and line.split("|")[1].strip() in result["dollars_a_month"]
    ]
    assert len(prices) == len(result["dollars_a_month"])
    assert set(prices) <= set(told)
