"""The tables of benchmarks/README.md are those of the newest results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
# Dated names: the newest of a benchmark comes last.
NEWEST = {path.stem[11:]: path for path in sorted((FOLDER / "results").glob("*.json"))}


@pytest.mark.parametrize("name", NEWEST)
def test_the_table_is_that_of_the_newest_result(name):
    table = json.loads(NEWEST[name].read_text("utf-8"))["table"]
    written = (FOLDER / "README.md").read_text("utf-8")
    assert f"<!-- {name} -->\n\n{table}\n<!-- /{name} -->" in written
