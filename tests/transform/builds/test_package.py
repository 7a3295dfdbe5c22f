"""The models as a package of someone else's project, and their documentation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.transform.conftest import ROOT, Warehouse, land_world
from tools import package as publishing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return land_world(tmp_path_factory.mktemp("package"), "tiny")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is published."""
    folder = tmp_path_factory.mktemp("published")
    publishing.write(folder)
    return folder


@pytest.fixture(scope="module")
def package(
    world: Warehouse, published: Path, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    project = tmp_path_factory.mktemp("someone_else") / "project"
    shutil.copytree(ROOT / "tests/transform/builds/as_package", project)
    (project / "packages.yml").write_text(f"packages: [{{local: {published}}}]")
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
        "select count(*) > 0 from analytics_loop.loop_fct_orders"
        " where sm_store_id = 'their-shop'"
    ) == [(True,)]
    assert package.rows(
        "select count(*) > 0 from analytics_loop.loop_dim_customers"
    ) == [(True,)]


def test_tests_of_the_package_pass_on_its_own_models(package: Warehouse) -> None:
    result = package.dbt(
        *("test", "--exclude-resource-type", "unit_test", "--select"),
        *("stg_orders", "int_orders", "dim_customers"),
        "assert_report_columns_are_defined",
    )
    assert not result.code, result.output[-2_000:]
    assert "unique_dim_customers_sm_customer_key" in result.output
    assert "require_ref" not in result.output


def test_settings_that_would_give_wrong_rows_are_refused(package: Warehouse) -> None:
    settings = package.project / "dbt_project.yml"
    right = settings.read_text()
    wrong = right.replace(
        "    store_id: their-shop",
        "    store_id:\n    store_timezone: UTC+2\n    exchange_order_prefixes: EXC\n"
        "    handling_fee_collection: charge",
    ).replace(
        "  loop_returns:\n    marts:",
        "  +materialized: table\n  loop_returns:\n    marts:",
    )
    settings.write_text(wrong)
    result = package.dbt("run", "--select", "own_models")
    settings.write_text(right)
    assert result.code
    said = " ".join(result.output.split())
    for problem in (
        "exchange_order_prefixes is a text, but must be a list: write [EXC].",
        "store_id has no value, but is part of every key. Name the shop,",
        "store_timezone is UTC+2, an offset",
        "handling_fee_collection is charge. Choose withheld or charged.",
        "int_ledger_entries_closed keeps values",
    ):
        assert problem in said


def test_the_published_package_has_no_problem(published: Path) -> None:
    assert publishing.problems(published) == []
    assert not (published / "lint").exists()


def test_a_package_is_written_only_to_an_empty_folder(published: Path) -> None:
    with pytest.raises(ValueError, match="name a new folder"):
        publishing.write(published)


def test_problems_of_a_package_are_named(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(published, folder)
    (folder / "LICENSE").unlink()
    assert publishing.problems(folder) == [
        "LICENSE is missing at the root of the package."
    ]
    shutil.copy(published / "LICENSE", folder)
    project = folder / "dbt_project.yml"
    project.write_text(project.read_text().replace('version: "', 'version: "9', 1))
    with (folder / "README.md").open("a") as readme:
        readme.write("[a page](../docs/page.md)")
    # A project with few models is parsed faster.
    shutil.rmtree(folder / "models")
    (folder / "models").mkdir()
    (folder / "models/broken.sql").write_text("{{ ref('no_such_model') }}")
    version, link, unparsed = publishing.problems(folder)
    assert version.startswith("dbt_project.yml has version 9")
    assert link == "README.md links to docs/page.md outside the package."
    assert "no_such_model" in unparsed


def test_the_documentation_can_be_made(world: Warehouse) -> None:
    world.project = ROOT / "transform"
    result = world.dbt("docs", "generate", "--no-compile", "--empty-catalog")
    assert not result.code, result.output[-2_000:]
