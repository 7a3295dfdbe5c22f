"""When each return reached its milestones, including times that no endpoint shows."""

from __future__ import annotations

from collections.abc import Iterator

from loop_simulator import timestamps
from loop_simulator.state.store import Store
from loop_simulator.wire import refunded
from loop_simulator.world import Return

PARCEL_MILESTONES = {
    "new": "label_made",
    "pre_transit": "label_made",
    "in_transit": "first_scan",
    "out_for_delivery": "first_scan",
    "delivered": "delivered",
}
"""The milestone that a return reaches when a parcel gets a status."""


def compute_timeline(store: Store) -> list[dict[str, str]]:
    """List return id, milestone and moment of the first milestone of each kind."""
    with store.lock:
        records = [row.record for row in store.all() if row.record is not None]
    return [
        {
            "return_id": str(record.id),
            "milestone": name,
            "at": timestamps.offset(moment),
        }
        for record in records
        for name, moment in sorted(_milestones(record, store.now).items())
    ]


def _milestones(record: Return, now: int) -> dict[str, int]:
    """Return the first moment of each milestone that a return has reached."""
    found: dict[str, int] = {}
    for name, moment in (*_steps(record, now), *_parcels(record)):
        if moment is not None:
            found[name] = min(found.get(name, moment), moment)
    return found


def _steps(record: Return, now: int) -> Iterator[tuple[str, int | None]]:
    """Yield the milestones of the return itself, its money and its exchange."""
    done = record.processed
    yield "requested", record.created
    yield "cancelled", record.cancelled
    yield "processed", done
    yield "refunded", done if refunded(record) else None
    yield "credit_issued", done if record.gift_card else None
    yield "exchange_ordered", record.exchanged if record.items else None
    if any(line.condition for line in record.lines):
        yield "inspected", record.closed
    if record.exchange_order is not None:
        yield "exchange_shipped", record.exchange_order.shipped(now)


def _parcels(record: Return) -> Iterator[tuple[str, int]]:
    """Yield the milestones of the parcels of a return."""
    for label in record.labels:
        for status, moment in (*label.former, (label.status, label.updated)):
            if status in PARCEL_MILESTONES:
                yield PARCEL_MILESTONES[status], moment
