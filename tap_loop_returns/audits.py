"""What a sync sent, counted as it leaves; the rows of ``sync_audits`` come from here.

Loaders lose rows and report success. A row carries the id of the sync that sent it,
so whoever holds the target can count what arrived. The invariant that makes the
count a proof: no more distinct keys are claimed than were sent. See
docs/decisions/0006-reconciliation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tap_loop_returns import stamps
from tap_loop_returns.ranges import Range, join
from tap_loop_returns.stamps import SECONDS

if TYPE_CHECKING:
    from tap_loop_returns.client import LoopClient
    from tap_loop_returns.rows import Raw, Row
    from tap_loop_returns.streams.base import LoopStream

# Keys that one sync remembers, to know one that comes again; some 4 MB.
REMEMBERED = 50_000

Span = list[int]


def now() -> str:
    """Return this moment in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Tally:
    """What was sent to one table."""

    def __init__(
        self,
        name: str,
        keys: tuple[str, ...],
        stamp: str | None,
        *,
        keeps_keys: bool = True,
    ) -> None:
        """Start counting.

        Args:
            name: Name that the stream goes by in the target.
            keys: Its key.
            stamp: Column of the newest update, if there is one.
            keeps_keys: False if a stream map gives the rows another key, or the id of
                the sync is left out, so that nothing can be said of keys.
        """
        self.name = name
        self.keys = keys
        self.rows = 0
        self.first: str | None = None
        self.last: str | None = None
        self.again: set[Any] = set()
        """First parts of keys, all rows of which may have been sent before."""
        self._distinct = 0
        self._keeps_keys = keeps_keys
        self._key = itemgetter(*keys)
        self._stamp = itemgetter(stamp) if stamp else None

    @classmethod
    def of_stream(cls, stream: LoopStream) -> dict[str, Tally]:
        """Return a tally for each name that the stream's maps give it."""
        keys = tuple(stream.primary_keys or ())
        return {
            one.stream_alias: cls(
                one.stream_alias,
                keys,
                stream.replication_key,
                keeps_keys=tuple(one.transformed_key_properties or ()) == keys
                and stream.says_its_sync,
            )
            for one in stream.stream_maps
        }

    @property
    def distinct_keys(self) -> int | None:
        """Distinct keys among the rows, at least; None if nobody can tell."""
        return self._distinct if self._keeps_keys else None

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows that were sent, as they were before any stream map."""
        if not rows:
            return
        self.rows += len(rows)
        keys = set(map(self._key, rows))
        if self.again:
            is_one = len(self.keys) == 1
            keys = {k for k in keys if (k if is_one else k[0]) not in self.again}
        self._distinct += len(keys)
        if self._stamp:
            found = {self.first, self.last, *map(self._stamp, rows)}
            found.discard(None)
            if found:
                self.first, self.last = min(found), max(found)

    def to_state(self) -> list[Any]:
        """Return the counts for the Singer state."""
        return [self.rows, self._distinct, self.first, self.last]

    def restore(self, counts: list[Any]) -> None:
        """Go on from the counts of a killed sync."""
        self.rows, self._distinct, self.first, self.last = counts


class Memory:
    """Keys that were sent, the first ones of a sync; memory does not grow with it."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._marks: set[int] = set()

    @property
    def is_full(self) -> bool:
        """A key that is not known may have been sent all the same."""
        return len(self._marks) >= REMEMBERED

    def known(self, keys: Iterable[Any]) -> set[Any]:
        """Return those that were sent and are remembered."""
        marks = self._marks
        return {key for key in keys if hash(key) in marks}

    def keep(self, keys: Iterable[Any]) -> None:
        """Remember keys while there is room."""
        if not self.is_full:
            self._marks.update(map(hash, keys))


@dataclass
class ListAudit:
    """The pass over the returns list, with the part of it that a killed sync did."""

    sync_id: str
    tallies: list[Tally]
    first_sync_id: str
    started_at: str = field(default_factory=now)
    requests: int = 0
    """Requests of the killed syncs; less those made before this pass."""
    created: Span | None = None
    updated: Span | None = None
    changed_from: int | None = None
    """Only returns changed since can come twice; seconds since 1970."""
    is_resumed: bool = False
    states: str = ""
    _since: str = ""
    _memory: Memory = field(default_factory=Memory)

    @classmethod
    def open(
        cls,
        sync_id: str,
        tallies: Iterable[Mapping[str, Tally]],
        known: Mapping[str, Any],
        unread: list[Range],
    ) -> ListAudit:
        """Start, or go on with what a killed sync left.

        Args:
            sync_id: Id of this sync.
            tallies: Those of each selected stream, by name.
            known: What the state says of a sync that was not finished.
            unread: The ranges that the state says are still to read. A target may
                have stored bookmarks of other moments; then the counts do not
                belong to them, and only what this sync sends is claimed.
        """
        flat = [tally for by_name in tallies for tally in by_name.values()]
        counts = known.get("streams", {})
        if (
            not unread
            or known.get("unread_seconds") != _seconds(unread)
            or not counts.keys() >= {tally.name for tally in flat}
        ):
            return cls(sync_id, flat, sync_id)
        for tally in flat:
            tally.restore(counts[tally.name])
        resumed = cls(sync_id, flat, known["first_sync_id"], known["started_at"])
        resumed.requests = known["requests"]
        resumed.created, resumed.updated = known["created"], known["updated"]
        resumed.changed_from = known["changed_from"]
        resumed.is_resumed = True
        return resumed

    def ask(self, ranges: list[Range], states: Iterable[str], requests: int) -> None:
        """Note what is going to be read, and the requests that were not for it."""
        self.states = ",".join(sorted(states))
        self.requests -= requests
        for item in ranges:
            # Returns without a date of update are looked for along with updates.
            if item.column == "created_at" and not item.unstamped:
                self.created = _around(self.created, item)
            else:
                self.updated = _around(self.updated, item)

    def begin(self, through: int | None) -> None:
        """Note from when on a return that changes may come again.

        Args:
            through: Loop's clock as this sync began, less the look-back.
        """
        moments = [through or 0]
        if self.changed_from is not None:
            moments.append(self.changed_from)
        if self.created and self.updated:
            # What changed since then is in ranges of both kinds.
            moments.append(self.updated[0])
        self.changed_from = min(moments)
        self._since = stamps.from_epoch(self.changed_from)[:SECONDS]

    def look_at(self, returns: Sequence[Raw]) -> None:
        """Find those that may have been sent before, and remember all."""
        ids = [str(raw["id"]) for raw in returns]
        again = self._memory.known(ids)
        if self.is_resumed or self._memory.is_full:
            moved = self._may_have_moved
            again |= {key for key, raw in zip(ids, returns, strict=True) if moved(raw)}
        self._memory.keep(ids)
        for tally in self.tallies:
            tally.again = again

    def rows(self, client: LoopClient) -> list[Row]:
        """Return the audits of the pass, which is complete."""
        shared = {
            "sync_id": self.sync_id,
            "first_sync_id": self.first_sync_id,
            "started_at": self.started_at,
            "finished_at": now(),
            "requests": self.requests + client.request_count,
            "states": self.states,
            **_columns("created", self.created),
            **_columns("updated", self.updated),
        }
        return [_row(tally, shared) for tally in self.tallies]

    def to_state(self, client: LoopClient, unread: list[Range]) -> dict[str, Any]:
        """Return what the next sync needs, if this one is killed."""
        return {
            "first_sync_id": self.first_sync_id,
            "started_at": self.started_at,
            "requests": self.requests + client.request_count,
            "created": self.created,
            "updated": self.updated,
            "changed_from": self.changed_from,
            "unread_seconds": _seconds(unread),
            "streams": {tally.name: tally.to_state() for tally in self.tallies},
        }

    def _may_have_moved(self, raw: Raw) -> bool:
        try:
            # As the rows are about to have it, so it is worked out only once.
            changed = stamps.to_utc(raw.get("updated_at"))
        except (ValueError, TypeError):
            return True
        return changed[:SECONDS] >= self._since


class ShopAudit:
    """One reading of a small endpoint."""

    def __init__(self, stream: LoopStream) -> None:
        """Start counting."""
        self._stream = stream
        self._started_at = now()
        self._before = stream.client.request_count
        self._tallies = Tally.of_stream(stream)
        self._memories = {name: Memory() for name in self._tallies}
        self._key = itemgetter(*stream.primary_keys or ())

    def add(self, row: Row, name: str) -> None:
        """Count a row that was sent under this name."""
        tally, memory, key = self._tallies[name], self._memories[name], self._key(row)
        first = key[0] if isinstance(key, tuple) else key
        tally.again = {first} if memory.known([key]) or memory.is_full else set()
        memory.keep([key])
        tally.add([row])

    def rows(self, period: Span | None) -> list[Row]:
        """Return the audits of the stream, which was read to its end."""
        shared = {
            "sync_id": self._stream.sync_id,
            "first_sync_id": self._stream.sync_id,
            "started_at": self._started_at,
            "finished_at": now(),
            "requests": self._stream.client.request_count - self._before,
            "states": None,
            **_columns("created", None),
            **_columns("updated", period),
        }
        return [_row(tally, shared) for tally in self._tallies.values()]


def _row(tally: Tally, shared: dict[str, Any]) -> Row:
    return shared | {
        "stream_name": tally.name,
        "key_properties": ", ".join(tally.keys),
        "rows_sent": tally.rows,
        "distinct_keys": tally.distinct_keys,
        "first_updated_at": tally.first,
        "last_updated_at": tally.last,
    }


def _columns(name: str, span: Span | None) -> dict[str, str | None]:
    start, end = span or (None, None)
    return {
        f"{name}_from": None if start is None else stamps.from_epoch(start),
        f"{name}_to": None if end is None else stamps.from_epoch(end),
    }


def _around(span: Span | None, item: Range) -> Span:
    if span is None:
        return [item.start, item.end]
    return [min(span[0], item.start), max(span[1], item.end)]


def _seconds(unread: list[Range]) -> int:
    return sum(item.end - item.start + 1 for item in join(unread))
