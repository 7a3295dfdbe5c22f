"""Every documented variable works with values other than its default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from tests.transform.conftest import ROOT, Warehouse, land_world
from tests.transform.forked_dbt import PROJECT, WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

OTHERS: dict[str, Any] = {
    "store_id": "Bob's",
    "store_timezone": "Asia/Kathmandu",
    "reporting_currency": "CAD",
    "own_hosts": ["shop.example", "bob's.example"],
    "data_through_date": "2025-06-01",
    "exchange_order_prefixes": ["EX(", "X'"],
    "exchange_app_ids": ["1", "it's"],
    "exchange_order_tags": ["Swap's"],
    "replacement_order_tags": ["100% new_one"],
    "excluded_order_tags": ["Don't ship"],
    "non_merchandise_product_types": ["Bob's cover"],
    "sales_channels_without_loop": ["retail's"],
    "return_policy_window_days": 30,
    "return_policy_periods": {"2025-01-01": "Bob's 30 days", "2025-03-01": "14"},
    "return_maturity_days": 45,
    "mature_share_minimum": 0.5,
    "repurchase_window_days": 60,
    "return_limit_days": 30,
    "ledger_closed_through_date": "2025-06-30",
    "handling_fee_collection": "charged",
    "goods_cost_share": 0.4,
    "recovery_share": 0.8,
    "pass_through_columns": {
        "returns": [
            {"name": "total", "type": "money", "alias": "raw_total"},
            {"name": "refund_before_inspection", "type": "boolean"},
            {"name": "status_page_url"},
            {"name": "additional_fields.custom.Note"},
            {"name": "additional_fields.custom.Gift-note"},
            {"name": "additional_fields.custom", "alias": "custom_fields"},
        ],
        "return_line_items": [
            {"name": "condition_note"},
            {"name": "refund_tax", "type": "money"},
        ],
        "orders": [
            {"name": "number", "type": "integer", "alias": "order_number"},
            {"name": "closedAt", "type": "timestamp", "alias": "closed_at"},
            {
                "name": "totalReceivedSet.shopMoney.amount",
                "type": "money",
                "alias": "received_amount",
            },
        ],
        "order_lines": [
            {
                "name": "discountedTotalSet.shopMoney.amount",
                "type": "money",
                "alias": "line_total",
            },
            {"name": "originalUnitPriceSet.presentmentMoney.currencyCode"},
            {"name": "taxLines"},
        ],
    },
}
"""A value other than the default of each variable, except those for raw tables, sources,
views and minimums of ranks."""
EMPTY = {name: None for name, value in OTHERS.items() if isinstance(value, list | dict)}
"""Lists and mappings without a value, as YAML reads a name and a colon alone."""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = land_world(tmp_path_factory.mktemp("variables"), "golden")
    assert world.raw
    write_notes(world.raw, "first")
    return world.raw


def write_notes(raw: Path, text: str) -> None:
    """Write an undocumented field into each return, and a note into each return line."""
    with duckdb.connect(str(raw)) as tables:
        tables.execute(
            "update tap_loop_returns.returns set additional_fields ="
            f" json_object('custom', json_object('Note', '{text} ' || id,"
            " 'Gift-note', id))"
        )
        tables.execute(
            "update tap_loop_returns.return_line_items set condition_note ="
            f" '{text} ' || line_item_id"
        )


@pytest.fixture(scope="module")
def built(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    shop = Warehouse(tmp_path_factory.mktemp("others"), raw=raw)
    return build_with_others(shop, "--exclude-resource-type", "unit_test")


def build_with_others(shop: Warehouse, *words: str) -> Warehouse:
    return shop.build(
        *words,
        **(VARIABLES | OTHERS | {"return_policy_window_days": None}),
    )


def test_every_documented_variable_has_another_value() -> None:
    project = yaml.safe_load((ROOT / "transform/dbt_project.yml").read_text())
    elsewhere = {
        name
        for name in project["vars"]
        if name.endswith(("_schema", "_source", "_views"))
        or name.startswith("minimum_")
    }
    assert set(OTHERS) == set(project["vars"]) - elsewhere
    assert all(value != project["vars"][name] for name, value in OTHERS.items())


def test_the_project_builds_with_lists_and_mappings_without_a_value(
    raw: Path, tmp_path: Path
) -> None:
    variables = {**VARIABLES, "return_policy_window_days": 30}
    shop = Warehouse(tmp_path, raw=raw).build(
        "--exclude-resource-type", "unit_test", **(variables | EMPTY)
    )
    built_whole_at = (
        "select built_whole_at from analytics_intermediate.int_watermarks"
        " where table_name = 'int_orders'"
    )
    before = shop.rows(built_whole_at)
    assert before
    empty = {name: type(OTHERS[name])() for name in EMPTY}
    empty["pass_through_columns"] = {"returns": None, "orders": []}
    result = shop.dbt("run", "--select", "int_orders", **(variables | empty))
    assert not result.code, result.output[-2_000:]
    assert shop.rows(built_whole_at) == before


def test_fields_pass_through_with_type_and_alias_also_when_they_alone_change(
    built: Warehouse,
) -> None:
    assert built.raw
    for text in ("first", "second"):
        write_notes(built.raw, text)
        if text == "second":
            build_with_others(built, *WITHOUT_TESTS)
        for fact, table, key, raw_key, columns in PASSED:
            names, fields = columns.keys(), columns.values()
            found = built.rows(f"select {key}, {', '.join(names)} from {fact}")
            expected = built.rows(
                f"select {raw_key}, {', '.join(fields)} from raw.{table}"
            )
            assert found
            assert sorted(found, key=str) == sorted(expected, key=str), fact


PASSED = [
    (
        *("fct_returns", "tap_loop_returns.returns", "loop_return_id", "id"),
        {
            "raw_total": "total::decimal(18, 4)",
            "refund_before_inspection": "refund_before_inspection",
            "status_page_url": "status_page_url",
            "note": "additional_fields->'custom'->>'Note'",
            "gift_note": "id",
            "custom_fields": "additional_fields->>'custom'",
        },
    ),
    (
        *("fct_return_lines", "tap_loop_returns.return_line_items"),
        *("loop_line_item_id", "line_item_id"),
        {
            "condition_note": "condition_note",
            "refund_tax": "refund_tax::decimal(18, 4)",
        },
    ),
    (
        *("fct_orders", "tap_shopify.orders"),
        *("order_id", "regexp_extract(id, '[0-9]+')"),
        {
            "order_number": "number::bigint",
            "closed_at": "closedat",
            "received_amount": (
                "(totalreceivedset->'shopMoney'->>'amount')::decimal(18, 4)"
            ),
        },
    ),
    (
        "fct_order_lines",
        # The fact has only lines of customers' orders.
        (
            "tap_shopify.orders, unnest(lineitems::json[]) as lines (line)"
            " where regexp_extract(line->>'id', '[0-9]+') in"
            " (select regexp_extract(sm_order_line_key, '[0-9]+$')"
            " from fct_order_lines)"
        ),
        "regexp_extract(sm_order_line_key, '[0-9]+$')",
        "regexp_extract(line->>'id', '[0-9]+')",
        {
            "line_total": (
                "(line->'discountedTotalSet'->'shopMoney'->>'amount')::decimal(18, 4)"
            ),
            "currencycode": (
                "line->'originalUnitPriceSet'->'presentmentMoney'->>'currencyCode'"
            ),
            "taxlines": "line->>'taxLines'",
        },
    ),
]
"""Fact, raw table, keys of both, and each column as an expression over the raw table."""


def test_two_fields_of_one_name_are_refused(raw: Path, tmp_path: Path) -> None:
    fields = [{"name": "total"}, {"name": "additional_fields.Total"}]
    result = Warehouse(tmp_path, raw=raw).dbt(
        *("build", "--select", "stg_loop_returns__returns"),
        **(VARIABLES | {"pass_through_columns": {"returns": fields}}),
    )
    assert result.code
    assert (
        "pass_through_columns has two fields of returns named total."
        " Give additional_fields.Total another alias."
    ) in " ".join(result.output.split())


def test_the_models_that_read_a_variable_build_with_another_value_of_it_alone(
    raw: Path, tmp_path: Path
) -> None:
    answer = tmp_path / "failed.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "transform.builds.single_variables", str(PROJECT)),
            *(json.dumps(VARIABLES), json.dumps(OTHERS), str(answer)),
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT / "tests"),
            "DUCKDB_PATH": str(tmp_path / "warehouse.duckdb"),
            "RAW_DUCKDB_PATH": str(raw),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "DBT_LOG_PATH": str(tmp_path / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert json.loads(answer.read_text()) == {}
