"""An independent computation of analysts' questions from raw records.

Each function gives the rows of one file of `transform/analyses/questions`: values by key.
"""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .alerts import return_tests
from .facts import (
    campaign,
    days_to_refund,
    first_orders,
    told,
)
from .ledger import ledger
from .reports import (
    mature_periods,
    outcome_split,
    reasons,
    return_metrics,
    return_rates_by,
    returned_units,
    variant_option,
)
from .shop import amount, digits, label_cost, moment, month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .shop import Key, Order, Return, Shop, Unit

Answer = dict["Key", tuple[Any, ...]]


def counted(shop: Shop) -> list[Return]:
    return [record for record in shop.returns if record.is_counted]


def counted_units(shop: Shop) -> Iterator[tuple[Return, Unit]]:
    """Yield the units of merchandise in counted returns, except those beyond what was sold."""
    for record in counted(shop):
        for unit in record.units:
            if unit.is_counted:
                yield record, unit


def eligible(shop: Shop) -> list[Order]:
    return [order for order in shop.orders if order.is_eligible]


def rate_by(orders: Iterable[Order], key: Callable[[Order], Any]) -> Answer:
    """Count the orders of each key, and the share of them with a return that is in rates."""
    found: dict[Key, list[bool]] = defaultdict(list)
    for order in orders:
        has_return = any(record.is_rated for record in order.returns)
        found[key(order),].append(has_return)
    return {
        name: (len(ones), Fraction(sum(ones), len(ones)))
        for name, ones in found.items()
    }


def summed(rows: Iterable[tuple[Key, tuple[Any, ...]]]) -> Answer:
    """Add up values by key."""
    found: Answer = {}
    for key, values in rows:
        known = found.get(key, (0,) * len(values))
        found[key] = tuple(a + b for a, b in zip(known, values, strict=True))
    return found


def option(one: Any, name: str) -> str | None:
    value = variant_option(one, name)
    return None if value == "(none)" else value


def shares(rows: Iterable[tuple[Key, bool]]) -> Answer:
    """Count rows by key, and the share of those that are true."""
    counts = summed((key, (1, int(is_true))) for key, is_true in rows)
    return {key: (n, Fraction(true, n)) for key, (n, true) in counts.items()}


def return_alerts(shop: Shop) -> Answer:
    noticed: dict[Key, list[Any]] = defaultdict(list)
    for (*item, _), row in return_tests(shop).items():
        if row["noticed_date"]:
            noticed[tuple(item)].append(row["noticed_date"])
    return {item: (min(days),) for item, days in noticed.items()}


def changes_beyond_chance(shop: Shop) -> Answer:
    mature = mature_periods(shop)
    months: dict[Key, dict[str, list[float]]] = defaultdict(dict)

    def keep(key: Key, period: str, row: dict[str, Any], name: str) -> None:
        if period[4:5] == "-" and "Q" not in period:
            months[key][period] = [
                float(row[f"{name}{end}"]) for end in ("", "_lower", "_upper")
            ]

    for (name, basis, reading, period, _), row in return_metrics(shop).items():
        if (name, reading) == ("order_return_rate", "to_date") and mature.get(period):
            keep((name, basis, "all", "all"), period, row, "metric_value")
    for (value, reading, period), row in return_rates_by(shop, "category").items():
        if reading == "to_date" and row["is_ranked"] and row["is_period_mature"]:
            key = ("unit_return_rate", "order", "category", value)
            keep(key, period, row, "unit_return_rate")
    for (name, *kind, period, _, value), row in outcome_split(shop).items():
        is_kept = name == "outcome_share_returns" and mature.get(period)
        if is_kept and kind == ["return", "initiated", "to_date"]:
            keep((name, "return", "outcome", value), period, row, "share")
    for (level, kind, _, period, value, _), row in reasons(shop).items():
        is_over = period < f"{shop.data_through:%Y-%m}"
        if (level, kind) == ("parent", "all") and is_over:
            key = ("return_reason_share", "return", "reason", value)
            keep(key, period, row, "return_reason_share")
    return {
        (*key, period): (share - before[0],)
        for key, found in months.items()
        for period, (share, lower, upper) in found.items()
        if (before := found.get(_month_before(period)))
        and (
            share - before[0] > math.hypot(share - lower, before[2] - before[0])
            or before[0] - share > math.hypot(upper - share, before[0] - before[1])
        )
    }


def _month_before(period: str) -> str:
    year, number = map(int, period.split("-"))
    return f"{year}-{number - 1:02}" if number > 1 else f"{year - 1}-12"


def refund_value_by_country(shop: Shop) -> Answer:
    return summed(
        ((one.raw.get("origin_country_code"), one.currency), (one.refund,))
        for one in counted(shop)
    )


def return_rate_by_discount_code(shop: Shop) -> Answer:
    return rate_by(
        eligible(shop),
        lambda one: ", ".join(one.raw.get("discountCodes") or []).upper() or None,
    )


def return_rate_of_new_customers(shop: Shop) -> Answer:
    first = first_orders(shop)
    return rate_by(
        (one for one in eligible(shop) if one.customer),
        lambda one: first[one.customer] is one,
    )


def return_rate_before_and_after_a_date(shop: Shop) -> Answer:
    return rate_by(
        (one for one in eligible(shop) if one.is_mature),
        lambda one: f"{one.day}" >= "2025-09-01",
    )


def return_rate_by_campaign(shop: Shop) -> Answer:
    return rate_by(eligible(shop), campaign)


def return_rate_of_subscription_orders(shop: Shop) -> Answer:
    return rate_by(eligible(shop), lambda one: one.is_renewal)


def return_rate_by_vendor(shop: Shop) -> Answer:
    return _sold_and_returned(shop, lambda line: (line.raw.get("vendor"),))


def return_rate_by_price_band(shop: Shop) -> Answer:
    def band(line: Any) -> Key:
        price = amount(line.raw["originalUnitPriceSet"]["shopMoney"]["amount"])
        currency = line.raw["originalUnitPriceSet"]["shopMoney"]["currencyCode"]
        return (currency, int(price // 50 * 50))

    return _sold_and_returned(shop, band)


def _sold_and_returned(shop: Shop, key: Callable[[Any], Key]) -> Answer:
    return summed(
        (key(line), (line.quantity, _returned(order, line)))
        for order in eligible(shop)
        for line in order.lines
        if line.is_sold
    )


def _returned(order: Order, line: Any) -> int:
    return sum(
        unit.line is line and unit.is_counted
        for record in order.returns
        if record.is_rated
        for unit in record.units
    )


def several_sizes_at_once(shop: Shop) -> Answer:
    found: dict[Key, list[Any]] = defaultdict(list)
    for order in eligible(shop):
        for line in order.lines:
            if line.is_sold and line.product:
                found[order.id, line.product].append(
                    (option(line, "size"), _returned(order, line))
                )
    return summed(
        (
            (
                len({size for size, _ in lines} - {None}) > 1,
                any(units for _, units in lines),
            ),
            (1,),
        )
        for lines in found.values()
    )


def exchange_share_by_product_and_size(shop: Shop) -> Answer:
    return shares(
        (
            (
                digits(unit.raw.get("product_id")),
                option(unit.line or unit, "size"),
                month(record.day),
            ),
            unit.outcome == "exchange",
        )
        for record, unit in counted_units(shop)
    )


def reasons_by_channel(shop: Shop) -> Answer:
    first = "(no reason)"
    return summed(
        ((_channel_of(record.order), unit.parent_reason or first), (1,))
        for record, unit in counted_units(shop)
        if record.order
    )


def outcomes_by_category_and_channel(shop: Shop) -> Answer:
    return summed(
        ((category, channel, outcome), (units["returned_units"],))
        for (basis, *_, channel, category, _, _, _, _, outcome), units in (
            returned_units(shop).items()
        )
        if basis == "return"
    )


def _channel_of(order: Any) -> str:
    return str((order.root if order.role == "exchange" else order).channel)


def label_cost_by_carrier(shop: Shop) -> Answer:
    return summed(
        (
            (label.get("carrier"), record.currency),
            (1, label_cost(label["rate"])),
        )
        for record in counted(shop)
        for label in record.raw.get("labels") or []
    )


def refunds_paid_within_two_weeks(shop: Shop) -> Answer:
    days = [(one, days_to_refund(shop, one)) for one in counted(shop)]
    return shares(
        ((month(one.day),), waited <= 14) for one, waited in days if waited is not None
    )


def exchanges_before_goods_arrive(shop: Shop) -> Answer:
    def is_before(record: Return) -> bool:
        sent = moment(record.raw["outcomes_processed_at"]["exchange_processed"]["date"])
        is_there = record.raw.get("label_status") == "delivered"
        there = moment(record.raw.get("label_updated_at")) if is_there else None
        return sent is not None and (there is None or sent < there)

    return summed(
        ((is_before(one),), (1,))
        for one in counted(shop)
        if (one.raw.get("outcomes_processed_at") or {}).get("exchange_processed")
    )


def returns_by_destination(shop: Shop) -> Answer:
    return summed(
        ((digits(one.raw.get("destination_id")),), (1,)) for one in counted(shop)
    )


def serial_returners(shop: Shop) -> Answer:
    found = summed(
        ((one.order.customer,), (1,))
        for one in shop.returns
        if one.is_rated and one.order and one.order.customer
    )
    return {key: values for key, values in found.items() if values[0] >= 3}


def units_not_sent_back(shop: Shop) -> Answer:
    words = {"keep", "keep item", "donate", "donation"}
    return summed(
        (((unit.raw.get("outcome") or "").lower() in words,), (1,))
        for record in counted(shop)
        for unit in record.units
    )


def warranty_share_by_month(shop: Shop) -> Answer:
    return shares(((month(one.day),), one.is_warranty) for one in counted(shop))


def fee_income_by_month(shop: Shop) -> Answer:
    return summed(((month(one.day), one.currency), (one.fee,)) for one in counted(shop))


def bonus_credit_uptake(shop: Shop) -> Answer:
    exchanges = [one for one in counted(shop) if one.has_exchange]
    given = [
        one
        for one in exchanges
        if one.exchange_total - one.upsell - one.exchanged_value > 0
    ]
    return {(): (len(exchanges), len(given))}


def tax_given_back_by_month(shop: Shop) -> Answer:
    return summed(
        (
            (month(one.day), one.currency),
            (Fraction(one.refund) - one.without_tax(one.refund),),
        )
        for one in counted(shop)
    )


def open_returns_by_label_state(shop: Shop) -> Answer:
    return summed(
        ((month(one.day), told(one.raw.get("label_status"))), (1,))
        for one in shop.returns
        if one.state == "open"
    )


def refunds_outside_loop(shop: Shop) -> Answer:
    return summed(
        ((month(one.day), one.currency), (one.refunded_outside_loop,))
        for one in shop.orders
    )


def lifetime_value_by_channel(shop: Shop) -> Answer:
    customers: dict[str, list[Any]] = {}
    for order in shop.orders:
        if order.customer:
            customers.setdefault(order.customer, [0, 0, Fraction(0), None, None])
            held = customers[order.customer]
            held[0] += order.is_customer_order
            held[2] += Fraction(order.net) if order.is_customer_order else 0
            held[3:] = order.acquisition_channel, order.currency
            for record in order.returns:
                if record.is_counted:
                    held[1] += 1
                    held[2] -= Fraction(
                        record.stored_without_tax(record.costs["net_return_cost"])
                    )
    return summed(
        ((channel, currency), (1, returns, value))
        for orders, returns, value, channel, currency in customers.values()
        if orders
    )


def grades_and_resale(shop: Shop) -> Answer:
    def inspected(unit: Unit) -> tuple[str | None, bool]:
        grade = (unit.raw.get("condition") or {}).get("condition_category")
        end = (unit.raw.get("disposition") or {}).get("disposition_outcome")
        return grade, end == "back_to_stock"

    found = [inspected(unit) for one in counted(shop) for unit in one.units]
    return summed(
        ((grade,), (1, int(is_resold))) for grade, is_resold in found if grade
    )


def tickets_per_return(shop: Shop) -> Answer:
    """Count returns; these worlds have no helpdesk."""
    return summed(((one.group,), (0, 1)) for one in counted(shop))


def days_from_delivery_to_return(_: Shop) -> Answer:
    """Return nothing: the simulated GraphQL source has no deliveries."""
    return {}


def orders_still_to_come_back(shop: Shop) -> Answer:
    orders = [
        (one, any(record.is_rated for record in one.returns)) for one in eligible(shop)
    ]
    mature = [is_back for one, is_back in orders if one.is_mature]
    usual = Fraction(sum(mature), len(mature))
    return summed(
        ((month(one.day),), (int(is_back), usual - is_back))
        for one, is_back in orders
        if not one.is_mature
    )


def shops_compared(shop: Shop) -> Answer:
    return summed(
        (("main", one.currency), (1, one.refund, one.retained)) for one in counted(shop)
    )


def revenue_after_returns_by_channel(shop: Shop) -> Answer:
    cost: dict[str, Fraction] = defaultdict(Fraction)
    for record in counted(shop):
        if record.order and record.currency == record.order.root.currency:
            without_tax = record.stored_without_tax(record.costs["net_return_cost"])
            cost[record.order.root.id] += Fraction(without_tax)
    return summed(
        (
            (month(one.day), one.channel, one.currency),
            (Fraction(one.net) - cost[one.id],),
        )
        for one in shop.orders
        if one.is_customer_order
    )


def returned_units_of_products(shop: Shop) -> Answer:
    products = [
        digits(unit.raw.get("product_id"))
        for one in counted(shop)
        for unit in one.units
    ]
    return summed(
        ((product, shop.categories.get(product, "(none)")), (1,))
        for product in products
        if product
    )


def units_by_reason(shop: Shop) -> Answer:
    found: Answer = summed(
        ((unit.parent_reason or "(no reason)",), (0,))
        for record in shop.returns
        for unit in record.units
    )
    return found | summed(
        ((unit.parent_reason or "(no reason)",), (1,))
        for _, unit in counted_units(shop)
    )


def value_sent_in_exchange(shop: Shop) -> Answer:
    return summed(
        (
            (one.day.year, one.day.month, one.currency),
            (1, amount(item["total"])),
        )
        for one in counted(shop)
        for item in one.raw["exchanges"]
    )


def refunds_booked_by_day(shop: Shop) -> Answer:
    return summed(
        ((row["posting_date"], row["currency_code"]), (row["amount"],))
        for (_, entry_type, account, _), row in ledger(shop).items()
        if (entry_type, account) == ("refund", "payments")
    )


def routes_of_returns(shop: Shop) -> Answer:
    return summed(
        (
            (
                digits(one.raw.get("destination_id")),
                one.raw.get("origin_country_code"),
            ),
            (1,),
        )
        for one in counted(shop)
    )


def units_per_return(shop: Shop) -> Answer:
    return summed(((one.group,), (1, len(one.units))) for one in counted(shop))


def exchanges_of_exchanges(shop: Shop) -> Answer:
    def depth(order: Order) -> int:
        return 1 + depth(order.parent) if order.parent else 0

    return summed(
        ((depth(one),), (1,)) for one in shop.orders if one.role == "exchange"
    )


def returns_started_within_a_month(shop: Shop) -> Answer:
    return shares(
        ((one.group,), one.days <= 30) for one in counted(shop) if one.days is not None
    )


def currencies(shop: Shop) -> Answer:
    orders = [((one.currency,), (1, 0)) for one in shop.orders if one.is_customer_order]
    return summed([*orders, *(((one.currency,), (0, 1)) for one in counted(shop))])


QUESTIONS: dict[str, Callable[[Shop], Answer]] = {
    name: value
    for name, value in list(globals().items())
    if callable(value)
    and getattr(value, "__annotations__", {}).get("return") == "Answer"
    and name not in {"rate_by", "summed", "shares", "_sold_and_returned"}
}
"""Computation of each question, by the name of its file."""
COMPARED_ELSEWHERE = {
    # test_sources compares the sums with rpt_store_credit, and a unit test covers the order
    # of spending.
    "store_credit_by_month_of_issue",
    # The oracle does not pair exchanged items; test_sources counts them.
    "sizes_exchanged",
    # These read reports that test_oracle compares with the oracle row by row.
    *("outcomes_by_quarter", "unit_return_rate_by_category", "unit_return_rate_by_sku"),
    *("unit_return_rate_by_product", "unit_return_rate_by_size", "weeks_to_return"),
    *("reasons_by_category", "return_rate_by_channel", "return_rate_by_month"),
    *("cost_share_by_month", "days_to_return_by_outcome", "repurchase_by_day"),
    *("repurchase_by_outcome", "repurchase_by_quarter", "customers_followed"),
    *("demand_by_size", "return_profile_by_size"),
    *(
        "checks_that_found_rows",
        "data_through",
        "nowcast_of_finished_months",
        "refund_liability_by_month_end",
        "refund_liability_that_has_come",
        "returns_still_to_come",
        "rows_matched",
        "orders_returned_twice",
        # test_nowcast compares the next one with the nowcast and with later returns.
        "parcels_of_the_next_weeks",
    ),
    # Compared with the oracle or counted by hand in the tests of the ledger, of
    # repurchase, of reconciliation and of definitions.
    *("differences_by_reason", "journal_by_month", "store_credit_by_month"),
    *("store_credit_spent", "repurchase_compared", "syncs_to_read_again"),
    *("exchange_flows", "definitions_of_shares"),
}
"""Questions that are only run here."""
