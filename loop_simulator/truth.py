"""What is true right now, recounted from the returns as served: the answer key for tests."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import stamps
from .dressing import ITEM_MONEY_FIELDS, LINE_MONEY_FIELDS, MONEY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .store import Store

Json = dict[str, Any]


def truth(store: Store) -> Json:
    """Count and add up everything, per raw entity."""
    with store.lock:
        bodies = [row.body() for row in store.every()]
        orders = store.world.orders
        roles = Counter(order.role for order in orders)
        missing = sum(not order.in_shopify for order in orders)
    lines = [
        line | {"currency": b.get("currency")}
        for b in bodies
        for line in _rows(b, "line_items")
    ]
    items = [
        item | {"currency": b.get("currency")}
        for b in bodies
        for item in _rows(b, "exchanges")
    ]
    labels = [label for b in bodies for label in _rows(b, "labels")]
    return {
        "now": stamps.offset(store.now),
        "data_through": stamps.offset(store.now)[:10],
        "returns": {
            "count": len(bodies),
            "by_state": _tally(bodies, "state"),
            "by_outcome": _tally(bodies, "outcome"),
            "by_type": _tally(bodies, "type"),
            "by_currency": _tally(bodies, "currency"),
            "edited": sum(body.get("edited_at") is not None for body in bodies),
            "without_order_in_shop": _unmatched(store),
            "money": _sums(bodies, MONEY_FIELDS),
            "max_updated_at": max(
                (str(b.get("updated_at") or "") for b in bodies), default=None
            ),
            "min_created_at": min(
                (str(b.get("created_at") or "") for b in bodies), default=None
            ),
        },
        "line_items": {
            "count": len(lines),
            "distinct_reasons": len(
                {(r.get("parent_return_reason"), r.get("return_reason")) for r in lines}
            ),
            "by_parent_reason": _tally(lines, "parent_return_reason"),
            "by_reason": _tally(lines, "return_reason"),
            "by_outcome": _tally(lines, "outcome"),
            "graded": sum(line.get("condition") is not None for line in lines),
            "money": _sums(lines, LINE_MONEY_FIELDS),
        },
        "exchanges": {
            "count": len(items),
            "with_order": sum(
                item.get("exchange_order_id") is not None for item in items
            ),
            "money": _sums(items, ITEM_MONEY_FIELDS),
        },
        "labels": {
            "count": len(labels),
            "rate_cents": sum(int(label.get("rate") or 0) for label in labels),
            "by_status": _tally(labels, "status"),
        },
        "refunds": {
            "count": sum(len(_rows(body, "shopify_refund_object")) for body in bodies)
        },
        "bonus_credit": _bonus(store),
        "orders": {
            "count": len(orders),
            "by_role": dict(sorted(roles.items())),
            "not_in_shopify": missing,
        },
        "subscriptions": {"count": len(store.world.subscriptions)},
    }


def _rows(body: Json, name: str) -> list[Json]:
    """Give a list of child objects; anything else counts as none."""
    value = body.get(name)
    return (
        [row for row in value if isinstance(row, dict)]
        if isinstance(value, list)
        else []
    )


def _tally(rows: Iterable[Json], name: str) -> dict[str, int]:
    """Count rows by a value; null counts as ``null``."""
    counts = Counter(
        "null" if row.get(name) is None else str(row[name]) for row in rows
    )
    return dict(sorted(counts.items()))


def _sums(rows: list[Json], names: list[str]) -> dict[str, dict[str, str]]:
    """Add up money by currency, as decimal text; what is no amount is left out."""
    sums: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        held = sums.setdefault(
            str(row.get("currency")), dict.fromkeys(names, Decimal("0.00"))
        )
        for name in names:
            held[name] += _amount(row.get(name))
    return {
        currency: {n: str(v) for n, v in held.items()}
        for currency, held in sums.items()
    }


def _amount(value: object) -> Decimal:
    """Read an amount; what is none counts as zero."""
    try:
        return Decimal(str(value or 0))
    except ArithmeticError:
        return Decimal(0)


def _bonus(store: Store) -> Json:
    """Name the returns with bonus credit, which no field of the API shows."""
    given = {
        r.record.id: r.record.bonus
        for r in store.every()
        if r.record and r.record.bonus
    }
    return {
        "count": len(given),
        "cents": sum(given.values()),
        "return_ids": sorted(map(str, given)),
    }


def _unmatched(store: Store) -> int:
    """Count returns whose order the shop does not know."""
    return sum(
        row.record is None or not row.record.order.in_shopify for row in store.every()
    )
