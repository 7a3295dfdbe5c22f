"""The loader keeps every row and every value; its released form does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import duckdb
import pytest

from loop_simulator import Simulator

from .conftest import ROOT

LOADER = ROOT / ".meltano/loaders/target-duckdb/venv/bin"
TEXT = {"type": ["null", "string"]}
SCHEMA = {
    "id": {"type": "string"},
    "text": TEXT,
    "amount": TEXT | {"format": "x-singer.decimal"},
    "moment": TEXT | {"format": "date-time"},
    "more": {"type": ["null", "object"]},
}
AWKWARD = [
    "plain",
    "a,b;c|d\te",
    'says "hi"',
    "it's",
    "line\nbreak",
    "carriage\r\nreturn",
    "gift \N{WRAPPED PRESENT}",
    "back\\slash",
    "007",
    "1.10",
    "12e5",
    "NULL",
    "  padded  ",
    '"',
    '""',
    "\ufeffmark",
    "\\N",
    "x" * 5000,
]


def lines(stream, rows, properties):
    yield {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": properties},
        "key_properties": ["id"],
    }
    for row in rows:
        yield {"type": "RECORD", "stream": stream, "record": row}


def load(folder, messages, batch=20_000, program="target-duckdb-exact", **settings):
    file = folder / "raw.duckdb"
    config = {
        "path": str(file),
        "default_target_schema": "raw_rows",
        "batch_size_rows": batch,
        "flush_all_streams": True,
    } | settings
    (folder / "config.json").write_text(json.dumps(config))
    done = subprocess.run(
        [LOADER / program, "--config", folder / "config.json"],
        input="".join(json.dumps(message) + "\n" for message in messages),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return file


def ask(file, query):
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("count", [1, 2, 3, 50, 21_000])
def test_rows_of_text_alone_all_arrive(tmp_path, count):
    rows = [{"id": f"r{n}", "text": f"value {n}"} for n in range(count)]
    only_text = {name: SCHEMA[name] for name in ("id", "text")}
    file = load(tmp_path, lines("notes", rows, only_text))
    found = ask(file, "select id, text from raw_rows.notes")
    assert sorted(found) == sorted((row["id"], row["text"]) for row in rows)


def test_awkward_values_arrive_as_they_left(tmp_path):
    rows = [
        {
            "id": f"r{n}",
            "text": text,
            "amount": "10.10",
            "moment": "2025-01-31T23:59:59Z",
            "more": {"q": text},
        }
        for n, text in enumerate(AWKWARD)
    ]
    file = load(tmp_path, lines("notes", rows, SCHEMA))
    found = ask(
        file,
        "select id, text, amount, strftime(moment, '%c'), more from raw_rows.notes",
    )
    assert len(found) == len(rows)
    by_id = {row[0]: row for row in found}
    for row in rows:
        _, text, amount, moment, more = by_id[row["id"]]
        assert (text, amount) == (row["text"], "10.10")
        assert moment == "2025-01-31 23:59:59"
        assert json.loads(more) == row["more"]


def test_a_moment_with_an_offset_is_kept_in_utc(tmp_path):
    row = {"id": "r", "moment": "2025-01-31T23:30:00-05:00"}
    file = load(tmp_path, lines("notes", [row], SCHEMA))
    found = ask(file, "select strftime(moment, '%c') from raw_rows.notes")
    assert found == [("2025-02-01 04:30:00",)]


def test_a_later_batch_replaces_rows_by_key(tmp_path):
    rows = [{"id": f"r{n % 10}", "text": f"value {n}"} for n in range(100)]
    file = load(tmp_path, lines("notes", rows, SCHEMA), batch=7)
    found = ask(file, "select id, text from raw_rows.notes order by id")
    assert found == [(f"r{n}", f"value {90 + n}") for n in range(10)]


def test_a_table_with_an_indexed_key_takes_rows_too(tmp_path):
    """Tables of the loader as it was have one."""
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as connection:
        connection.execute("create schema raw_rows")
        connection.execute(
            "create table raw_rows.notes (id varchar primary key, text varchar)"
        )
        connection.execute("insert into raw_rows.notes values ('r1', 'old')")
    rows = [{"id": "r1", "text": "new"}, {"id": "r2", "text": "more"}]
    only_text = {name: SCHEMA[name] for name in ("id", "text")}
    file = load(tmp_path, lines("notes", rows, only_text))
    found = ask(file, "select id, text from raw_rows.notes order by id")
    assert found == [("r1", "new"), ("r2", "more")]


def test_a_table_may_be_all_key(tmp_path):
    rows = [{"id": "r1"}, {"id": "r2"}, {"id": "r1"}]
    file = load(tmp_path, lines("notes", rows, {"id": SCHEMA["id"]}), batch=1)
    assert ask(file, "select id from raw_rows.notes order by 1") == [("r1",), ("r2",)]


def test_the_loaders_own_columns_are_added_if_asked_for(tmp_path):
    messages = [*lines("notes", [{"id": "r", "text": "x"}], SCHEMA)]
    messages[-1]["time_extracted"] = "2025-01-31T23:30:00Z"
    file = load(tmp_path, messages, add_metadata_columns=True)
    query = "select id, text, _sdc_extracted_at, _sdc_batched_at from raw_rows.notes"
    [(key, text, extracted, batched)] = ask(file, query)
    assert (key, text, extracted) == ("r", "x", datetime(2025, 1, 31, 23, 30))  # noqa: DTZ001
    assert batched is not None


def test_every_value_of_every_stream_arrives(tmp_path):
    """What Python reads in the messages is what stands in the tables."""
    messages = [*map(json.loads, recorded(tmp_path))]
    file = load(tmp_path, messages, batch=100)
    schemas = {m["stream"]: m for m in messages if m["type"] == "SCHEMA"}
    sent = {stream: {} for stream in schemas}
    for message in messages:
        if message["type"] == "RECORD":
            record = message["record"]
            keys = schemas[message["stream"]]["key_properties"]
            sent[message["stream"]][tuple(record[key] for key in keys)] = record
    for stream, schema in schemas.items():
        query = "select column_name, data_type from duckdb_columns() where table_name ="
        kinds = dict(ask(file, f"{query} '{stream}'"))
        names = list(schema["schema"]["properties"])
        columns = ", ".join(
            f"""strftime("{name}", '%c')"""
            if kinds[name.lower()] == "TIMESTAMP"
            else f'"{name}"'
            for name in names
        )
        found = ask(file, f"select {columns} from raw_rows.{stream}")
        expected = [
            tuple(expect(record.get(name), kinds[name.lower()]) for name in names)
            for record in sent[stream].values()
        ]
        arrived = [
            tuple(
                value and json.loads(value) if kinds[name.lower()] == "JSON" else value
                for name, value in zip(names, row, strict=True)
            )
            for row in found
        ]
        assert sorted(arrived, key=repr) == sorted(expected, key=repr), stream
    assert len(sent) > 10


def recorded(folder):
    """The messages of the tap's streams and of the shop's, for a small shop."""
    with Simulator(returns=60) as loop:
        settings = os.environ | {
            "TAP_LOOP_RETURNS_API_KEY": "test-key",
            "TAP_LOOP_RETURNS_API_URL": loop.url,
            "SIMULATOR_URL": loop.base_url,
        }
        commands = (
            ["tap_loop_returns", "--config=ENV"],
            ["demo.sources.shopify"],
        )
        for command in commands:
            done = subprocess.run(
                [sys.executable, "-m", *command],
                capture_output=True,
                check=True,
                cwd=folder,
                env=settings | {"PYTHONPATH": str(ROOT)},
            )
            yield from done.stdout.splitlines()


def expect(value, kind):
    """What a table holds of a value: null for empty text, moments in UTC."""
    if value is None or value == "":
        return None
    if kind == "TIMESTAMP":
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if kind == "DOUBLE":
        return float(value)
    return value


def test_the_released_loader_still_loses_a_row(tmp_path):
    """When this fails, the launcher in loader/ may have become needless."""
    only_text = {name: SCHEMA[name] for name in ("id", "text")}
    row = {"id": "r1", "text": "value"}
    file = load(tmp_path, lines("notes", [row], only_text), program="target-duckdb")
    assert ask(file, "select count(*) from raw_rows.notes") == [(0,)]
