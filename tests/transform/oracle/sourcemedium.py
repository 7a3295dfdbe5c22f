"""An independent computation of the queries of docs/coming-from-sourcemedium.md.

Each function gives the rows of one query: values by key.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .questions import summed
from .reports import order_returns
from .shop import ZERO, amount, digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .questions import Answer
    from .shop import Json, Order, Shop


def channel(order: Order) -> str:
    if order.role == "exchange":
        return "exchanged"
    return "excluded" if order.role == "excluded_by_config" else order.sales_channel


def source_medium(order: Order) -> str:
    visit = (order.raw.get("customerJourneySummary") or {}).get("lastVisit") or {}
    query = parse_qs(urlsplit(visit.get("landingPage") or "").query)
    return " / ".join(
        (query.get(f"utm_{name}") or [""])[0].strip().lower() or "(none)"
        for name in ("source", "medium")
    )


class Refunds:
    """What Shopify's refund lines take off each order line; edits of an order are left out."""

    def __init__(self, shop: Shop) -> None:
        """Add up the refund lines of goods that were sent."""
        self.units: Counter[str] = Counter()
        self.values: dict[str, Decimal] = defaultdict(Decimal)
        for refund in shop.raw["refunds"]:
            for part in refund.get("refundLineItems") or []:
                if part["restockType"] != "CANCEL":
                    line = str(digits(part["lineItem"]["id"]))
                    self.units[line] += int(part["quantity"])
                    self.values[line] += amount(
                        part["subtotalSet"]["shopMoney"]["amount"]
                    )

    def of(self, order: Order) -> Decimal:
        return sum((self.values[line.id] for line in order.lines if line.is_sold), ZERO)


def valid(shop: Shop) -> Iterator[tuple[Order, Decimal]]:
    """Return the valid orders with their net revenue after refunds."""
    refunds = Refunds(shop)
    for order in shop.orders:
        if order.is_sm_valid:
            yield order, order.net - refunds.of(order)


def by_customer(orders: list[Order]) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = defaultdict(list)
    for order in sorted(orders, key=lambda one: (one.processed, one.id)):
        if order.customer:
            found[order.customer].append(order)
    return found


def sequence(order: Order, customers: dict[str, list[Order]]) -> str | None:
    if not order.customer:
        return None
    return "1st_order" if customers[order.customer][0] is order else "repeat_order"


def orders_by_channel(shop: Shop) -> Answer:
    return summed(((channel(one),), (1, net)) for one, net in valid(shop))


def order_value_by_source(shop: Shop) -> Answer:
    sums = summed(((source_medium(one),), (1, net)) for one, net in valid(shop))
    return {key: (n, Fraction(net) / n) for key, (n, net) in sums.items()}


def first_and_repeat(shop: Shop) -> Answer:
    orders = [order for order, _ in valid(shop)]
    customers = by_customer(orders)
    rows = [
        (sequence(one, customers), one.customer, net)
        for one, net in valid(shop)
        if one.customer
    ]
    sums = summed(((name,), (1, net)) for name, _, net in rows)
    return {
        (name,): (n, len({who for other, who, _ in rows if other == name}), net)
        for (name,), (n, net) in sums.items()
    }


def gross_to_net(shop: Shop) -> Answer:
    return summed(
        (
            (one.day.year, one.day.month),
            (one.gross, one.net - one.gross, net - one.net, net),
        )
        for one, net in valid(shop)
    )


def subscription_orders(shop: Shop) -> Answer:
    refunds = Refunds(shop)
    named = {
        str(digits(found))
        for one in shop.raw["subscription_orders"]
        if (found := subscription_order_id(one))
    }
    return summed(
        (
            ("subscription" if one.id in named else "one_time",),
            (
                1,
                sum(line.quantity for line in one.lines),
                -sum(refunds.units[line.id] for line in one.lines),
            ),
        )
        for one, _ in valid(shop)
    )


def subscription_order_id(one: Json) -> Any:
    return (one.get("external_order_id") or {}).get("ecommerce")


def products(shop: Shop) -> Answer:
    refunds = Refunds(shop)
    return summed(
        (
            (line.sku,),
            (
                line.quantity,
                line.quantity - refunds.units[line.id],
                line.net - refunds.values[line.id] if line.is_sold else ZERO,
            ),
        )
        for one, _ in valid(shop)
        for line in one.lines
        if not line.raw["isGiftCard"]
    )


def repeat_customers(shop: Shop) -> Answer:
    return summed(
        (("one" if len(orders) == 1 else "several",), (1,))
        for orders in by_customer(shop.orders).values()
    )


def cost_by_outcome(shop: Shop) -> Answer:
    found = summed(
        (
            (one.word or None, channel(one.order)),
            (
                1,
                one.costs["net_return_cost"] if one.is_counted else ZERO,
                int(one.is_counted),
            ),
        )
        for one in shop.returns
        if one.order
    )
    return {
        key: (n, cost if counted else None) for key, (n, cost, counted) in found.items()
    }


def reasons_by_sku(shop: Shop) -> Answer:
    return summed(
        (
            (
                unit.sku,
                unit.parent_reason or "(no reason)",
                unit.reason or "(no reason)",
            ),
            (1,),
        )
        for one in shop.returns
        for unit in one.units
    )


def return_orders(shop: Shop) -> Answer:
    customers = by_customer(shop.orders)
    flags = {key: row["is_return_order"] for key, row in order_returns(shop).items()}
    return summed(
        ((sequence(one, customers),), (1, int(flags.get((one.id,), False))))
        for one, _ in valid(shop)
    )


QUERIES: dict[str, Callable[[Shop], Answer]] = {
    "Orders and net revenue by channel": orders_by_channel,
    "Average order value by source and medium": order_value_by_source,
    "First and repeat orders": first_and_repeat,
    "From gross to net revenue by month": gross_to_net,
    "Subscription and one-time orders": subscription_orders,
    "Products by units sold": products,
    "Customers who ordered more than once": repeat_customers,
    "Net cost of returns by outcome and channel": cost_by_outcome,
    "Reasons by SKU": reasons_by_sku,
    "Orders with a refund in Loop among valid orders": return_orders,
}
