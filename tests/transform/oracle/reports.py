"""The reports computed independently, row by row, from the oracle's facts."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .shop import (
    MATURE_SHARE,
    MINIMUM_CUSTOMERS,
    MINIMUM_ORDERS,
    NO_CHANNEL,
    WINDOW,
    ZERO,
    Key,
    Line,
    Order,
    Return,
    Rows,
    Shop,
    Unit,
    band,
    digits,
    maturities,
    nearest_rank,
    periods,
    ratio,
    survival,
    wilson,
)


class Tally:
    """Sums by key, several at a time."""

    def __init__(self) -> None:
        self.sums: dict[Key, dict[str, Any]] = {}

    def add(self, key: Key, **amounts: Any) -> None:
        held = self.sums.setdefault(key, {})
        for name, value in amounts.items():
            held[name] = held.get(name, 0) + value

    def rows(self, finish: Callable[[dict[str, Any]], dict[str, Any]]) -> Rows:
        return {key: finish(held) for key, held in self.sums.items()}


def rated(name: str, above: str, below: str, held: dict[str, Any]) -> dict[str, Any]:
    """Return a share with its interval."""
    lower, upper = wilson(held[above], held[below])
    return {
        name: ratio(held[above], held[below]),
        f"{name}_lower": lower,
        f"{name}_upper": upper,
    }


def cohort_returns(shop: Shop) -> Iterator[tuple[Return, Order]]:
    """Return the counted returns of customer orders and of their exchange orders."""
    for order in shop.orders:
        if order.is_in_cost_cohort:
            yield from ((record, order) for record in order.chain if record.is_counted)


class Metrics(Tally):
    """Store-wide numbers by date basis, maturity and period."""

    def put(
        self, name: str, when: When, above: Any, below: Any, currency: str | None = None
    ) -> None:
        for maturity in maturities(when.is_mature):
            for period in periods(when.day):
                key = (name, when.basis, maturity, period, currency)
                self.add(key, numerator=above, denominator=below)


class When(NamedTuple):
    """The day that assigns a row to periods, the day's date basis, and the maturity."""

    basis: str
    day: date
    is_mature: bool = False

    @classmethod
    def of(cls, order: Order) -> When:
        return cls("order", order.day, order.is_mature)


ORDER_CLAIMS: dict[str, Callable[[Order], bool]] = {
    "order_return_rate": lambda o: any(r.is_rated for r in o.returns),
    "order_return_rate_realised": lambda o: any(
        r.is_rated and r.is_realised for r in o.returns
    ),
    "refund_order_rate": lambda o: any(r.is_rated and r.has_refund for r in o.returns),
    "exchange_order_rate": lambda o: any(
        r.is_rated and r.has_exchange for r in o.returns
    ),
    "credit_order_rate": lambda o: any(r.is_rated and r.has_credit for r in o.returns),
    "return_request_rate": lambda o: any(not r.is_warranty for r in o.returns),
    "root_order_return_rate_any_depth": lambda o: any(r.is_rated for r in o.chain),
    "warranty_claim_rate": lambda o: any(
        r.is_counted and r.is_warranty for r in o.returns
    ),
    "all_source_return_rate": lambda o: (
        o.is_returned_outside_loop or any(r.is_rated for r in o.returns)
    ),
}
PUBLISHED_CLAIMS: dict[str, Callable[[Order], bool]] = {
    "order_return_rate_sm_any": lambda o: any(r.is_counted for r in o.returns),
    "order_return_rate_sm": lambda o: any(
        r.is_counted and r.has_refund for r in o.returns
    ),
}
SUMS = {
    "value_return_rate",
    "retained_revenue_ratio",
    "retained_revenue_ratio_ex_tax",
    "upsell_share_of_exchange",
}
"""Ratios of money, which have no interval."""


def return_metrics(shop: Shop) -> Rows:
    """rpt_return_metrics: one number for the whole store."""
    tally = Metrics()
    for order in shop.orders:
        when = When.of(order)
        if order.is_eligible:
            for name, holds in ORDER_CLAIMS.items():
                tally.put(name, when, int(holds(order)), 1)
        if order.is_sm_valid and order.day >= shop.start:
            for name, holds in PUBLISHED_CLAIMS.items():
                claimed = order.is_customer_order and holds(order)
                tally.put(name, when, int(claimed), 1)
    for line, order, sold, back in unit_rates(shop):
        when = When.of(order)
        tally.put("unit_return_rate", when, len(back), sold)
        value = sum((unit.net for unit in back), ZERO)
        sold_value = line.net if line else ZERO
        tally.put("value_return_rate", when, value, sold_value, order.currency)
    for root, sold, came_back in exchanged_units(shop):
        name = "exchange_chain_unit_return_rate"
        tally.put(name, When.of(root), came_back, sold)
    _put_return_metrics(shop, tally)
    rows = tally.rows(
        lambda held: held | rated("metric_value", "numerator", "denominator", held)
    )
    of_orders = {*ORDER_CLAIMS, "unit_return_rate", "value_return_rate"}
    excluded = excluded_orders(shop)
    mature = mature_periods(shop)
    for key, row in rows.items():
        name, basis, maturity, period, _ = key
        if name in SUMS:
            row |= {"metric_value_lower": None, "metric_value_upper": None}
        row["is_period_mature"] = mature.get(period) if basis == "order" else None
        row["excluded_order_count"] = (
            excluded[maturity, period] if name in of_orders else None
        )
    return rows


def mature_periods(shop: Shop) -> dict[str, bool]:
    """Return for each period whether at least 80 % of its eligible orders are mature."""
    ages: dict[str, list[bool]] = defaultdict(list)
    for order in shop.orders:
        if order.is_customer_order:
            for period in periods(order.day):
                ages[period] += [order.is_mature] if order.is_eligible else []
    return {
        period: bool(held) and Fraction(sum(held), len(held)) >= MATURE_SHARE
        for period, held in ages.items()
    }


def excluded_orders(shop: Shop) -> dict[tuple[str, str], int]:
    """Count the customer orders since Loop's first month in channels without Loop."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for order in shop.orders:
        if (
            order.is_customer_order
            and order.day >= shop.start
            and not order.is_eligible
        ):
            for maturity in maturities(order.is_mature):
                for period in periods(order.day):
                    found[maturity, period] += 1
    return found


def _put_return_metrics(shop: Shop, tally: Metrics) -> None:
    for record, when in dated_returns(shop):
        kept, paid = record.retained, record.refund
        coin = record.currency
        tally.put("retained_revenue_ratio", when, kept, kept + paid, coin)
        kept, paid = record.without_tax(kept), record.without_tax(paid)
        tally.put("retained_revenue_ratio_ex_tax", when, kept, kept + paid, coin)
        upsold = int(record.upsell > 0)
        tally.put("upsell_rate", when, upsold, int(record.has_exchange))
        tally.put(
            "upsell_share_of_exchange",
            when,
            record.upsell,
            record.exchanged_value,
            coin,
        )


def dated_returns(shop: Shop) -> Iterator[tuple[Return, When]]:
    """Yield counted returns by the day of their first order, then all by their own day."""
    for record, order in cohort_returns(shop):
        yield record, When.of(order)
    for record in shop.returns:
        if record.is_counted:
            yield record, When("return", record.day)


def exchanged_units(shop: Shop) -> Iterator[tuple[Order, int, int]]:
    """Return the lines sent out in exchange: first order, units, returned units."""
    for order in shop.orders:
        for line in order.lines if order.root.is_eligible else []:
            is_exchanged = line.is_exchange or order.role == "exchange"
            if is_exchanged and line.is_merchandise:
                back = sum(
                    unit.line is line and not unit.is_over_quantity
                    for record in order.returns
                    if record.is_rated
                    for unit in record.units
                )
                yield order.root, line.quantity, back


def unit_rates(shop: Shop) -> Iterator[tuple[Line | None, Order, int, list[Unit]]]:
    """Return each sold line of an eligible order with the units that came back.

    Units without a line come alone, with nothing sold.
    """
    for order in shop.orders:
        if not order.is_eligible:
            continue
        back: dict[str | None, list[Unit]] = defaultdict(list)
        for record in order.returns:
            for unit in record.units if record.is_rated else []:
                if unit.is_counted:
                    back[unit.line.id if unit.line else None].append(unit)
        for line in order.lines:
            if line.is_sold:
                yield line, order, line.quantity, back[line.id]
        for unit in back[None]:
            yield None, order, 0, [unit]


Named = Callable[[Line], tuple[Any, ...]]
"""Names of a line in reports."""


def product_key(one: Line | Unit) -> str:
    """Name a product by its id; goods without one by title, else by SKU."""
    if isinstance(one, Line):
        return one.product or one.title or one.sku
    return digits(one.raw.get("product_id")) or one.raw.get("title") or one.sku


def variant_option(one: Line | Unit, option: str) -> str:
    """Return size or colour of a variant such as `Black / S`."""
    if isinstance(one, Line):
        told = one.options
    else:
        is_known = digits(one.raw.get("variant_id")) is not None
        told = one.raw["title"].split(" - ")[-1] if is_known else ""
    for part in told.split(" / "):
        is_size = SIZE.fullmatch(part.lower()) is not None
        if part and is_size == (option == "size"):
            return part
    return "(none)"


SIZE = re.compile(r"x?[sl]|m|one size|\d+|\d+ ml")
NO_LINE = Line(
    id="",
    sku="(no line)",
    category="(no line)",
    product=None,
    variant=None,
    title="(no line)",
    options="",
    quantity=0,
    gross=ZERO,
    net=ZERO,
    is_exchange=False,
    added=0,
    is_merchandise=True,
    raw={},
)
"""What the rates of goods name a unit that no line of its order sold."""
RATED: dict[str, tuple[list[Named], int]] = {
    "sku": (
        [
            lambda one: (one.sku, product_key(one), one.category),
            lambda one: (product_key(one), one.category),
            lambda one: (one.category,),
        ],
        1,
    ),
    "product": (
        [
            lambda one: (product_key(one), one.category),
            lambda one: (one.category,),
        ],
        1,
    ),
    "category": ([lambda one: (one.category,)], 1),
    **{
        option: (
            [
                lambda one, option=option: (  # type: ignore[misc]
                    option,
                    one.category,
                    variant_option(one, option),
                ),
                lambda one: (one.category,),
            ],
            3,
        )
        for option in ("size", "colour")
    },
}
"""For each report: functions for its key and for the groups that it is pooled towards, and
how many parts of the first function's result are the key."""


def return_rates_by(shop: Shop, *kinds: str) -> Rows:
    """rpt_return_rate_by_sku, _by_product, _by_option and _by_category."""
    return {
        key: row for kind in kinds for key, row in _return_rates_of(shop, kind).items()
    }


def _return_rates_of(shop: Shop, kind: str) -> Rows:
    names, parts = RATED[kind]
    tally, seen = Tally(), Tally()
    groups: dict[Key, list[Key]] = {}
    newest: dict[Key, tuple[date, str]] = {}
    for line, order, sold, back in unit_rates(shop):
        goods = line or NO_LINE
        is_main = order.currency == shop.main_currency
        value = names[0](goods)[:parts]
        if (order.day, goods.id) >= newest.get(value, (date.min, "")):
            newest[value] = (order.day, goods.id)
            groups[value] = [name(goods) for name in names[1:]]
        seen.add(
            (order, value),
            sold_units=sold,
            returned_units=len(back),
            main_lines=int(is_main),
            sold_amount=line.net if line and is_main else ZERO,
            returned_amount=sum((unit.net for unit in back if is_main), ZERO),
        )
    for (order, value), held in seen.sums.items():
        for maturity in maturities(order.is_mature):
            for period in periods(order.day):
                tally.add(
                    (*value, maturity, period),
                    **held,
                    order_count=int(held["sold_units"] > 0),
                    returned_order_count=int(
                        held["sold_units"] > 0 and held["returned_units"] > 0
                    ),
                    mature_order_count=int(held["sold_units"] > 0 and order.is_mature),
                )
    shares = _pooled(tally.sums, groups)

    def finish(key: Key, held: dict[str, Any]) -> dict[str, Any]:
        to_date = tally.sums[(*key[:-2], "to_date", key[-1])]
        return (
            held
            | rated("unit_return_rate", "returned_units", "sold_units", held)
            | shares[key]
            | {
                "order_with_sku_return_rate": ratio(
                    held["returned_order_count"], held["order_count"]
                ),
                "value_return_rate": ratio(
                    held["returned_amount"], held["sold_amount"]
                ),
                "is_period_mature": (
                    ratio(to_date["mature_order_count"], to_date["order_count"]) or 0
                )
                >= MATURE_SHARE,
                "is_ranked": held["sold_units"] > 0 and key[-3] != "(none)"
                if kind in {"size", "colour"}
                else held["sold_units"] > 0,
            }
            | in_main_currency(shop, held, "sold_amount", "returned_amount")
        )

    return {key: finish(key, held) for key, held in tally.sums.items()}


def _pooled(sums: Rows, groups: dict[Key, list[Key]]) -> Rows:
    """Pool the rates of each maturity and period towards those of their groups."""
    parts: dict[Key, list[Key]] = defaultdict(list)
    for key in sums:
        parts[key[-2:]].append(key)
    rows: Rows = {}
    for keys in parts.values():
        counts = {
            key: (
                min(sums[key]["returned_units"], sums[key]["sold_units"]),
                sums[key]["sold_units"],
            )
            for key in keys
        }
        ways = {key: groups[key[:-2]] for key in keys}
        rows |= pooled_rates(counts, ways)
    return rows


Counts = tuple[Fraction | int, Fraction | int]
"""Returned and sold units."""


def pooled_rates(counts: Mapping[Key, Counts], ways: dict[Key, list[Key]]) -> Rows:
    """Return each item's rate, pooled towards the rates of its groups.

    `counts` are an item's returned and sold units; `ways` are its groups, the smallest
    first.
    """
    depth = len(next(iter(ways.values())))
    all_back, all_sold = _added(counts.values())
    strengths: list[float] = []
    for level in reversed(range(max(depth, 1))):
        members: dict[tuple[Key, Key], list[Counts]] = defaultdict(list)
        for key, pair in counts.items():
            way = [key, *ways[key], ()]
            # A group is identified together with all larger groups.
            members[tuple(way[level + 1 :]), tuple(way[level:])].append(pair)
        by_group: dict[Key, list[Counts]] = defaultdict(list)
        for (group, _), pairs in members.items():
            if _added(pairs)[1]:
                by_group[group].append(_added(pairs))
        found = _strength(by_group.values(), all_sold)
        strengths.insert(0, found or (strengths[0] if strengths else 2.0))
    rows: Rows = {}
    totals: list[dict[Key, Counts]] = [
        {
            group: _added(
                pair
                for key, pair in counts.items()
                if tuple(ways[key][level:]) == group
            )
            for group in {tuple(way[level:]) for way in ways.values()}
        }
        for level in range(depth)
    ]
    for key, (back, sold) in counts.items():
        rate = (all_back - back + 0.5) / (all_sold - sold + 1)
        for level in reversed(range(depth)):
            group_back, group_sold = totals[level][tuple(ways[key][level:])]
            strength = strengths[min(level + 1, len(strengths) - 1)]
            rate = (group_back - back + strength * rate) / (
                group_sold - sold + strength
            )
        above, below = back + strengths[0] * rate, sold + strengths[0]
        lower, upper = wilson(Fraction(above), Fraction(below))
        rows[key] = {
            "unit_return_rate_pooled": above / below,
            "unit_return_rate_pooled_lower": lower,
            "unit_return_rate_pooled_upper": upper,
        }
    return rows


def _added(pairs: Iterable[Counts]) -> Counts:
    back, sold = Fraction(0), Fraction(0)
    for one, other in pairs:
        back, sold = back + one, sold + other
    return back, sold


def _strength(groups: Iterable[list[Counts]], all_sold: Fraction | int) -> float | None:
    """Return the prior's weight in units, from the variance of rates within groups.

    None if the variance cannot be estimated.
    """
    excess = room = freedom = 0.0
    for pairs in groups:
        back, sold = _added(pairs)
        if len(pairs) < 2 or not 0 < back < sold:
            continue
        rate = Fraction(back, sold)
        scatter = sum(n * (Fraction(r, n) - rate) ** 2 for r, n in pairs)
        excess += float(scatter / (rate * (1 - rate)) - (len(pairs) - 1))
        room += float(
            sold - Fraction(sum(n * n for _, n in pairs), sold) - (len(pairs) - 1)
        )
        freedom += len(pairs) - 1
    if room <= 0:
        return None
    correlation = (max(excess, 0.0) + math.sqrt(2 * freedom)) / room
    return max(1.0, min(float(all_sold), (1 - correlation) / correlation))


def in_main_currency(shop: Shop, held: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the main currency; if nothing was sold in it, null for it and the amounts."""
    if held["main_lines"]:
        return {"currency_code": shop.main_currency}
    return {"currency_code": None, **dict.fromkeys(names)}


def return_rates_by_channel(shop: Shop) -> Rows:
    """rpt_return_rate_by_channel."""
    tally, by_sku, units = Tally(), Tally(), Tally()
    for line, order, sold, back in unit_rates(shop):
        sku = (line or NO_LINE).sku
        by_sku.add((sku,), sold=sold, back=len(back))
        units.add((order,), sold=sold, back=len(back))
    for line, order, sold, _ in unit_rates(shop):
        if line:
            rate = ratio(by_sku.sums[line.sku,]["back"], by_sku.sums[line.sku,]["sold"])
            units.add((order,), expected=sold * (rate or 0))
    store_rate = ratio(
        sum(one["back"] for one in by_sku.sums.values() if one["sold"]),
        sum(one["sold"] for one in by_sku.sums.values()),
    )
    for order in shop.orders:
        if not order.is_eligible:
            continue
        rows = [r for r in order.returns if r.is_rated]
        for kind in ("order_channel", "acquisition_channel", "sales_channel"):
            value = order.channel if kind == "order_channel" else getattr(order, kind)
            is_main = order.currency == shop.main_currency
            for maturity in maturities(order.is_mature):
                for period in periods(order.day):
                    tally.add(
                        (kind, value, maturity, period),
                        order_count=1,
                        returned_order_count=int(bool(rows)),
                        refunded=int(any(r.has_refund for r in rows)),
                        exchanged=int(any(r.has_exchange for r in rows)),
                        # A Fraction is compared to the cent: if the fifth decimal
                        # is a 5, the models' float may be rounded up or down.
                        refund_amount_ex_tax=sum(
                            (
                                Fraction(r.stored_without_tax(r.refund))
                                for r in order.chain
                                if r.is_counted
                                and is_main
                                and r.currency == order.currency
                            ),
                            Fraction(0),
                        ),
                        order_net_revenue_before_refunds=order.net if is_main else ZERO,
                        main_lines=int(is_main),
                        sold_units=units.sums.get((order,), {}).get("sold", 0),
                        returned_units=units.sums.get((order,), {}).get("back", 0),
                        expected=units.sums.get((order,), {}).get("expected", 0),
                    )

    def standardised(held: dict[str, Any]) -> Fraction | None:
        found = ratio(held["returned_units"], held["expected"])
        return None if found is None or store_rate is None else found * store_rate

    return tally.rows(
        lambda held: (
            held
            | rated(
                "order_return_rate",
                "returned_order_count",
                "order_count",
                held,
            )
            | {
                "refund_order_rate": ratio(held["refunded"], held["order_count"]),
                "exchange_order_rate": ratio(held["exchanged"], held["order_count"]),
                "refund_value_rate": ratio(
                    held["refund_amount_ex_tax"],
                    held["order_net_revenue_before_refunds"],
                ),
                "unit_return_rate": ratio(held["returned_units"], held["sold_units"]),
                "unit_return_rate_standardised": standardised(held),
                "is_ranked": held["order_count"] >= MINIMUM_ORDERS,
            }
            | in_main_currency(
                shop, held, "refund_amount_ex_tax", "order_net_revenue_before_refunds"
            )
        )
    )


def outcome_split(shop: Shop) -> Rows:
    """rpt_outcome_split: returns, units and value by outcome."""
    tally = Tally()
    for record, (basis, day, is_mature) in dated_returns(shop):
        parts: list[tuple[str, str, Decimal | int]] = [
            ("outcome_share_returns", record.group, 1),
            ("outcome_share_value", "refund", record.refund),
            ("outcome_share_value", "exchange", record.exchanged_value),
            ("outcome_share_value", "credit", record.gift_card),
            *(
                ("outcome_share_units", unit.outcome, 1)
                for unit in record.units
                if unit.is_counted
            ),
        ]
        for name, outcome, value in parts:
            currency = record.currency if name == "outcome_share_value" else None
            for stage in ("initiated", *(["realised"] if record.is_realised else [])):
                for maturity in maturities(is_mature):
                    for period in periods(day):
                        tally.add(
                            (name, basis, stage, maturity, period, currency, outcome),
                            numerator=value,
                        )
    totals = Tally()
    for key, held in tally.sums.items():
        totals.add(key[:-1], denominator=held["numerator"])
    rows: Rows = {}
    mature = mature_periods(shop)
    for key, held in tally.sums.items():
        full = held | totals.sums[key[:-1]]
        found = rated("share", "numerator", "denominator", full)
        found["is_period_mature"] = mature.get(key[4]) if key[1] == "order" else None
        if key[0] == "outcome_share_value":
            found |= {"share_lower": None, "share_upper": None}
        rows[key] = full | found
    return rows


COST_FORMS = ("net_return_cost", "net_return_cost_cash", "net_return_cost_landed")


def net_return_cost(shop: Shop) -> Rows:
    """rpt_net_return_cost: three forms on two date bases."""
    tally = Tally()

    def put(
        when: When, currency: str, costs: dict[str, Decimal], gross: Decimal
    ) -> None:
        for form, cost in costs.items():
            for maturity in maturities(when.is_mature):
                for period in periods(when.day):
                    key = (form, when.basis, maturity, period, currency)
                    tally.add(key, net_cost=cost, order_gross_revenue=gross)

    nothing = dict.fromkeys(COST_FORMS, ZERO)
    for order in shop.orders:
        if order.is_in_cost_cohort:
            put(When.of(order), order.currency, nothing, order.gross)
            put(When("return", order.day), order.currency, nothing, order.gross)
    for record, order in cohort_returns(shop):
        put(When.of(order), record.currency, record.costs, ZERO)
    for record in shop.returns:
        if record.is_counted and record.is_realised:
            when = When("return", record.closed_day or record.day)
            put(when, record.currency, record.costs, ZERO)
    return tally.rows(
        lambda held: (
            held
            | {
                "cost_share_of_gross": ratio(
                    held["net_cost"], held["order_gross_revenue"]
                ),
            }
        )
    )


def reasons(shop: Shop) -> Rows:
    """rpt_return_reasons: first-level reasons, and second-level ones within them.

    No reason is mapped here, so the group of a reason is its first-level reason.
    """
    tally = Tally()
    for record in shop.returns:
        for unit in record.units if record.is_counted else []:
            if not unit.is_counted:
                continue
            parent = unit.parent_reason or "(no reason)"
            child = unit.reason or "(no reason)"
            for kind, value in (
                ("all", "all"),
                ("category", unit.category),
                ("sku", unit.sku),
            ):
                for period in periods(record.day):
                    tally.add(
                        ("parent", kind, value, period, parent, None), returned_units=1
                    )
                    tally.add(
                        ("group", kind, value, period, parent, None), returned_units=1
                    )
                    tally.add(
                        ("child", kind, value, period, parent, child), returned_units=1
                    )
    groups = Tally()
    for key, held in tally.sums.items():
        groups.add(
            (*key[:4], key[4] if key[0] == "child" else None),
            group_units=held["returned_units"],
        )
    rows: Rows = {}
    for key, held in tally.sums.items():
        group = groups.sums[(*key[:4], key[4] if key[0] == "child" else None)]
        rows[key] = (
            held
            | group
            | rated(
                "return_reason_share", "returned_units", "group_units", held | group
            )
        )
    return rows


def returned_units(shop: Shop) -> Rows:
    """rpt_returned_units: units by every combination of dimensions."""
    tally = Tally()
    # Shopify tells the title of a variant that is in the shop or in an order.
    titled = {digits(variant["id"]) for variant in shop.raw["product_variants"]} | {
        line.variant for order in shop.orders for line in order.lines
    }
    for record, (basis, day, is_mature) in dated_returns(shop):
        for unit in record.units:
            if not unit.is_counted:
                continue
            is_titled = digits(unit.raw.get("variant_id")) in titled
            key = (
                basis,
                day.replace(day=1),
                is_mature,
                record.is_realised,
                record.raw.get("origin_country_code") or "(none)",
                record.order.root.channel if record.order else NO_CHANNEL,
                unit.category,
                product_key(unit),
                variant_option(unit, "size") if is_titled else "(none)",
                unit.parent_reason or "(no reason)",
                unit.reason or "(no reason)",
                unit.outcome,
            )
            tally.add(key, returned_units=1)
    return tally.sums


def timing(shop: Shop) -> Rows:
    """rpt_return_timing: quartiles of three durations by outcome group."""
    found: dict[Key, list[int]] = defaultdict(list)
    for record in shop.returns:
        if not record.is_counted or record.order is None:
            continue
        root = record.order.root
        for clock, days in (
            ("days_to_return", record.days),
            ("days_to_return_from_root", record.days_from_root),
            ("days_return_to_close", record.days_to_close),
        ):
            for maturity in maturities(root.is_mature) if days is not None else []:
                for period in periods(root.day):
                    found[clock, record.group, maturity, period].append(int(days or 0))
    return {
        key: {
            "return_count": len(days),
            "first_quartile_days": nearest_rank(days, Fraction(1, 4)),
            "median_days": nearest_rank(days, Fraction(1, 2)),
            "third_quartile_days": nearest_rank(days, Fraction(3, 4)),
            **{
                f"share_within_{limit}_days": Fraction(
                    sum(d <= limit for d in days), len(days)
                )
                for limit in (7, 14, 28)
            },
        }
        for key, days in found.items()
    }


def timing_bands(shop: Shop) -> Rows:
    """rpt_return_timing_bands: returns by band of days since the order."""
    tally, groups = Tally(), Tally()
    for record in shop.returns:
        if record.is_counted and record.order is not None and record.days is not None:
            root = record.order.root
            for maturity in maturities(root.is_mature):
                for period in periods(root.day):
                    tally.add(
                        (record.group, band(record.days), maturity, period),
                        return_count=1,
                    )
                    groups.add((record.group, maturity, period), group_return_count=1)
    rows: Rows = {}
    for key, held in tally.sums.items():
        full = held | groups.sums[key[0], key[2], key[3]]
        rows[key] = full | rated(
            "return_week_bucket_share", "return_count", "group_return_count", full
        )
    return rows


@dataclasses.dataclass
class Followed:
    """A customer, observed from the first counted return or the start of the baseline."""

    group: str
    anchor: datetime
    day: date
    orders: list[Order]
    has_second: bool


def followed_customers(shop: Shop) -> Iterator[Followed]:
    """Return the start of each identified customer's window; gift returns do not count."""
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in sorted(shop.orders, key=lambda one: (one.processed, one.id)):
        if order.customer:
            orders[order.customer].append(order)
    returns: dict[str, list[Return]] = defaultdict(list)
    for record in sorted(shop.returns, key=lambda one: (one.created, one.id)):
        if (
            record.is_counted
            and record.order
            and record.order.customer
            and not is_gift(record)
        ):
            returns[record.order.customer].append(record)
    givers = {
        record.order.customer
        for record in shop.returns
        if record.is_counted and record.order and is_gift(record)
    }
    for customer, placed in orders.items():
        if own := returns[customer]:
            index = own[0]
            last = index.day + timedelta(days=WINDOW)
            yield Followed(
                index.group,
                index.created,
                index.day,
                placed,
                any(later.day <= last for later in own[1:]),
            )
        elif customer not in givers and shop.median_days is not None:
            first = next((one for one in placed if one.is_customer_order), None)
            if first is not None:
                lag = timedelta(days=shop.median_days)
                start = first.day + lag
                yield Followed(
                    "no return",
                    first.processed + lag,
                    start,
                    [order for order in placed if order.day >= start],
                    has_second=False,
                )


def retention_by_period(shop: Shop) -> Rows:
    """rpt_return_retention_by_period: the first return of a customer in each period."""
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in shop.orders:
        if order.customer and order.is_customer_order and not order.is_renewal:
            orders[order.customer].append(order)
    first: dict[Key, Return] = {}
    for record in sorted(shop.returns, key=lambda one: (one.created, one.id)):
        buyer = record.order.customer if record.order else None
        if record.is_counted and buyer and not is_gift(record):
            for period in periods(record.day):
                if period != "all" and record.day <= shop.data_through:
                    first.setdefault((period, buyer), record)
    tally = Tally()
    for (period, buyer), record in first.items():
        last = record.day + timedelta(days=WINDOW)
        watched = int(last <= shop.data_through)
        again = any(
            order.processed > record.created
            and order.day <= min(last, shop.data_through)
            for order in orders[buyer]
        )
        tally.add(
            (record.group, period),
            index_customers=1,
            mature_customers=watched,
            repurchased_customers=watched * again,
        )
    return tally.rows(
        lambda held: (
            held
            | rated(
                "repurchase_rate_90d", "repurchased_customers", "mature_customers", held
            )
        )
    )


def is_gift(record: Return) -> bool:
    """Return whether the person who returns the goods is not the buyer."""
    told = (record.raw.get("customer") or "").strip().lower()
    buyer = record.order.email if record.order else None
    return bool(told and buyer and told != buyer)


def retention(shop: Shop) -> Rows:
    """rpt_return_retention: who buys again within ninety days."""
    tally = Tally()
    cases: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    waits: dict[str, list[int]] = defaultdict(list)
    for one in followed_customers(shop):
        seen = (shop.data_through - one.day).days
        if seen < 0:
            continue

        def wait(holds: Callable[[Order], bool], one: Followed = one) -> int | None:
            return next(
                (
                    (order.day - one.day).days
                    for order in one.orders
                    if order.processed > one.anchor
                    and holds(order)
                    and order.day <= shop.data_through
                ),
                None,
            )

        def within(days: int | None) -> bool:
            return days is not None and days <= WINDOW

        again = wait(lambda o: o.is_customer_order and not o.is_renewal)
        watched = int(seen >= WINDOW)
        tally.add(
            (one.group,),
            index_customers=1,
            mature_customers=watched,
            immature_customers=1 - watched,
            repurchased_customers=watched * within(again),
            any_order_customers=watched * within(wait(lambda o: o.is_customer_order)),
            new_money_customers=watched
            * within(
                wait(
                    lambda o: (
                        o.is_customer_order and not o.is_renewal and o.new_money > 0
                    )
                )
            ),
            second=watched * one.has_second,
            naive_customers=int(within(wait(lambda _: True))),
        )
        cases[one.group].append((again, True) if again is not None else (seen, False))
        if watched and again is not None and again <= WINDOW:
            waits[one.group].append(again)
        for days in (90, 180, 365):
            if seen >= days:
                tally.add(
                    (one.group,),
                    **{
                        f"seen_{days}": 1,
                        f"net_{days}": sum(
                            (
                                order.net
                                for order in one.orders
                                if order.is_customer_order
                                and order.currency == shop.main_currency
                                and order.processed > one.anchor
                                and (order.day - one.day).days <= days
                            ),
                            ZERO,
                        ),
                    },
                )

    def finish(group: str, held: dict[str, Any]) -> dict[str, Any]:
        mature = held["mature_customers"]
        return (
            held
            | rated(
                "repurchase_rate_90d", "repurchased_customers", "mature_customers", held
            )
            | {
                "is_baseline": group == "no return",
                "is_ranked": mature >= MINIMUM_CUSTOMERS,
                "repurchase_rate_90d_km": 1
                - [risk.survived for risk in survival(WINDOW, cases[group])][-1],
                "repurchase_rate_90d_any_order": ratio(
                    held["any_order_customers"], mature
                ),
                "repurchase_new_money_rate": ratio(held["new_money_customers"], mature),
                "repurchase_rate_naive": ratio(
                    held["naive_customers"], held["index_customers"]
                ),
                "second_return_rate": None
                if group == "no return"
                else ratio(held["second"], mature),
                "median_days_to_repurchase": nearest_rank(waits[group], Fraction(1, 2)),
                **{
                    f"net_revenue_per_customer_{days}d": ratio(
                        held.get(f"net_{days}", ZERO), held.get(f"seen_{days}", 0)
                    )
                    for days in (90, 180, 365)
                },
            }
        )

    return {key: finish(str(key[0]), held) for key, held in tally.sums.items()}


def repurchase_curve(shop: Shop) -> Rows:
    """rpt_repurchase_curve: how many have bought again by each day."""
    cases: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for one in followed_customers(shop):
        seen = (shop.data_through - one.day).days
        again = [
            (order.day - one.day).days
            for order in one.orders
            if order.processed > one.anchor
            and order.is_customer_order
            and not order.is_renewal
            and order.day <= shop.data_through
        ]
        if seen >= 0:
            cases[one.group].append((min(again), True) if again else (seen, False))
    rows: Rows = {}
    for group, times in cases.items():
        for risk in survival(WINDOW, times):
            bought = 1 - risk.survived
            lower, upper = wilson(bought * risk.trials, risk.trials)
            rows[group, risk.day] = {
                "is_baseline": group == "no return",
                "customers_at_risk": risk.at_risk,
                "repurchased_customers": risk.events,
                "repurchase_share": bought,
                "share_lower": lower,
                "share_upper": upper,
            }
    return rows


def match_coverage(shop: Shop) -> Rows:
    """rpt_match_coverage: returns, units and customers that were matched."""
    tally = Tally()
    for record in shop.returns:
        found = record.order is not None
        tally.add(("returns with their order", found), row_count=1)
        named = record.order is not None and record.order.customer is not None
        tally.add(("returns with their customer", named), row_count=1)
        for unit in record.units:
            tally.add(
                ("returned units with their order line", unit.line is not None),
                row_count=1,
            )
    return tally.sums


def order_returns(shop: Shop) -> Rows:
    """rpt_order_returns_v1: one row per order that has a return."""
    rows: Rows = {}
    unmatched: dict[Key, list[Return]] = defaultdict(list)
    for record in shop.returns:
        named = digits(record.raw["provider_order_id"])
        if record.order is None and named:
            unmatched[named,].append(record)
    for key, records in unmatched.items():
        counted = [r for r in records if r.is_counted]
        rows[key] = _order_flags(None, counted) | _order_sums(records, counted)
    for order in shop.orders:
        if not order.returns:
            continue
        counted = [r for r in order.returns if r.is_counted]
        rows[order.id,] = _order_flags(order, counted) | _order_sums(
            order.returns, counted
        )
    return rows


def customers(shop: Shop) -> Rows:
    """dim_customers: a customer's revenue and costs, in the currency of most of their orders."""
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in shop.orders:
        if order.customer is not None:
            orders[order.customer].append(order)
    rows: Rows = {}
    for customer, placed in orders.items():
        own = [order for order in placed if order.is_customer_order]
        currency = min(
            {order.currency for order in placed},
            key=lambda code: (
                -sum(order.currency == code for order in own),
                -sum(order.currency == code for order in placed),
                code,
            ),
        )
        counted = [r for order in placed for r in order.returns if r.is_counted]
        cost = [r for r in counted if r.currency == currency]
        bought = [order for order in own if order.currency == currency]
        without_tax = sum(
            (r.without_tax(r.costs["net_return_cost"]) for r in cost), Fraction(0)
        )
        rows[customer_key(customer),] = {
            "customer_order_count": len(own),
            "currency_code": currency,
            "order_gross_revenue": sum((order.gross for order in bought), ZERO),
            "return_count": len(counted),
            "returned_unit_count": sum(len(r.units) for r in counted),
            "net_return_cost": sum((r.costs["net_return_cost"] for r in cost), ZERO),
            "net_return_cost_ex_tax": without_tax,
            "lifetime_value_after_returns": Fraction(
                sum((order.net for order in bought), ZERO)
            )
            - without_tax,
        }
    return rows


def customer_key(customer: str) -> str:
    """Return the key of a customer: store and id."""
    return f"main-{customer}"


def _order_flags(order: Order | None, counted: list[Return]) -> dict[str, Any]:
    has_refund = any(r.has_refund for r in counted)
    has_exchange = any(r.has_exchange for r in counted)
    is_own = order is not None and order.is_customer_order
    return {
        "is_obt_order_matched": order is not None,
        "is_customer_order": is_own,
        "has_refund_request": has_refund,
        "has_exchange_request": has_exchange,
        "is_return_order": is_own and has_refund,
        "is_exchange_order": is_own and has_exchange,
        "is_any_return_order": is_own and any(r.is_rated for r in counted),
        "is_loop_eligible_order": order is not None and order.is_eligible,
        **(
            {
                "order_role": order.role,
                "order_date": order.day,
                "sold_units": sum(
                    line.quantity for line in order.lines if line.is_sold
                ),
                "order_gross_revenue": order.gross,
                "order_net_revenue_before_refunds": order.net,
            }
            if order
            else dict.fromkeys(
                (
                    "order_role",
                    "order_date",
                    "sold_units",
                    "order_gross_revenue",
                    "order_net_revenue_before_refunds",
                )
            )
        ),
    }


def _order_sums(records: list[Return], counted: list[Return]) -> dict[str, Any]:
    return {
        "return_count": len(records),
        "counted_return_count": len(counted),
        "first_return_created_at": min((r.created for r in counted), default=None),
        "last_return_created_at": max((r.created for r in counted), default=None),
        "days_to_first_return": min(
            (r.days for r in counted if r.days is not None), default=None
        ),
        "returned_unit_count": sum(len(r.units) for r in counted),
        "refund_amount": sum((r.refund for r in counted), ZERO),
        "gift_card_amount": sum((r.gift_card for r in counted), ZERO),
        "exchange_total": sum((r.exchange_total for r in counted), ZERO),
        "upsell_amount": sum((r.upsell for r in counted), ZERO),
        "net_return_cost": sum((r.costs["net_return_cost"] for r in counted), ZERO),
    }


REPORTS: dict[str, tuple[tuple[str, ...], Callable[[Shop], Rows]]] = {
    "rpt_return_metrics": (
        ("metric_name", "date_basis", "maturity", "period", "currency_code"),
        return_metrics,
    ),
    "rpt_outcome_split": (
        (
            "metric_name",
            "date_basis",
            "stage",
            "maturity",
            "period",
            "currency_code",
            "outcome",
        ),
        outcome_split,
    ),
    "rpt_return_rate_by_sku": (
        ("sku", "maturity", "period"),
        lambda shop: return_rates_by(shop, "sku"),
    ),
    "rpt_return_rate_by_product": (
        ("product_key", "maturity", "period"),
        lambda shop: return_rates_by(shop, "product"),
    ),
    "rpt_return_rate_by_option": (
        ("option_name", "product_category", "option_value", "maturity", "period"),
        lambda shop: return_rates_by(shop, "size", "colour"),
    ),
    "rpt_return_rate_by_category": (
        ("product_category", "maturity", "period"),
        lambda shop: return_rates_by(shop, "category"),
    ),
    "rpt_return_rate_by_channel": (
        ("channel_type", "channel", "maturity", "period"),
        return_rates_by_channel,
    ),
    "rpt_return_reasons": (
        (
            "reason_level",
            "dimension_type",
            "dimension_value",
            "period",
            "parent_return_reason",
            "return_reason",
        ),
        reasons,
    ),
    "rpt_returned_units": (
        (
            *("date_basis", "month_date", "is_mature", "is_realised_return"),
            *("origin_country_code", "order_channel", "product_category"),
            *("product_key", "size", "parent_return_reason", "return_reason"),
            "outcome",
        ),
        returned_units,
    ),
    "rpt_return_timing": (
        ("metric_name", "outcome_group", "maturity", "period"),
        timing,
    ),
    "rpt_return_timing_bands": (
        ("outcome_group", "return_week_bucket", "maturity", "period"),
        timing_bands,
    ),
    "rpt_net_return_cost": (
        ("cost_form", "date_basis", "maturity", "period", "currency_code"),
        net_return_cost,
    ),
    "rpt_return_retention": (("outcome_group",), retention),
    "rpt_return_retention_by_period": (
        ("outcome_group", "period"),
        retention_by_period,
    ),
    "rpt_repurchase_curve": (("outcome_group", "days_since_return"), repurchase_curve),
    "rpt_match_coverage": (("coverage", "is_found"), match_coverage),
    "rpt_order_returns_v1": (("shopify_order_id",), order_returns),
    "dim_customers": (("sm_customer_key",), customers),
}
"""Key columns and computation of each report."""
