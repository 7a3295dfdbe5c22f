"""A shop of two currencies: some orders, and the returns of them, are in Canadian dollars.

`landed` changes what the taps wrote and `payloads` what the oracle reads. The choice
depends on the order's id alone, so that an order and its returns agree.
`landed_dearer` also multiplies every amount in the second currency by `FACTOR`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .crooked import Json, Streams, chosen

SETTINGS: Json = {"world": "shop", "seed": 5, "returns": 250}
"""The world of the simulator that is changed."""
SECOND = "CAD"
"""Alphabetically before the main currency, USD."""
FACTOR = 4
MONEY = re.compile(r"-?\d+\.\d\d")
"""How the tap writes an amount."""
LABEL_RATES = {"rate", "label_rate"}
"""Columns of amounts in cents."""
TAP_STREAMS = (
    *("returns", "return_line_items", "return_exchanges"),
    *("return_outcomes", "return_labels"),
)
"""Streams of the tap that hold amounts."""


def landed(schema: str, streams: Streams) -> Streams:
    """Return the rows of a tap, by stream, as the changed shop has them."""
    if schema == "tap_shopify":
        _change_orders(streams["orders"])
    if schema == "tap_loop_returns":
        _change_returns(streams["returns"])
    return streams


def landed_dearer(schema: str, streams: Streams) -> Streams:
    """Return the rows of `landed` with every amount in the second currency multiplied."""
    landed(schema, streams)
    if schema == "tap_shopify":
        for name in ("orders", "order_refunds", "transactions"):
            for row in streams[name]:
                if _is_second((row.get("order") or row)["id"]):
                    row.update(_multiplied(row))
    if schema == "tap_loop_returns":
        second = {row["id"] for row in streams["returns"] if row["currency"] == SECOND}
        for name in TAP_STREAMS:
            for row in streams[name]:
                if row.get("return_id", row.get("id")) in second:
                    row.update(
                        (key, str(FACTOR * Decimal(value)))
                        for key, value in row.items()
                        if isinstance(value, str)
                        and (MONEY.fullmatch(value) or key in LABEL_RATES)
                    )
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


def _multiplied(value: Any, key: str = "") -> Any:
    """Return a JSON value with every number under the key `amount` multiplied."""
    if isinstance(value, dict):
        return {name: _multiplied(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_multiplied(one) for one in value]
    if key == "amount" and value is not None:
        return type(value)(FACTOR * Decimal(str(value)))
    return value
