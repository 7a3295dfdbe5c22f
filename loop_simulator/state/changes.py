"""Changes returns after the start, reproducibly for a seed and a sequence of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state.store import Store
from loop_simulator.state.stored_return import StoredReturn
from loop_simulator.world import (
    Order,
    Policy,
    RandomStream,
    Return,
    complete_return,
    compute_totals,
    make_orders,
    outcome_text,
    return_line,
)

Json = dict[str, Any]

_ADD_WITHIN = 60 * timestamps.DAY
"""Maximum age in seconds of an order that gets a new return."""
PARCEL_STATUSES = ("new", "pre_transit", "in_transit", "out_for_delivery", "delivered")
"""Statuses of a parcel, in the order it gets them."""


class Changes:
    """Changes returns in batches; a return is in one batch only, except when parcels are moved."""

    def __init__(self, store: Store) -> None:
        """Change the returns of a store."""
        self.store = store
        self._changed: set[int] = set()

    def change(self, count: int) -> list[Json]:
        """Close open returns, open those in review, grade closed ones."""
        rows = self._pick(count, lambda row: row.state in ("open", "review", "closed"))
        return [self._move_on(row) for row in rows]

    def cancel(self, count: int) -> list[Json]:
        """Cancel returns, open ones first."""
        rows = self._pick(count, lambda row: row.state == "open")
        if len(rows) < count:
            rows += self._pick(
                count - len(rows), lambda row: row.state in ("review", "closed")
            )
        return [self.set_state(row, "cancelled") for row in rows]

    def remove_lines(self, count: int) -> list[Json]:
        """Remove the last unit of returns with two units or more."""
        rows = self._pick(
            count, lambda row: row.record is not None and _can_lose_a_line(row.record)
        )
        return [
            self.remove_line(row, str(row.record.lines[-1].id))
            for row in rows
            if row.record is not None
        ]

    def add(self, count: int) -> list[Json]:
        """Create new returns of recent orders."""
        rng = self._random_stream()
        since = self.store.now - _ADD_WITHIN
        orders = [
            order for order in self.store.world.orders if _returnable(order, since)
        ]
        picked = [orders.pop(rng.below(len(orders))) for _ in orders[:count]]
        return [self._create(order, rng) for order in picked]

    def move_parcels(self, count: int) -> list[Json]:
        """Move the parcels of open returns to their next status."""
        rng = self._random_stream()
        pool = self.store.find_keys(
            lambda row: row.state == "open" and _has_parcel_on_its_way(row.record)
        )
        picked = [pool.pop(rng.below(len(pool))) for _ in range(min(count, len(pool)))]
        return [
            self._move_parcels(row)
            for key in picked
            for row in [self.store.get_for_update(key)]
            if row
        ]

    def set_state(self, row: StoredReturn, state: str) -> Json:
        """Set a return's state and apply its consequences."""
        before, record = row.state, row.record
        if record is not None:
            record.state = state
            if state == "closed":
                self._process(record)
            elif state == "cancelled":
                record.cancelled = self.store.now + 1
            if row.overrides:
                row.overrides.pop("state", None)
        elif row.raw is not None:
            row.raw = row.raw | {"state": state}
        self.store.stamp_changed(row)
        self._changed.add(row.key)
        return {"id": str(row.key), "did": "state", "from": before, "to": state}

    def remove_line(self, row: StoredReturn, line_item_id: str) -> Json:
        """Remove one unit of a return, as staff do when they edit it.

        Raises:
            LookupError: If the return has no such unit.

        """
        removed = self._remove(row, line_item_id)
        if not removed:
            msg = f"return {row.key} has no line item {line_item_id}"
            raise LookupError(msg)
        self._changed.add(row.key)
        self.store.override(row, {"edited_at": timestamps.offset(self.store.now + 1)})
        return {
            "id": str(row.key),
            "did": "removed_line",
            "line_item_id": line_item_id,
        }

    def _random_stream(self) -> RandomStream:
        """Return the random stream of the next batch."""
        self.store.sequence += 1
        return RandomStream(self.store.world.seed, "changes", self.store.sequence)

    def _pick(
        self, count: int, fits: Callable[[StoredReturn], bool]
    ) -> list[StoredReturn]:
        """Pick returns that no other change has picked."""
        rng = self._random_stream()
        pool = [key for key in self.store.find_keys(fits) if key not in self._changed]
        picked = [pool.pop(rng.below(len(pool))) for _ in range(min(count, len(pool)))]
        self._changed.update(picked)
        return [
            row for key in picked for row in [self.store.get_for_update(key)] if row
        ]

    def _move_on(self, row: StoredReturn) -> Json:
        """Move one return to its next state, or grade it."""
        if row.state in ("open", "review"):
            return self.set_state(row, "closed" if row.state == "open" else "open")
        record = row.record
        if record is not None:
            line = record.lines[0]
            known = line.condition is not None and line.condition[0] == "grade_b"
            line.condition = (
                ("grade_c", "Worn once") if known else ("grade_b", "Box opened")
            )
            line.disposition = "resale_hold" if known else "back_to_stock"
        self.store.stamp_changed(row)
        return {"id": str(row.key), "did": "graded"}

    def _move_parcels(self, row: StoredReturn) -> Json:
        """Move every parcel of a return to its next status, now."""
        for label in row.record.labels if row.record else []:
            if label.status in PARCEL_STATUSES[:-1]:
                label.former.append((label.status, label.updated))
                step = PARCEL_STATUSES.index(label.status)
                label.status = PARCEL_STATUSES[step + 1]
                label.updated = self.store.now + 1
        self.store.stamp_changed(row)
        return {"id": str(row.key), "did": "moved_parcels"}

    def _process(self, record: Return) -> None:
        """Close a return: money and goods move now."""
        moment = self.store.now + 1
        record.closed = record.processed = moment
        record.exchanged = record.exchanged or (moment if record.items else None)
        self.store.add_orders(make_orders(record))

    def _create(self, order: Order, rng: RandomStream) -> Json:
        """Create one new return."""
        moment = self.store.tick()
        units = [return_line(order, order.lines[0], rng)]
        record = Return(order=order, created=moment, state="open", lines=units)
        goods = [p for p in self.store.world.products if p.is_offered]
        wanted = rng.weighted((("refund", 5), ("exchange", 3), ("credit", 2)))
        policy = Policy(moment, goods, charges_fees=self.store.world.charges_fees)
        complete_return(record, rng, policy, wanted if goods else "refund")
        row = self.store.add(record)
        made = (record.exchange_order, record.gift_card_order)
        self.store.add_orders([new for new in made if new is not None])
        self._changed.add(row.key)
        return {"id": str(row.key), "did": "added", "order_name": order.name}

    def _remove(self, row: StoredReturn, line_item_id: str) -> bool:
        """Remove a unit and compute the return's totals again."""
        if row.raw is not None:
            lines = row.raw.get("line_items") or []
            kept = [
                line for line in lines if str(line.get("line_item_id")) != line_item_id
            ]
            row.raw = row.raw | {"line_items": kept}
            return len(kept) < len(lines)
        record = row.record
        gone = (
            [unit for unit in record.lines if str(unit.id) == line_item_id]
            if record
            else []
        )
        if record is None or not gone:
            return False
        record.lines.remove(gone[0])
        paired = [item for item in record.items if item.variant is gone[0].wanted]
        if paired:
            record.items.remove(paired[0])
        for label in record.labels:
            label.line_ids = [
                position for position in label.line_ids if position < len(record.lines)
            ]
        had_outcome = bool(record.outcome_text)
        if had_outcome:
            compute_totals(record)
            record.outcome_text = outcome_text(record)
        return True


def _has_parcel_on_its_way(record: Return | None) -> bool:
    """Return whether some parcel can move on."""
    return record is not None and any(
        label.status in PARCEL_STATUSES[:-1] for label in record.labels
    )


def _can_lose_a_line(record: Return) -> bool:
    """Return whether the last unit can be removed.

    If money was refunded, another refunded unit must remain.
    """
    others = record.lines[:-1]
    is_still_refunded = not record.items and any(
        line.choice == "refund" for line in others
    )
    is_unpaid = record.processed is None or not record.refund
    return bool(others) and (is_unpaid or is_still_refunded)


def _returnable(order: Order, since: int) -> bool:
    """Return whether an order can have a new return."""
    return (
        order.role == "customer"
        and order.created >= since
        and not order.returns
        and order.cancelled is None
        and order.in_shopify
        and order.source != "pos"
        and not order.lines[0].variant.product.gift_card
        and not order.staff_refunds
    )
