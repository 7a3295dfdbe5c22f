"""Meltano loads a shop with returns in every state; then the shop changes."""

from __future__ import annotations

import shutil
from decimal import Decimal

import duckdb
import pytest

from .comparison import ShortageError, compare_all, compare_returns
from .project import open_project

pytestmark = pytest.mark.slow

CHANGES = {"change": 50, "add": 20, "cancel": 5, "remove_lines": 3}
# Each of the three listings is requested by changes and, for the daily sweep, by
# creation; a changed shop may fill a second page.
FEW_REQUESTS = 12


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A shop with 600 returns, loaded once."""
    folder = tmp_path_factory.mktemp("shop")
    with open_project(folder, "--returns", "600", "--seed", "7") as project:
        project.load()
        yield project


@pytest.fixture(scope="module")
def changed(loaded):
    """The same shop after a day's changes and a second run, with the list of changes."""
    loaded.shop.forget_requests()
    done = loaded.shop.change(**CHANGES)
    loaded.load()
    return done, loaded.shop.requests()


def test_every_stream_arrives_whole_in_every_state(loaded):
    rows = compare_all(loaded.shop, loaded.raw)
    truth = loaded.shop.truth()
    assert rows["returns"] == truth["returns"]["count"] == 600
    assert rows["return_line_items"] == truth["line_items"]["count"]
    assert rows["return_exchanges"] == truth["exchanges"]["count"]
    assert rows["return_labels"] == truth["labels"]["count"]
    assert rows["return_refunds"] == truth["refunds"]["count"]
    assert set(truth["returns"]["by_state"]) == {
        *("open", "closed", "cancelled", "expired", "review")
    }


def test_money_arrives_to_the_cent_as_exact_text(loaded):
    for currency, amounts in loaded.shop.truth()["returns"]["money"].items():
        for name, total in amounts.items():
            [(arrived, kind)] = loaded.raw_rows(
                f"select sum(cast({name} as decimal(18, 4))), any_value(typeof({name}))"
                f" from tap_loop_returns.returns where currency = '{currency}'"
            )
            assert (kind, arrived) == ("VARCHAR", Decimal(total)), name


def test_the_comparison_names_a_stream_that_lost_a_row(loaded, tmp_path):
    raw = shutil.copy(loaded.raw, tmp_path / "raw.duckdb")
    with duckdb.connect(str(raw)) as connection:
        connection.execute("delete from tap_loop_returns.return_labels where rowid = 3")
    with pytest.raises(ShortageError, match=r"return_labels of .* arrived"):
        compare_returns(loaded.shop, raw)


def test_a_second_run_reads_only_what_changed(changed, record_property):
    done, requests = changed
    assert {name: len(rows) for name, rows in done.items()} == CHANGES
    served = sum(request["rows"] for request in requests)
    assert len(requests) <= FEW_REQUESTS
    assert served < 100
    record_property("requests", len(requests))


def test_the_second_run_leaves_no_difference(loaded, changed):
    assert compare_all(loaded.shop, loaded.raw)["returns"] == 620


def test_a_third_run_changes_nothing(loaded, changed):
    query = (
        "select * exclude (sync_id, _sdc_batched_at)"
        " from tap_loop_returns.return_line_items order by all"
    )
    before = loaded.raw_rows(query)
    loaded.run("tap-loop-returns", "target-duckdb")
    assert loaded.raw_rows(query) == before


def test_any_other_target_takes_the_streams(loaded, tmp_path):
    loaded.run(
        "--full-refresh",
        "tap-loop-returns",
        "target-jsonl",
        TARGET_JSONL_DESTINATION_PATH=str(tmp_path),
    )
    lines = (tmp_path / "returns.jsonl").read_text().splitlines()
    assert len(lines) == loaded.shop.truth()["returns"]["count"]
