"""Order adjustments of Shopify: what the goods of a refund and its money differ by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Adjustment:
    """One order adjustment, cents, with the sign it has in Shopify's sales."""

    kind: str
    """Shopify's kind in lower case."""
    amount: int
    tax: int = 0


def adjustments(
    goods: int, paid: int, shipping: int = 0, shipping_tax: int = 0
) -> list[Adjustment]:
    """Return the adjustments of a refund.

    Refunded shipping lowers sales. Goods come off sales in full; what of them is not
    paid back in money is added again, and stays so after an exchange or a credit.

    Args:
        goods: Value of the refunded goods with tax, cents.
        paid: What is paid back, cents.
        shipping: Shipping that is paid back, without tax, cents.
        shipping_tax: Its tax, cents.

    """
    made = [
        Adjustment("shipping_refund", -shipping, -shipping_tax),
        Adjustment("refund_discrepancy", goods + shipping + shipping_tax - paid),
    ]
    return [one for one in made if one.amount or one.tax]
