"""The loader keeps every row and every value; its released form does not."""

from __future__ import annotations

import json
import subprocess

import duckdb
import pytest

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


def load(folder, messages, batch=20_000, program="target-duckdb-exact"):
    file = folder / "raw.duckdb"
    config = {
        "path": str(file),
        "default_target_schema": "raw_rows",
        "batch_size_rows": batch,
        "flush_all_streams": True,
    }
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


def test_the_released_loader_still_loses_a_row(tmp_path):
    """When this fails, the launcher in loader/ may have become needless."""
    only_text = {name: SCHEMA[name] for name in ("id", "text")}
    row = {"id": "r1", "text": "value"}
    file = load(tmp_path, lines("notes", [row], only_text), program="target-duckdb")
    assert ask(file, "select count(*) from raw_rows.notes") == [(0,)]
