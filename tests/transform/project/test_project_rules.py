"""Rules of the project, read from its files and its manifest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.transform.conftest import ROOT, Warehouse
from tests.transform.worlds.table import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

MODELS = ROOT / "transform" / "models"
EVERYTHING = VARIABLES | {"ticket_source": "tap_gorgias"}
PREFIXES = {
    "staging": "stg_",
    "intermediate": "int_",
    "marts": ("fct_", "dim_", "rpt_"),
}
READABLE = {
    # Incremental staging models keep their row of int_watermarks.
    "staging": {"source", "stg_", "int_watermarks"},
    "intermediate": {"stg_", "int_", "int_watermarks"},
    "marts": {"stg_", "int_", "int_watermarks", "fct_", "dim_", "rpt_"},
}
MOST_JOINS = 7
SEEDS_OF_THE_USER = {"return_reason_mappings", "variant_option_mappings"}
"""A project may replace these seeds, so `ref` names no package for them."""
READ_BY_EACH_BUILD = {
    # Read by tables that each build rebuilds, and by flags that change as time passes.
    *("ticket_source", "gorgias_schema"),
    *("charge_source", "stripe_schema", "sales_report_source", "shopifyql_schema"),
    *("data_through_date", "repurchase_window_days"),
    *("return_policy_window_days", "return_maturity_days", "mature_share_minimum"),
    *("minimum_orders_ranked", "minimum_customers_ranked"),
    *("ledger_closed_through_date", "return_limit_days", "sourcemedium_views"),
    *("goods_cost_share", "recovery_share"),
}
"""Variables that no row of an incremental table depends on."""
TOLD_OF_A_RETURN = {
    *("has_refund", "has_exchange", "has_credit", "is_upsell", "is_order_matched"),
    *("is_before_its_order", "is_identified_customer", "is_lineage_unlinked"),
    *("is_outcome_word_known", "is_price_negative"),
}
"""Flags that describe a row; no question selects rows by them."""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    here = Warehouse(tmp_path_factory.mktemp("manifest"), raw=ROOT / "nowhere.duckdb")
    result = here.dbt("parse", **EVERYTHING)
    assert not result.code, result.output[-2_000:]
    assert "deprecat" not in result.output.lower()
    written: dict[str, Any] = json.loads(
        (here.folder / "target/manifest.json").read_text()
    )
    return written


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] in PREFIXES
    ]


def sql_files() -> list[Path]:
    return sorted(MODELS.rglob("*.sql"))


def test_every_variable_is_noticed_or_read_by_each_build() -> None:
    project = yaml.safe_load((ROOT / "transform/dbt_project.yml").read_text())
    macros = ROOT / "transform/macros/incremental"
    settings = (macros / "row_settings.sql").read_text()
    sources = (macros / "row_sources.sql").read_text()
    noticed = {
        *re.findall(r"^ +'(\w+)',$", settings, re.MULTILINE),
        *re.findall(
            r"'(\w+_schema|\w+_source|store_id|pass_through_columns)'", sources
        ),
    }
    assert noticed | READ_BY_EACH_BUILD == set(project["vars"])
    assert not noticed & READ_BY_EACH_BUILD


def test_a_model_is_named_for_its_layer(models: list[dict[str, Any]]) -> None:
    assert not [
        one["name"]
        for one in models
        if not one["name"].startswith(PREFIXES[one["fqn"][1]])
    ]


def test_layers_read_only_downwards(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    def layer(unique_id: str) -> str:
        kind, _, name, *_ = unique_id.split(".")
        if kind == "source" or name == "int_watermarks":
            return kind if kind == "source" else name
        return name.split("_")[0] + "_"

    wrong = [
        (one["name"], read)
        for one in models
        for read in one["depends_on"]["nodes"]
        if not read.startswith("seed.") and layer(read) not in READABLE[one["fqn"][1]]
    ]
    assert not wrong


def test_lineage_leads_from_every_raw_table_to_the_list_of_them(
    manifest: dict[str, Any],
) -> None:
    listed = manifest["nodes"]["model.loop_returns.stg_raw_tables"]["depends_on"]
    sources = {EVERYTHING[name] for name in EVERYTHING if name.endswith("_source")}
    chosen = {"loop_returns", *sources}
    assert set(listed["nodes"]) == {
        name
        for name, one in manifest["sources"].items()
        if one["source_name"] in chosen
    }
    text = (MODELS / "staging/joined/stg_raw_tables.sql").read_text()
    for one in manifest["sources"].values():
        _, _, tables = text.partition(f"    '{one['source_name']}': [")
        assert f"'{one['name']}'" in tables.partition("]")[0]


def test_a_reference_names_the_package() -> None:
    """A bare `ref` would find a model of the same name in the user's own project."""
    files = [*(ROOT / "transform").rglob("*.sql"), *MODELS.rglob("*.yml")]
    bare = {
        f"{file.relative_to(ROOT)}: {reference}"
        for file in files
        for reference in re.findall(r"\bref\([^)]*", file.read_text())
        if not reference.split("(")[1].lstrip().startswith("'loop_returns', ")
        and reference.removeprefix("ref(").strip("'") not in SEEDS_OF_THE_USER
    }
    assert not bare, "Write ref('loop_returns', '<model>') instead of ref('<model>')"


def test_only_staging_names_sources() -> None:
    named = {
        file.relative_to(MODELS).parts[0]
        for file in sql_files()
        if re.search(r"\b(source|raw_rows|typed_rows)\(", file.read_text())
    }
    assert named == {"staging"}


@pytest.mark.parametrize("file", sql_files(), ids=lambda file: file.stem)
def test_a_model_joins_at_most_seven_times(file: Path) -> None:
    assert len(re.findall(r"\bjoin\b", file.read_text())) <= MOST_JOINS


@pytest.mark.parametrize("file", sql_files(), ids=lambda file: file.stem)
def test_a_final_step_lists_its_columns(file: Path) -> None:
    final = re.search(
        r"^final as \($(.*?)^\)", file.read_text(), re.MULTILINE | re.DOTALL
    )
    if file.relative_to(MODELS).parts[0] == "marts" and final:
        assert not re.search(r"^\s+(\w+\.)?\*", final[1], re.MULTILINE)


@pytest.mark.parametrize("file", sql_files(), ids=lambda file: file.stem)
def test_no_table_is_called_by_a_letter(file: Path) -> None:
    assert not re.search(r"\b(?:from|join)\s+\S+\s+as\s+\w{1,2}\b", file.read_text())


def test_the_table_of_questions_holds_every_flag_that_a_report_chooses_by() -> None:
    facts = yaml.safe_load((MODELS / "marts/_marts__models.yml").read_text())["models"]
    flags = {
        column["name"]
        for model in facts
        if model["name"] in {"fct_orders", "fct_returns", "fct_return_lines"}
        for column in model["columns"]
        if column["data_type"] == "boolean"
    }
    chosen = {
        word
        for folder in ("marts/reports", "semantic")
        for file in (
            *(MODELS / folder).rglob("*.sql"),
            *(MODELS / folder).glob("*ics.yml"),
        )
        for word in re.findall(r"\b(?:is|has)_\w+", file.read_text())
    }
    readme = (ROOT / "transform/README.md").read_text()
    table = readme.split("## Which rows answer which question")[1].split("\n## ")[0]
    named = set(re.findall(r"\b(?:is|has)_\w+", table))
    assert flags & chosen - named - TOLD_OF_A_RETURN == set()


def test_access_and_group_are_configs_and_not_keys_of_a_model() -> None:
    """dbt deprecates these two as keys of a model, on every warehouse."""
    wrong = [
        model["name"]
        for file in MODELS.rglob("*.yml")
        for model in yaml.safe_load(file.read_text()).get("models", ())
        if model.keys() & {"access", "group"}
    ]
    assert not wrong


def test_public_models_are_contracted_and_described(
    models: list[dict[str, Any]],
) -> None:
    public = [one for one in models if one["fqn"][1] == "marts"]
    assert public
    for one in public:
        assert one["access"] == "public", one["name"]
        assert one["contract"]["enforced"], one["name"]
        assert one["description"].startswith("One row"), one["name"]
        assert all(column["description"] for column in one["columns"].values()), one[
            "name"
        ]


def test_every_model_is_described_and_has_a_tested_key(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    keyed = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name")
        in ("unique", "unique_combination")
    }
    assert not [one["name"] for one in models if not one["description"]]
    one_row = {"int_data_through", "int_return_maturity"}
    assert not [
        one["name"]
        for one in models
        if one["unique_id"] not in keyed and one["name"] not in one_row
    ]


def test_every_watermark_is_compared(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    """The data test that compares watermarks runs after every table that has one."""
    watermarks = "model.loop_returns.int_watermarks"
    queue = ["test.loop_returns.assert_incremental_tables_agree"]
    compared = set()
    while queue:
        for parent in manifest["nodes"][queue.pop()]["depends_on"]["nodes"]:
            if parent.startswith("model.") and parent not in compared:
                compared.add(parent)
                queue.append(parent)
    tracked = {
        one["unique_id"] for one in models if watermarks in one["depends_on"]["nodes"]
    }
    incremental = {
        one["unique_id"]
        for one in models
        if one["config"]["materialized"] == "incremental"
    }
    assert tracked <= compared
    assert {one.split(".")[-1] for one in incremental - tracked} == {
        "int_watermarks",
        # These tables record the past, and no build changes them.
        "int_sync_audits_compared",
        "int_ledger_entries_closed",
        "int_return_milestones_kept",
    }


def test_every_question_has_an_exposure(manifest: dict[str, Any]) -> None:
    assert (
        len(
            [
                one
                for one in manifest["exposures"].values()
                if one["package_name"] == "loop_returns"
            ]
        )
        >= 7
    )
