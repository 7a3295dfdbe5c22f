"""Block and allow lists, and the page wrapper Laravel puts around such lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from loop_simulator import timestamps
from loop_simulator.state import Store
from loop_simulator.wire import Answer, Request, answer, errors

Json = dict[str, Any]


def one_of(rows: list[Json], key: str, value: str) -> Answer:
    """Answer the row with this key, or 404."""
    found = [row for row in rows if str(row[key]) == value]
    return answer(found[0], rows=1) if found else errors.not_found()


def blocklist_rows(store: Store) -> list[Json]:
    """Give the entries that keep orders, people or goods out: 37, so three pages."""
    orders = store.world.orders
    rows: list[Json] = []
    for place in range(37 if orders else 0):
        order = orders[place * 7 % len(orders)]
        kind = ("order", "email", "product", "product_tag")[place % 4]
        value = {
            "order": order.name,
            "email": order.customer.email,
            "product": str(order.lines[0].variant.product.id),
            "product_tag": "final-sale",
        }[kind]
        rows.append(
            {"id": 71 + place, "type": kind, "value": value, "secondary_value": None}
        )
    return rows


def allowlist_rows(store: Store) -> list[Json]:
    """Give the entries that let orders or people in: 17, so two pages."""
    orders = store.world.orders
    return [
        {
            "id": 901 + place,
            "type": "order" if place % 2 else "email",
            "value": order.name if place % 2 else order.customer.email,
            "secondary_value": None,
        }
        for place in range(17 if orders else 0)
        for order in (orders[place * 11 % len(orders)],)
    ]


def listing(rows: Callable[[Store], list[Json]]) -> Callable[[Store, Request], Answer]:
    """Make the handler of a block or allow list."""

    def handler(store: Store, request: Request) -> Answer:
        return laravel_page(rows(store), request, 15, links=True)

    return handler


def list_entry(
    rows: Callable[[Store], list[Json]],
) -> Callable[[Store, Request, str], Answer]:
    """Make the handler of one entry, which alone carries ``created_at``."""

    def handler(store: Store, _request: Request, entry_id: str) -> Answer:
        created = {
            "created_at": timestamps.space(store.world.now - 90 * timestamps.DAY)
        }
        return one_of([row | created for row in rows(store)], "id", entry_id)

    return handler


def laravel_page(
    rows: list[Json], request: Request, per_page: int, *, links: bool, path: str = ""
) -> Answer:
    """Wrap one page as Laravel's length-aware paginator does."""
    text = request.query.get("page", "1")
    page = int(text) if text.isdigit() and int(text) > 0 else 1
    last = max(1, -(-len(rows) // per_page))
    base = f"http://{request.host}{path or request.path}"

    def url(number: int) -> str | None:
        return f"{base}?{urlencode({'page': number})}" if 1 <= number <= last else None

    data = rows[(page - 1) * per_page : page * per_page]
    body: Json = {
        "current_page": page,
        "data": data,
        "first_page_url": url(1),
        "from": (page - 1) * per_page + 1 if data else None,
        "last_page": last,
        "last_page_url": url(last),
        "next_page_url": url(page + 1),
        "path": base,
        "per_page": per_page,
        "prev_page_url": url(page - 1),
        "to": (page - 1) * per_page + len(data) if data else None,
        "total": len(rows),
    }
    if links:
        numbers = [
            {"url": url(n), "label": str(n), "active": n == page}
            for n in range(1, last + 1)
        ]
        before = {"url": url(page - 1), "label": "&laquo; Previous", "active": False}
        after = {"url": url(page + 1), "label": "Next &raquo;", "active": False}
        body["links"] = [before, *numbers, after]
    return answer(body, rows=len(data))
