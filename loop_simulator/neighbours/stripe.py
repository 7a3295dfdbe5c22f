"""The charges by which Loop collects money outside Shopify, as Stripe's API has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state import Store
from loop_simulator.world import Return

Json = dict[str, Any]


def charges(store: Store, moment: int) -> Iterator[Json]:
    """Return the charges made since a moment: upsells, and fees that are charged."""
    made = [
        (at, record.id * 2 + position, amount, record)
        for record in store.world.returns
        for position, (at, amount) in enumerate(_collected(record))
        if at is not None and amount and at >= moment
    ]
    for at, number, amount, record in sorted(made, key=lambda entry: entry[:2]):
        yield {
            "id": f"ch_{number}",
            "amount": amount,
            "currency": "usd",
            "status": "succeeded",
            "created": timestamps.zulu(at),
            "metadata": {"return_id": str(record.id)},
        }


def _collected(record: Return) -> list[tuple[int | None, int]]:
    """Return when upsell and fee were collected, and how much, in cents.

    An upsell is collected with the exchange, a fee when the return is processed.
    """
    fee = record.fee if record.is_fee_charged else 0
    return [(record.exchanged, record.upsell), (record.processed, fee)]


STREAMS: dict[str, Callable[[Store, int], Iterator[Json]]] = {"charges": charges}
