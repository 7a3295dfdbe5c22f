"""Syncs that are killed and resumed, with edits and wrong clocks, lose nothing."""

from __future__ import annotations

import json
import random
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tap_loop_returns import client as client_module
from tap_loop_returns.client import LoopClient, decode
from tap_loop_returns.output import list_pass
from tests.tap import expected
from tests.tap.harness import (
    AUDITS,
    CORE,
    Hurry,
    holds,
    list_ids,
    parse,
    raw_messages,
    received,
    upsert,
)

from .test_audits import held, shortages

ASN = "advanced_shipping_notices"
LISTED = {"open": "", "closed": "", "expired": ""}


def now(**shift: float) -> str:
    moment = datetime.now(UTC) + timedelta(**shift)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def bookmark(state: dict, stream: str = "returns") -> dict:
    return state["bookmarks"][stream]


def stamp_of(loop) -> str:
    moment = datetime.fromtimestamp(loop.store.now, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# Killed and resumed


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_kill_9_over_and_over_loses_nothing(make_loop, tap_of, tmp_path, order) -> None:
    """A separate process is killed 13 times; its pipe is read to the end."""
    loop = make_loop(returns=250, switches={"order": order})
    tap = tap_of(loop, page_size=20).saving_every(30)
    catalog, chance = tap.catalog(*CORE), random.Random(order)
    tables, state, kills = {}, None, 0
    while kills < 13:
        process = tap.start(state=state, catalog=catalog)
        output = process.stdout.read(chance.randrange(30_000, 600_000))
        process.kill()
        kills += 1
        output += process.stdout.read()
        process.stdout.close()
        process.wait()
        lines = parse(output)
        tables, state = upsert(tables, lines), received(lines) or state
        # Start over, or there would be nothing left to kill.
        if state and not bookmark(state)["unread"]:
            holds(tables, loop)
            tables, state = {}, None
    run = tap.sync(state=state, catalog=catalog)
    holds(upsert(tables, run.lines), loop)


@pytest.mark.parametrize("order", ["asc", "desc", "by_id_desc", "shuffled"])
def test_wherever_the_output_ends_the_next_sync_completes_it(
    make_loop, tap_of, order
) -> None:
    loop = make_loop(returns=120, switches={"order": order})
    tap = tap_of(loop, page_size=10).saving_every(20)
    whole = len(tap.here().ok().output)
    chance = random.Random(order)
    for _ in range(6):
        first = tap.here(kill_at=chance.randrange(whole))
        second = tap.here(state=received(first.lines)).ok()
        holds(upsert(first.tables(), second.lines), loop)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_only_a_small_slice_is_read_again(make_loop, tap_of, order) -> None:
    loop = make_loop(returns=300, switches={"order": order})
    tap = tap_of(loop, page_size=10).saving_every(40)
    whole = len(tap.here().ok().output)
    recent = {
        body["id"]
        for body in loop.all_returns()
        if body["updated_at"] >= "2026-06-30T11:29"
    }
    for share in (0.3, 0.5, 0.7, 0.9):
        first = tap.here(kill_at=int(whole * share))
        second = tap.here(state=received(first.lines)).ok()
        again = set(first.ids()) & set(second.ids()) - recent
        assert len(again) < 40 + 10


def test_the_real_command_sends_a_state_every_5000_returns(make_loop, tap_of) -> None:
    loop = make_loop(returns=5_300)
    run = tap_of(loop, page_size=250).here(streams=("returns",)).ok()
    first = next(n for n, line in enumerate(run.lines) if line["type"] == "STATE")
    rows = sum(line["type"] == "RECORD" for line in run.lines[:first])
    assert 5_000 <= rows < 5_250


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_state_never_runs_ahead_of_any_streams_rows(make_loop, tap_of, order) -> None:
    loop = make_loop(returns=250, switches={"order": order})
    run = tap_of(loop, page_size=10).saving_every(1).here().ok()
    bodies = expected.as_sent(loop.all_returns())
    rows = {body["id"]: expected.rows_of(body) for body in bodies}
    seen: dict[str, set] = {stream: set() for stream in CORE}
    states = 0
    for line in run.lines:
        if line["type"] == "RECORD":
            key = tuple(line["record"][k] for k in expected.KEYS[line["stream"]])
            seen[line["stream"]].add(key)
        if line["type"] != "STATE":
            continue
        states += 1
        for stream in CORE:
            entry = bookmark(line["value"], stream)
            assert entry["replication_key_value"] <= "2026-06-30T12:00:00Z"
            for body in bodies:
                if _is_unread(body, entry["unread"]):
                    continue
                for row in rows[body["id"]][stream]:
                    key = tuple(row[k] for k in expected.KEYS[stream])
                    assert key in seen[stream], (states, stream, key)
    assert states > 20


def _is_unread(body: dict, unread: list[dict]) -> bool:
    created = body["created_at"].replace("+00:00", "Z")
    return any(
        entry["column"] == "created_at"
        and entry.get("state", "") == LISTED.get(body["state"], body["state"])
        and entry["from"] <= created <= entry["to"]
        for entry in unread
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_target_that_flushes_one_stream_at_a_time_is_safe(
    make_loop, tap_of, seed
) -> None:
    """The rows and bookmark of each stream are kept up to a different point."""
    chance = random.Random(seed)
    order = chance.choice(["asc", "desc"])
    loop = make_loop(returns=150, switches={"order": order})
    tap = tap_of(loop, page_size=10).saving_every(15)
    whole = len(tap.here().ok().output)
    lines = tap.here(kill_at=chance.randrange(whole // 3, whole)).lines
    tables, marks = {}, {}
    for stream in CORE:
        kept = lines[: chance.randrange(len(lines) // 2, len(lines))]
        mine = [line for line in kept if line.get("stream") == stream]
        tables |= upsert({}, mine)
        state = received(kept)
        if state:
            marks[stream] = bookmark(state, stream)
    run = tap.here(state={"bookmarks": marks}).ok()
    holds(upsert(tables, run.lines), loop)


def test_sigterm_is_no_success_and_loses_nothing(make_loop, tap_of) -> None:
    loop = make_loop(returns=200, latency_ms=40)
    tap = tap_of(loop, page_size=5).saving_every(10)
    catalog = tap.catalog(*CORE)
    process = tap.start(catalog=catalog)
    output = process.stdout.read(50_000)
    process.send_signal(signal.SIGTERM)
    output += process.stdout.read()
    process.stdout.close()
    assert process.wait() == 128 + signal.SIGTERM
    lines = parse(output)
    rest = tap.here(state=received(lines)).ok()
    holds(upsert(upsert({}, lines), rest.lines), loop)


# Changed meanwhile


@pytest.mark.parametrize("lookback", [0, 30])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_what_changes_during_the_first_sync_comes_with_the_next(
    make_loop, tap_of, order, lookback
) -> None:
    loop = make_loop(returns=150, switches={"order": order})
    tap = tap_of(loop, page_size=15, lookback_minutes=lookback)
    for at in range(3, 21, 3):
        loop.hook(at, lambda loop: (loop.change(4), loop.cancel(2), loop.add(2)))
        loop.hook(at + 1, lambda loop: loop.remove_lines(2))
    first = tap.here().ok()
    loop.advance(3_600)
    second = tap.here(state=first.state).ok()
    assert len(second.ids()) < 80
    holds(upsert(first.tables(), second.lines), loop)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_return_that_changes_state_between_two_listings_is_not_lost(
    make_loop, tap_of, order
) -> None:
    """The new listing was read before the return came, the old one after it had left."""
    loop = make_loop(seed=3, switches={"order": order})
    tap = tap_of(loop, parallel_requests=1, lookback_minutes=0)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    for body in loop.all_returns("review"):
        created = datetime.fromisoformat(body["created_at"])
        # Three requests a window: the default states, cancelled, review.
        request = (created - begin).days // 119 * 3 + 3
        loop.hook(request, lambda loop, b=body: loop.set_state(b["id"], "open"))
    first = tap.here().ok()
    assert set(first.ids()) < list_ids(loop)
    loop.advance(3_600)
    second = tap.here(state=first.state).ok()
    holds(upsert(first.tables(), second.lines), loop)


def test_an_edit_between_two_syncs_is_seen_in_every_state(make_loop, tap_of) -> None:
    loop = make_loop(seed=3)
    tap = tap_of(loop)
    first = tap.here().ok()
    loop.advance(86_400)
    for state in ("open", "closed", "cancelled", "expired", "review"):
        loop.edit(loop.all_returns(state)[0]["id"], package_reference="moved")
    loop.add(5)
    second = tap.here(state=first.state).ok()
    assert len(second.ids()) < 20
    holds(upsert(first.tables(), second.lines), loop)


def test_an_edit_while_a_later_sync_runs_comes_with_the_next(make_loop, tap_of) -> None:
    for order in ("asc", "desc"):
        loop = make_loop(returns=100, switches={"order": order})
        tap = tap_of(loop, page_size=5, lookback_minutes=0)
        run = tap.here().ok()
        loop.advance(3_600)
        loop.change(40)
        loop.clear_requests()
        # Each edit moves Loop's clock, which the tap knows from the first answer. Six
        # requests, for two windows of three listings, are sent together.
        for at in range(7, 13):
            loop.hook(at, lambda loop: (loop.change(3), loop.cancel(1)))
        tables = run.tables()
        # The last edits may come during the second sync.
        for _ in range(3):
            run = tap.here(state=run.state).ok()
            tables = upsert(tables, run.lines)
        holds(tables, loop)


def test_returns_that_become_visible_late_are_found(tap, loop) -> None:
    model = loop.all_returns()[0]
    first = tap.here().ok()
    moment = datetime.fromtimestamp(loop.store.now - 300, UTC).isoformat()
    for number in range(10):
        fresh = {"id": str(96_000_000 + number), "state": "open"}
        loop.insert(model | fresh | {"created_at": moment, "updated_at": moment})
    second = tap.here(state=first.state).ok()
    assert {str(96_000_000 + n) for n in range(10)} <= set(second.ids())


def test_resuming_a_first_sync_also_asks_for_what_changed_since(
    make_loop, tap_of
) -> None:
    loop = make_loop(returns=200)
    tap = tap_of(loop, page_size=10, lookback_minutes=0).saving_every(20)
    whole = len(tap.here().ok().output)
    first = tap.here(kill_at=whole // 2)
    loop.advance(60)
    loop.change(60)
    second = tap.here(state=received(first.lines)).ok()
    holds(upsert(first.tables(), second.lines), loop)


# Wrong timestamps


@pytest.mark.parametrize("how", ["null_for_old", "absent_for_old"])
def test_a_first_sync_finds_returns_without_updated_at(make_loop, tap_of, how) -> None:
    loop = make_loop(switches={"updated_at": how})
    run = tap_of(loop, page_size=20).here().ok()
    assert run.ids() == Counter(dict.fromkeys(list_ids(loop), 1))
    assert any(row["updated_at"] is None for row in run.rows("returns"))


@pytest.mark.parametrize("value", [None, "absent"])
def test_a_new_return_without_updated_at_is_found_within_a_day(
    tap, loop, value
) -> None:
    first = tap.here().ok()
    loop.advance(3_600)
    fresh = {"id": "97000001", "created_at": stamp_of(loop), "updated_at": value}
    if value == "absent":
        del fresh["updated_at"]
    model = {k: v for k, v in loop.all_returns()[0].items() if k != "updated_at"}
    loop.insert(model | fresh)
    state = first.state
    for entry in state["bookmarks"].values():
        entry["swept_at"] = now(days=-2)
    assert tap.here(state=state).ok().ids()["97000001"] == 1


@pytest.mark.parametrize("how", ["null_for_some", "absent_for_some"])
def test_a_return_without_created_at_is_found_by_its_changes(
    make_loop, tap_of, how
) -> None:
    """No list by creation date shows such a return; see docs/decisions/0002."""
    loop = make_loop(switches={"created_at": how})
    undated = {i for i in list_ids(loop) if loop.served(i).get("created_at") is None}
    tap = tap_of(loop)
    first = tap.here().ok()
    assert set(first.ids()) == set(list_ids(loop)) - undated
    loop.advance(3_600)
    changed = min(undated)
    loop.edit(changed, updated_at=stamp_of(loop))
    second = tap.here(state=first.state).ok()
    assert second.ids()[changed] == 1
    (row,) = (r for r in second.rows("returns") if r["id"] == changed)
    assert row["created_at"] is None


@pytest.mark.parametrize("how", ["null_for_some", "absent_for_some"])
def test_a_bookmark_at_the_start_reads_all_by_their_changes(
    make_loop, tap_of, how
) -> None:
    loop = make_loop(switches={"created_at": how})
    plain = {name: {"replication_key_value": "2024-01-01T00:00:00Z"} for name in CORE}
    run = tap_of(loop).here(state={"bookmarks": plain}).ok()
    assert run.ids() == Counter(dict.fromkeys(list_ids(loop), 1))
    assert any(row["created_at"] is None for row in run.rows("returns"))


@pytest.mark.parametrize(
    "stamp",
    [None, "", "N/A", "2099-01-01T00:00:00+00:00", "soon", 17, {"date": None}],
    ids=str,
)
def test_no_stamp_of_a_record_reaches_the_state(make_loop, tap_of, stamp) -> None:
    loop = make_loop(returns=40)
    bodies = loop.all_returns()
    for body in bodies[:3]:
        loop.edit(body["id"], updated_at=stamp)
    tap = tap_of(loop)
    # The simulator's shipping notice breaks on a text that is no date.
    streams = CORE if stamp in ("N/A", "soon") else (*CORE, ASN)
    first = tap.here(streams=streams).ok()
    for name, entry in first.state["bookmarks"].items():
        if entry:
            assert entry["replication_key_value"] <= stamp_of(loop), name
    loop.advance(60)
    loop.edit(bodies[5]["id"], package_reference="later")
    second = tap.here(streams=streams, state=first.state).ok()
    assert bodies[5]["id"] in second.ids()
    recent = {b["id"] for b in loop.all_returns() if b["created_at"] > "2026-04"}
    assert ASN not in streams or recent <= {r["id"] for r in second.rows(ASN)}


# Clocks that differ

# In minutes.
FIVE_DAYS = 5 * 24 * 60


@pytest.mark.parametrize(
    ("host", "header"),
    [
        (0, "on"),
        (0, "off"),
        (0, "skewed:600"),
        (0, "skewed:-600"),
        (15, "on"),
        (-15, "on"),
        (-15, "off"),
        (15, "skewed:-600"),
        (-3 * 24 * 60, "on"),
        (90 * 24 * 60, "on"),
        (FIVE_DAYS, "on"),
        (-FIVE_DAYS, "on"),
        (0, f"skewed:{FIVE_DAYS * 60}"),
        (0, f"skewed:-{FIVE_DAYS * 60}"),
        (-FIVE_DAYS, f"skewed:-{FIVE_DAYS * 60}"),
        (FIVE_DAYS, f"skewed:-{FIVE_DAYS * 60}"),
        (-FIVE_DAYS, f"skewed:{FIVE_DAYS * 60}"),
    ],
)
def test_clocks_that_differ_hide_nothing(
    make_loop, tap_of, monkeypatch, host, header
) -> None:
    """``host`` is how many minutes this machine's clock is ahead of Loop's."""
    loop = make_loop(now=now(minutes=-host), days=40, switches={"date_header": header})
    tap = tap_of(loop)
    loop.hook(4, lambda loop: loop.change(3))
    streams = (*CORE, AUDITS)
    run = tap.here(streams=streams).ok()
    tables, lines = run.tables(), raw_messages(run.output)
    for _ in range(2):
        loop.advance(120)
        loop.change(5)
        loop.add(2)
        run = tap.here(state=run.state, streams=streams).ok()
        tables = upsert(tables, run.lines)
        lines += raw_messages(run.output)
    if host < -24 * 60:
        # The host's clock has been corrected; returns that seemed to be in the future
        # are read.
        right = Hurry(ahead=-host * 60 + 600)
        monkeypatch.setattr(list_pass, "time", right)
        run = tap.here(state=run.state, streams=streams).ok()
        tables = upsert(tables, run.lines)
        lines += raw_messages(run.output)
    holds(tables, loop)
    # Whatever the clock, the audits count only rows that were sent.
    assert not shortages(lines, held(lines))


def test_loops_clock_is_that_of_the_start_however_late_the_first_answer_comes(
    loop, monkeypatch
) -> None:
    """A change may happen between the first request and its response."""
    clock = Hurry()
    monkeypatch.setattr(client_module, "time", clock)
    began = loop.store.now
    client = LoopClient(f"{loop.url}/2026-07", "test-key", 300, "test")
    for _ in range(3):
        clock.slept.append(500)
        loop.advance(500)
        client.get("/warehouse/return/list", parse=decode)
        assert client.clock_at_start is not None
        assert abs(client.clock_at_start.timestamp() - began) <= 3


# Streams that come and go


def test_a_newly_selected_stream_gets_its_past(tap, loop) -> None:
    first = tap.here(streams=("returns",)).ok()
    second = tap.here(streams=CORE, state=first.state).ok()
    holds(second.tables(), loop)


def test_a_stream_left_out_for_a_while_catches_up(tap, loop) -> None:
    run = tap.here().ok()
    tables = run.tables()
    loop.change(20)
    loop.advance(7_200)
    run = tap.here(streams=("returns",), state=run.state).ok()
    tables = upsert(tables, run.lines)
    loop.advance(7_200)
    loop.change(5)
    run = tap.here(state=run.state).ok()
    holds(upsert(tables, run.lines), loop)


def test_children_without_returns_are_complete(tap, loop) -> None:
    children = CORE[1:]
    first = tap.here(streams=children).ok()
    assert "returns" not in first.schemas
    holds(first.tables(), loop, children)
    loop.advance(3_600)
    loop.edit(loop.all_returns()[0]["id"], outcome="credit")
    second = tap.here(streams=children, state=first.state).ok()
    assert not second.rows("returns")
    assert loop.all_returns()[0]["id"] in {
        row["return_id"] for row in second.rows("return_line_items")
    }


@pytest.mark.parametrize("child", CORE[1:])
def test_a_single_child_alone_is_complete(tap, loop, child) -> None:
    run = tap.here(streams=(child,)).ok()
    assert set(run.schemas) == {child}
    assert run.tables()[child] == expected.tables(loop)[child]


# Settings that change


def test_a_state_added_to_the_settings_is_filled_in(tap, loop) -> None:
    first = tap.with_settings(states=["open", "closed", "expired"]).here().ok()
    second = tap.here(state=first.state).ok()
    holds(upsert(first.tables(), second.lines), loop)


def test_an_earlier_start_and_a_later_end_are_filled_in(tap, loop) -> None:
    narrow = tap.with_settings(start_date="2026-01-01", end_date="2026-03-01")
    first = narrow.here().ok()
    assert 0 < len(first.ids()) < len(list_ids(loop))
    second = tap.here(state=first.state).ok()
    holds(upsert(first.tables(), second.lines), loop)


def test_an_unreadable_state_is_refused_in_one_line(tap) -> None:
    state = {"bookmarks": {"returns": {"replication_key_value": "yesterday"}}}
    run = tap.here(state=state)
    assert run.code == 1
    assert "Correct the bookmark" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_state_from_elsewhere_is_kept(tap) -> None:
    run = tap.here(state={"bookmarks": {"orders": {"replication_key_value": "x"}}}).ok()
    assert bookmark(run.state, "orders") == {"replication_key_value": "x"}
    json.dumps(run.state)
