"""Shopify's order adjustments: the differences between the goods and the money of a refund."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Adjustment:
    """One order adjustment in cents, with the sign of Shopify's sales reports."""

    kind: str
    """Shopify's kind in lower case."""
    amount: int
    tax: int = 0


def adjustments(
    goods: int, paid: int, shipping: int = 0, shipping_tax: int = 0
) -> list[Adjustment]:
    """Return the adjustments of a refund.

    Refunded shipping lowers sales. The full value of the goods is subtracted from
    sales; the part that is not paid back in money is added again, and stays added after
    an exchange or a credit.

    Args:
        goods: Value of the refunded goods with tax, cents.
        paid: Money that is paid back, cents.
        shipping: Shipping that is paid back, without tax, cents.
        shipping_tax: Its tax, cents.

    """
    made = [
        Adjustment("shipping_refund", -shipping, -shipping_tax),
        Adjustment("refund_discrepancy", goods + shipping + shipping_tax - paid),
    ]
    return [one for one in made if one.amount or one.tax]
