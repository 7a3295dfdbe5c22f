"""Every stream of the tap, in catalog order."""

from tap_loop_returns.streams import audits, returns, shop

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
    shop.AdvancedShippingNotices,
    shop.Destinations,
    shop.BlocklistItems,
    shop.AllowlistItems,
    shop.LabelRequests,
    shop.HappyReturnsShipments,
    shop.HappyReturnsShipmentItems,
    shop.Webhooks,
    audits.SyncAudits,
)
