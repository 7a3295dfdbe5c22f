"""`reconcile:check` reports success only if it compared."""

from __future__ import annotations

import os
import subprocess

import duckdb
import pytest

from .conftest import ROOT

CHECK = ROOT / ".meltano/utilities/reconcile/venv/bin/loop-returns-reconcile"
TABLES = """
    create schema tap_loop_returns;
    use tap_loop_returns;
    create table returns (id varchar, sync_id varchar);
    insert into returns values ('1', '10'), ('2', '10');
    create table sync_audits (
        sync_id varchar, first_sync_id varchar, stream_name varchar,
        key_properties varchar, distinct_keys varchar, created_from timestamp,
        created_to timestamp, updated_from timestamp, updated_to timestamp
    );
    insert into sync_audits values
        ('10', '10', 'returns', 'id', '2', null, null, null, null);
"""


@pytest.fixture
def check(tmp_path):
    """Return a function that changes two returns and their audit by SQL, and runs the check."""

    def run(sql: str, **settings: str) -> tuple[int, str]:
        file = tmp_path / "raw.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute(TABLES + sql)
        settings = {"URL": f"duckdb:///{file}"} | settings
        done = subprocess.run(
            [CHECK],
            env=os.environ
            | {
                f"LOOP_RETURNS_RECONCILE_{name}": text
                for name, text in settings.items()
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    return run


def test_what_arrived_is_counted(check):
    assert check("") == (0, "Everything arrived: 2 keys of 1 streams.\n")


def test_a_missing_key_is_reported_with_the_command_that_reads_it(check):
    code, said = check("delete from returns where id = '2'")
    assert code == 1
    assert "returns: 1 of 2 keys that sync 10 sent did not arrive." in said
    assert "tap-loop-returns target-duckdb" in said


def test_the_command_selects_a_renamed_stream_by_its_name_in_the_tap(check):
    code, said = check(
        "alter table sync_audits add column tap_stream varchar;"
        "update sync_audits set tap_stream = 'return_labels';"
        "delete from returns where id = '2'"
    )
    assert code == 1
    assert """TAP_LOOP_RETURNS__SELECT='["return_labels.*", "sync_audits.*"]'""" in said


def test_the_command_reads_the_shop_of_the_schema(check):
    code, said = check(
        "delete from returns; alter table sync_audits rename to other;"
        "create schema tap_loop_returns__uk;"
        "create table tap_loop_returns__uk.returns as from returns;"
        "create table tap_loop_returns__uk.sync_audits as from other",
        SCHEMA="tap_loop_returns__uk",
    )
    assert code == 1
    assert "run --full-refresh --no-state-update tap-loop-returns--uk target" in said


CONTINUED = """
    alter table sync_audits add column previous_sync_id varchar;
    alter table sync_audits add column started_at timestamp;
    update sync_audits set
        previous_sync_id = '0', started_at = now(), updated_from = '2026-01-01';
"""


def test_a_sync_whose_previous_one_is_not_there_is_a_loss(check):
    code, said = check(CONTINUED)
    assert code == 1
    assert "returns: the rows of sync 0 are gone" in said
    assert "meltano run --full-refresh tap-loop-returns target-duckdb" in said


def test_a_full_refresh_makes_up_for_what_was_lost(check):
    code, said = check(f"""{CONTINUED}
        insert into sync_audits by name
            select * replace ('11' as sync_id, null as previous_sync_id,
                '2025-01-01' as created_from, now() + interval 1 day as created_to,
                null as updated_from)
            from sync_audits
    """)
    assert code == 0, said


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("delete from sync_audits", "sync_audits in schema tap_loop_returns is empty"),
        ("drop table sync_audits", "There is no table sync_audits"),
        ("update sync_audits set distinct_keys = 'two'", "sync 10 for stream returns"),
        ("update sync_audits set key_properties = ''", "sync 10 for stream returns"),
        ("alter table returns drop column sync_id", "No table has the column sync_id"),
    ],
)
def test_where_nothing_was_compared_the_exit_code_is_two(check, sql, sentence):
    code, said = check(sql)
    assert code == 2
    assert sentence in said


def test_a_stream_that_claims_no_keys_is_not_compared(check):
    code, _ = check("update sync_audits set distinct_keys = null; truncate returns")
    assert code == 0


def test_a_full_refresh_after_a_clock_that_was_ahead_lost_nothing(check):
    code, said = check("""
        insert into sync_audits by name
            select * replace ('2999' as sync_id, '2999' as first_sync_id)
            from sync_audits
    """)
    assert code == 0, said


def test_an_address_that_cannot_be_read_is_no_missing_row_and_is_not_shown(check):
    code, said = check("", URL="postgresql://loop:hunter2@host:port/db")
    assert code == 2
    assert "Check LOOP_RETURNS_RECONCILE_URL" in said
    assert "hunter2" not in said
