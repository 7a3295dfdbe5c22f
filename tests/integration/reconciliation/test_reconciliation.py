"""A loader that loses rows exits with 0: two commands report it, and one loads the rows again."""

from __future__ import annotations

import duckdb
import pytest
from pipeline.comparison import compare_returns
from pipeline.project import Project

from .lossy import Lossy, all_is_well, insist, the_command


@pytest.fixture
def lossy(shop, tmp_path):
    raw = tmp_path / "raw.duckdb"
    url = f"duckdb:///{raw}?access_mode=read_only"
    project = Project(shop, tmp_path, {"LOOP_RETURNS_RECONCILE_URL": url})
    return Lossy(project, "target-duckdb", "dbt-duckdb", "target-duckdb-exact")


def returns(project):
    """The rows, without the columns that depend on their sync."""
    with duckdb.connect(str(project.folder / "raw.duckdb"), read_only=True) as raw:
        return raw.execute(
            "select * exclude (sync_id, _sdc_batched_at) from tap_loop_returns.returns order by all"
        ).fetchall()


def test_what_a_loader_loses_is_told_until_it_is_read_again(lossy, shop):
    lossy.load(lose="return_labels:7")
    command = insist(lossy.checks(), "return_labels", 7)
    assert "DATE_FILTER=created_at" in command
    before, state = returns(lossy.project), lossy.state()
    lossy.shell(command)
    all_is_well(lossy.checks())
    assert lossy.state() == state
    assert returns(lossy.project) == before
    compare_returns(shop, lossy.project.folder / "raw.duckdb")

    shop.change(change=20, add=5)
    lossy.load(lose="returns:3")
    command = insist(lossy.checks(), "returns", 3)
    assert "DATE_FILTER=updated_at" in command
    # A later sync brings more keys than are missing; the models keep the earlier count.
    shop.change(change=20, add=5)
    lossy.load()
    assert the_command(lossy.checks()["models"]) == command
    lossy.shell(command)
    all_is_well(lossy.checks())
    compare_returns(shop, lossy.project.folder / "raw.duckdb")


def test_a_full_disk_stops_the_run_and_a_rerun_loses_nothing(lossy, shop):
    done = lossy.project.attempt("tap-loop-returns", "target-duckdb", ROOM="300000")
    assert done.returncode == 1
    assert "The disk is full; free some space, then run again." in done.stdout
    lossy.load()
    compare_returns(shop, lossy.project.folder / "raw.duckdb")
    all_is_well(lossy.checks())
