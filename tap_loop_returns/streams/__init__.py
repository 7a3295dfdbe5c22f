"""Every stream of the tap, in catalog order."""

from tap_loop_returns.streams.returns import (
    ReturnDetails,
    ReturnExchanges,
    ReturnLabels,
    ReturnLineItems,
    ReturnNotes,
    ReturnOutcomes,
    ReturnReasons,
    ReturnRefunds,
    Returns,
)
from tap_loop_returns.streams.shop import (
    AdvancedShippingNotices,
    AllowlistItems,
    BlocklistItems,
    Destinations,
    HappyReturnsShipmentItems,
    HappyReturnsShipments,
    LabelRequests,
    Webhooks,
)

STREAMS = (
    Returns,
    ReturnLineItems,
    ReturnExchanges,
    ReturnOutcomes,
    ReturnReasons,
    ReturnLabels,
    ReturnRefunds,
    ReturnDetails,
    ReturnNotes,
    AdvancedShippingNotices,
    Destinations,
    BlocklistItems,
    AllowlistItems,
    LabelRequests,
    HappyReturnsShipments,
    HappyReturnsShipmentItems,
    Webhooks,
)
