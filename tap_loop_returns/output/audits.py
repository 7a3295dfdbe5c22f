"""The rows of ``sync_audits``: counts of what a sync sent, for a check of the target.

A loader can lose rows and still report success. Every row carries the id of the sync that sent
it, so the rows in the target can be counted. The invariant that makes the count a
proof: an audit never counts more distinct keys than were sent. See
docs/decisions/0006-reconciliation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from tap_loop_returns import timestamps
from tap_loop_returns.client import LoopClient
from tap_loop_returns.output.counts import SavedCounts, SeenKeys, StreamCounts
from tap_loop_returns.reading.ranges import Range, join
from tap_loop_returns.rows import Raw, Row
from tap_loop_returns.timestamps import SECONDS

Span = Annotated[list[int], msgspec.Meta(min_length=2, max_length=2)]
"""First and last second, since 1970."""


class Checkpoint(msgspec.Struct):
    """The counts of an unfinished sync, as ``ListAudit.to_state`` writes them."""

    first_sync_id: str
    started_at: str
    requests: int
    created: Span | None
    updated: Span | None
    changed_from: int | None
    unread_seconds: int
    streams: dict[str, SavedCounts]
    partly_read: list[dict[str, Any]] = []
    """States of earlier releases do not have these ranges."""


def now() -> str:
    """Return the current time in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class ListAudit:
    """The audit of one pass over the returns list, also if several syncs made the pass."""

    sync_id: str
    counts: list[StreamCounts]
    first_sync_id: str
    started_at: str = field(default_factory=now)
    requests: int = 0
    """Requests of earlier syncs of the pass, minus the client's counter when this sync
    started the pass; adding the client's counter gives the total."""
    created: Span | None = None
    updated: Span | None = None
    changed_from: int | None = None
    """Only returns that changed since this time can be sent twice; seconds since
    1970."""
    is_resumed: bool = False
    partly_read: list[Range] = field(default_factory=list)
    """Unread ranges of which some returns were sent, so the next sync sends them again."""
    unread_returns: int = 0
    """Number of returns that could not be read; a second of which no return could be read
    counts as one."""
    states: str = ""
    _since: str = ""
    _seen: SeenKeys = field(default_factory=SeenKeys)

    @classmethod
    def open(
        cls,
        sync_id: str,
        counts: Iterable[Mapping[str, StreamCounts]],
        checkpoint: Mapping[str, Any],
        unread: list[Range],
    ) -> ListAudit:
        """Start an audit, or continue the audit of a killed sync.

        Args:
            sync_id: Id of this sync.
            counts: The counts of each selected stream, by name.
            checkpoint: The counts of an unfinished sync in the state.
            unread: The ranges that the state lists as unread. If a target has stored
                bookmarks of different moments, or the saved counts were edited, the
                counts do not match the ranges, and only the rows of this sync are
                counted.
        """
        flat = [one for by_name in counts for one in by_name.values()]
        try:
            saved = msgspec.convert(checkpoint, Checkpoint)
            partly_read = list(map(Range.from_state, saved.partly_read))
        except (ValueError, TypeError):
            # There is none, or somebody has edited it.
            return cls(sync_id, flat, sync_id)
        if (
            not unread
            or saved.unread_seconds != _seconds(unread)
            or not saved.streams.keys() >= {one.name for one in flat}
        ):
            return cls(sync_id, flat, sync_id)
        for one in flat:
            one.restore(saved.streams[one.name])
        resumed = cls(sync_id, flat, saved.first_sync_id, saved.started_at)
        resumed.requests = saved.requests
        resumed.created, resumed.updated = saved.created, saved.updated
        resumed.changed_from = saved.changed_from
        resumed.partly_read = partly_read
        resumed.is_resumed = True
        return resumed

    def add_ranges(self, ranges: Iterable[Range]) -> None:
        """Extend the time ranges of the audit."""
        for item in ranges:
            # Returns without an update date are searched for together with updates.
            if item.column == "created_at" and not item.unstamped:
                self.created = _around(self.created, item)
            else:
                self.updated = _around(self.updated, item)

    def begin(self, through: int | None) -> None:
        """Set ``changed_from``; returns that changed since then may be sent twice.

        Args:
            through: Loop's clock at the start of this sync, minus the look-back.
        """
        moments = [through or 0]
        if self.changed_from is not None:
            moments.append(self.changed_from)
        if self.created and self.updated:
            # A return that changed since the start of `updated` may be in ranges of both kinds.
            moments.append(self.updated[0])
        self.changed_from = min(moments)
        self._since = timestamps.from_epoch(self.changed_from)[:SECONDS]

    def observe(self, returns: Sequence[Raw], span: Range) -> None:
        """Mark the returns that may have been sent before, and remember the ids of all returns.

        Args:
            returns: Returns that are sent next.
            span: The range that they were read from.
        """
        ids = [str(raw["id"]) for raw in returns]
        resent = self._seen.known(ids)
        if self.is_resumed and any(map(span.overlaps, self.partly_read)):
            resent = set(ids)
        elif self.is_resumed or self._seen.is_full:
            moved = self._may_have_moved
            resent |= {key for key, raw in zip(ids, returns, strict=True) if moved(raw)}
        self._seen.keep(ids)
        for one in self.counts:
            one.possibly_resent = resent

    def rows(self, client: LoopClient) -> list[Row]:
        """Return the audits of the pass, which is complete."""
        shared = {
            "sync_id": self.sync_id,
            "first_sync_id": self.first_sync_id,
            "started_at": self.started_at,
            "finished_at": now(),
            "requests": self.requests + client.request_count,
            "states": self.states,
            "unread_returns": self.unread_returns,
            **_columns("created", self.created),
            **_columns("updated", self.updated),
        }
        return [_row(one, shared) for one in self.counts]

    def to_state(self, client: LoopClient, unread: list[Range]) -> dict[str, Any]:
        """Return the counts that the next sync needs if this one is killed."""
        return {
            "first_sync_id": self.first_sync_id,
            "started_at": self.started_at,
            "requests": self.requests + client.request_count,
            "created": self.created,
            "updated": self.updated,
            "changed_from": self.changed_from,
            "unread_seconds": _seconds(unread),
            "partly_read": [item.to_state() for item in self.partly_read],
            "streams": {one.name: one.to_state() for one in self.counts},
        }

    def _may_have_moved(self, raw: Raw) -> bool:
        try:
            changed = timestamps.to_utc(raw.get("updated_at"))
        except (ValueError, TypeError):
            return True
        return changed[:SECONDS] >= self._since


class EndpointAudit:
    """The audit of one small endpoint in one sync."""

    def __init__(
        self, client: LoopClient, sync_id: str, counts: Iterable[StreamCounts]
    ) -> None:
        """Start counting.

        Args:
            client: Counts the requests.
            sync_id: Id of this sync.
            counts: The counts of the stream, by its names in the target.
        """
        self._client = client
        self._sync_id = sync_id
        self._started_at = now()
        self._before = client.request_count
        self._counts = list(counts)
        for one in self._counts:
            one.seen = SeenKeys()

    def rows(self, period: Span | None) -> list[Row]:
        """Return the audits of the stream, which was read to its end."""
        shared = {
            "sync_id": self._sync_id,
            "first_sync_id": self._sync_id,
            "started_at": self._started_at,
            "finished_at": now(),
            "requests": self._client.request_count - self._before,
            "states": None,
            "unread_returns": None,
            **_columns("created", None),
            **_columns("updated", period),
        }
        return [_row(one, shared) for one in self._counts]


def _row(counts: StreamCounts, shared: dict[str, Any]) -> Row:
    unread = shared["unread_returns"]
    return shared | {
        "unread_returns": None if unread is None else unread + counts.missed,
        "stream_name": counts.name,
        "tap_stream": counts.tap_stream,
        "key_properties": ", ".join(counts.keys),
        "rows_sent": counts.rows,
        "distinct_keys": counts.distinct_keys,
        "repeated_keys": counts.repeated_keys,
        "first_updated_at": counts.first,
        "last_updated_at": counts.last,
    }


def _columns(name: str, span: Span | None) -> dict[str, str | None]:
    start, end = span or (None, None)
    return {
        f"{name}_from": None if start is None else timestamps.from_epoch(start),
        f"{name}_to": None if end is None else timestamps.from_epoch(end),
    }


def _around(span: Span | None, item: Range) -> Span:
    if span is None:
        return [item.start, item.end]
    return [min(span[0], item.start), max(span[1], item.end)]


def _seconds(unread: list[Range]) -> int:
    return sum(item.end - item.start + 1 for item in join(unread))
