"""The shop's own streams over all tiles, oldest touch first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from typing import Any

from loop_simulator import timestamps
from loop_simulator.neighbours import recharge, shopify_graphql, shopify_rest
from loop_simulator.state import Store, Template, Tiles
from loop_simulator.wire import to_bytes
from loop_simulator.world import SECONDS, World

Stream = Callable[[Store, int], Iterator[dict[str, Any]]]

_STREAMS = {
    ("shopify", ""): shopify_graphql.STREAMS,
    ("shopify", "rest"): shopify_rest.STREAMS,
    ("recharge", ""): recharge.STREAMS,
}
"""Streams by app and shape; an unknown shape gives the app's usual one."""

_TOUCHED = ("updatedAt", "updated_at", "createdAt", "created_at")
"""Where a record says when it was touched; the first that is there counts."""


class NeighbourStreams:
    """One store's streams; templates are made at a stream's first reading."""

    def __init__(self, store: Store) -> None:
        """Read a store."""
        self.store = store
        self._sheets: dict[Stream, _Sheet] = {}

    def lines(self, app: str, name: str, shape: str, since: int) -> Iterator[bytes]:
        """Return a stream's records updated since a moment, each as JSON.

        Raises:
            LookupError: If the app has no such stream.

        """
        found = _STREAMS.get((app, shape)) or _STREAMS[app, ""]
        if name not in found:
            message = f"no stream {name!r}; there are: {', '.join(found)}"
            raise LookupError(message)
        stream = found[name]
        ordinary = stream(self.store, since)
        tiles = self.store.tiles
        if tiles is None:
            return map(to_bytes, ordinary)
        if stream not in self._sheets:
            self._sheets[stream] = _Sheet(stream, tiles)
        sheet = self._sheets[stream]
        own = list(ordinary)
        near = ((_touched(row), 0, place) for place, row in enumerate(own))
        far = (sheet.tile(tile, since) for tile in tiles.others)
        return (
            sheet.templates[place].fill(tile) if tile else to_bytes(own[place])
            for _, tile, place in merge(near, *far)
        )


class _Sheet:
    """A stream's records as in tile nought, in order, with a template for each."""

    def __init__(self, stream: Stream, tiles: Tiles) -> None:
        """Write the stream of the first and of the last tile."""
        self._stream, self._tiles = stream, tiles
        tiling = tiles.tiling
        first = list(stream(Store(_goodless(tiling.first)), 0))
        last = stream(Store(_goodless(tiling.last)), 0)
        self._moments = [_touched(row) for row in first]
        self._places = {row["id"]: place for place, row in enumerate(first)}
        self.templates = [
            Template(to_bytes(here), to_bytes(there), tiling.count - 1)
            for here, there in zip(first, last, strict=True)
        ]

    def tile(self, tile: int, since: int) -> Iterator[tuple[int, int, int]]:
        """Give moment, tile and place of what a tile tells, oldest touch first."""
        gone, back = self._gone(tile), tile * SECONDS
        for place, moment in enumerate(self._moments):
            if moment + back >= since and place not in gone:
                yield moment + back, tile, place

    def _gone(self, tile: int) -> set[int]:
        """Find the places of records whose shopper woke."""
        if not self._tiles.woken[tile]:
            return set()
        world = World("woken", 0, self._tiles.tiling.first.now)
        for place in self._tiles.woken[tile]:
            shopper = self._tiles.shoppers[place]
            world.orders += shopper.orders
            world.customers += [shopper.customer] if shopper.customer.id else []
            plan = shopper.customer.subscription
            world.subscriptions += [plan] if plan else []
        return {self._places[row["id"]] for row in self._stream(Store(world), 0)}


def _goodless(world: World) -> World:
    """Leave out goods, which the ordinary world tells for all tiles."""
    return World(
        world.name,
        world.seed,
        world.now,
        customers=world.customers,
        orders=world.orders,
        subscriptions=world.subscriptions,
    )


def _touched(row: dict[str, Any]) -> int:
    """Read when a record was touched."""
    return timestamps.parse(next(row[name] for name in _TOUCHED if name in row))
