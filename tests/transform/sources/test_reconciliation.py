"""The models compare the tap's counts of sent rows with the raw tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from loop_simulator import Simulator
from tests.transform.conftest import Warehouse, read_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

CHECK = (
    *("build", "--select", "+assert_everything_sent_arrived"),
    *("--indirect-selection", "cautious"),
)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with everything that the tap sent."""
    folder = tmp_path_factory.mktemp("sent")
    with Simulator(world="shop", returns=60, seed=3) as simulator:
        read_world(folder, simulator, ["tap_loop_returns"])
    return folder / "raw.duckdb"


@pytest.fixture
def check(raw: Path, tmp_path: Path) -> Callable[[str], tuple[int, str]]:
    """Change a copy of the raw file and build the comparison."""
    copy = tmp_path / "raw.duckdb"
    copy.write_bytes(raw.read_bytes())
    here = Warehouse(tmp_path)

    def run(sql: str) -> tuple[int, str]:
        with duckdb.connect(str(copy)) as connection:
            connection.execute("use tap_loop_returns")
            connection.execute(sql)
        result = here.dbt(*CHECK)
        return result.code, result.output

    return run


def test_a_missing_row_is_told_and_forgotten_by_no_full_refresh(
    check: Callable[[str], tuple[int, str]],
) -> None:
    code, said = check("delete from webhooks where rowid = 0")
    assert code == 1
    assert "webhooks: 1 of 4 keys that sync" in said
    later = """
        insert into sync_audits by name
            select * replace (sync_id || '+' as sync_id, sync_id || '+' as first_sync_id,
                1 as distinct_keys, timestamp '2016-01-01' as created_from)
            from sync_audits where stream_name = 'returns';
        update returns set sync_id = sync_id || '+' where rowid = 0
    """
    code, said = check(later)
    assert code == 1
    assert said.count("did not arrive") == 1


def test_a_sync_without_its_audit_is_told(
    check: Callable[[str], tuple[int, str]],
) -> None:
    code, said = check("delete from sync_audits")
    assert code == 1
    assert "return_labels: the audit of sync" in said
    assert "TAP_LOOP_RETURNS__SELECT" in said


def test_a_full_refresh_after_a_clock_that_was_ahead_lost_nothing(
    check: Callable[[str], tuple[int, str]],
) -> None:
    code, said = check("""
        insert into sync_audits by name
            select * replace ('2999' as sync_id, '2999' as first_sync_id)
            from sync_audits
    """)
    assert code == 0, said[-3_000:]


def test_a_copy_by_a_stream_map_is_not_compared(
    check: Callable[[str], tuple[int, str]],
) -> None:
    code, said = check("""
        insert into sync_audits by name
            select * replace ('copy' as stream_name)
            from sync_audits where stream_name = 'webhooks'
    """)
    assert code == 0, said[-3_000:]


def test_raw_that_was_lost_after_a_build_is_noticed(
    check: Callable[[str], tuple[int, str]],
) -> None:
    code, said = check("select 1")
    assert code == 0, said[-3_000:]
    code, said = check("""
        delete from sync_audits where stream_name = 'returns'; delete from returns
    """)
    assert code == 1
    assert "the raw tables were lost or restored from an older copy" in said
    assert "run --full-refresh tap-loop-returns" in said


def test_without_a_table_of_audits_nothing_fails(
    check: Callable[[str], tuple[int, str]],
) -> None:
    code, said = check("drop table sync_audits; delete from returns where rowid = 0")
    assert code == 0, said[-3_000:]


def test_tables_of_a_former_release_fail_nothing(
    check: Callable[[str], tuple[int, str]],
) -> None:
    """Such tables have neither the column `sync_id` nor audits."""
    code, said = check("""
        alter table returns drop column sync_id;
        alter table return_labels drop column sync_id;
        truncate sync_audits;
        delete from return_line_items; delete from return_exchanges;
        delete from return_outcomes; delete from return_reasons;
        delete from return_refunds; delete from webhooks; delete from destinations;
        delete from blocklist_items; delete from allowlist_items;
        delete from label_requests; delete from advanced_shipping_notices;
        delete from happy_returns_shipments; delete from happy_returns_shipment_items;
    """)
    assert code == 0, said[-3_000:]
