"""The independent oracle's answers to the questions of the evaluation set.

A question names a population (`of`), what is counted in it, its groups (`by`), its
filters (`where`) and its period; see `questions.yml`. Nothing here reads the warehouse.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.transform.oracle.facts import (
    _titles_by_loop,
    first_orders,
    return_events,
)
from tests.transform.oracle.facts import orders as order_facts
from tests.transform.oracle.reports import (
    ORDER_CLAIMS,
    REPORTS,
    unit_rates,
    variant_option,
)
from tests.transform.oracle.shop import (
    ZERO,
    Line,
    Order,
    Shop,
    Unit,
    label_cost,
    nearest_rank,
)

TOLD = (
    "discount_codes",
    "order_utm_campaign",
    "fulfillment_status",
    "policy_period",
)
Parts = tuple[Any, Any]
"""Numerator and denominator; for a count, the count and None."""
Expected = dict[tuple[Any, ...], Parts]
Case = tuple[date, dict[str, Any], Any, Any, bool]
"""Day, attributes, what is added to numerator and denominator, and whether mature."""


def expected(shop: Shop, spec: dict[str, Any]) -> Expected:
    """Return numerator and denominator by group."""
    cases = POPULATIONS[spec["of"]](shop, spec)
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0])
    is_percentile = "percentile" in spec
    days: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for day, attributes, above, below, is_mature in cases:
        if not is_in(day, spec.get("period")):
            continue
        if spec.get("young" if is_mature else "mature"):
            continue
        where = dict(spec.get("where") or {})
        classes = {
            key: where.pop(key) for key in spec.get("classes", []) if key in where
        }
        if not all(holds(attributes[key], value) for key, value in where.items()):
            continue
        attributes["month"] = day.replace(day=1).isoformat()
        attributes["quarter"] = date(
            day.year, day.month - (day.month - 1) % 3, 1
        ).isoformat()
        is_part = all(holds(attributes[key], value) for key, value in classes.items())
        key = tuple(attributes[name] for name in spec.get("by", []))
        if is_percentile:
            days[key].append(above)
            continue
        found[key][0] += above if is_part else 0
        found[key][1] += below
    if is_percentile:
        share = Fraction(str(spec["percentile"]))
        return {
            key: (nearest_rank(held, share), len(held)) for key, held in days.items()
        }
    if spec.get("classes_by"):
        return of_whole(found, spec)
    if spec.get("count_of") == "below":
        return {key: (below, None) for key, (_, below) in found.items() if below}
    is_count = spec.get("is_count", False)
    return {
        key: (above, None if is_count else below)
        for key, (above, below) in found.items()
        if above or below
    }


def of_whole(found: dict[tuple[Any, ...], list[Any]], spec: dict[str, Any]) -> Expected:
    """Return the count of each class, and the total of all classes by the other groups."""
    names = spec["by"]
    rest = [place for place, name in enumerate(names) if name not in spec["classes_by"]]
    whole: dict[tuple[Any, ...], Any] = defaultdict(int)
    for key, (above, _) in found.items():
        whole[tuple(key[place] for place in rest)] += above
    return {
        key: (above, whole[tuple(key[place] for place in rest)])
        for key, (above, _) in found.items()
    }


def holds(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted


def is_in(day: date, period: Any) -> bool:
    """Return whether a day lies in a period: 2026, 2026-Q1, 2026-03 or the days between two."""
    if period is None:
        return True
    if isinstance(period, list):
        return str(period[0]) <= day.isoformat() <= str(period[1])
    text = str(period)
    if quarter := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return day.year == int(quarter[1]) and (day.month + 2) // 3 == int(quarter[2])
    return day.isoformat().startswith(text)


def order_attributes(shop: Shop) -> Callable[[Order], dict[str, Any]]:
    first, told = first_orders(shop), order_facts(shop)

    def attributes(order: Order) -> dict[str, Any]:
        cohort = told[order.id,]["customer_cohort_month_date"]
        is_first = order.customer is not None and first.get(order.customer) is order
        return {
            "acquisition_channel": order.acquisition_channel
            if order.customer
            else "(guest)",
            "order_channel": order.channel,
            "sales_channel": order.sales_channel,
            "currency_code": order.currency,
            "new_or_returning": "new"
            if is_first
            else "returning"
            if order.customer
            else "guest",
            **{name: told[order.id,][name] for name in TOLD},
            "first_order_date": cohort.isoformat() if cohort else None,
        }

    return attributes


def orders(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    attributes = order_attributes(shop)
    claim = ORDER_CLAIMS.get(spec.get("claim", ""), lambda _: True)
    for order in shop.orders:
        if order.is_eligible:
            yield order.day, attributes(order), int(claim(order)), 1, order.is_mature


def units(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    attributes = order_attributes(shop)
    for line, order, sold, back in unit_rates(shop):
        one = line or back[0]
        goods = {
            "product_category": one.category,
            "sku": one.sku,
            "product_title": line.title if line else None,
            "size": option(one, "size"),
            "vendor": line.raw.get("vendor") if line else None,
        }
        above: Any = len(back)
        below: Any = sold
        if spec.get("value"):
            above = sum((unit.net for unit in back), ZERO)
            below = line.net if line else ZERO
        yield order.day, attributes(order) | goods, above, below, order.is_mature


def option(one: Line | Unit, name: str) -> str | None:
    found = variant_option(one, name)
    return None if found == "(none)" else found


def goods(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    """Yield each eligible order once for each category, SKU or title that it has."""
    attributes = order_attributes(shop)
    name = spec["goods"]
    wanted = spec.get("outcome")
    for order in shop.orders:
        if not order.is_eligible:
            continue
        has: dict[str, bool] = {}
        for line in order.lines:
            if not line.is_sold:
                continue
            key = {"product_category": line.category, "sku": line.sku}.get(
                name, line.title
            )
            came = any(
                unit.line is line and unit.is_counted and wanted in {None, unit.outcome}
                for record in order.returns
                if record.is_rated
                for unit in record.units
            )
            has[key] = has.get(key, False) or came
        for key, came in has.items():
            own = attributes(order) | {name: key}
            yield order.day, own, int(came), 1, order.is_mature


def returns(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    counts: dict[str, Callable[[Any], Any]] = {
        "all": lambda _: (1, 1),
        "upsell_rate": lambda one: (int(one.upsell > 0), int(one.has_exchange)),
        "retained_revenue_ratio": lambda one: (one.retained, one.retained + one.refund),
        "upsell_share_of_exchange": lambda one: (one.upsell, one.exchanged_value),
        "refund_amount": lambda one: (one.refund, 0),
        "gift_card_amount": lambda one: (one.gift_card, 0),
        "exchanged_value": lambda one: (one.exchanged_value, 0),
        "upsell_amount": lambda one: (one.upsell, 0),
    }
    for record in shop.returns:
        if record.is_counted:
            above, below = counts[spec.get("claim", "all")](record)
            own = {
                "outcome_group": record.group,
                "return_state": record.state,
                "origin_country_code": record.raw.get("origin_country_code"),
            }
            yield record.day, own, above, below, False


def labels(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    for record in shop.returns:
        for label in record.raw.get("labels") or [] if record.is_counted else []:
            own = {"carrier": label.get("carrier")}
            cost = label_cost(label["rate"]) or ZERO
            yield record.day, own, cost if spec.get("value") else 1, 0, False


def units_sent_back(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    for record in shop.returns:
        for unit in record.units if record.is_counted else []:
            if unit.is_counted:
                own = {
                    "parent_return_reason": unit.parent_reason or "(no reason)",
                    "return_reason": unit.reason or "(no reason)",
                    "product_category": unit.category,
                    "product_title": unit.line.title
                    if unit.line
                    else _titles_by_loop(shop, unit)["product_title"],
                    "sku": unit.sku,
                    "size": option(unit.line or unit, "size"),
                    "line_outcome": unit.outcome,
                    "outcome_group": record.group,
                }
                yield record.day, own, 1, 1, False


def milestones(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    """Milestones of counted returns, with the days from the start of the return."""
    counted = {record.id: record for record in shop.returns if record.is_counted}
    for (number, name), event in return_events(shop).items():
        waited = event["days_since_request"]
        if number in counted and (waited >= 0 or "percentile" not in spec):
            above = waited if "percentile" in spec else 1
            yield counted[number].day, {"milestone": name}, above, 0, False


def days_to_close(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    for record in shop.returns:
        if record.is_counted and record.order and record.days_to_close is not None:
            root = record.order.root
            own = {"outcome_group": record.group}
            yield root.day, own, record.days_to_close, 1, root.is_mature


def days(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    for record in shop.returns:
        if record.is_counted and record.order and record.days is not None:
            root = record.order.root
            own = {"outcome_group": record.group}
            yield root.day, own, record.days, 1, root.is_mature


def within(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    for day, own, number, _, is_mature in days(shop, spec):
        yield day, own, int(number <= spec["days"]), 1, is_mature


def cost_of_orders(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    attributes = order_attributes(shop)
    form = spec["form"]
    for order in shop.orders:
        if order.is_in_cost_cohort:
            cost = sum((one.costs[form] for one in order.chain if one.is_counted), ZERO)
            yield order.day, attributes(order), cost, order.gross, order.is_mature


def cost_of_returns(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    form = spec["form"]
    for record in shop.returns:
        if record.is_counted and record.is_realised:
            day = record.closed_day or record.day
            yield day, {}, record.costs[form], ZERO, False
    for order in shop.orders:
        if order.is_in_cost_cohort:
            yield order.day, {}, ZERO, order.gross, False


def repurchase(shop: Shop, spec: dict[str, Any]) -> Iterator[Case]:
    for (group,), row in REPORTS["rpt_return_retention"][1](shop).items():
        own = {"outcome_group": group}
        above = row[spec.get("claim", "repurchased_customers")]
        below = row["mature_customers"]
        yield date.min, own, above, below, False


POPULATIONS: dict[str, Callable[[Shop, dict[str, Any]], Iterator[Case]]] = {
    "orders": orders,
    "units": units,
    "goods": goods,
    "returns": returns,
    "units_sent_back": units_sent_back,
    "labels": labels,
    "days": days,
    "days_to_close": days_to_close,
    "milestones": milestones,
    "within": within,
    "cost_of_orders": cost_of_orders,
    "cost_of_returns": cost_of_returns,
    "repurchase": repurchase,
}


def ratio(parts: Parts) -> float | None:
    above, below = parts
    return float(Fraction(Decimal(above)) / Fraction(Decimal(below))) if below else None
