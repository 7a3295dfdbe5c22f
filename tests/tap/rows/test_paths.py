"""The page writer and the SDK write the same messages."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tap_loop_returns.output import page_writer
from tests.tap.expected import rows_of, tables
from tests.tap.harness import AUDITS, CORE, SMALL, Run, as_messages, holds

MAPS = {
    "filter": {"returns": {"__filter__": "state == 'closed'"}},
    "filter of a child": {"return_line_items": {"__filter__": "price != '0.00'"}},
    "alias": {"returns": {"__alias__": "loop_returns"}},
    "hash": {"returns": {"customer": "md5(customer) if customer else None"}},
    "drop a column": {"returns": {"customer": None}},
    "drop a stream": {"return_labels": None},
    "copy": {"returns_copy": {"__source__": "returns", "id": "id", "__else__": None}},
}


@pytest.fixture
def slow(monkeypatch):
    """Let the SDK write the rows of every stream."""
    return lambda: monkeypatch.setattr(page_writer, "can_write_pages", lambda _: False)


def counted(run: Run) -> Counter[str]:
    """How often each RECORD message occurs, without its time of extraction."""
    return Counter(
        json.dumps([m["stream"], _timeless(m["record"])], sort_keys=True, default=str)
        for m in run.lines
        if m["type"] == "RECORD"
    )


def _timeless(record: dict) -> dict:
    """An audit without the moments of its sync; any other row as it is."""
    if "stream_name" not in record:
        return record
    of_the_moment = {"sync_id", "first_sync_id", "started_at", "finished_at"}
    return {
        name: value
        for name, value in record.items()
        if name not in of_the_moment | {"created_to", "updated_to"}
    }


def final(run: Run) -> dict:
    """The last state, without the moments of the two runs."""
    state = json.loads(json.dumps(run.state))
    for entry in state["bookmarks"].values():
        for name in ("replication_key_value", "swept_through", "swept_at"):
            if name in entry:
                entry[name] = entry[name][:10]
        entry.pop("last_sync_id", None)
        entry.pop("newest", None)
    return state


def agree(run: Run, other: Run) -> None:
    assert counted(run.ok()) == counted(other.ok())
    assert run.schemas == other.schemas
    for one in (run, other):
        sent = Counter(m["stream"] for m in one.lines if m["type"] == "SCHEMA")
        assert set(sent.values()) == {1}
    assert final(run) == final(other)
    keys = {frozenset(m) for m in run.lines if m["type"] == "RECORD"}
    assert keys == {frozenset(m) for m in other.lines if m["type"] == "RECORD"}


def both(tap, slow, **kwargs) -> tuple[Run, Run]:
    run = tap.here(**kwargs)
    slow()
    return run, tap.here(**kwargs)


def test_the_default_catalog(tap, slow) -> None:
    agree(*both(tap, slow, streams=None))


@pytest.mark.parametrize("streams", [CORE, SMALL], ids=["returns", "endpoints"])
def test_the_pages_are_really_written_as_pages(tap, monkeypatch, streams) -> None:
    written = []
    write = page_writer.write
    monkeypatch.setattr(
        page_writer, "write", lambda lines: (written.append(lines), write(lines))
    )
    run = tap.here(streams=streams).ok()
    assert {m["stream"] for m in run.lines if m["type"] == "RECORD"} == set(streams)
    assert sum(lines.count(b"\n") for lines in written) == sum(counted(run).values())


def test_strange_shapes(make_loop, tap_of, slow) -> None:
    switches = {"unknown_fields": "on", "money_type": "number", "ids": "integer"}
    loop = make_loop(returns=60, switches=switches | {"timestamps": "mixed"})
    odd = {"customer": {"a": [1.50, "é\u2028"]}, "multi_currency": "perhaps"}
    loop.edit(loop.all_returns()[0]["id"], **odd)
    agree(*both(tap_of(loop), slow))


@pytest.mark.parametrize(
    "columns",
    [
        {"returns__customer": False, "returns__total": False},
        {"return_line_items__price": False, "return_labels__additional_fields": False},
        {"returns__additional_fields": False},
    ],
    ids=str,
)
def test_deselected_columns(tap, loop, slow, columns) -> None:
    catalog = tap.catalog(*CORE, **columns)
    run, other = both(tap, slow, catalog=catalog)
    agree(run, other)
    for name in columns:
        stream, _, column = name.partition("__")
        assert run.rows(stream)
        assert not any(column in row for row in run.rows(stream))
        assert column not in run.schemas[stream]["schema"]["properties"]
        assert len(run.rows(stream)) == len(tables(loop)[stream])


@pytest.mark.parametrize(
    "streams",
    [("returns",), ("returns", "return_labels"), CORE[1:], ("return_reasons",)],
    ids=str,
)
def test_deselected_streams(tap, slow, streams) -> None:
    run, other = both(tap, slow, streams=streams)
    agree(run, other)
    assert set(run.schemas) == set(streams)


@pytest.mark.parametrize("name", MAPS)
def test_stream_maps(tap, slow, name) -> None:
    agree(*both(tap.with_settings(stream_maps=MAPS[name]), slow))


@pytest.mark.parametrize("mode", ["hash", "drop"])
def test_personal_data(make_loop, tap_of, slow, mode) -> None:
    loop = make_loop(returns=60, switches={"unknown_fields": "on"})
    tap = tap_of(
        loop, personal_data=mode, personal_data_salt="sixteen letters of pepper"
    )
    agree(*both(tap, slow))


@pytest.mark.parametrize(
    "maps",
    [
        {},
        {"advanced_shipping_notices": {"__filter__": "state == 'closed'"}},
        {"destinations": {"__alias__": "warehouses"}},
        {"webhooks_copy": {"__source__": "webhooks", "id": "id", "__else__": None}},
    ],
    ids=str,
)
def test_the_endpoints_beside_the_returns(tap, slow, maps) -> None:
    mapped = tap.with_settings(stream_maps=maps)
    agree(*both(mapped, slow, streams=(*SMALL, AUDITS)))


def test_batch_files_of_the_endpoints(tap, tmp_path) -> None:
    files = tmp_path / "batches"
    files.mkdir()
    batch = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": files.as_uri(), "prefix": "part-"},
    }
    plain = tap.here(streams=SMALL).ok()
    run = tap.with_settings(batch_config=batch).here(streams=SMALL).ok()
    assert not [line for line in run.lines if line["type"] == "RECORD"]
    assert as_messages(run, _read).tables() == plain.tables()


def test_a_filter_on_returns_takes_their_items_along(tap, loop) -> None:
    run = tap.with_settings(stream_maps=MAPS["filter"]).here().ok()
    held = {stream: set() for stream in CORE}
    for body in loop.all_returns("closed"):
        for stream, rows in rows_of(body).items():
            held[stream] |= {row.get("return_id", row.get("id")) for row in rows}
    for stream in CORE:
        found = {row.get("return_id", row.get("id")) for row in run.rows(stream)}
        assert found == held[stream], stream


def test_a_filter_on_a_child_leaves_the_others_alone(tap, loop) -> None:
    maps = {"return_line_items": {"__filter__": "outcome == 'keep'"}}
    run = tap.with_settings(stream_maps=maps).here().ok()
    held = tables(loop)
    kept = {
        k for k, row in held["return_line_items"].items() if row["outcome"] == "keep"
    }
    assert run.tables()["return_line_items"].keys() == kept
    assert run.tables()["returns"] == held["returns"]


def test_an_alias_renames_the_stream_and_nothing_else(tap, loop) -> None:
    run = tap.with_settings(stream_maps=MAPS["alias"]).here().ok()
    assert "returns" not in run.schemas
    assert run.tables()["loop_returns"] == tables(loop)["returns"]
    assert run.tables()["return_labels"] == tables(loop)["return_labels"]


def test_a_copy_comes_beside_the_stream(tap, loop) -> None:
    run = tap.with_settings(stream_maps=MAPS["copy"]).here().ok()
    holds(run.tables(), loop)
    copies = sorted(row["id"] for row in run.rows("returns_copy"))
    assert copies == sorted(body["id"] for body in loop.all_returns())


def test_a_stream_mapped_away_is_not_written(tap, loop) -> None:
    run = tap.with_settings(stream_maps=MAPS["drop a stream"]).here().ok()
    assert "return_labels" not in run.schemas
    holds(run.tables(), loop, tuple(s for s in CORE if s != "return_labels"))


def test_flattening(tap, loop, slow) -> None:
    flat = tap.with_settings(flattening_enabled=True, flattening_max_depth=2)
    run, other = both(flat, slow)
    agree(run, other)
    plain = tables(loop)["returns"]
    for row in run.rows("returns"):
        assert row["refund"] == plain[row["id"],]["refund"]
        assert not any(isinstance(value, dict) for value in row.values())
    assert {r["id"] for r in run.rows("returns")} == {key[0] for key in plain}


@pytest.mark.parametrize("compression", ["gzip", None])
def test_batch_files_hold_the_same_rows(
    make_loop, tap_of, tmp_path, compression
) -> None:
    loop = make_loop()
    tap = tap_of(loop, page_size=20).saving_every(30)
    files = tmp_path / "batches"
    files.mkdir()
    batch = {
        "encoding": {"format": "jsonl"}
        | ({"compression": "gzip"} if compression else {}),
        "storage": {"root": files.as_uri(), "prefix": "part-"},
    }
    run = tap.with_settings(batch_config=batch).here().ok()
    assert not [line for line in run.lines if line["type"] == "RECORD"]
    holds(as_messages(run, _read).tables(), loop)


def test_a_state_follows_only_closed_batch_files(make_loop, tap_of, tmp_path) -> None:
    loop = make_loop()
    tap = tap_of(loop, page_size=20).saving_every(30)
    files = tmp_path / "batches"
    files.mkdir()
    storage = {"root": files.as_uri(), "prefix": "part-"}
    batch = {"encoding": {"format": "jsonl", "compression": "gzip"}, "storage": storage}
    tap = tap.with_settings(batch_config=batch)
    whole = tap.here().ok().lines
    states = [place for place, line in enumerate(whole, 1) if line["type"] == "STATE"]
    assert len(states) > 3
    for place in states:
        first = Run(whole[:place], "", 0)
        second = tap.here(state=first.state).ok()
        lines = [*as_messages(first, _read).lines, *as_messages(second, _read).lines]
        holds(Run(lines, "", 0).tables(), loop)


def _read(url: str) -> list[str]:
    path = Path(unquote(urlsplit(url).path))
    data = path.read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return data.decode().splitlines()
