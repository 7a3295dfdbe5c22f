"""A simulated tap-shopify, which reads a running simulator: ``python -m demo.sources.shopify``.

``--shape graphql`` follows singer-io's 3.x, ``--shape rest`` the REST taps.
"""

from __future__ import annotations

import sys

from demo.sources.schemas import (
    DECIMAL,
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    WHOLE,
    Json,
    many,
    moments,
    record,
    texts,
    thing,
)
from demo.sources.singer import Stream, Tap


def _graph_money(amount: Json) -> Json:
    side = thing(amount=amount, currencyCode=TEXT)
    return thing(shopMoney=side, presentmentMoney=side)


_AMOUNT = _graph_money(NUMBER)
_DECIMAL_AMOUNT = _graph_money(DECIMAL)
_ID = thing(id=TEXT)
_STORE = {"_sdc_shop_id": WHOLE} | texts("_sdc_shop_name", "_sdc_shop_myshopify_domain")
_PAIRS = many(thing(key=TEXT, value=TEXT))

_ORDER_AMOUNTS = dict.fromkeys(
    [
        "subtotalPriceSet",
        "totalDiscountsSet",
        "totalTaxSet",
        "totalShippingPriceSet",
        "totalPriceSet",
        "totalRefundedSet",
        "totalReceivedSet",
        "netPaymentSet",
        "currentTotalPriceSet",
        "currentTotalDiscountsSet",
        "currentTotalTaxSet",
        "currentSubtotalPriceSet",
    ],
    _AMOUNT,
)
_GRAPH_LINE = thing(
    id=TEXT,
    product=_ID,
    variant=_ID,
    quantity=NUMBER,
    originalUnitPriceSet=_AMOUNT,
    totalDiscountSet=_AMOUNT,
    discountAllocations=many(thing(allocatedAmountSet=_AMOUNT)),
    discountedTotalSet=_AMOUNT,
    taxLines=many(thing(title=TEXT, priceSet=_AMOUNT)),
    isGiftCard=FLAG,
    customAttributes=_PAIRS,
    **texts("sku", "title", "name", "vendor"),
)
_GRAPH_ORDERS = record(
    "string",
    number=NUMBER,
    test=FLAG,
    taxesIncluded=FLAG,
    customer=thing(id=TEXT, email=TEXT, tags=TEXT),
    app=thing(id=TEXT, name=TEXT),
    channelInformation=thing(id=TEXT, channelId=TEXT),
    customerJourneySummary=thing(
        lastVisit=thing(landingPage=TEXT, referrerUrl=TEXT),
        utmParameters=thing(**texts("source", "medium", "campaign", "content", "term")),
    ),
    tags=many({"type": "string"}),
    customAttributes=_PAIRS,
    discountCodes=many({"type": "string"}),
    lineItems=many(_GRAPH_LINE),
    fulfillments=many(
        thing(**texts("id", "status"), **moments("createdAt", "deliveredAt"))
    ),
    **moments("createdAt", "processedAt", "updatedAt", "cancelledAt", "closedAt"),
    **texts("legacyResourceId", "name", "cancelReason", "displayFinancialStatus"),
    **texts("displayFulfillmentStatus", "returnStatus", "currencyCode", "email"),
    **texts("presentmentCurrencyCode", "sourceName", "discountCode"),
    **_ORDER_AMOUNTS,
    **_STORE,
)
_GRAPH_CUSTOMERS = record(
    "string",
    amountSpent=thing(amount=DECIMAL, currencyCode=TEXT),
    tags=many(TEXT),
    **moments("createdAt", "updatedAt"),
    **texts("firstName", "lastName", "email", "numberOfOrders"),
    **_STORE,
)
_PRICE = thing(amount=DECIMAL, currencyCode=TEXT)
_GRAPH_PRODUCTS = record(
    "string",
    isGiftCard=FLAG,
    category=_ID,
    # tap-shopify 3.13.0 declares no type for this field, and some loaders reject it.
    compareAtPriceRange=thing(
        maxVariantCompareAtPrice=_PRICE, minVariantCompareAtPrice=_PRICE
    ),
    **moments("createdAt", "updatedAt", "publishedAt"),
    **texts("title", "handle", "productType", "vendor", "tags", "status"),
    **_STORE,
)
_GRAPH_VARIANTS = record(
    "string",
    product=_ID,
    inventoryItem=_ID,
    price=DECIMAL,
    compareAtPrice=DECIMAL,
    position=WHOLE,
    **moments("createdAt", "updatedAt"),
    **texts("sku", "title", "displayName", "barcode"),
    **_STORE,
)
_GRAPH_ITEMS = record(
    "string",
    sku=TEXT,
    requiresShipping=FLAG,
    tracked=FLAG,
    # The real tap does not ask for the currency.
    unitCost=thing(amount=DECIMAL),
    **moments("createdAt", "updatedAt"),
    **_STORE,
)
_GRAPH_REFUNDS = record(
    "string",
    order=_ID,
    refundLineItems=many(
        thing(
            id=TEXT,
            lineItem=_ID,
            quantity=WHOLE,
            restockType=TEXT,
            subtotalSet=_DECIMAL_AMOUNT,
            totalTaxSet=_DECIMAL_AMOUNT,
        )
    ),
    orderAdjustments=many(
        thing(
            id=TEXT,
            amountSet=_DECIMAL_AMOUNT,
            taxAmountSet=_DECIMAL_AMOUNT,
            reason=TEXT,
        )
    ),
    **moments("createdAt", "updatedAt"),
    **texts("legacyResourceId", "note"),
    **_STORE,
)
_GRAPH_TRANSACTIONS = record(
    "string",
    order=_ID,
    amountSet=_DECIMAL_AMOUNT,
    test=FLAG,
    **moments("createdAt", "processedAt"),
    **texts("kind", "status", "gateway"),
    **_STORE,
)

_REST_SIDE = thing(amount=TEXT, currency_code=TEXT)
_REST_MONEY = thing(shop_money=_REST_SIDE, presentment_money=_REST_SIDE)
_NAMED = many(thing(name=TEXT, value=TEXT))
_REST_LINE = thing(
    id=WHOLE,
    product_id=WHOLE,
    variant_id=WHOLE,
    quantity=WHOLE,
    current_quantity=WHOLE,
    price_set=_REST_MONEY,
    discount_allocations=many(thing(amount=TEXT, amount_set=_REST_MONEY)),
    gift_card=FLAG,
    properties=_NAMED,
    tax_lines=many(thing(title=TEXT, price=TEXT)),
    **texts(
        "sku", "title", "variant_title", "name", "vendor", "price", "total_discount"
    ),
)
_REST_PAYMENT = {"order_id": WHOLE, "created_at": MOMENT} | texts(
    "kind", "gateway", "status", "amount"
)
_REST_REFUND = thing(
    id=WHOLE,
    order_id=WHOLE,
    refund_line_items=many(
        thing(
            id=WHOLE,
            line_item_id=WHOLE,
            quantity=WHOLE,
            restock_type=TEXT,
            subtotal=NUMBER,
            total_tax=NUMBER,
        )
    ),
    transactions=many(thing(id=WHOLE, **_REST_PAYMENT)),
    order_adjustments=many(
        thing(
            id=WHOLE,
            refund_id=WHOLE,
            order_id=WHOLE,
            **texts("amount", "tax_amount", "kind", "reason"),
        )
    ),
    **moments("created_at", "processed_at"),
)
_REST_ORDERS = record(
    "integer",
    number=WHOLE,
    order_number=WHOLE,
    app_id=WHOLE,
    test=FLAG,
    taxes_included=FLAG,
    subtotal_price=NUMBER,
    total_price=NUMBER,
    customer=thing(id=WHOLE, **texts("email", "first_name", "last_name", "tags")),
    note_attributes=_NAMED,
    discount_codes=many(thing(**texts("code", "amount", "type"))),
    line_items=many(_REST_LINE),
    refunds=many(_REST_REFUND),
    fulfillments=many(
        thing(
            id=WHOLE,
            order_id=WHOLE,
            **texts("status", "shipment_status", "created_at", "updated_at"),
        )
    ),
    **moments("created_at", "processed_at", "updated_at", "cancelled_at"),
    **texts("admin_graphql_api_id", "name", "cancel_reason", "financial_status"),
    **texts("fulfillment_status", "currency", "presentment_currency", "email"),
    **texts("contact_email", "source_name", "landing_site", "referring_site", "tags"),
    **texts("total_discounts", "total_tax", "current_total_price"),
    **dict.fromkeys(
        ("subtotal_price_set", "total_price_set", "total_shipping_price_set"),
        _REST_MONEY,
    ),
)
_REST_CUSTOMERS = record(
    "integer",
    updated_at=MOMENT,
    orders_count=WHOLE,
    # REST taps declare no format for this one.
    **texts("created_at", "admin_graphql_api_id", "first_name", "last_name", "email"),
    **texts("total_spent", "tags"),
)
_REST_PRODUCTS = record(
    "integer",
    variants=many(
        thing(
            id=WHOLE, product_id=WHOLE, position=WHOLE, **texts("sku", "title", "price")
        )
    ),
    **moments("created_at", "updated_at"),
    **texts("title", "handle", "product_type", "vendor", "tags", "status"),
)
_REST_TRANSACTIONS = record("integer", test=FLAG, currency=TEXT, **_REST_PAYMENT)

TAP = Tap(
    name="tap-shopify",
    source="shopify",
    shapes={
        "graphql": [
            Stream("orders", _GRAPH_ORDERS, "updatedAt"),
            Stream("customers", _GRAPH_CUSTOMERS, "updatedAt"),
            Stream("products", _GRAPH_PRODUCTS, "updatedAt"),
            Stream("product_variants", _GRAPH_VARIANTS, "updatedAt"),
            Stream("inventory_items", _GRAPH_ITEMS, "updatedAt"),
            Stream("order_refunds", _GRAPH_REFUNDS, "updatedAt"),
            Stream("transactions", _GRAPH_TRANSACTIONS, "createdAt"),
        ],
        "rest": [
            Stream("orders", _REST_ORDERS, "updated_at"),
            Stream("customers", _REST_CUSTOMERS, "updated_at"),
            Stream("products", _REST_PRODUCTS, "updated_at"),
            Stream("transactions", _REST_TRANSACTIONS, "created_at"),
        ],
    },
)

if __name__ == "__main__":
    sys.exit(TAP.run())
