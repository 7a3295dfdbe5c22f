"""The state: returns to list, find and change, and the simulated clock.

Returns stay compact records until one is served; its JSON is then rendered
once and kept until the return or a switch changes. Returns of further tiles stay
templates until one is changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state.index import Index, pack
from loop_simulator.state.replicas import Tiles
from loop_simulator.state.stored_return import Row
from loop_simulator.wire import Dressing, Switches, to_bytes
from loop_simulator.world import (
    STATES,
    Order,
    Return,
    Shopper,
    World,
    number_lines,
    number_order,
    resume,
)

Json = dict[str, Any]

COLUMNS = ("created_at", "updated_at")
VISIBLE = "visible"
"""The group listed when no state is asked for."""
HIDDEN_STATES = ("cancelled", "review")
GROUPS = (*STATES, VISIBLE)
LONGEST_ID = 18
"""Digits of the largest id an index holds."""


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
        self.tiles = Tiles(world.tiling) if world.tiling else None
        self._numbering = resume(world.returns)
        self._last_number = max((order.number for order in world.orders), default=1_000)
        if world.tiling:
            self._skip(world.tiling.keys * world.tiling.count)
        for record in world.returns:
            self.rows[record.id] = Row(record.id, record, None)
        self._indexes = {
            (column, group): Index(self._entries(place, group))
            for place, column in enumerate(COLUMNS)
            for group in GROUPS
        }
        self._look = 0
        self._dressing = Dressing(self.switches, Switches())

    # Reading

    def index(self, column: str, state: str | None) -> Index:
        """Give the sorted moments of all returns of a state, or of the visible ones."""
        return self._indexes[(column, state or VISIBLE)]

    def indexes(self, column: str) -> list[Index]:
        """Give the sorted moments of all groups."""
        return [self._indexes[(column, group)] for group in GROUPS]

    def repeats(self) -> Iterable[tuple[Shopper, int]]:
        """Give the shoppers that tiles repeat, with how many times."""
        return self.tiles.repeats() if self.tiles else ()

    def find(self, return_id: str | int) -> Row | None:
        """Find a return by its id, to be read only."""
        text = str(return_id)
        return self.row(int(text)) if text.isdigit() else None

    def row(self, rank: int) -> Row | None:
        """Find a return by its rank, to be read only."""
        place = self.tiles.find(rank) if self.tiles else None
        if self.tiles is None or place is None:
            return self.rows.get(rank)
        told = self.tiles.told(*place).returns
        return next(Row(rank, record, None) for record in told if record.id == rank)

    def created(self, rank: int) -> int:
        """Give when a return was created."""
        place = self.tiles.find(rank) if self.tiles else None
        if self.tiles and place:
            return self.tiles.created(*place)
        return self.rows[rank].stamps[0] or 0

    def served(self, row: Row) -> Json:
        """Give a return as the list endpoint serves it now."""
        return self._dressing.apply(row.body(), self.now)

    def rendered(self, rank: int) -> bytes:
        """Give a return's JSON bytes as the list endpoint serves it now."""
        place = self.tiles.find(rank) if self.tiles else None
        if self.tiles and place and self._dressing.plain:
            return self.tiles.rendered(*place)
        row = self.rows.get(rank) or self.row(rank)
        if row is None:
            return b"null"
        if row.look != self._look or not self._dressing.timeless:
            row.rendered = to_bytes(self.served(row))
            row.look = self._look
        return row.rendered

    def ranks(self, fits: Callable[[Row], bool] = lambda _: True) -> list[int]:
        """Give the ranks of all returns of all states that fit, ascending."""
        found = [rank for rank, row in self.rows.items() if fits(row)]
        return sorted([*found, *(self.tiles.ranks(fits) if self.tiles else ())])

    def every(self) -> Iterator[Row]:
        """Give all returns of all states, oldest id first, to be read only."""
        return (row for rank in self.ranks() for row in [self.row(rank)] if row)

    @property
    def count(self) -> int:
        """How many returns there are."""
        return len(self.ranks())

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
            known = text.isdigit() and len(text) <= LONGEST_ID
            rank = int(text) if known else max(self.ranks(), default=0) + 1
            before = self.claim(rank)
            if before is not None:
                self._leave(before)
            row = Row(rank, None, body)
            self._enter(row)
            return row

    def admit(self, record: Return) -> Row:
        """Add a return made since the start, with ids of its own."""
        with self.lock:
            while True:
                self._numbering.number(record)
                if self.row(record.id) is None:
                    break
            self.world.returns.append(record)
            row = Row(record.id, record, None)
            self._enter(row)
            return row

    def admit_orders(self, orders: Iterable[Order]) -> None:
        """Add orders made since the start, numbered after all others."""
        with self.lock:
            for order in orders:
                self._last_number += 1
                number_order(order, self._last_number)
                self.world.orders.append(order)

    def claim(self, return_id: str | int) -> Row | None:
        """Find a return to be changed; one in a tile wakes with its shopper."""
        with self.lock:
            text = str(return_id)
            rank = int(text) if text.isdigit() else -1
            place = self.tiles.find(rank) if self.tiles else None
            if self.tiles and place:
                shopper = self.tiles.wake(*place)
                self.world.orders += shopper.orders
                self.world.returns += shopper.returns
                if shopper.customer.id is not None:
                    self.world.customers.append(shopper.customer)
                if shopper.customer.subscription is not None:
                    self.world.subscriptions.append(shopper.customer.subscription)
                # Its moments are in the indexes already.
                for record in shopper.returns:
                    self.rows[record.id] = Row(record.id, record, None)
            return self.rows.get(rank)

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
                row.raw = row.raw | {"updated_at": timestamps.offset(moment)}
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

    def _skip(self, keys: int) -> None:
        """Begin to number behind all tiles."""
        counters = self._numbering
        counters.returns = max(counters.returns, keys)
        counters.lines = max(counters.lines, keys)
        counters.items = max(counters.items, keys)
        self._last_number = max(self._last_number, 1_000 + keys)

    def _entries(self, column: int, group: str) -> Iterator[int]:
        """Give the packed entries an index begins with."""

        def fits(row: Row) -> bool:
            return group in groups(row.state)

        for row in self.rows.values():
            moment = row.stamps[column]
            if moment is not None and fits(row):
                yield pack(moment, row.rank)
        if self.tiles:
            yield from self.tiles.entries(fits, column)

    def _enter(self, row: Row) -> None:
        """Put a row under its moments."""
        row.read_keys()
        self.rows[row.rank] = row
        for index, moment in self._places(row):
            index.add((moment, row.rank))

    def _leave(self, row: Row) -> None:
        """Take a row from where it stood."""
        for index, moment in self._places(row):
            index.discard((moment, row.rank))

    def _places(self, row: Row) -> Iterator[tuple[Index, int]]:
        """Name the indexes a row stands in, with its moment there."""
        for column, moment in zip(COLUMNS, row.stamps, strict=True):
            if moment is not None:
                for group in groups(row.state):
                    yield self._indexes[(column, group)], moment


def groups(state: str) -> list[str]:
    """Name the listings a return of a state is in."""
    found = [state] if state in STATES else []
    return found if state in HIDDEN_STATES else [*found, VISIBLE]
