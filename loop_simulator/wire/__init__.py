"""What goes over the wire: requests, responses, errors, page links, a return's JSON."""

from loop_simulator.wire import cursors, errors
from loop_simulator.wire.http import Answer, Request, answer, to_bytes
from loop_simulator.wire.return_json import (
    DESTINATION_ID,
    LOCATION_ID,
    SHOP_ID,
    payload,
    refund_id,
    refunded,
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
    Dressing,
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
    "Answer",
    "Dressing",
    "Request",
    "Switches",
    "UnknownSwitchError",
    "answer",
    "cursors",
    "describe",
    "errors",
    "is_undated",
    "payload",
    "refund_id",
    "refunded",
    "to_bytes",
]
