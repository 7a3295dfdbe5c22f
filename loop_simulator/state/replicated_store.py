"""The state of a shop with replicas.

The returns of replicas are computed when they are read; once a return is changed, all
returns of its shopper are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from typing_extensions import override

from loop_simulator.state.replicas import Replicas
from loop_simulator.state.store import Store, groups
from loop_simulator.state.stored_return import StoredReturn
from loop_simulator.wire import Switches
from loop_simulator.world import Replication, Shopper, World


def open_store(world: World, switches: Switches) -> Store:
    """Return the kind of store that a world needs."""
    if world.replication is None:
        return Store(world, switches)
    return ReplicatedStore(world, world.replication, switches)


class ReplicatedStore(Store):
    """A store that also holds the replicas of its world."""

    def __init__(
        self, world: World, replication: Replication, switches: Switches
    ) -> None:
        """Keep replica 0 as an ordinary world, and the others as replicas."""
        self.replicas = Replicas(replication)
        super().__init__(world, switches)
        # New returns and orders are numbered after those of all replicas.
        used = replication.key_step * replication.count
        counters = self._numbering
        counters.returns = max(counters.returns, used)
        counters.lines = max(counters.lines, used)
        counters.items = max(counters.items, used)
        self._last_number = max(self._last_number, 1_000 + used)

    @override
    def repeats(self) -> Iterable[tuple[Shopper, int]]:
        return self.replicas.repeats()

    @override
    def get(self, return_id: str | int) -> StoredReturn | None:
        found = super().get(return_id)
        if found is not None or not str(return_id).isdigit():
            return found
        key = int(return_id)
        location = self.replicas.locate(key)
        if location is None:
            return None
        records = self.replicas.build(location).returns
        return next(
            StoredReturn(key, record, None) for record in records if record.id == key
        )

    @override
    def created(self, key: int) -> int:
        location = self.replicas.locate(key)
        return self.replicas.created(location) if location else super().created(key)

    @override
    def rendered(self, key: int) -> bytes:
        location = self.replicas.locate(key) if self._variant.is_documented else None
        return self.replicas.rendered(location) if location else super().rendered(key)

    @override
    def find_keys(
        self, fits: Callable[[StoredReturn], bool] = lambda _: True
    ) -> list[int]:
        return sorted(chain(super().find_keys(fits), self.replicas.find_keys(fits)))

    @override
    def _keys_of_order(self, field: str, value: str) -> Iterable[int]:
        return chain(
            super()._keys_of_order(field, value),
            self.replicas.keys_of_order(field, value),
        )

    @override
    def get_for_update(self, return_id: str | int) -> StoredReturn | None:
        with self.lock:
            text = str(return_id)
            location = self.replicas.locate(int(text)) if text.isdigit() else None
            if location:
                self._materialise(self.replicas.materialise(location))
            return super().get_for_update(return_id)

    def _materialise(self, shopper: Shopper) -> None:
        """Add a materialised shopper, whose returns are already in the indexes."""
        self.world.orders += shopper.orders
        self.world.returns += shopper.returns
        if shopper.customer.id is not None:
            self.world.customers.append(shopper.customer)
        if shopper.customer.subscription is not None:
            self.world.subscriptions.append(shopper.customer.subscription)
        for record in shopper.returns:
            self.returns[record.id] = StoredReturn(record.id, record, None)

    @override
    def _entries(self, column: int, group: str) -> Iterator[int]:
        yield from super()._entries(column, group)
        yield from self.replicas.entries(lambda row: group in groups(row.state), column)
