"""All replicas of a large shop except the original: found by key, rendered from templates.

Their returns are virtual: computed when they are requested. Before one is changed, its
shopper is materialised, which means copied into the ordinary store and removed from the
replica.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from loop_simulator.state.index import pack
from loop_simulator.state.stored_return import StoredReturn
from loop_simulator.state.templates import Template
from loop_simulator.wire import return_to_json, to_bytes
from loop_simulator.world import (
    ORDER_STEP,
    RETURN_ID,
    SECONDS_APART,
    Order,
    Replication,
    Shopper,
    group_by_shopper,
    replicate,
    shifted_name,
)

Location = tuple[int, int]
"""The number of a replica, and a return's key in the original."""


class Replicas:
    """The replicas from number 1 on."""

    def __init__(self, replication: Replication) -> None:
        """Keep a replication. Callers must not change its worlds afterwards."""
        self.replication = replication
        self.numbers = range(1, replication.count)
        self.originals = [
            StoredReturn(record.id, record, None)
            for record in replication.first.returns
        ]
        self.shoppers = group_by_shopper(replication.first)
        self.materialised: dict[int, set[int]] = {
            number: set() for number in self.numbers
        }
        """By replica, the positions in ``shoppers`` of those who were materialised."""
        self._shopper = {
            record.id: position
            for position, shopper in enumerate(self.shoppers)
            for record in shopper.returns
        }
        self._templates: dict[int, Template] = {}

    # Finding

    def locate(self, key: int) -> Location | None:
        """Return where the virtual return with this key is; None if there is none."""
        number, position = divmod(key - RETURN_ID - 1, self.replication.key_step)
        if number not in self.numbers or position >= len(self.originals):
            return None
        original = self.originals[position].key
        return (number, original) if self._is_virtual(original, number) else None

    def _is_virtual(self, original: int, number: int) -> bool:
        """Return whether a replica still has the copy of this original return."""
        return self._shopper[original] not in self.materialised[number]

    def created(self, location: Location) -> int:
        """Return the creation time of a return."""
        number, original = location
        record = self.replication.first.returns[original - RETURN_ID - 1]
        return record.created + number * SECONDS_APART

    def find_keys(self, fits: Callable[[StoredReturn], bool]) -> Iterator[int]:
        """Return the sorted keys of all returns whose original in replica 0 matches."""
        fitting = [row.key for row in self.originals if fits(row)]
        for number in self.numbers:
            for key in fitting:
                if self._is_virtual(key, number):
                    yield key + number * self.replication.key_step

    def keys_of_order(self, field: str, value: str) -> Iterator[int]:
        """Return the keys of the returns of one order, by its id or its name."""
        for number in self.numbers:
            step = number * self.replication.key_step
            for row in self.originals:
                order = row.record.order if row.record else None
                if order and _order_field(order, field, step) == value:
                    yield row.key + step

    def entries(
        self, fits: Callable[[StoredReturn], bool], column: int
    ) -> Iterator[int]:
        """Return the packed index entries of all matching returns, for one timestamp field."""
        packed = [
            pack(moment, row.key)
            for row in self.originals
            for moment in (row.timestamps[column],)
            if moment is not None and fits(row)
        ]
        step = pack(SECONDS_APART, 0) + self.replication.key_step
        for number in self.numbers:
            shift = number * step
            yield from [entry + shift for entry in packed]

    def repeats(self) -> Iterator[tuple[Shopper, int]]:
        """Return every shopper of replica 0, each with the number of replicas that have a copy."""
        gone = Counter(
            position
            for positions in self.materialised.values()
            for position in positions
        )
        for position, shopper in enumerate(self.shoppers):
            yield shopper, len(self.numbers) - gone[position]

    # Building

    def rendered(self, location: Location) -> bytes:
        """Return one return's JSON in its documented form."""
        number, original = location
        template = self._templates.get(original)
        if template is None:
            first, last = (
                to_bytes(return_to_json(world.returns[original - RETURN_ID - 1]))
                for world in (self.replication.first, self.replication.last)
            )
            template = Template(first, last, self.replication.count - 1)
            self._templates[original] = template
        return template.fill(number)

    def build(self, location: Location) -> Shopper:
        """Return a copy of a return's shopper, as in their replica."""
        number, original = location
        shopper = self.shoppers[self._shopper[original]]
        goods, key_step = self.replication.first.products, self.replication.key_step
        return replicate(shopper, goods, key_step, number)

    def materialise(self, location: Location) -> Shopper:
        """Return a copy of a return's shopper, and remove the shopper from the replica."""
        shopper = self.build(location)
        number, original = location
        self.materialised[number].add(self._shopper[original])
        return shopper


def _order_field(order: Order, field: str, step: int) -> str:
    """Return the id or name that an order has in another replica."""
    if field == "provider_order_id":
        return str(order.id + step * ORDER_STEP)
    return shifted_name(order.name, step)
