"""A shop of two currencies: some orders, and the returns of them, are in Canadian dollars.

`landed` changes what the taps wrote and `payloads` what the oracle reads. The choice
hangs on the order's id alone, so that an order and its returns agree.
"""

from __future__ import annotations

from .crooked import Json, Streams, chosen

SETTINGS: Json = {"world": "shop", "seed": 5, "returns": 250}
"""The world of the simulator that is changed."""
SECOND = "CAD"
"""Alphabetically before the main currency, USD."""


def landed(schema: str, streams: Streams) -> Streams:
    """Return the rows of a tap, by stream, as the changed shop has them."""
    if schema == "tap_shopify":
        _change_orders(streams["orders"])
    if schema == "tap_loop_returns":
        _change_returns(streams["returns"])
    return streams


def payloads(streams: Streams) -> Streams:
    """Return the records that the oracle reads as the changed shop has them."""
    _change_orders(streams["orders"])
    _change_returns(streams["returns"])
    return streams


def _change_orders(orders: list[Json]) -> None:
    for order in orders:
        if _is_second(order["id"]):
            order["currencyCode"] = SECOND


def _change_returns(returns: list[Json]) -> None:
    for record in returns:
        if _is_second(record["provider_order_id"]):
            record["currency"] = SECOND


def _is_second(order_id: object) -> bool:
    number = str(order_id or "").rsplit("/", 1)[-1]
    return bool(number) and chosen("currency", number, 5)
