"""``sync_audits`` never counts more than was sent, and without failures exactly
that."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tap_loop_returns.output import counts
from tests.tap.harness import (
    AUDITS,
    CORE,
    insert_crowd,
    raw_messages,
    received,
    requests_to,
    upsert,
)

MANY = (*CORE, "webhooks", "destinations", AUDITS)
LIST = "/warehouse/return/list"
ASN = "advanced_shipping_notices"


def claimed(lines: list[dict]) -> dict[str, dict]:
    """The newest audit of each stream."""
    rows = [m["record"] for m in lines if m["type"] == "RECORD"]
    return {row["stream_name"]: row for row in rows if "stream_name" in row}


def sent(lines: list[dict]) -> dict[str, list[dict]]:
    """All rows by stream, as a target that appends has them."""
    rows = defaultdict(list)
    for line in lines:
        if line["type"] == "RECORD" and line["stream"] != AUDITS:
            rows[line["stream"]].append(line["record"])
    return rows


def held(lines: list[dict]) -> dict[str, list[dict]]:
    """All rows by stream, as a target that replaces by key has them."""
    tables = upsert({}, [line for line in lines if line.get("stream") != AUDITS])
    return {stream: list(rows.values()) for stream, rows in tables.items()}


def missing(audit: dict, rows: list[dict]) -> int:
    """How many keys of an audit are missing; a row of a later sync may hold one."""
    keys = audit["key_properties"].split(", ")
    arrived = {
        tuple(row[key] for key in keys)
        for row in rows
        if row["sync_id"] >= audit["first_sync_id"]
    }
    return max(audit["distinct_keys"] - len(arrived), 0)


def shortages(lines: list[dict], rows: dict[str, list[dict]]) -> dict[str, int]:
    """The number of missing keys by stream, for streams whose audits count too many."""
    found = {}
    for line in lines:
        if line["type"] == "RECORD" and line["stream"] == AUDITS:
            audit = line["record"]
            if gone := missing(audit, rows.get(audit["stream_name"], [])):
                found[audit["stream_name"]] = gone
    return found


# Content of an audit


def test_every_stream_is_counted_as_it_was_sent(tap, loop) -> None:
    run = tap.here(streams=None).ok()
    lines = raw_messages(run.output)
    rows, found = sent(lines), claimed(lines)
    assert found.keys() == run.schemas.keys() - {AUDITS}
    for stream, audit in found.items():
        keys = audit["key_properties"].split(", ")
        assert keys == run.schemas[stream]["key_properties"]
        assert audit["rows_sent"] == len(rows[stream]) > 0, stream
        distinct = {tuple(row[key] for key in keys) for row in rows[stream]}
        assert audit["distinct_keys"] == len(distinct), stream
        assert {row["sync_id"] for row in rows[stream]} == {audit["sync_id"]}
        assert audit["first_sync_id"] == audit["sync_id"]
        assert audit["started_at"] <= audit["finished_at"]
    assert found["returns"]["requests"] == len(requests_to(loop, LIST))
    assert found["webhooks"]["requests"] == len(requests_to(loop, "/webhooks"))


def test_a_claim_tells_the_range_states_and_updates(tap, loop) -> None:
    first = tap.here(streams=MANY).ok()
    audit = claimed(first.lines)["return_labels"]
    stamps = [row["return_updated_at"] for row in first.rows("return_labels")]
    assert audit["first_updated_at"] == min(stamps)
    assert audit["last_updated_at"] == max(stamps)
    assert audit["created_from"] == "2025-01-01T00:00:00Z"
    assert audit["created_to"] > max(stamps)
    assert audit["updated_from"] is audit["updated_to"] is None
    assert audit["states"] == "cancelled,closed,expired,open,review"
    loop.advance(3_600)
    loop.change(3)
    second = tap.here(streams=MANY, state=first.state).ok()
    again = claimed(second.lines)["return_labels"]
    assert again["created_from"] is again["created_to"] is None
    bookmark = first.state["bookmarks"]["returns"]
    assert again["updated_from"] == bookmark["replication_key_value"]
    webhooks = claimed(second.lines)["webhooks"]
    assert webhooks["updated_from"] is webhooks["created_from"] is None
    assert webhooks["states"] is None


def test_a_claim_tells_the_period_of_shipping_notices(tap, loop) -> None:
    tap = tap.with_settings(end_date="2026-03-01")
    run = tap.here(streams=(ASN, AUDITS)).ok()
    audit = claimed(run.lines)[ASN]
    assert audit["updated_from"] == "2025-01-01T00:00:00Z"
    assert audit["updated_to"] == "2026-03-01T00:00:00Z"
    assert audit["rows_sent"] == len(run.rows(ASN)) > 0


def test_an_audit_names_the_one_before_it(tap, loop) -> None:
    first = tap.here(streams=MANY).ok()
    loop.advance(3_600)
    loop.change(3)
    second = tap.here(streams=MANY, state=first.state).ok()
    for stream, audit in claimed(first.lines).items():
        assert audit["previous_sync_id"] is None
        assert claimed(second.lines)[stream]["previous_sync_id"] == audit["sync_id"]


def test_sync_ids_increase_even_after_a_clock_that_was_ahead(tap) -> None:
    first = tap.here(streams=MANY).ok()
    ahead = "20990101T000000.999999Z"
    first.state["bookmarks"][AUDITS]["last_sync_id"] = ahead
    second = tap.here(streams=MANY, state=first.state).ok()
    assert claimed(second.lines)["webhooks"]["sync_id"] > ahead


def test_claims_come_last_and_a_state_after_them(tap) -> None:
    lines = tap.here(streams=MANY).ok().lines
    places = [n for n, line in enumerate(lines) if line.get("stream") == AUDITS]
    assert places == list(range(places[0], places[0] + len(places)))
    assert [line["type"] for line in lines[places[-1] + 1 :]] == ["STATE"]
    kept = lines[-1]["value"]["bookmarks"][AUDITS]
    assert kept.keys() == {"last_sync_id", "newest"}


def test_later_syncs_have_greater_ids(tap) -> None:
    first = tap.here(streams=MANY).ok()
    second = tap.here(streams=MANY, state=first.state).ok()
    assert (
        claimed(second.lines)["returns"]["sync_id"]
        > (claimed(first.lines)["returns"]["sync_id"])
    )


def test_nothing_new_is_a_claim_of_nought(tap) -> None:
    first = tap.here(streams=MANY).ok()
    audit = claimed(tap.here(streams=MANY, state=first.state).ok().lines)["returns"]
    assert audit["rows_sent"] == audit["distinct_keys"] == 0
    assert audit["first_updated_at"] is audit["last_updated_at"] is None


def test_who_selects_no_audits_gets_none_and_no_state_of_them(tap) -> None:
    run = tap.saving_every(20).here(streams=CORE).ok()
    assert AUDITS not in run.schemas
    assert AUDITS not in json.dumps(run.states)


def test_the_column_can_be_left_out(tap) -> None:
    catalog = tap.catalog("returns", AUDITS, returns__sync_id=False)
    run = tap.here(catalog=catalog).ok()
    assert "sync_id" not in sent(raw_messages(run.output))["returns"][0]
    assert "sync_id" not in run.schemas["returns"]["schema"]["properties"]
    assert claimed(run.lines)["returns"]["distinct_keys"] is None


@pytest.mark.parametrize("mode", ["keep", "hash", "drop"])
def test_personal_data_is_no_matter(tap, mode) -> None:
    settings = {
        "personal_data": mode,
        "personal_data_salt": "sixteen letters of pepper",
    }
    run = tap.with_settings(**settings).here(streams=None).ok()
    lines = raw_messages(run.output)
    assert not shortages(lines, held(lines))
    for stream, rows in held(lines).items():
        assert claimed(lines)[stream]["distinct_keys"] == len(rows)


# Lost by a loader


@pytest.mark.parametrize("stream", CORE)
def test_a_single_row_that_is_lost_is_missed(tap, stream) -> None:
    lines = raw_messages(tap.here(streams=MANY).ok().output)
    for target in (sent, held):
        rows = target(lines)
        assert not shortages(lines, rows)
        rows[stream].pop()
        assert shortages(lines, rows) == {stream: 1}


def test_a_lost_change_is_missed_where_the_former_version_is_still_there(
    tap, loop
) -> None:
    first = tap.here(streams=MANY).ok()
    loop.advance(3_600)
    loop.change(5)
    second = tap.here(streams=MANY, state=first.state).ok()
    late = raw_messages(second.output)
    place = max(n for n, m in enumerate(late) if m.get("stream") == "returns")
    lost = raw_messages(first.output) + late[:place] + late[place + 1 :]
    assert shortages(lost, held(lost)) == shortages(lost, sent(lost)) == {"returns": 1}


def test_a_row_that_a_later_sync_brings_again_is_missed_no_more(tap, loop) -> None:
    first = tap.here(streams=MANY).ok()
    lines = raw_messages(first.output)
    place = max(n for n, m in enumerate(lines) if m.get("stream") == "return_labels")
    lines.pop(place)
    assert shortages(lines, held(lines)) == {"return_labels": 1}
    again = tap.here(streams=("return_labels", AUDITS)).ok()
    lines += raw_messages(again.output)
    assert not shortages(lines, held(lines))
    assert not shortages(lines, sent(lines))


# Sent twice, killed, interrupted: an audit never counts more than was sent


@pytest.mark.parametrize("room", [0, 50_000])
def test_a_return_that_moves_to_another_listing_is_claimed_once(
    make_loop, tap_of, monkeypatch, room
) -> None:
    """This holds even if the tap remembers none of the keys that it has sent."""
    monkeypatch.setattr(counts, "REMEMBERED", room)
    loop = make_loop(returns=60)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    for body in loop.all_returns("open"):
        created = datetime.fromisoformat(body["created_at"])
        # Three requests a window: the default states, cancelled, review.
        request = (created - begin).days // 119 * 3 + 2
        loop.hook(request, lambda loop, b=body: loop.set_state(b["id"], "cancelled"))
    run = tap_of(loop, parallel_requests=1).here(streams=(*CORE, AUDITS)).ok()
    twice = [key for key, times in run.ids().items() if times > 1]
    assert twice
    lines = raw_messages(run.output)
    audit = claimed(lines)["returns"]
    assert audit["rows_sent"] == audit["distinct_keys"] + len(twice)
    assert audit["distinct_keys"] == len(run.ids())
    assert not shortages(lines, held(lines))


@pytest.mark.parametrize("room", [0, 10, 50_000])
@pytest.mark.parametrize("seed", range(4))
def test_no_history_makes_a_claim_of_too_much(
    make_loop, tap_of, monkeypatch, seed, room
) -> None:
    """Syncs are killed and resumed while returns change and move."""
    monkeypatch.setattr(counts, "REMEMBERED", room)
    chance = random.Random(seed)
    loop = make_loop(returns=90, switches={"order": chance.choice(["asc", "desc"])})
    tap = tap_of(loop, page_size=7, lookback_minutes=0).saving_every(12)
    whole = len(tap.here(streams=MANY).ok().output)
    lines, state = [], None
    for _ in range(6):
        kill_at = chance.choice([None, chance.randrange(whole)])
        for at in chance.sample(range(2, 40), 4):
            loop.hook(at, lambda loop: (loop.change(3), loop.cancel(1), loop.add(1)))
        loop.clear_requests()
        run = tap.here(streams=MANY, state=state, kill_at=kill_at)
        lines += raw_messages(run.output)
        state = received(run.lines) or state
        loop.advance(chance.choice([0, 60, 7_200]))
    lines += raw_messages(tap.here(streams=MANY, state=state).ok().output)
    assert claimed(lines)
    assert not shortages(lines, held(lines))
    assert not shortages(lines, sent(lines))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_what_a_killed_sync_sent_is_claimed_by_the_one_that_resumes(
    make_loop, tap_of, share
) -> None:
    loop = make_loop(returns=200)
    tap = tap_of(loop, page_size=10).saving_every(20)
    whole = len(tap.here(streams=MANY).ok().output)
    loop.advance(7_200)
    first = tap.here(streams=MANY, kill_at=int(whole * share))
    second = tap.here(streams=MANY, state=received(first.lines)).ok()
    lines = raw_messages(first.output) + raw_messages(second.output)
    for stream in CORE:
        audit = claimed(lines)[stream]
        rows = held(lines)[stream]
        assert audit["first_sync_id"] == min(row["sync_id"] for row in rows)
        assert audit["first_sync_id"] < audit["sync_id"]
        assert audit["distinct_keys"] == len(rows)
        assert audit["created_from"] == "2025-01-01T00:00:00Z"
        assert audit["updated_from"]
        # The loader of the killed sync loses rows after the last state that it stored.
        rows.remove(min(rows, key=lambda row: row["sync_id"]))
        assert missing(audit, rows) == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_second_that_loop_may_cut_is_claimed_once_after_a_kill(
    make_loop, tap_of, share
) -> None:
    loop = make_loop(returns=60, switches={"bare_cap": "15"})
    insert_crowd(loop, "closed", 20)
    tap = tap_of(loop, page_size=7).saving_every(10)
    whole = len(tap.here(streams=MANY).output)
    first = tap.here(streams=MANY, kill_at=int(whole * share))
    second = tap.here(streams=MANY, state=received(first.lines))
    assert second.code == 1
    lines = raw_messages(first.output) + raw_messages(second.output)
    assert claimed(lines)["returns"]["unread_returns"] == 1
    assert not shortages(lines, held(lines))
    assert not shortages(lines, sent(lines))


def test_bookmarks_of_different_moments_claim_only_what_is_sure(
    make_loop, tap_of
) -> None:
    """A target that stores each stream's bookmark on its own was killed."""
    loop = make_loop(returns=150)
    tap = tap_of(loop, page_size=10).saving_every(15)
    whole = len(tap.here(streams=MANY).ok().output)
    states = tap.here(streams=MANY, kill_at=whole * 2 // 3).states
    early, late = states[1]["bookmarks"], states[-1]["bookmarks"]
    mixed = {**early, AUDITS: late[AUDITS]}
    run = tap.here(streams=MANY, state={"bookmarks": mixed}).ok()
    audit = claimed(run.lines)["returns"]
    assert audit["distinct_keys"] == len(run.ids())
    assert audit["first_sync_id"] == audit["sync_id"]


def test_a_sync_that_breaks_off_behind_the_returns_leaves_its_claims(tap, loop) -> None:
    whole = tap.here(streams=MANY).ok().output
    audits = whole.index(b'{"type":"SCHEMA","stream":"sync_audits"')
    first = tap.here(streams=MANY, kill_at=audits)
    assert first.code == -9
    assert not first.rows(AUDITS)
    second = tap.here(streams=MANY, state=first.state).ok()
    lines = raw_messages(second.output)
    rows = [m["record"] for m in lines if m["type"] == "RECORD"]
    of_returns = [row for row in rows if row.get("stream_name") == "returns"]
    assert len(of_returns) == 2
    assert of_returns[0]["distinct_keys"] == len(first.ids())
    lines = raw_messages(first.output) + lines
    assert not shortages(lines, held(lines))


# Rows that leave the tap through stream maps or batch files are counted


def test_a_stream_map_is_counted_as_what_it_lets_through(tap) -> None:
    maps = {
        "return_labels": {"__alias__": "parcels", "__filter__": "label_position == 1"},
        "webhooks": {"__filter__": "False"},
        "return_reasons": {"__key_properties__": ["return_id"]},
    }
    run = tap.with_settings(stream_maps=maps).here(streams=MANY).ok()
    found = claimed(run.lines)
    assert "return_labels" not in found
    assert found["parcels"]["rows_sent"] == len(run.rows("parcels")) > 0
    assert found["parcels"]["distinct_keys"] == len(run.rows("parcels"))
    assert found["parcels"]["tap_stream"] == "return_labels"
    assert found["webhooks"]["rows_sent"] == 0
    assert found["return_reasons"]["rows_sent"] == len(run.rows("return_reasons"))
    assert found["return_reasons"]["distinct_keys"] is None


def test_batch_files_are_counted(tap, tmp_path) -> None:
    files = tmp_path / "batches"
    files.mkdir()
    storage = {"root": files.as_uri(), "prefix": "part-"}
    batch = {"encoding": {"format": "jsonl", "compression": "gzip"}, "storage": storage}
    run = tap.with_settings(batch_config=batch).here(streams=MANY).ok()
    rows = defaultdict(list)
    for line in run.lines:
        for url in line.get("manifest", ()):
            data = gzip.decompress(Path(unquote(urlsplit(url).path)).read_bytes())
            rows[line["stream"]] += [json.loads(row) for row in data.splitlines()]
    found = {row["stream_name"]: row for row in rows.pop(AUDITS)}
    assert found.keys() == rows.keys()
    for stream, audit in found.items():
        assert audit["rows_sent"] == audit["distinct_keys"] == len(rows[stream]) > 0


# Reading a range again


def test_a_range_of_updates_is_read_again_without_a_state(make_loop, tap_of) -> None:
    loop = make_loop(switches={"updated_at": "null_for_old"})
    bodies = loop.all_returns()
    start, end = "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z"
    tap = tap_of(loop, date_filter="updated_at", start_date=start, end_date=end)
    run = tap.here(streams=("return_labels", "returns", AUDITS)).ok()

    def in_range(body: dict) -> bool:
        moment = body.get("updated_at") or body["created_at"]
        return start <= moment.replace("+00:00", "Z") <= end

    assert set(run.ids()) == {body["id"] for body in bodies if in_range(body)}
    audit = claimed(run.lines)["return_labels"]
    assert (audit["updated_from"], audit["updated_to"]) == (start, end)
    assert audit["created_from"] is None
