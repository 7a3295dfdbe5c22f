"""Facts computed independently: returns, order lines, returned units and checks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .ledger import ledger
from .shop import (
    NO_CHANNEL,
    POLICY_PERIODS,
    ZERO,
    amount,
    credit_order,
    digits,
    label_cost,
    moment,
    month,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from .shop import Json, Key, Order, Return, Rows, Shop, Unit

TOTALS = {
    "order_discount_amount": "totalDiscountsSet",
    "order_tax_amount": "totalTaxSet",
    "order_shipping_amount": "totalShippingPriceSet",
    "order_total_amount": "totalPriceSet",
}
"""Columns of amounts and the fields of an order that hold them."""
PARCELS = {
    **dict.fromkeys(("new", "pending", "pre_transit", "unknown"), "label_made"),
    **dict.fromkeys(("in_transit", "out_for_delivery"), "first_scan"),
    "delivered": "delivered",
}
"""Milestone by status of a label."""
RENAMED_VARIANT = "Default Title"
"""Shopify's title of the only variant of a product."""


def key_of(number: str) -> str:
    """Return the surrogate key of an order, of its line or of a customer."""
    return f"main-{number}"


def returns(shop: Shop) -> Rows:
    """fct_returns: amounts of counted returns, outcome, and the customer's channel."""
    first = first_orders(shop)
    return {
        (record.id,): {
            "outcome_group": record.group,
            "match_method": record.match_method,
            "is_counted_return": record.is_counted,
            "is_realised_return": record.is_realised,
            "exchanged_value": record.exchanged_value if record.is_counted else None,
            "retained_revenue": record.retained if record.is_counted else None,
            "days_to_return": record.days,
            "return_date": record.day,
            "return_order_role": record.order and record.order.role,
            "returned_unit_count": len(record.units),
            "customer_acquisition_source_medium": _source(record, first),
            "customer_valid_order_index_at_return": _index_at(shop, record),
            "customer_id": record.order and record.order.customer,
            "origin_country_code": record.raw.get("origin_country_code"),
            "destination_id": digits(record.raw.get("destination_id")),
            "return_method_type": _method(record),
            "tracking_number": told(record.raw.get("tracking_number")),
            "refund_shipping_amount": record.shipping if record.is_counted else None,
            "days_return_to_refund": days_to_refund(shop, record),
            "goods_delivered_at": moment(record.raw.get("label_updated_at"))
            if record.raw.get("label_status") == "delivered"
            else None,
        }
        for record in shop.returns
    }


def orders(shop: Shop) -> Rows:
    """fct_orders: totals, discounts and campaign as Shopify has them, and its customer."""
    first = first_orders(shop)
    return {
        (order.id,): {
            "order_role": order.role,
            "is_customer_order": order.is_customer_order,
            "customer_id": order.customer,
            "customer_cohort_month_date": month(first[order.customer].day)
            if order.customer in first and order.customer
            else None,
            "discount_codes": ", ".join(
                code.strip().upper() for code in order.raw.get("discountCodes") or []
            )
            or None,
            "order_utm_campaign": campaign(order),
            "fulfillment_status": order.raw["displayFulfillmentStatus"].lower(),
            "policy_period": policy_period(order),
            **{
                column: amount(order.raw[field]["shopMoney"]["amount"])
                for column, field in TOTALS.items()
            },
            "refund_outside_loop_amount": order.refunded_outside_loop,
            "has_refund_outside_loop": order.has_refund_outside_loop,
        }
        for order in shop.orders
    }


def policy_period(order: Order) -> str | None:
    """Return the policy that applied on the order's day: the last one that had begun."""
    begun = [day for day in POLICY_PERIODS if date.fromisoformat(day) <= order.day]
    return POLICY_PERIODS[max(begun)] if begun else None


def customers(shop: Shop) -> Rows:
    """dim_customers: each customer's numbers of orders and returns, and first order month."""
    first = first_orders(shop)
    found: dict[str, list[Order]] = defaultdict(list)
    for order in shop.orders:
        if order.customer:
            found[order.customer].append(order)
    return {
        (key_of(customer),): {
            "customer_id": customer,
            "customer_order_count": sum(order.is_customer_order for order in orders),
            "return_count": sum(
                record.is_counted for order in orders for record in order.returns
            ),
            "customer_cohort_month_date": month(first[customer].day)
            if customer in first
            else None,
        }
        for customer, orders in found.items()
    }


def return_labels(shop: Shop) -> Rows:
    """fct_return_labels: each label with its own carrier and cost."""
    return {
        (record.id, position): {
            "carrier": label.get("carrier"),
            "label_status": label.get("status"),
            "tracking_number": label.get("tracking_number"),
            "label_cost": label_cost(label["rate"]) if record.is_counted else None,
            "origin_country_code": record.raw.get("origin_country_code"),
        }
        for record in shop.returns
        for position, label in enumerate(record.raw.get("labels") or [], 1)
    }


def return_events(shop: Shop) -> Rows:
    """fct_return_events: the first time of each milestone in Loop's or the shop's records."""
    return {
        (record.id, name): {
            "occurred_at": when,
            "days_since_request": (when.astimezone(shop.zone).date() - record.day).days,
            "return_state": record.state,
            "is_counted_return": record.is_counted,
        }
        for record, reached in steps(shop)
        for name, when in reached.items()
    }


def steps(shop: Shop) -> Iterator[tuple[Return, dict[str, datetime]]]:
    """Each return with the moments of its milestones."""
    ordered = {order.id: order.processed for order in shop.orders}
    sent = {order.id: shipped(order.raw) for order in shop.orders}
    for record in shop.returns:
        yield record, milestones(record, ordered, sent)


def shipped(order: dict[str, Any]) -> datetime | None:
    """Return when the first parcel of an order was sent."""
    parcels = [
        moment(one["createdAt"])
        for one in order.get("fulfillments") or []
        if one["status"] not in {"CANCELLED", "ERROR", "FAILURE"}
    ]
    return min((when for when in parcels if when), default=None)


def milestones(
    record: Return,
    ordered: dict[str, datetime],
    sent: dict[str, datetime | None],
) -> dict[str, datetime]:
    """Return the times of a return's milestones.

    `ordered` and `sent` hold when each order was placed and sent.
    """
    raw = record.raw
    done = {
        name: moment(told_by_loop["date"])
        for name, told_by_loop in (raw.get("outcomes_processed_at") or {}).items()
        if told_by_loop
    }
    exchange = {digits(item.get("exchange_order_id")) for item in raw["exchanges"]}
    exchange -= {None, record.order.id if record.order else None}
    was_processed = raw.get("was_processed", True) and record.state == "closed"
    choices: dict[str, list[list[datetime | None]]] = {
        "requested": [[record.created]],
        "processed": [
            [done.get("return_processed")],
            [moment(raw.get("updated_at")) if was_processed else None],
        ],
        "cancelled": [
            [moment(raw.get("updated_at")) if record.state == "cancelled" else None]
        ],
        "inspected": [
            [
                moment((line.get("condition") or {}).get("inspected_at"))
                for line in raw["line_items"]
            ]
        ],
        "refunded": [
            [
                moment(refund.get("provider_created_at"))
                for refund in raw.get("shopify_refund_object") or []
            ],
            [done.get("refund_processed")],
        ],
        "credit_issued": [
            [done.get("gift_card_processed")],
            [ordered.get(credit_order(raw) or "")],
        ],
        "exchange_ordered": [
            [done.get("exchange_processed")],
            [ordered.get(order or "") for order in exchange],
        ],
        "exchange_shipped": [[sent.get(order or "") for order in exchange]],
    }
    for label in raw.get("labels") or []:
        if name := PARCELS.get((label.get("status") or "").lower()):
            choices.setdefault(name, [[]])[0].append(moment(label.get("updated_at")))
    # For each milestone, the earliest time in the first source that has any.
    return {
        name: min(known)
        for name, sources in choices.items()
        if (
            known := next(
                (
                    times
                    for source in sources
                    if (times := [time for time in source if time])
                ),
                [],
            )
        )
    }


def products(shop: Shop) -> Rows:
    """dim_products: products of the shop, and deleted products that only lines name."""
    titles: dict[str, set[str]] = defaultdict(set)
    for order in shop.orders:
        for line in order.lines:
            titles[line.product or ""].add(line.title)
    for record in shop.returns:
        for unit in record.units:
            product = digits(unit.raw.get("product_id")) or ""
            titles[product].add(unit.line.title if unit.line else unit.raw["title"])
    return {
        (product,): {
            "is_in_shop": product in shop.titles,
            "product_category": shop.categories.get(product, "(none)"),
            "product_title": shop.titles.get(product) or max(titles[product]),
        }
        for product in titles | shop.titles
        if product
    }


def order_lines(shop: Shop) -> Rows:
    """fct_order_lines: lines of eligible orders with sold and returned units."""
    rows: Rows = {}
    for order in shop.orders:
        for line in order.lines if order.is_eligible else []:
            if line.is_sold:
                back = [unit for unit in _rated(order) if unit.line is line]
                rows[key_of(line.id),] = {
                    "sku": line.sku,
                    "product_category": line.category,
                    **_titles(line.raw),
                    "vendor": line.raw.get("vendor"),
                    "unit_price_amount": amount(
                        line.raw["originalUnitPriceSet"]["shopMoney"]["amount"]
                    ),
                    "sold_units": line.quantity,
                    "sold_amount": line.net,
                    "returned_units": len(back),
                    "returned_amount": sum((unit.net for unit in back), ZERO),
                }
    return rows


def return_lines(shop: Shop) -> Rows:
    """fct_return_lines: each returned unit with its line, outcome and titles."""
    return {
        (record.id, unit.raw["line_item_id"]): {
            "sku": unit.sku,
            "product_category": unit.category,
            "line_outcome": unit.outcome,
            "net_amount": unit.net,
            "sm_order_line_key": unit.line and key_of(unit.line.id),
            "is_over_line_quantity": unit.is_over_quantity,
            "is_merchandise": unit.is_merchandise,
            **(_titles(unit.line.raw) if unit.line else _titles_by_loop(shop, unit)),
        }
        for record in shop.returns
        for unit in record.units
    }


def return_reasons(shop: Shop) -> Rows:
    """dim_return_reasons: counted units of each reason."""
    found: dict[Key, int] = defaultdict(int)
    for record in shop.returns:
        for unit in record.units:
            parent = unit.parent_reason or "(no reason)"
            key = (parent, unit.reason or "(no reason)")
            found[key] += record.is_counted and unit.is_counted
    return {key: {"returned_unit_count": units} for key, units in found.items()}


def checks(shop: Shop) -> Rows:
    """rpt_data_quality: how many rows break each rule about matching and returned units."""
    units = [(record, unit) for record in shop.returns for unit in record.units]
    counts = {
        "return_without_order": sum(record.order is None for record in shop.returns),
        "unit_over_line_quantity": sum(unit.is_over_quantity for _, unit in units),
        "unit_without_order_line": sum(
            unit.line is None for record, unit in units if record.order
        ),
        "line_outcome_unresolved": sum(
            unit.outcome == "unresolved" for record, unit in units if record.is_counted
        ),
    }
    return {(name,): {"row_count": count} for name, count in counts.items() if count}


def _titles_by_loop(shop: Shop, unit: Unit) -> dict[str, Any]:
    """Return product and variant title of a unit without an order line, from Loop's title."""
    name = unit.raw["title"]
    title = shop.titles.get(digits(unit.raw.get("product_id")), name)
    return _titles({"title": title, "name": name})


def _titles(line: Json) -> dict[str, Any]:
    """Split a name into product and variant."""
    title, name = line["title"], line["name"]
    variant = name.removeprefix(title).removeprefix(" - ") or None
    return {
        "product_title": title,
        "variant_title": None if variant == RENAMED_VARIANT else variant,
    }


def _rated(order: Order) -> list[Unit]:
    return [
        unit
        for record in order.returns
        for unit in record.units
        if record.is_rated and unit.is_counted
    ]


def first_orders(shop: Shop) -> dict[str | None, Order]:
    found: dict[str | None, Order] = {}
    for order in sorted(shop.orders, key=lambda one: (one.processed, one.id)):
        if order.is_customer_order:
            found.setdefault(order.customer, order)
    return found


def _source(record: Return, first: dict[str | None, Order]) -> str | None:
    """Return source and medium of the campaign that brought the customer."""
    customer = record.order.customer if record.order else None
    if customer is None or customer not in first:
        return None
    visit = (first[customer].raw.get("customerJourneySummary") or {}).get("lastVisit")
    query = parse_qs(urlsplit((visit or {}).get("landingPage") or "").query)
    parts = [
        (query.get(f"utm_{name}") or [""])[0].strip().lower() or "(none)"
        for name in ("source", "medium")
    ]
    return " / ".join(parts) if visit else NO_CHANNEL


def campaign(order: Order) -> str | None:
    """Return the campaign of an order; for an exchange order, of its first order if it has one."""
    root = order.root if order.role == "exchange" else order
    for one in (root, order):
        visit = (one.raw.get("customerJourneySummary") or {}).get("lastVisit") or {}
        query = parse_qs(urlsplit(visit.get("landingPage") or "").query)
        if named := (query.get("utm_campaign") or [""])[0].strip().lower():
            return named
    return None


def _method(record: Return) -> str | None:
    """Return how the goods travel back; Loop sends an object or a bare word."""
    method = record.raw.get("return_method")
    word = method.get("method_type") if isinstance(method, dict) else method
    return word.lower() if word else None


def told(text: str | None) -> str | None:
    """Return a text of Loop's; None for N/A and the empty text."""
    return None if text in {"", "N/A"} else text


def days_to_refund(shop: Shop, record: Return) -> int | None:
    done = (record.raw.get("outcomes_processed_at") or {}).get("refund_processed") or {}
    paid = moment(done.get("date"))
    return (paid.astimezone(shop.zone).date() - record.day).days if paid else None


def _index_at(shop: Shop, record: Return) -> int | None:
    """Return how many customer orders the customer had placed by the time of a return."""
    customer = record.order.customer if record.order else None
    placed = [
        order
        for order in shop.orders
        if order.customer == customer
        and order.is_customer_order
        and order.processed <= record.created
    ]
    return len(placed) if customer else None


FACTS: dict[str, tuple[tuple[str, ...], Callable[[Shop], Rows]]] = {
    "fct_returns": (("loop_return_id",), returns),
    "fct_orders": (("order_id",), orders),
    "dim_customers": (("sm_customer_key",), customers),
    "fct_return_labels": (("loop_return_id", "label_position"), return_labels),
    "fct_return_events": (("loop_return_id", "milestone"), return_events),
    "dim_products": (("product_id",), products),
    "fct_order_lines": (("sm_order_line_key",), order_lines),
    "fct_return_lines": (("loop_return_id", "loop_line_item_id"), return_lines),
    "fct_return_ledger": (
        ("loop_return_id", "entry_type", "account_class", "source_id"),
        ledger,
    ),
    "dim_return_reasons": (("parent_return_reason", "return_reason"), return_reasons),
}
"""Key columns and computation of each fact."""
