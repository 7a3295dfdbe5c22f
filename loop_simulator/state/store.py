"""The state: returns to list, find and change, and the simulated clock.

Returns stay compact records until one is served; its JSON is then rendered once and
kept until the return or a switch changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state.index import Index, pack
from loop_simulator.state.stored_return import StoredReturn
from loop_simulator.wire import ResponseVariant, Switches, to_bytes
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
"""The group that is listed without a state parameter."""
HIDDEN_STATES = ("cancelled", "review")
GROUPS = (*STATES, VISIBLE)
LONGEST_ID = 18
"""Digits of the largest id that an index can hold."""


def _always(_row: StoredReturn) -> bool:
    return True


class Store:
    """All returns and orders of a running world; a return's key is its id as a number."""

    def __init__(self, world: World, switches: Switches | None = None) -> None:
        """Keep a world."""
        self.lock = threading.RLock()
        self.world = world
        self.now = world.now
        self.switches = switches or Switches()
        self.returns: dict[int, StoredReturn] = {
            record.id: StoredReturn(record.id, record, None) for record in world.returns
        }
        self.sequence = 0
        self._numbering = resume(world.returns)
        self._last_number = max((order.number for order in world.orders), default=1_000)
        self._indexes = {
            (column, group): Index(self._entries(position, group))
            for position, column in enumerate(COLUMNS)
            for group in GROUPS
        }
        self._version = 0
        self._variant = ResponseVariant(self.switches, Switches())

    # Reading

    def index(self, column: str, state: str | None) -> Index:
        """Return the index of the returns in a state, or of those that Loop shows by default."""
        return self._indexes[(column, state or VISIBLE)]

    def indexes(self, column: str) -> list[Index]:
        """Return the indexes of all groups."""
        return [self._indexes[(column, group)] for group in GROUPS]

    def repeats(self) -> Iterable[tuple[Shopper, int]]:
        """Return the shoppers that replicas copy, each with the number of copies."""
        return ()

    def get(self, return_id: str | int) -> StoredReturn | None:
        """Look up a return by its id. Callers must not modify it."""
        return self.returns.get(_key(return_id))

    def find_by_order(self, field: str, value: str) -> list[StoredReturn]:
        """Return the returns of one order, oldest first.

        Args:
            field: ``provider_order_id`` or ``order_name``.
            value: Its value.

        """
        keys = sorted(self._keys_of_order(field, value))
        return [row for key in keys for row in [self.get(key)] if row]

    def _keys_of_order(self, field: str, value: str) -> Iterable[int]:
        return [
            key for key, row in self.returns.items() if row.order_field(field) == value
        ]

    def created(self, key: int) -> int:
        """Return the creation time of a return."""
        return self.returns[key].timestamps[0] or 0

    def served(self, row: StoredReturn) -> Json:
        """Return a return's body as the list endpoint serves it now."""
        return self._variant.apply(row.body(), self.now)

    def rendered(self, key: int) -> bytes:
        """Return a return's JSON as the list endpoint serves it now."""
        row = self.get(key)
        if row is None:
            return b"null"
        if row.rendered_version != self._version or not self._variant.is_static:
            row.rendered = to_bytes(self.served(row))
            row.rendered_version = self._version
        return row.rendered

    def find_keys(self, fits: Callable[[StoredReturn], bool] = _always) -> list[int]:
        """Return the keys of all matching returns in any state, ascending."""
        return sorted(key for key, row in self.returns.items() if fits(row))

    def all(self) -> Iterator[StoredReturn]:
        """Return all returns of all states, oldest id first. Callers must not modify them."""
        return (row for key in self.find_keys() for row in [self.get(key)] if row)

    @property
    def count(self) -> int:
        """The number of returns."""
        return len(self.find_keys())

    # Changing

    def set_switches(self, settings: dict[str, str]) -> None:
        """Change switches; every return is then rendered again."""
        with self.lock:
            self.switches.set(settings)
            self._variant = ResponseVariant(self.switches, Switches())
            self._version += 1

    def advance(self, seconds: int) -> int:
        """Move the simulated clock and return the new time."""
        with self.lock:
            self.now += seconds
            self._version += 1 if self.switches["updated_at"] != "present" else 0
            return self.now

    def tick(self) -> int:
        """Advance the clock by a second, so that every change has its own timestamp."""
        return self.advance(1)

    def insert(self, body: Json) -> StoredReturn:
        """Add a return exactly as given, even an invalid one."""
        with self.lock:
            text = str(body.get("id", ""))
            known = text.isdigit() and len(text) <= LONGEST_ID
            key = int(text) if known else max(self.find_keys(), default=0) + 1
            before = self.get_for_update(key)
            if before is not None:
                self._leave(before)
            row = StoredReturn(key, None, body)
            self._enter(row)
            return row

    def add(self, record: Return) -> StoredReturn:
        """Add a return created since the start and give it ids."""
        with self.lock:
            while True:
                self._numbering.number(record)
                if self.get(record.id) is None:
                    break
            self.world.returns.append(record)
            row = StoredReturn(record.id, record, None)
            self._enter(row)
            return row

    def add_orders(self, orders: Iterable[Order]) -> None:
        """Add orders created since the start, numbered after all others."""
        with self.lock:
            for order in orders:
                self._last_number += 1
                number_order(order, self._last_number)
                self.world.orders.append(order)

    def get_for_update(self, return_id: str | int) -> StoredReturn | None:
        """Look up by its id a return that the caller may change."""
        return self.returns.get(_key(return_id))

    def override(self, row: StoredReturn, fields: Json, *, stamp: bool = True) -> None:
        """Replace fields of a return's body; without ``stamp`` keep ``updated_at``."""
        with self.lock:
            if row.raw is not None:
                row.raw = row.raw | fields
            else:
                row.overrides = (row.overrides or {}) | fields
            if stamp and "updated_at" not in fields:
                self.stamp_changed(row)
            else:
                self.reindex(row)

    def stamp_changed(self, row: StoredReturn) -> None:
        """Set ``updated_at`` of a changed return to the next second."""
        with self.lock:
            moment = self.tick()
            if row.raw is not None:
                row.raw = row.raw | {"updated_at": timestamps.offset(moment)}
            elif row.record is not None:
                row.record.updated = moment
                number_lines(row.record.order)
                if row.overrides:
                    row.overrides.pop("updated_at", None)
            self.reindex(row)

    def reindex(self, row: StoredReturn) -> None:
        """Update the indexes after a return changed."""
        with self.lock:
            self._leave(row)
            self._enter(row)

    def _entries(self, column: int, group: str) -> Iterator[int]:
        """Return the packed initial entries of an index."""
        for row in self.returns.values():
            moment = row.timestamps[column]
            if moment is not None and group in groups(row.state):
                yield pack(moment, row.key)

    def _enter(self, row: StoredReturn) -> None:
        """Add a return to the indexes."""
        row.read_keys()
        self.returns[row.key] = row
        for index, moment in self._index_entries(row):
            index.add((moment, row.key))

    def _leave(self, row: StoredReturn) -> None:
        """Remove a return from the indexes."""
        for index, moment in self._index_entries(row):
            index.discard((moment, row.key))

    def _index_entries(self, row: StoredReturn) -> Iterator[tuple[Index, int]]:
        """Return the indexes a return is in, with its timestamp there."""
        for column, moment in zip(COLUMNS, row.timestamps, strict=True):
            if moment is not None:
                for group in groups(row.state):
                    yield self._indexes[(column, group)], moment


def groups(state: str) -> list[str]:
    """Return the groups whose lists contain a return in this state."""
    found = [state] if state in STATES else []
    return found if state in HIDDEN_STATES else [*found, VISIBLE]


def _key(return_id: str | int) -> int:
    """Return an id as a number, -1 if it is not one."""
    if isinstance(return_id, int):
        return return_id
    return int(return_id) if return_id.isdigit() else -1
