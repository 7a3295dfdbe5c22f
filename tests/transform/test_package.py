"""The models as a package of someone else's project, and their documentation."""

from __future__ import annotations

import shutil

import pytest

from .conftest import ROOT, Warehouse, land_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return land_world(tmp_path_factory.mktemp("package"), "tiny")


@pytest.fixture(scope="module")
def package(world: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    project = tmp_path_factory.mktemp("someone_else") / "project"
    shutil.copytree(ROOT / "tests/transform/as_package", project)
    (project / "packages.yml").write_text(
        f"packages: [{{local: {ROOT / 'transform'}}}]"
    )
    world.project = project
    deps = world.dbt("deps")
    assert not deps.code, deps.output
    return world.build("--exclude-resource-type", "test")


def test_another_project_builds_the_models_as_a_package(package: Warehouse) -> None:
    assert package.rows("select * from analytics_theirs.returns_of_their_shop") == [
        ("their-shop", 12)
    ]


def test_models_of_the_same_name_are_read_by_their_own_project(
    package: Warehouse,
) -> None:
    assert (
        package.rows("select * from analytics_theirs.own_models") == [("theirs",)] * 3
    )
    # The package reads its own stg_orders, int_orders and dim_customers.
    assert package.rows(
        "select count(*) > 0 from analytics_loop.fct_orders"
        " where sm_store_id = 'their-shop'"
    ) == [(True,)]
    assert package.rows("select count(*) > 0 from analytics_loop.dim_customers") == [
        (True,)
    ]


def test_the_documentation_can_be_made(world: Warehouse) -> None:
    world.project = ROOT / "transform"
    result = world.dbt("docs", "generate", "--no-compile", "--empty-catalog")
    assert not result.code, result.output[-2_000:]
