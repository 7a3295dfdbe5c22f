"""The yes-or-no probabilities of the generated shop, from which the README's table is made."""

from __future__ import annotations

TABLE: list[tuple[float, str, str]] = []
"""Probability, population, and event."""


def _chance(chance: float, of: str, what: str) -> float:
    """Add a row to the table and return the probability."""
    TABLE.append((chance, of, what))
    return chance


GUEST = _chance(0.12, "shoppers", "are guests, without a customer id")
SUBSCRIBER = _chance(0.05, "other shoppers", "subscribe to a product")
CANCELLED_SUBSCRIPTION = _chance(
    0.12, "subscription orders", "are the last order of the subscription"
)

REPURCHASE = {
    "none": _chance(
        0.47, "orders without a return", "are followed by another order of the customer"
    ),
    "refund": _chance(
        0.30, "orders with a refund", "are followed by another order of the customer"
    ),
    "credit": _chance(
        0.62,
        "orders with store credit",
        "are followed by another order of the customer",
    ),
    "exchange": _chance(
        0.58, "orders with an exchange", "are followed by another order of the customer"
    ),
}
"""How often another order follows, by the outcome of the order's first return."""
GUEST_REPURCHASE = _chance(0.25, "each of these four shares", "is the share for guests")

ONE_UNIT = _chance(0.90, "order lines", "have one unit, the others two or three")
GIFT_CARD_BOUGHT = _chance(0.02, "orders", "include a gift card")
DISCOUNT_CODE = _chance(
    0.25, "orders", "use a discount code (times the channel's factor)"
)
SALE_PRICE = _chance(0.12, "order lines", "are on sale (times the channel's factor)")
POINT_OF_SALE = _chance(0.07, "orders", "are made in a store")
TEST_ORDER = _chance(0.006, "other orders", "are test orders")
CANCELLED_ORDER = _chance(0.01, "other orders", "are cancelled")
PAYPAL = _chance(0.20, "orders", "are paid with PayPal")
NOT_IN_SHOPIFY = _chance(0.01, "orders", "are missing from the shop's records")
CUSTOM_LINE = _chance(
    0.015, "orders", "have a line that staff entered without a product"
)
ORDER_EDIT = _chance(
    0.04, "orders of several units", "lose a unit in an edit before they are sent"
)
STAFF_REFUND = _chance(
    0.015, "orders without a return", "are refunded by staff in Shopify"
)
WHOLE_STAFF_REFUND = _chance(
    0.50, "orders refunded by staff", "are refunded completely, the others one line"
)
RESTOCKED = _chance(0.60, "refunds by staff", "are restocked")
FAILED_PAYMENT = _chance(0.02, "orders", "have a failed attempt before the payment")
FAILED_REFUND = _chance(
    0.02, "returns", "have a failed attempt before the refund payment"
)
PENDING_REFUND = _chance(0.01, "returns", "have a refund payment that is pending")

PLANTED = _chance(
    2.0,
    "a category's return rate",
    "is the rate of two bad styles and two sizes that run small",
)
TOO_SMALL = _chance(0.80, "returned units of these sizes", "are found too small")
RETURN_RATE_FACTOR = _chance(
    0.62, "a product's return rate", "is the return rate of a unit"
)
EXCHANGE_RATE_FACTOR = _chance(
    0.60, "that rate", "is the return rate of a unit in an exchange order"
)
NEXT_UNIT = _chance(0.60, "further units of a returned line", "come back too")
SECOND_RETURN = _chance(0.06, "returned orders", "have another return")
WARRANTY = _chance(0.02, "returns", "are warranty claims")
CREATED_AT_MIDNIGHT = _chance(0.004, "returns", "are created exactly at midnight")
CREATED_ON_THE_HOUR = _chance(0.02, "returns", "are created at a full hour")
NO_REASON = _chance(0.02, "returned units", "have no reason")
COMMENT = _chance(0.18, "returned units", "have a comment")

MIXED_WISHES = _chance(0.30, "returns of several units", "mix two outcomes")
CREDIT_AS_SECOND = _chance(
    0.30, "exchanges in mixed returns", "are combined with credit"
)
SHOP_ON = _chance(0.30, "exchanges", "are for other products")
OUT_OF_STOCK = _chance(0.01, "exchanged units", "are out of stock")
REMAINDER_AS_CREDIT = _chance(
    0.35, "amounts left over from exchanges", "become store credit"
)
HANDLING_FEE = _chance(0.15, "returns without an exchange", "cost a handling fee")
BONUS_ON_CREDIT = _chance(0.10, "returns with only credit", "carry bonus credit")
BONUS_ON_EXCHANGE = _chance(0.10, "exchanges for dearer goods", "carry bonus credit")
EVEN_EXCHANGE_AS_CREDIT = _chance(0.08, "even exchanges", "are named `credit`")
NEGATIVE_PRICE = _chance(0.40, "exchanges named `credit`", "have negative line prices")
UNKNOWN_OUTCOME = _chance(0.004, "other returns", "have an unknown outcome")
SHIPPING_REFUND = _chance(
    0.08, "refunds of orders with shipping costs", "include these costs"
)
GIFT_RETURN = _chance(0.02, "returns", "are made by the person who received a gift")
NOTES = _chance(0.06, "returns", "have notes")
NATIVE_EXCHANGE = _chance(0.30, "exchanges", "are native, without a new order")
INSTANT_EXCHANGE = _chance(0.35, "exchanges", "are sent before the parcel arrives")

EDITED = _chance(0.07, "returns", "are edited")
PAID_BEFORE_EXPIRY = _chance(0.50, "expiring exchanges and credits", "were paid out")
STALLED = _chance(0.01, "returns in transit", "are never closed")
KEPT = _chance(0.025, "processed units", "are kept by the shopper")
GRADED = _chance(0.40, "other processed units", "are graded")
NO_LABEL = _chance(0.08, "returns with goods to send", "have no label")
TWO_PARCELS = _chance(0.20, "returns of several units", "have two parcels")
NO_SKU = _chance(0.01, "variants", "have no SKU")
UNTYPED = _chance(0.03, "products", "have no type")
DELETED = _chance(0.04, "products", "are deleted while the shop is open")


def markdown() -> str:
    """Return the table as Markdown."""
    rows = [f"| {chance * 100:g} % of {of} | {what} |" for chance, of, what in TABLE]
    return "\n".join(["| Share | What |", "| --- | --- |", *rows])
