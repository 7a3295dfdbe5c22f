"""The endpoint of carts; Loop has no list of them."""

from __future__ import annotations

from typing import Any

from loop_simulator.state import Store
from loop_simulator.wire import Request, Response, errors, json_response

Json = dict[str, Any]

SHORTEST_TOKEN = 8
"""Minimum length of a cart token; any such token has a cart."""


def cart(store: Store, _request: Request, token: str) -> Response:
    """Return a cart's variant ids; any token of at least eight characters has a cart."""
    orders = store.world.orders
    if len(token) < SHORTEST_TOKEN or not orders:
        return errors.not_found()
    order = orders[sum(token.encode()) % len(orders)]
    return json_response({"cart": [line.variant.id for line in order.lines]}, rows=1)
