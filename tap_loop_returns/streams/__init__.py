"""Every stream of the tap, in catalog order."""

from tap_loop_returns.streams import audits, endpoints, returns

STREAMS = (
    returns.Returns,
    returns.ReturnLineItems,
    returns.ReturnExchanges,
    returns.ReturnOutcomes,
    returns.ReturnReasons,
    returns.ReturnLabels,
    returns.ReturnRefunds,
    returns.ReturnDetails,
    returns.ReturnNotes,
    endpoints.AdvancedShippingNotices,
    endpoints.Destinations,
    endpoints.BlocklistItems,
    endpoints.AllowlistItems,
    endpoints.LabelRequests,
    endpoints.HappyReturnsShipments,
    endpoints.HappyReturnsShipmentItems,
    endpoints.Webhooks,
    audits.SyncAudits,
)
