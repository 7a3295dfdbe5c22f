"""The state: returns to list, find and change, and the simulated clock.

Returns stay compact records until one is served; its JSON is then rendered
once and kept until the return or a switch changes.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

from . import stamps
from .answers import to_bytes
from .dressing import Dressing
from .payloads import payload
from .records import STATES
from .switches import Switches
from .world import number_lines, number_order, resume

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import Order, Return, World

Json = dict[str, Any]
Index = list[tuple[int, int]]
"""Moments with the ranks of the returns that carry them, both ascending."""

COLUMNS = ("created_at", "updated_at")
VISIBLE = "visible"
"""The group listed when no state is asked for."""
HIDDEN_STATES = ("cancelled", "review")


class Row:
    """One return with everything done to it since the start."""

    __slots__ = (
        "look",
        "overrides",
        "rank",
        "raw",
        "record",
        "rendered",
        "stamps",
        "state",
    )

    def __init__(self, rank: int, record: Return | None, raw: Json | None) -> None:
        """Wrap a record of the world, or a body given from outside."""
        self.rank = rank
        self.record = record
        self.raw = raw
        self.overrides: Json | None = None
        self.stamps: tuple[int | None, int | None] = (None, None)
        self.state = ""
        self.rendered = b""
        self.look = -1

    def body(self) -> Json:
        """Give the return in its documented form."""
        if self.raw is not None:
            return self.raw
        if self.record is None:
            return {}
        body = payload(self.record)
        if self.overrides:
            body.update(self.overrides)
        return body


class Store:
    """All returns and orders of a running world."""

    def __init__(self, world: World, switches: Switches | None = None) -> None:
        """Take over a world."""
        self.lock = threading.RLock()
        self.world = world
        self.now = world.now
        self.switches = switches or Switches()
        self.rows: dict[int, Row] = {}
        self.sequence = 0
        self._numbering = resume(world.returns)
        self._indexes: dict[tuple[str, str], Index] = {
            (column, group): [] for column in COLUMNS for group in (*STATES, VISIBLE)
        }
        for record in world.returns:
            self._enter(Row(record.id, record, None), insort_now=False)
        for index in self._indexes.values():
            index.sort()
        self._look = 0
        self._dressing = Dressing(self.switches, Switches())

    # Reading

    def index(self, column: str, state: str | None) -> Index:
        """Give the sorted moments of all returns of a state, or of the visible ones."""
        return self._indexes[(column, state or VISIBLE)]

    def find(self, return_id: str | int) -> Row | None:
        """Find a return by its id."""
        text = str(return_id)
        return self.rows.get(int(text)) if text.isdigit() else None

    def served(self, row: Row) -> Json:
        """Give a return as the list endpoint serves it now."""
        return self._dressing.apply(row.body(), self.now)

    def rendered(self, row: Row) -> bytes:
        """Give a return's JSON bytes as the list endpoint serves it now."""
        if row.look != self._look or not self._dressing.timeless:
            row.rendered = to_bytes(self.served(row))
            row.look = self._look
        return row.rendered

    def every(self) -> Iterable[Row]:
        """Give all returns of all states, oldest id first."""
        return [self.rows[rank] for rank in sorted(self.rows)]

    # Changing

    def set_switches(self, settings: dict[str, str]) -> None:
        """Change switches; what was rendered before is rendered anew."""
        with self.lock:
            self.switches.set(settings)
            self._dressing = Dressing(self.switches, Switches())
            self._look += 1

    def advance(self, seconds: int) -> int:
        """Move the simulated clock and give the new now."""
        with self.lock:
            self.now += seconds
            self._look += 1 if self.switches["updated_at"] != "present" else 0
            return self.now

    def tick(self) -> int:
        """Let one second pass, so that every change has a moment of its own."""
        return self.advance(1)

    def insert(self, body: Json) -> Row:
        """Add a return exactly as given; it may be as strange as it likes."""
        with self.lock:
            text = str(body.get("id", ""))
            rank = int(text) if text.isdigit() else max(self.rows, default=0) + 1
            if rank in self.rows:
                self._leave(self.rows[rank])
            row = Row(rank, None, body)
            self._enter(row)
            return row

    def admit(self, record: Return) -> Row:
        """Add a return made since the start, with ids of its own."""
        with self.lock:
            while True:
                self._numbering.number(record)
                if record.id not in self.rows:
                    break
            self.world.returns.append(record)
            row = Row(record.id, record, None)
            self._enter(row)
            return row

    def admit_orders(self, orders: Iterable[Order]) -> None:
        """Add orders made since the start, numbered after all others."""
        with self.lock:
            for order in orders:
                last = max(
                    (known.number for known in self.world.orders[-50:]), default=1_000
                )
                number_order(order, last + 1)
                self.world.orders.append(order)

    def override(self, row: Row, fields: Json, *, stamp: bool = True) -> None:
        """Replace fields of one return's body and stamp it, unless told not to."""
        with self.lock:
            if row.raw is not None:
                row.raw = row.raw | fields
            else:
                row.overrides = (row.overrides or {}) | fields
            if stamp and "updated_at" not in fields:
                self.touch(row)
            else:
                self.refresh(row)

    def touch(self, row: Row) -> None:
        """Stamp a changed return with the next second."""
        with self.lock:
            moment = self.tick()
            if row.raw is not None:
                row.raw = row.raw | {"updated_at": stamps.offset(moment)}
            elif row.record is not None:
                row.record.updated = moment
                number_lines(row.record.order)
                if row.overrides:
                    row.overrides.pop("updated_at", None)
            self.refresh(row)

    def refresh(self, row: Row) -> None:
        """Sort a changed return in again."""
        with self.lock:
            self._leave(row)
            self._enter(row)

    def _enter(self, row: Row, *, insort_now: bool = True) -> None:
        """Put a row under its moments."""
        _read_keys(row)
        row.look = -1
        self.rows[row.rank] = row
        for index, moment in self._places(row):
            if insort_now:
                insort(index, (moment, row.rank))
            else:
                index.append((moment, row.rank))

    def _leave(self, row: Row) -> None:
        """Take a row from where it stood."""
        for index, moment in self._places(row):
            place = bisect_left(index, (moment, row.rank))
            if place < len(index) and index[place] == (moment, row.rank):
                del index[place]

    def _places(self, row: Row) -> Iterable[tuple[Index, int]]:
        """Name the indexes a row stands in, with its moment there."""
        groups = [row.state] if row.state in STATES else []
        if row.state not in HIDDEN_STATES:
            groups.append(VISIBLE)
        for column, moment in zip(COLUMNS, row.stamps, strict=True):
            if moment is not None:
                for group in groups:
                    yield self._indexes[(column, group)], moment


def _read_keys(row: Row) -> None:
    """Take a row's state and moments from where they stand now."""
    if row.record is not None and not row.overrides:
        row.state, row.stamps = (
            row.record.state,
            (row.record.created, row.record.updated),
        )
        return
    body = row.body()
    row.state = str(body.get("state", ""))
    row.stamps = (_moment(body.get("created_at")), _moment(body.get("updated_at")))


def _moment(value: object) -> int | None:
    """Read a stamp; anything unreadable counts as none."""
    try:
        return stamps.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
