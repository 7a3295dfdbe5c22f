"""Current counts and sums of all records, for tests to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state.store import Store
from loop_simulator.state.stored_return import StoredReturn
from loop_simulator.wire import ITEM_MONEY_FIELDS, LINE_MONEY_FIELDS, MONEY_FIELDS
from loop_simulator.world import Order

Json = dict[str, Any]
Counted = tuple[Json, int]
"""A return, or a part of one, as JSON, and the number of its copies."""


@dataclass
class Known:
    """Counts of orders, customers and subscriptions in all replicas."""

    orders: Counter[str] = field(default_factory=Counter)
    """By role."""
    missing: int = 0
    """Orders that are missing in Shopify."""
    customers: int = 0
    subscriptions: int = 0


def known_to(store: Store) -> Known:
    """Count orders, customers and subscriptions."""
    world, known = store.world, Known()
    _add_orders(known, world.orders, 1)
    known.customers = len(world.customers)
    known.subscriptions = len(world.subscriptions)
    for shopper, times in store.repeats():
        _add_orders(known, shopper.orders, times)
        known.customers += times * (shopper.customer.id is not None)
        known.subscriptions += times * (shopper.customer.subscription is not None)
    return known


def _add_orders(known: Known, orders: Iterable[Order], times: int) -> None:
    for order in orders:
        known.orders[order.role] += times
        known.missing += times * (not order.in_shopify)


def _counted(store: Store) -> list[tuple[StoredReturn, int]]:
    """Return every return with the number of its copies."""
    found = [(row, 1) for row in store.returns.values()]
    for shopper, times in store.repeats():
        found += [
            (StoredReturn(r.id, r, None), times) for r in shopper.returns if times
        ]
    return found


def compute_truth(store: Store) -> Json:
    """Return counts and sums for each kind of record."""
    with store.lock:
        rows = _counted(store)
        bodies = [(row.body(), times) for row, times in rows]
        known, bonus = known_to(store), _bonus(store, rows)
        last, first = _end(store, "updated_at", -1), _end(store, "created_at", 0)
    lines = _children(bodies, "line_items")
    items = _children(bodies, "exchanges")
    labels = _children(bodies, "labels")
    return {
        "now": timestamps.offset(store.now),
        "data_through": timestamps.offset(store.now)[:10],
        "returns": {
            "count": _count(bodies),
            "by_state": _tally(bodies, "state"),
            "by_outcome": _tally(bodies, "outcome"),
            "by_type": _tally(bodies, "type"),
            "by_currency": _tally(bodies, "currency"),
            "edited": sum(n for b, n in bodies if b.get("edited_at") is not None),
            "without_order_in_shop": _unmatched(rows),
            "money": _sums(bodies, MONEY_FIELDS),
            "max_updated_at": last,
            "min_created_at": first,
        },
        "line_items": {
            "count": _count(lines),
            "distinct_reasons": len(
                {
                    (r.get("parent_return_reason"), r.get("return_reason"))
                    for r, _ in lines
                }
            ),
            "by_parent_reason": _tally(lines, "parent_return_reason"),
            "by_reason": _tally(lines, "return_reason"),
            "by_outcome": _tally(lines, "outcome"),
            "graded": sum(n for line, n in lines if line.get("condition") is not None),
            "money": _sums(lines, LINE_MONEY_FIELDS),
        },
        "exchanges": {
            "count": _count(items),
            "with_order": sum(
                n for item, n in items if item.get("exchange_order_id") is not None
            ),
            "money": _sums(items, ITEM_MONEY_FIELDS),
        },
        "labels": {
            "count": _count(labels),
            "rate_cents": sum(n * int(label.get("rate") or 0) for label, n in labels),
            "by_status": _tally(labels, "status"),
        },
        "refunds": {"count": _count(_children(bodies, "shopify_refund_object"))},
        "bonus_credit": bonus,
        "orders": {
            "count": known.orders.total(),
            "by_role": dict(sorted(known.orders.items())),
            "not_in_shopify": known.missing,
        },
        "subscriptions": {"count": known.subscriptions},
        "planted": {
            "styles": [product.title for product in store.world.planted.styles],
            "sizes": [list(size) for size in store.world.planted.sizes],
        },
    }


def _count(rows: list[Counted]) -> int:
    return sum(times for _, times in rows)


def _children(bodies: list[Counted], name: str) -> list[Counted]:
    """Return the children of all returns, each with its return's currency."""
    return [
        (row | {"currency": body.get("currency")}, times)
        for body, times in bodies
        for row in _rows(body, name)
    ]


def _rows(body: Json, name: str) -> list[Json]:
    """Return the objects in a list field; empty for any other value."""
    value = body.get(name)
    return (
        [row for row in value if isinstance(row, dict)]
        if isinstance(value, list)
        else []
    )


def _tally(rows: list[Counted], name: str) -> dict[str, int]:
    """Count rows by a value; null counts as ``null``."""
    counts = Counter[str]()
    for row, times in rows:
        counts["null" if row.get(name) is None else str(row[name])] += times
    return dict(sorted((+counts).items()))


def _sums(rows: list[Counted], names: list[str]) -> dict[str, dict[str, str]]:
    """Add up money by currency as decimal text; values that are not amounts are left out."""
    sums: dict[str, dict[str, Decimal]] = {}
    for row, times in rows:
        held = sums.setdefault(
            str(row.get("currency")), dict.fromkeys(names, Decimal("0.00"))
        )
        for name in names:
            held[name] += times * _amount(row.get(name))
    return {
        currency: {n: str(v) for n, v in held.items()}
        for currency, held in sums.items()
    }


def _amount(value: object) -> Decimal:
    """Return a value as an amount; 0 if it is not one."""
    try:
        return Decimal(str(value or 0))
    except ArithmeticError:
        return Decimal(0)


def _end(store: Store, column: str, position: int) -> str | None:
    """Return the last (-1) or the first (0) timestamp of any return."""
    ends = [index[position][0] for index in store.indexes(column) if len(index)]
    found = max(ends, default=None) if position else min(ends, default=None)
    return None if found is None else timestamps.offset(found)


def _bonus(store: Store, rows: list[tuple[StoredReturn, int]]) -> Json:
    """Return the returns with bonus credit, which no field of the API shows."""
    ids = store.find_keys(lambda row: bool(row.record and row.record.bonus))
    cents = sum(times * row.record.bonus for row, times in rows if row.record)
    return {"count": len(ids), "cents": cents, "return_ids": sorted(map(str, ids))}


def _unmatched(rows: list[tuple[StoredReturn, int]]) -> int:
    """Count returns whose order is missing in Shopify."""
    return sum(
        times
        for row, times in rows
        if row.record is None or not row.record.order.in_shopify
    )
