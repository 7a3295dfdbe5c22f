"""Meltano loads and builds a shop, and again after a day's changes, as the demo does."""

from __future__ import annotations

import shutil
from collections import Counter
from io import StringIO

import duckdb
import pytest
from rich.console import Console

from demo.answers import QUESTIONS, show
from tests.pipeline.project import open_project

pytestmark = pytest.mark.slow

CHANGES = {"change": 50, "add": 20, "cancel": 5, "remove_lines": 3}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A shop with 600 returns, loaded and built once."""
    folder = tmp_path_factory.mktemp("shop")
    with open_project(folder, "--returns", "600", "--seed", "7") as project:
        # Unit tests read no row of the shop; they run where the world `golden` is built.
        project.settings["DBT_EXCLUDE_RESOURCE_TYPES"] = "unit_test"
        project.load_and_build()
        yield project


@pytest.fixture(scope="module")
def changed(loaded):
    """The list of the changes after which the same shop was loaded and built again."""
    shutil.copy(loaded.marts, loaded.folder / "before.duckdb")
    done = loaded.shop.change(**CHANGES)
    loaded.load_and_build()
    return done


def test_all_seven_questions_are_answered(loaded):
    console = Console(file=StringIO(), width=100)
    assert show(loaded.marts, console) == len(QUESTIONS) == 7


def test_the_models_show_exactly_the_changed_shop(loaded, changed):
    returns = loaded.shop.returns()
    states = Counter(one["state"] for one in returns)
    units = {
        (one["id"], line["line_item_id"])
        for one in returns
        for line in one.get("line_items") or ()
    }
    assert dict(
        loaded.mart_rows(
            "select return_state, count(*) from analytics.fct_returns group by 1"
        )
    ) == dict(states)
    rows = loaded.mart_rows(
        "select loop_return_id, loop_line_item_id from analytics.fct_return_lines"
    )
    assert len(rows) == len(units)
    assert set(rows) == units


def test_nothing_else_moved(loaded, changed):
    touched = {
        str(entry.get("id") or entry["return_id"])
        for rows in changed.values()
        for entry in rows
    }
    before = loaded.folder / "before.duckdb"
    with duckdb.connect(str(loaded.marts), read_only=True) as now:
        now.execute(f"attach '{before}' as earlier (read_only)")
        moved = now.execute(
            "select loop_return_id from"
            " (select loop_return_id, return_state, return_updated_at, refund_amount"
            " from analytics.fct_returns except"
            " select loop_return_id, return_state, return_updated_at, refund_amount"
            " from earlier.analytics.fct_returns)"
        ).fetchall()
    assert {row[0] for row in moved} <= touched
