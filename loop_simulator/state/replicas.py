"""The tiles of a large shop but the first: found by key, written from templates.

A tile's returns stay untold until one is changed. Its shopper then wakes: a copy
moves into the ordinary world, and the tile no longer speaks for that shopper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from loop_simulator.state.index import pack
from loop_simulator.state.stored_return import Row
from loop_simulator.state.templates import Template
from loop_simulator.wire import payload, to_bytes
from loop_simulator.world import (
    ORDER_STEP,
    RETURN_ID,
    SECONDS,
    Order,
    Shopper,
    Tiling,
    later_name,
    moved,
    shoppers,
)


class Tiles:
    """All tiles from the second on."""

    def __init__(self, tiling: Tiling) -> None:
        """Take over a tiling; what it holds must not be changed."""
        self.tiling = tiling
        self.others = range(1, tiling.count)
        self.patterns = [Row(r.id, r, None) for r in tiling.first.returns]
        """The returns as in tile nought."""
        self.shoppers = shoppers(tiling.first)
        self.woken: dict[int, set[int]] = {tile: set() for tile in self.others}
        """By tile, the places of the shoppers who woke."""
        self._shopper = {
            record.id: place
            for place, shopper in enumerate(self.shoppers)
            for record in shopper.returns
        }
        self._templates: dict[int, Template] = {}

    # Finding

    def asleep(self, pattern: int, tile: int) -> bool:
        """Tell whether a tile still speaks for a return, named as in tile nought."""
        return self._shopper[pattern] not in self.woken[tile]

    def find(self, rank: int) -> tuple[int, int] | None:
        """Give a return's tile and its rank in tile nought, if it is asleep in one."""
        tile, place = divmod(rank - RETURN_ID - 1, self.tiling.keys)
        if tile not in self.others or place >= len(self.patterns):
            return None
        pattern = self.patterns[place].rank
        return (tile, pattern) if self.asleep(pattern, tile) else None

    def created(self, tile: int, pattern: int) -> int:
        """Give when a return was created."""
        record = self.tiling.first.returns[pattern - RETURN_ID - 1]
        return record.created + tile * SECONDS

    def ranks(self, fits: Callable[[Row], bool]) -> Iterator[int]:
        """Give the ranks of all returns that fit, ascending."""
        fitting = [row.rank for row in self.patterns if fits(row)]
        for tile in self.others:
            for rank in fitting:
                if self.asleep(rank, tile):
                    yield rank + tile * self.tiling.keys

    def ranks_of_order(self, field: str, value: str) -> Iterator[int]:
        """Give the ranks of the returns of one order, by its id or its name."""
        for tile in self.others:
            step = tile * self.tiling.keys
            for row in self.patterns:
                order = row.record.order if row.record else None
                if order and _named(order, field, step) == value:
                    yield row.rank + step

    def entries(self, fits: Callable[[Row], bool], column: int) -> Iterator[int]:
        """Give the packed index entries of all returns that fit, by one of their stamps."""
        packed = [
            pack(moment, row.rank)
            for row in self.patterns
            for moment in (row.stamps[column],)
            if moment is not None and fits(row)
        ]
        step = pack(SECONDS, 0) + self.tiling.keys
        for tile in self.others:
            ahead = tile * step
            yield from [entry + ahead for entry in packed]

    def repeats(self) -> Iterator[tuple[Shopper, int]]:
        """Give every shopper of tile nought with how many tiles still repeat them."""
        gone = Counter(place for places in self.woken.values() for place in places)
        for place, shopper in enumerate(self.shoppers):
            yield shopper, len(self.others) - gone[place]

    # Telling

    def rendered(self, tile: int, pattern: int) -> bytes:
        """Write one return in its documented form."""
        template = self._templates.get(pattern)
        if template is None:
            first, last = (
                to_bytes(payload(world.returns[pattern - RETURN_ID - 1]))
                for world in (self.tiling.first, self.tiling.last)
            )
            template = Template(first, last, self.tiling.count - 1)
            self._templates[pattern] = template
        return template.fill(tile)

    def told(self, tile: int, pattern: int) -> Shopper:
        """Tell the shopper of a return, as in their tile."""
        shopper = self.shoppers[self._shopper[pattern]]
        return moved(shopper, self.tiling.first.products, self.tiling.keys, tile)

    def wake(self, tile: int, pattern: int) -> Shopper:
        """Tell a shopper for the last time; from now on they live elsewhere."""
        shopper = self.told(tile, pattern)
        self.woken[tile].add(self._shopper[pattern])
        return shopper


def _named(order: Order, field: str, step: int) -> str:
    """Give an order's id or name as in another tile."""
    if field == "provider_order_id":
        return str(order.id + step * ORDER_STEP)
    return later_name(order.name, step)
