"""The models as a package of someone else's project, and their documentation."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from .conftest import ROOT, Warehouse, land_world

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return land_world(tmp_path_factory.mktemp("package"), "tiny")


def test_another_project_builds_the_models_as_a_package(
    world: Warehouse, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "tests/transform/as_package", project)
    (project / "packages.yml").write_text(
        f"packages: [{{local: {ROOT / 'transform'}}}]"
    )
    world.project = project
    deps = world.dbt("deps")
    assert deps.returncode == 0, deps.stdout
    world.build("--exclude-resource-type", "test", "unit_test")
    assert world.rows("select * from returns_of_their_shop") == [("their-shop", 12)]


def test_the_documentation_can_be_made(world: Warehouse) -> None:
    world.project = ROOT / "transform"
    result = world.dbt("docs", "generate", "--no-compile", "--empty-catalog")
    assert result.returncode == 0, result.stdout[-2_000:]
