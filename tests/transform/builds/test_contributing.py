"""What CONTRIBUTING says about columns works as it is written."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.transform.conftest import ROOT, Warehouse, land_world
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SOURCES = "transform/models/staging/loop_returns/_loop_returns__sources.yml"
STEP = re.compile(
    r"^\d+\. \w+ it in `([\w./-]+)`, after (.+?):\n"
    r".*?```\w+\n(.+?\n) *```",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return land_world(tmp_path_factory.mktemp("contributing"), "tiny")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of models and report that a test may edit."""
    for name in ("transform", "report"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def insert(file: Path, anchors: list[str], block: str) -> None:
    """Insert lines after the line of the last anchor, indented like the line that follows.

    Each anchor is sought after the one before it.
    """
    text = file.read_text()
    place = 0
    for anchor in anchors:
        place = text.index(anchor, place) + len(anchor)
    place = text.index("\n", place) + 1
    depth = re.match(" *", text[place:])
    assert depth
    lines = textwrap.indent(textwrap.dedent(block), depth[0])
    file.write_text(text[:place] + lines + text[place:])


def test_a_column_is_added_as_contributing_says(world: Warehouse, copy: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    recipe = text.partition("\n## Add a column\n")[2].partition("\n## ")[0]
    steps = STEP.findall(recipe)
    assert len(steps) + 1 == len(re.findall(r"^\d+\.", recipe, re.MULTILINE))
    for path, anchors, block in steps:
        insert(copy / path, re.findall(r"`([^`]+)`", anchors), block)
    world.project = copy / "transform"
    world.build(*("--select", "+fct_returns", *WITHOUT_TESTS), **VARIABLES)
    query = (copy / "report/queries/lists/returns.sql").read_text()
    [(kind, rows)] = world.rows(
        f"select any_value(typeof(package_reference)), count(*) from ({query})"
    )
    assert (kind, rows > 0) == ("VARCHAR", True)


def test_a_field_missing_in_a_sources_file_is_named(
    world: Warehouse, copy: Path
) -> None:
    file = copy / SOURCES
    file.write_text(file.read_text().replace("          - name: carrier\n", "", 1))
    world.project = copy / "transform"
    result = world.dbt("compile", "--select", "stg_loop_returns__returns", **VARIABLES)
    assert result.code
    told = " ".join(result.output.split())
    assert (
        "stg_loop_returns__returns reads the field carrier, but"
        " models/staging/loop_returns/_loop_returns__sources.yml does not declare it."
        " Add `- name: carrier` to the columns of the table returns there." in told
    )
