"""Block and allow lists: orders, e-mail addresses, products and product tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loop_simulator import timestamps
from loop_simulator.api.laravel import laravel_page, one_of
from loop_simulator.state import Store
from loop_simulator.wire import Request, Response

Json = dict[str, Any]


def blocklist_rows(store: Store) -> list[Json]:
    """Return the blocked orders, people and products: 37, so three pages."""
    orders = store.world.orders
    rows: list[Json] = []
    for position in range(37 if orders else 0):
        order = orders[position * 7 % len(orders)]
        kind = ("order", "email", "product", "product_tag")[position % 4]
        value = {
            "order": order.name,
            "email": order.customer.email,
            "product": str(order.lines[0].variant.product.id),
            "product_tag": "final-sale",
        }[kind]
        rows.append(
            {"id": 71 + position, "type": kind, "value": value, "secondary_value": None}
        )
    return rows


def allowlist_rows(store: Store) -> list[Json]:
    """Return the allowed orders and people: 17, so two pages."""
    orders = store.world.orders
    return [
        {
            "id": 901 + position,
            "type": "order" if position % 2 else "email",
            "value": order.name if position % 2 else order.customer.email,
            "secondary_value": None,
        }
        for position in range(17 if orders else 0)
        for order in (orders[position * 11 % len(orders)],)
    ]


def listing(
    rows: Callable[[Store], list[Json]],
) -> Callable[[Store, Request], Response]:
    """Return the handler of a block or allow list."""

    def handler(store: Store, request: Request) -> Response:
        return laravel_page(store, rows(store), request, 15, links=True)

    return handler


def list_entry(
    rows: Callable[[Store], list[Json]],
) -> Callable[[Store, Request, str], Response]:
    """Return the handler of one entry, which has ``created_at``, unlike entries in the list."""

    def handler(store: Store, _request: Request, entry_id: str) -> Response:
        created = {
            "created_at": timestamps.space(store.world.now - 90 * timestamps.DAY)
        }
        return one_of([row | created for row in rows(store)], "id", entry_id)

    return handler
