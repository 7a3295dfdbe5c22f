"""The state lists all unread ranges; everything else has been sent."""

from __future__ import annotations

import json

import pytest

from tap_loop_returns.errors import StateError
from tap_loop_returns.reading.bookmark import Bookmark, SyncScope
from tap_loop_returns.reading.ranges import DAY, STATES, Range, join

NOW = 1_760_000_000
ALL = frozenset(STATES)


def wanted(**changes) -> SyncScope:
    values = {"start": NOW - 300 * DAY, "end": None, "states": ALL, "lookback": 600}
    return SyncScope(**(values | changes))


def through_state(bookmark: Bookmark) -> Bookmark:
    return Bookmark.of_streams([json.loads(json.dumps(bookmark.to_state()))])


def synced(at: int = NOW, **changes) -> Bookmark:
    bookmark = Bookmark()
    for item in bookmark.plan(wanted(**changes), at):
        bookmark.mark_read(item, [])
    bookmark.begin(wanted(**changes), at, at)
    return through_state(bookmark)


def test_a_first_sync_reads_all_states_by_creation() -> None:
    plan = Bookmark().plan(wanted(), NOW)
    assert {r.column for r in plan} == {"created_at"}
    assert {r.state for r in plan} == {"", "cancelled", "review"}
    assert min(r.start for r in plan) == NOW - 300 * DAY
    assert max(r.end for r in plan) == NOW + DAY


def test_a_later_sync_asks_one_question_per_listing() -> None:
    plan = synced().plan(wanted(), NOW + 3600)
    assert [(r.column, r.state) for r in plan] == [
        ("updated_at", ""),
        ("updated_at", "cancelled"),
        ("updated_at", "review"),
    ]
    assert {r.start for r in plan} == {NOW - 600}


def test_once_a_day_returns_without_updated_at_are_swept() -> None:
    plan = synced().plan(wanted(), NOW + 2 * DAY)
    assert {(r.column, r.unstamped) for r in plan} == {
        ("updated_at", False),
        ("created_at", True),
    }


def test_a_killed_first_sync_leaves_the_rest_on_the_list_and_follows_changes() -> None:
    bookmark = Bookmark()
    plan = bookmark.plan(wanted(), NOW)
    bookmark.begin(wanted(), NOW, NOW)
    bookmark.mark_read(plan[0], [])
    again = through_state(bookmark).plan(wanted(), NOW + 3600)
    created = [r for r in again if r.column == "created_at"]
    assert created == plan[1:]
    assert [r.start for r in again if r.column == "updated_at"] == [NOW - 600] * 3


def test_a_host_clock_that_is_wrong_does_not_move_the_bookmark() -> None:
    bookmark = Bookmark()
    bookmark.plan(wanted(), NOW + 900)
    bookmark.begin(wanted(), NOW, NOW + 900)
    assert bookmark.through == NOW - 600


def test_the_bookmark_never_goes_back() -> None:
    bookmark = synced()
    bookmark.begin(wanted(), NOW - 5000, NOW)
    assert bookmark.through == NOW - 600


def test_streams_with_different_bookmarks_go_on_from_the_least() -> None:
    early, late = synced(NOW), synced(NOW + DAY)
    early.unread = [Range(5, 9, "created_at")]
    late.unread = [Range(8, 12, "created_at")]
    joined = Bookmark.of_streams([early.to_state(), late.to_state()])
    assert joined.through == NOW - 600
    assert joined.unread == [Range(5, 12, "created_at")]


def test_a_newly_selected_stream_has_everything_to_come() -> None:
    joined = Bookmark.of_streams([synced().to_state(), {}])
    assert {r.column for r in joined.plan(wanted(), NOW + 60)} == {"created_at"}


def test_a_state_added_later_is_read_from_the_start() -> None:
    some = frozenset({"open", "closed", "expired"})
    plan = synced(states=some).plan(wanted(), NOW + 60)
    created = [r for r in plan if r.column == "created_at"]
    assert {r.state for r in created} == {"cancelled", "review"}
    assert min(r.start for r in created) == NOW - 300 * DAY


def test_an_earlier_start_date_is_filled_in() -> None:
    plan = synced().plan(wanted(start=NOW - 400 * DAY), NOW + 60)
    created = [r for r in plan if r.column == "created_at"]
    assert min(r.start for r in created) == NOW - 400 * DAY
    assert max(r.end for r in created) == NOW - 300 * DAY


def test_a_removed_end_date_is_filled_in() -> None:
    bookmark = synced(end=NOW - 50 * DAY)
    created = [r for r in bookmark.plan(wanted(), NOW + 60) if r.column == "created_at"]
    assert min(r.start for r in created) == NOW - 50 * DAY
    assert max(r.end for r in created) == NOW + 60 + DAY


def test_nothing_is_asked_beyond_the_end_date() -> None:
    assert synced(end=NOW - 50 * DAY).plan(wanted(end=NOW - 50 * DAY), NOW + 60) == []


def test_a_plain_singer_bookmark_is_understood() -> None:
    state = {
        "replication_key": "updated_at",
        "replication_key_value": "2025-09-01T00:00:00Z",
    }
    plan = Bookmark.of_streams([state]).plan(wanted(), NOW)
    assert "updated_at" in {r.column for r in plan}
    assert join([r for r in plan if r.column == "updated_at"])


@pytest.mark.parametrize(
    "state",
    [
        {"replication_key_value": "long ago"},
        {"replication_key_value": "2025-09-01T00:00:00Z", "unread": [{"from": 1}]},
        {"replication_key_value": "2025-09-01T00:00:00Z", "unread": [7]},
    ],
)
def test_an_unreadable_state_is_refused_with_a_way_out(state) -> None:
    with pytest.raises(StateError, match="Correct the bookmark"):
        Bookmark.of_streams([state])
