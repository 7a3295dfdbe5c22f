"""Records of Shopify, ReCharge and Stripe for the shop and its copies, by time of update."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from typing import Any

from loop_simulator import timestamps
from loop_simulator.neighbours import (
    recharge,
    shopify_graphql,
    shopify_reports,
    shopify_rest,
    stripe,
)
from loop_simulator.state import Replicas, ReplicatedStore, Store, Template
from loop_simulator.wire import to_bytes
from loop_simulator.world import SECONDS_APART, World

Json = dict[str, Any]
Stream = Callable[[Store, int], Iterator[Json]]

_STREAMS = {
    ("shopify", ""): shopify_graphql.STREAMS,
    ("shopify", "rest"): shopify_rest.STREAMS,
    ("shopify_reports", ""): shopify_reports.STREAMS,
    ("recharge", ""): recharge.STREAMS,
    ("stripe", ""): stripe.STREAMS,
}
APPS = {app for app, _ in _STREAMS}
"""The apps that have streams."""

_UPDATE_FIELDS = ("updatedAt", "updated_at", "createdAt", "created_at", "created")
"""Fields with the time of the last update; the first that a record has counts."""


class NeighbourStreams:
    """The streams of one store; templates are built when a stream is first read."""

    def __init__(self, store: Store) -> None:
        """Keep the store that is read."""
        self.store = store
        self._replicated: dict[Stream, _ReplicatedStream] = {}

    def lines(self, app: str, name: str, shape: str, since: int) -> Iterator[bytes]:
        """Return a stream's records updated since a moment, each as JSON.

        Raises:
            LookupError: If the app has no such stream, or replicas have none.

        """
        found = _STREAMS.get((app, shape)) or _STREAMS[app, ""]
        if name not in found:
            msg = f"no stream {name!r}; there are: {', '.join(found)}"
            raise LookupError(msg)
        stream = found[name]
        stored = stream(self.store, since)
        if not isinstance(self.store, ReplicatedStore):
            return map(to_bytes, stored)
        if stream is shopify_reports.sales:
            msg = "a shop of replicas has no sales report"
            raise LookupError(msg)
        if stream not in self._replicated:
            self._replicated[stream] = _ReplicatedStream(stream, self.store.replicas)
        return self._replicated[stream].merged(list(stored), since)


class _ReplicatedStream:
    """A stream's records in the original, ordered by update, with a template for each."""

    def __init__(self, stream: Stream, replicas: Replicas) -> None:
        """Build the templates from the stream in the first and the last replica."""
        self._stream, self._replicas = stream, replicas
        replication = replicas.replication
        first = list(stream(Store(_without_products(replication.first)), 0))
        last = stream(Store(_without_products(replication.last)), 0)
        self._moments = [_updated(row) for row in first]
        self._positions = {row["id"]: position for position, row in enumerate(first)}
        self._templates = [
            Template(to_bytes(here), to_bytes(there), replication.count - 1)
            for here, there in zip(first, last, strict=True)
        ]

    def merged(self, stored: list[Json], since: int) -> Iterator[bytes]:
        """Return the records of the ordinary store and of all replicas."""
        own = ((_updated(row), 0, position) for position, row in enumerate(stored))
        virtual = (self._replica(number, since) for number in self._replicas.numbers)
        return (
            self._templates[position].fill(number)
            if number
            else to_bytes(stored[position])
            for _, number, position in merge(own, *virtual)
        )

    def _replica(self, number: int, since: int) -> Iterator[tuple[int, int, int]]:
        """Return moment, replica and position of a replica's records."""
        gone, shift = self._materialised(number), number * SECONDS_APART
        for position, moment in enumerate(self._moments):
            if moment + shift >= since and position not in gone:
                yield moment + shift, number, position

    def _materialised(self, number: int) -> set[int]:
        """Return the positions of records whose shopper was materialised."""
        if not self._replicas.materialised[number]:
            return set()
        world = World("materialised", 0, self._replicas.replication.first.now)
        for position in self._replicas.materialised[number]:
            shopper = self._replicas.shoppers[position]
            world.orders += shopper.orders
            world.customers += [shopper.customer] if shopper.customer.id else []
            plan = shopper.customer.subscription
            world.subscriptions += [plan] if plan else []
        return {self._positions[row["id"]] for row in self._stream(Store(world), 0)}


def _without_products(world: World) -> World:
    """Return a world without its products, which replica 0 has for all replicas."""
    return World(
        world.name,
        world.seed,
        world.now,
        customers=world.customers,
        orders=world.orders,
        subscriptions=world.subscriptions,
    )


def _updated(row: Json) -> int:
    """Return when a record was last updated."""
    return timestamps.parse(next(row[name] for name in _UPDATE_FIELDS if name in row))
