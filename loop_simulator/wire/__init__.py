"""The wire format: requests, responses, errors, page links, a return's JSON."""

from loop_simulator.wire import cursors, errors
from loop_simulator.wire.http import Request, Response, json_response, to_bytes
from loop_simulator.wire.return_json import (
    DESTINATION_ID,
    LOCATION_ID,
    SHOP_ID,
    refund_id,
    refunded,
    return_to_json,
)
from loop_simulator.wire.switches import (
    SWITCHES,
    Switches,
    UnknownSwitchError,
    describe,
)
from loop_simulator.wire.variants import (
    ITEM_MONEY_FIELDS,
    LINE_MONEY_FIELDS,
    MONEY_FIELDS,
    YEAR,
    ResponseVariant,
    is_undated,
)

__all__ = [
    "DESTINATION_ID",
    "ITEM_MONEY_FIELDS",
    "LINE_MONEY_FIELDS",
    "LOCATION_ID",
    "MONEY_FIELDS",
    "SHOP_ID",
    "SWITCHES",
    "YEAR",
    "Request",
    "Response",
    "ResponseVariant",
    "Switches",
    "UnknownSwitchError",
    "cursors",
    "describe",
    "errors",
    "is_undated",
    "json_response",
    "refund_id",
    "refunded",
    "return_to_json",
    "to_bytes",
]
