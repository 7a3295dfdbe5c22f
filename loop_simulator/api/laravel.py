"""Responses in Laravel's format: one row or 404, and one numbered page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from loop_simulator.state import Store
from loop_simulator.wire import Request, Response, errors, json_response

Json = dict[str, Any]


def one_of(rows: list[Json], key: str, value: str) -> Response:
    """Return the row with this key, or 404."""
    found = [row for row in rows if str(row[key]) == value]
    return json_response(found[0], rows=1) if found else errors.not_found()


def laravel_page(
    store: Store,
    rows: list[Json],
    request: Request,
    per_page: int,
    *,
    links: bool,
) -> Response:
    """Wrap one page as Laravel's length-aware paginator does."""
    text = request.query.get("page", "1")
    page = int(text) if text.isdigit() and int(text) > 0 else 1
    last = max(1, -(-len(rows) // per_page))
    if store.switches["next_url"] == "missing":
        last = min(last, page)
    base = f"http://{request.host}{request.path}"

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
    return json_response(body, rows=len(data))
