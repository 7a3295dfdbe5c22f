"""The embedded loader stores every row and value, and reports values that it cannot
store."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime

import duckdb
import pytest

from loop_simulator import Simulator
from tools.project import ROOT

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


def lines(stream, rows, properties, keys=("id",)):
    yield {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": properties},
        "key_properties": list(keys),
    }
    for row in rows:
        yield {"type": "RECORD", "stream": stream, "record": row}


def run(folder, messages, *, process=None, **settings):
    """Run the loader; messages are objects, or the bytes of their lines."""
    config = {
        "path": str(folder / "raw.duckdb"),
        "default_target_schema": "raw_rows",
    } | settings
    (folder / "config.json").write_text(json.dumps(config))
    encoded = (
        message if isinstance(message, bytes) else json.dumps(message).encode()
        for message in messages
    )
    return subprocess.run(
        [LOADER / "target-duckdb-exact", "--config", folder / "config.json"],
        input=b"\n".join(encoded) + b"\n",
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | (process or {}),
    )


def load(folder, messages, batch=20_000, **settings):
    done = run(folder, messages, batch_size_rows=batch, **settings)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return folder / "raw.duckdb"


def refusal(folder, messages, **settings):
    """Return the one line of the error with which the loader ends."""
    done = run(folder, messages, **settings)
    assert done.returncode == 1
    said = done.stderr.decode().splitlines()
    return next(line for line in said if line.startswith("target-duckdb: "))


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
    """Earlier versions of the loader created tables with such an index."""
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


def test_keys_that_differ_in_one_part_are_two_rows(tmp_path):
    properties = {"a": TEXT, "b": TEXT, "text": TEXT}
    rows = [
        {"a": "a,b", "b": "c", "text": "1"},
        {"a": "a", "b": "b,c", "text": "2"},
        {"a": "x", "b": None, "text": "3"},
        {"a": "x", "b": "None", "text": "4"},
        {"a": "x", "b": "", "text": "5"},
    ]
    for _ in range(3):
        file = load(tmp_path, lines("parts", rows, properties, ("a", "b")))
    found = ask(file, "select text from raw_rows.parts order by 1")
    assert found == [("1",), ("2",), ("3",), ("4",), ("5",)]


def test_a_record_without_any_part_of_its_key_is_refused(tmp_path):
    said = refusal(tmp_path, lines("notes", [{"text": "x"}], SCHEMA))
    assert "A record of notes lacks its key: id." in said


def test_a_value_of_another_type_is_named_by_column_and_key_never_shown(tmp_path):
    properties = {"id": TEXT, "count": {"type": ["null", "integer"]}}
    rows = [{"id": "r1", "count": 1}, {"id": "r2", "count": "jane@example.com"}]
    messages = [*lines("notes", rows, properties)]
    done = run(tmp_path, messages)
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "column count takes HUGEINT" in said
    assert "key r2" in said
    assert "jane" not in said
    assert "Traceback" not in said
    assert not done.stdout


MARKER = "Avery Sample"
KINDS = {
    "id": {"type": "string"},
    "text": TEXT,
    "whole": {"type": ["null", "integer"]},
    "number": {"type": ["null", "number"]},
    "flag": {"type": ["null", "boolean"]},
    "moment": TEXT | {"format": "date-time"},
    "time": TEXT | {"format": "time"},
    "more": {"type": ["null", "object"]},
}
MARKED = {"id": "r1", "text": MARKER, "more": {MARKER: [MARKER]}}


def marked(keys=("id",), **values):
    return [*lines("notes", [MARKED | values], KINDS, keys)]


def after(*sent):
    """Return a schema message, a valid record, and then the given lines unchanged."""
    return [*marked(), *(line.encode() for line in sent)]


RECORD = '{"type":"RECORD","stream":"notes","record":'


@pytest.mark.parametrize(
    "messages",
    [
        *(
            pytest.param(marked(**{name: value}), id=f"{name} {value!r:.12}")
            for name in ("whole", "number", "flag", "moment", "time")
            for value in (MARKER, {"a": MARKER}, [MARKER])
        ),
        pytest.param(marked(keys=("whole",), whole=MARKER), id="key of another type"),
        pytest.param(marked(keys=("id", "whole"), whole=MARKER), id="part of a key"),
        pytest.param(marked(id=None), id="no key"),
        pytest.param(after(RECORD + f'{{"id":"2","text":"{MARKER}"'), id="cut"),
        pytest.param(after(RECORD + f'"{MARKER}"}}'), id="text"),
        pytest.param(after(RECORD + f'["{MARKER}"]}}'), id="list"),
        pytest.param(after(RECORD + f'{{"id":"2","{MARKER}}}'), id="half a name"),
        pytest.param(
            after(RECORD + f'{{"id":"2","text":"a","text":"{MARKER}"}}}}'),
            id="a name twice",
        ),
        pytest.param(
            after(RECORD + '{"id":"2","more":' + '{"a":' * 9_000 + f'"{MARKER}"'),
            id="deep and cut",
        ),
        pytest.param(after(f'{{"type":"STATE","value":{{"{MARKER}"'), id="state cut"),
        pytest.param(after(f"{MARKER}"), id="no message"),
        pytest.param(
            [{"type": "RECORD", "stream": "notes", "record": MARKED}], id="no schema"
        ),
    ],
)
def test_no_marker_is_in_the_log_of_a_load_that_fails(tmp_path, messages):
    done = run(tmp_path, messages)
    assert MARKER.encode() not in done.stderr
    assert b"Traceback" not in done.stderr
    assert not done.stdout
    if done.returncode == 0:
        assert ask(tmp_path / "raw.duckdb", "select * from raw_rows.notes")


def end_the_disk():
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        ("no room", "The disk is full; free some space, then run again."),
        ("no batch file", "Is a directory"),
        ("no reader", "has ended; see its log, then run again."),
    ],
)
def test_a_flush_that_fails_says_what_to_do_and_shows_no_value(
    tmp_path, trouble, advice
):
    rows = [MARKED | {"id": f"r{n}", "text": MARKER * 9} for n in range(5_000)]
    sent = [*lines("notes", rows, KINDS), {"type": "STATE", "value": {"a": 1}}]
    if trouble == "no batch file":
        (tmp_path / "raw.duckdb.batch").mkdir()
    reading, writing = os.pipe()
    os.close(reading)
    done = run(
        tmp_path,
        sent,
        process={
            "stdout": writing if trouble == "no reader" else subprocess.PIPE,
            "preexec_fn": end_the_disk if trouble == "no room" else None,
        },
    )
    os.close(writing)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert MARKER not in said
    assert "Traceback" not in said
    last = said.splitlines()[-1]
    assert last.startswith("target-duckdb: ")
    assert advice in last
    assert "config.json" not in last
    assert not done.stdout


def test_a_commit_on_a_full_disk_is_named_and_the_next_run_completes_it(tmp_path):
    rows = [{"id": f"r{n}", "text": f"{n}" * 99} for n in range(20_000)]
    sent = list(lines("notes", rows, {"id": TEXT, "text": TEXT}))

    def end_the_disk_later():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    process = {"preexec_fn": end_the_disk_later}
    done = run(tmp_path, sent, process=process, batch_size_rows=1_000)
    assert done.returncode == 1
    assert b"disk is full" in done.stderr.splitlines()[-1]
    file = load(tmp_path, sent, 1_000)
    assert ask(file, "select count(*) from raw_rows.notes") == [(20_000,)]


def test_names_of_properties_are_no_sql(tmp_path):
    name = """a" varchar); drop table notes; --' """
    properties = {"id": TEXT, name: TEXT}
    file = load(tmp_path, lines("notes", [{"id": "r", name: "x"}], properties))
    assert ask(file, "select * exclude _sdc_batched_at from raw_rows.notes") == [
        ("r", "x")
    ]


def test_a_batch_ends_at_a_number_of_bytes(tmp_path):
    rows = [{"id": f"r{n}", "text": "x" * 20_000} for n in range(10)]
    done = run(tmp_path, lines("notes", rows, SCHEMA), batch_size_bytes=50_000)
    assert done.stderr.decode().count("Loading 3 rows") == 3


def test_a_record_that_is_too_large_is_refused_by_its_line(tmp_path):
    row = {"id": "r", "text": "x" * 128 * 1024 * 1024}
    said = refusal(tmp_path, lines("notes", [row], SCHEMA))
    assert "Line 2 of the input is longer than" in said


def test_what_a_killed_loader_left_is_removed_by_the_next(tmp_path):
    left = tmp_path / "raw.duckdb.batch"
    left.write_text("a shopper")
    load(tmp_path, lines("notes", [], SCHEMA))
    assert not left.exists()


def test_the_file_is_for_its_owner_alone(tmp_path):
    file = load(tmp_path, lines("notes", [{"id": "r"}], SCHEMA))
    assert file.stat().st_mode & 0o077 == 0


def test_a_web_server_may_read_the_folder_of_the_report(tmp_path):
    messages = lines("notes", [{"id": "r"}], SCHEMA)
    folder = tmp_path / "new/local"
    path = str(folder / "raw.duckdb")
    assert run(tmp_path, messages, path=path, process={"umask": 0o022}).returncode == 0
    assert folder.stat().st_mode & 0o777 == 0o755
    assert (folder / "raw.duckdb").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("other", ["Notes", "no-tes", "no.tes"])
def test_two_streams_of_one_table_are_refused(tmp_path, other):
    """Rows of one stream would replace rows of the other that have the same key."""
    first = "notes" if other == "Notes" else "no_tes"
    messages = [
        message
        for stream in (first, other)
        for message in lines(stream, [{"id": "r", "text": stream}], SCHEMA)
    ]
    said = refusal(tmp_path, messages)
    assert f"Streams {first} and {other} have one table" in said
    # The next run, with only one of the streams, works as before.
    file = load(tmp_path, lines(first, [{"id": "r", "text": first}], SCHEMA))
    assert ask(file, f"select text from raw_rows.{first}") == [(first,)]


def test_a_file_that_another_program_has_open_is_named(tmp_path):
    with duckdb.connect(str(tmp_path / "raw.duckdb")):
        said = refusal(tmp_path, lines("notes", [{"id": "r"}], SCHEMA))
    assert f"(process {os.getpid()}). Close it, then run again" in said


def test_a_file_that_cannot_be_opened_is_named_with_the_reason(tmp_path):
    (tmp_path / "raw.duckdb").mkdir()
    said = refusal(tmp_path, lines("notes", [{"id": "r"}], SCHEMA))
    assert "Is a directory" in said
    assert "nothing was written" in said


def test_a_path_may_begin_with_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    messages = lines("notes", [{"id": "r"}], SCHEMA)
    assert run(tmp_path, messages, path="~/own/raw.duckdb").returncode == 0
    assert ask(tmp_path / "own/raw.duckdb", "select id from raw_rows.notes") == [("r",)]


def test_halves_of_surrogate_pairs_and_bytes_that_are_no_text_are_replaced(tmp_path):
    schema = next(lines("notes", [], SCHEMA))
    record = b'{"type":"RECORD","stream":"notes","record":{"id":"%s","text":"%s"}}'
    texts = {
        b"1": rb"Mug \ud83e blue",
        b"2": b"caf\xe9",
        b"3": rb"\ud83e\udd1d",
        b"4": rb"\\ud83e",
        b"5": rb"a\u0000b",
    }
    file = load(tmp_path, [schema, *(record % pair for pair in texts.items())])
    found = dict(ask(file, "select id, text from raw_rows.notes"))
    assert found == {
        "1": "Mug \ufffd blue",
        "2": "caf\ufffd",
        "3": "\U0001f91d",
        "4": r"\ud83e",
        "5": "a\0b",
    }


def test_a_property_without_a_type_keeps_any_value(tmp_path):
    rows = [{"id": "1", "any": "text"}, {"id": "2", "any": {"a": [1]}}]
    file = load(tmp_path, lines("notes", rows, {"id": TEXT, "any": {}}))
    found = ask(file, 'select "any" from raw_rows.notes order by id')
    assert [json.loads(value) for (value,) in found] == ["text", {"a": [1]}]


def test_a_column_of_another_type_keeps_its_values_under_another_name(tmp_path):
    load(tmp_path, lines("notes", [{"id": "1", "n": "a"}], {"id": TEXT, "n": TEXT}))
    number = {"id": TEXT, "n": {"type": ["null", "integer"]}}
    file = load(tmp_path, lines("notes", [{"id": "2", "n": 5}], number))
    [(former,)] = ask(
        file,
        "select column_name from duckdb_columns() where column_name like 'n#_2%' escape '#'",
    )
    found = ask(file, f"select id, n, {former} from raw_rows.notes order by id")
    assert found == [("1", None, "a"), ("2", 5, None)]


def test_a_key_of_another_type_still_replaces_its_row(tmp_path):
    number, text = {"type": ["integer", "null"]}, {"text": TEXT}
    load(
        tmp_path,
        lines("notes", [{"ID": 1, "text": "a"}], {"ID": number} | text, ["ID"]),
    )
    row = {"ID": "1", "text": "b"}
    file = load(tmp_path, lines("notes", [row], {"ID": TEXT} | text, ["ID"]))
    assert ask(file, "select id, text from raw_rows.notes") == [("1", "b")]
    row = {"ID": "x", "text": "c"}
    load(tmp_path, lines("notes", [row], {"ID": TEXT} | text, ["ID"]))
    row = {"ID": 1, "text": "d"}
    said = refusal(tmp_path, lines("notes", [row], {"ID": number} | text, ["ID"]))
    assert "notes" in said
    assert "The key id" in said
    assert len(ask(file, "select id from raw_rows.notes")) == 2


def test_a_state_is_printed_only_once_its_records_are_written(tmp_path):
    rows = [{"id": "r1"}, {"id": "r2"}, {"id": "r3", "moment": "no moment"}]
    schema, first, second, third = lines("notes", rows, SCHEMA)
    states = [{"type": "STATE", "value": n} for n in (1, 2)]
    messages = [schema, first, states[0], second, states[1], third]
    done = run(tmp_path, messages, batch_size_rows=1)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [b"1"]
    found = ask(tmp_path / "raw.duckdb", "select id from raw_rows.notes order by 1")
    assert found == [("r1",), ("r2",)]


def test_a_setting_that_is_not_known_is_refused(tmp_path):
    said = refusal(tmp_path, [], validate_records=True)
    assert "validate_records" in said


def test_every_value_of_every_stream_arrives(tmp_path):
    """The tables contain the values that Python reads from the messages."""
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
    """The value in a table; timestamps are in UTC."""
    if value is None:
        return None
    if kind == "TIMESTAMP":
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if kind == "DOUBLE":
        return float(value)
    return value
