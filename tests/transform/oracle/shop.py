"""An independent computation of the metrics in plain Python from raw records.

It follows the definitions and shares no code with the models, the tap or the simulator,
so that it does not repeat their errors. Counts and money are exact (``int``,
``Decimal``), rates are fractions; only intervals, pooled rates and the estimates behind
alerts and demand are floats.
"""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]
Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]

ZERO = Decimal(0)
CENTS = 100
CREDIT = {"gift_card", "store_credit", "shopify_store_credit"}
NO_CHANNEL = "(none) / (none)"
EXCHANGE_PREFIX = "EXC"
LOOP_APP = "1662707"
EXCLUDING_TAG = "sm-exclude-order"
NOT_MERCHANDISE = {"shipping protection", "gift card", "gift cards", "tip"}
CHANNELS_WITHOUT_LOOP = {"pos": "retail"}
REFERRERS = {
    "organic": {"google", "bing", "yahoo", "duckduckgo"},
    "social": {"facebook", "instagram", "tiktok", "pinterest", "youtube"},
}
WINDOW = 90
POLICY_PERIODS = {"2020-01-01": "30 days", "2026-01-01": "14 days"}
"""The shop's return policies by first day, as dbt's variable names them."""
MATURE_SHARE = Fraction(8, 10)
MINIMUM_ORDERS, MINIMUM_CUSTOMERS = 200, 50
WORDS = {
    "exchange": "exchange",
    "upsell": "exchange",
    "refund": "refund",
    "credit": "credit",
    "gift card": "credit",
    "store credit": "credit",
}
"""Outcome components by Loop's outcome word."""


# Reading -------------------------------------------------------------------------


def amount(value: object) -> Decimal:
    """Read an amount; a missing one is zero."""
    return Decimal(str(value)) if value not in (None, "") else ZERO


def stored(value: Fraction) -> Decimal:
    """Round as amounts are stored: to four decimals, halves away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def digits(value: object) -> str | None:
    """Read an id, plain or at the end of Shopify's global id."""
    text = str(value or "").rsplit("/", 1)[-1]
    return text or None


def moment(value: object) -> datetime | None:
    """Read a moment; one without a zone is in UTC."""
    if not value:
        return None
    read = datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=UTC)


# Facts ---------------------------------------------------------------------------


@dataclasses.dataclass
class Line:
    """A line of an order as sold."""

    id: str
    sku: str
    category: str
    product: str | None
    variant: str | None
    title: str
    options: str
    """Title of the variant, such as `Black / S`; empty without one."""
    quantity: int
    """Units sold, including refunded units but not units that an edit removed."""
    gross: Decimal
    """Value before discounts, without tax."""
    net: Decimal
    """Value after discounts, without tax."""
    is_exchange: bool
    """Added to the order by an exchange."""
    added: int
    """Units that an exchange added to a line that was bought."""
    is_merchandise: bool
    """Not known to be a gift card or of an excluded type."""
    raw: Json

    @property
    def is_sold(self) -> bool:
        """Merchandise that the shopper bought."""
        return self.is_merchandise and not self.is_exchange


@dataclasses.dataclass
class Unit:
    """A returned unit."""

    parent_reason: str | None
    reason: str | None
    net: Decimal
    tax: Decimal
    sku: str
    category: str
    raw: Json
    is_merchandise: bool
    outcome: str = "unresolved"
    line: Line | None = None
    is_over_quantity: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether the unit is in splits and reasons, if its return is counted."""
        return self.is_merchandise and not self.is_over_quantity


@dataclasses.dataclass(eq=False)
class Order:
    """An order of the shop."""

    id: str
    name: str
    created: datetime
    processed: datetime
    day: date
    customer: str | None
    email: str | None
    channel: str
    sales_channel: str
    currency: str
    lines: list[Line]
    raw: Json
    role: str = "customer"
    new_money: Decimal = ZERO
    is_renewal: bool = False
    has_refund_outside_loop: bool = False
    is_returned_outside_loop: bool = False
    refunded_outside_loop: Decimal = ZERO
    is_eligible: bool = False
    is_in_cost_cohort: bool = False
    is_sm_valid: bool = False
    is_mature: bool = False
    acquisition_channel: str = NO_CHANNEL
    parent: Order | None = None
    returns: list[Return] = dataclasses.field(default_factory=list)
    chain: list[Return] = dataclasses.field(default_factory=list)
    """Returns of this order and of the exchange orders that follow from it."""

    @property
    def gross(self) -> Decimal:
        """Merchandise value before discounts."""
        return sum((line.gross for line in self.lines if line.is_sold), ZERO)

    @property
    def net(self) -> Decimal:
        """Merchandise value after discounts, before refunds."""
        return sum((line.net for line in self.lines if line.is_sold), ZERO)

    @property
    def is_customer_order(self) -> bool:
        """An order that the shopper placed, with merchandise of some value before discounts."""
        return self.role == "customer" and self.gross > 0

    @property
    def root(self) -> Order:
        """The first order of an exchange chain."""
        order, steps = self, 0
        while order.parent is not None and steps < 20:
            order, steps = order.parent, steps + 1
        return order


@dataclasses.dataclass(eq=False)
class Return:
    """A Loop return."""

    id: str
    state: str
    created: datetime
    day: date
    closed_day: date | None
    word: str
    currency: str
    is_warranty: bool
    refund: Decimal
    gift_card: Decimal
    exchange_total: Decimal
    upsell: Decimal
    fee: Decimal
    is_fee_charged: bool
    """Whether the fee was charged beside the refund, not deducted from it."""
    shipping: Decimal
    """Shipping that is paid back, within the refund or in addition to it."""
    total: Decimal
    labels: Decimal
    has_moved: bool
    """Money or goods have moved: a refund, a gift card or an exchange was made."""
    has_exchange_items: bool
    units: list[Unit]
    raw: Json
    order: Order | None = None
    match_method: str = "none"

    @property
    def is_counted(self) -> bool:
        """Not cancelled, not of a test order, and expired only if money or goods moved."""
        return not self.is_of_test_order and (
            self.state in {"open", "review", "closed"}
            or (self.state == "expired" and self.has_moved)
        )

    @property
    def is_of_test_order(self) -> bool:
        """Its order, or the first order of its exchange, is a test."""
        return self.order is not None and "test" in {
            self.order.role,
            self.order.root.role,
        }

    @property
    def is_realised(self) -> bool:
        """Closed, or open or expired with money or goods moved; not of a test order."""
        return not self.is_of_test_order and (
            self.state == "closed"
            or (self.state in {"open", "expired"} and self.has_moved)
        )

    @property
    def is_rated(self) -> bool:
        """Whether it is in return rates: counted and not a warranty claim."""
        return self.is_counted and not self.is_warranty

    @property
    def has_exchange(self) -> bool:
        return self.has_exchange_items or self.exchange_total > 0

    @property
    def has_refund(self) -> bool:
        return self.refund > 0

    @property
    def has_credit(self) -> bool:
        return self.gift_card > 0

    @property
    def group(self) -> str:
        """Outcome group from amounts and items; without these, from the outcome word."""
        found = {
            name
            for name, has in (
                ("exchange", self.has_exchange or self.upsell > 0),
                ("refund", self.has_refund),
                ("credit", self.has_credit),
            )
            if has
        } or {
            WORDS[part.strip()]
            for part in self.word.lower().split("+")
            if part.strip() in WORDS
        }
        return "none" if not found else found.pop() if len(found) == 1 else "mixed"

    @property
    def exchanged_value(self) -> Decimal:
        """Value of the returned goods that was spent on exchange goods."""
        if not self.has_exchange:
            return ZERO
        return min(max(self.total - self._given, ZERO), self.exchange_total)

    @property
    def full(self) -> Decimal:
        """Refund and credit before a fee is deducted."""
        fee = ZERO if self.is_fee_charged else self.fee
        return self.refund + self.gift_card + fee

    @property
    def _given(self) -> Decimal:
        """Money and credit given for the goods; the refund may or may not include shipping."""
        full = self.full
        beyond = max(
            full + amount(self.raw["exchange_credit_total"]) - self.total, ZERO
        )
        tax = amount(self.raw.get("refund_shipping_tax_total"))
        return full - min(self.shipping + tax, self.refund, beyond)

    @property
    def retained(self) -> Decimal:
        bonus = max(self._given - self.total, ZERO)
        return self.exchanged_value + self.gift_card - bonus

    def without_tax(self, value: Decimal) -> Fraction:
        """Subtract the tax from an amount, in the proportion of the units' tax."""
        net = sum((unit.net for unit in self.units), ZERO)
        full = net + sum((unit.tax for unit in self.units), ZERO)
        return Fraction(value) * (Fraction(net) / Fraction(full) if full else 1)

    def stored_without_tax(self, value: Decimal) -> Decimal:
        """Subtract the tax and round as money: four decimals, halves away from 0."""
        exact = self.without_tax(value) * 10_000
        whole = math.floor(abs(exact) + Fraction(1, 2))
        return Decimal(whole if exact > 0 else -whole) / 10_000

    @property
    def costs(self) -> dict[str, Decimal]:
        """The three forms of net cost."""
        bonus = max(self.exchange_total - self.upsell - self.exchanged_value, ZERO)
        net = self.refund + self.gift_card - self.upsell
        return {
            "net_return_cost": net,
            "net_return_cost_cash": self.refund - self.upsell,
            "net_return_cost_landed": net
            + self.labels
            + bonus
            - (self.fee if self.is_fee_charged else ZERO),
        }

    @property
    def days(self) -> int | None:
        return self._days_from(self.order)

    @property
    def days_from_root(self) -> int | None:
        return self._days_from(self.order and self.order.root)

    @property
    def days_to_close(self) -> int | None:
        return None if self.closed_day is None else (self.closed_day - self.day).days

    def _days_from(self, order: Order | None) -> int | None:
        days = None if order is None else (self.day - order.day).days
        return None if days is None or days < 0 else days


# The shop ------------------------------------------------------------------------


class Shop:
    """Everything known about a shop, derived from the raw records once."""

    def __init__(
        self,
        raw: dict[str, list[Json]],
        zone: str = "UTC",
        maturity_days: int | None = None,
        *,
        charges_fees: bool = False,
    ) -> None:
        """Read the records and apply the definitions to them."""
        self.raw = raw
        self.charges_fees = charges_fees
        self.zone = ZoneInfo(zone)
        self.categories = {
            digits(product["id"]): product.get("productType") or "(none)"
            for product in raw["products"]
        }
        self.titles = {
            digits(product["id"]): product["title"] for product in raw["products"]
        }
        self.refunded, self.taken_off = _units_off_lines(raw["refunds"])
        self.refunded_orders = {
            refund["order"]["id"]
            for refund in raw["refunds"]
            if refund.get("refundLineItems")
        }
        self.processed = _units_of_processed_returns(raw["returns"])
        self.orders = [self._order(one) for one in raw["orders"]]
        self.returns = [self._return(one) for one in raw["returns"]]
        self.by_id = {order.id: order for order in self.orders}
        self.data_through = (
            # Returns are read after the shop's last change, so they reach further.
            self._day(max(str(one["updatedAt"]) for one in raw["orders"]))
            if raw["orders"] and raw["returns"]
            else date.min
        )
        self._match()
        self._give_roles()
        self._pay(raw["transactions"], raw["subscription_orders"])
        self._find_refunds_outside_loop(raw["refunds"])
        for record in self.returns:
            self._link_units(record)
            self._judge_units(record)
        self.median_days = nearest_rank(
            [r.days for r in self.returns if r.is_counted and r.days is not None],
            Fraction(1, 2),
        )
        self.maturity_days = maturity_days or self._learned_maturity()
        self._qualify()
        self.main_currency = self._most_frequent_currency()

    def _day(self, value: str | datetime) -> date:
        """Return the day in the zone of the shop."""
        read = moment(value) if isinstance(value, str) else value
        if read is None:
            raise ValueError(value)
        return read.astimezone(self.zone).date()

    def _order(self, one: Json) -> Order:
        customer = one.get("customer") or {}
        created = moment(one["createdAt"])
        processed = moment(one.get("processedAt")) or created
        if created is None or processed is None:
            raise ValueError(one["id"])
        return Order(
            id=str(digits(one["id"])),
            name=one["name"],
            created=created,
            processed=processed,
            day=self._day(processed),
            customer=digits(customer.get("id")),
            email=(one.get("email") or customer.get("email") or "").strip().lower()
            or None,
            channel=_channel(one),
            currency=one["currencyCode"],
            sales_channel=CHANNELS_WITHOUT_LOOP.get(
                one.get("sourceName") or "", "online_dtc"
            ),
            lines=[self._line(line, one) for line in one["lineItems"]],
            raw=one,
        )

    def _line(self, line: Json, order: Json) -> Line:
        product = digits((line.get("product") or {}).get("id"))
        variant = digits((line.get("variant") or {}).get("id"))
        category = self.categories.get(product, "(none)")
        ordered = int(line["quantity"])
        kept = ordered - self._units_taken_off(line, order["id"])
        added = _units_of_exchanges(line)
        is_exchange = 0 < added >= kept
        sold = kept if is_exchange else kept - added
        tax_share = Fraction(0) if line["isGiftCard"] else _tax_share(order, line)
        gross = sold * amount(line["originalUnitPriceSet"]["shopMoney"]["amount"])
        # The line's discount is that of all units that were ordered.
        discount = Fraction(_discount(line)) * Fraction(sold, ordered)
        return Line(
            id=str(digits(line["id"])),
            sku=_sku(line.get("sku"), product, variant, line["title"]),
            category=category,
            product=product,
            variant=variant,
            title=line["title"],
            options=line["name"].removeprefix(line["title"]).removeprefix(" - ")
            if variant
            else "",
            quantity=sold,
            gross=stored(Fraction(gross) * (1 - tax_share)),
            net=stored((Fraction(gross) - discount) * (1 - tax_share)),
            is_exchange=is_exchange,
            added=0 if is_exchange else added,
            is_merchandise=not line["isGiftCard"]
            and _is_merchandise(category, line["title"]),
            raw=line,
        )

    def _units_taken_off(self, line: Json, order: str) -> int:
        """Return how many units staff removed before they were sent."""
        key, ordered = str(digits(line["id"])), int(line["quantity"])
        if line.get("currentQuantity") is None:
            return min(self.taken_off.get(key, 0), ordered)
        knows_refunds = order in self.refunded_orders
        sent_back = (self.refunded if knows_refunds else self.processed).get(key, 0)
        return max(ordered - int(line["currentQuantity"]) - sent_back, 0)

    def _return(self, one: Json) -> Return:
        created = moment(one["created_at"])
        if created is None:
            raise ValueError(one["id"])
        done = one.get("outcomes_processed_at") or {}
        items = one.get("exchanges") or []
        closing = moment((done.get("return_processed") or {}).get("date")) or moment(
            one["updated_at"]
        )
        return Return(
            id=str(one["id"]),
            state=one["state"],
            created=created,
            day=self._day(created),
            closed_day=self._day(closing)
            if closing and one["state"] == "closed"
            else None,
            word=one.get("outcome") or "",
            currency=one["currency"],
            is_warranty=one.get("type") == "warranty",
            refund=amount(one["refund"]),
            gift_card=amount(one["gift_card"]),
            exchange_total=amount(one["exchange_total"]),
            upsell=amount(one["upsell"]),
            fee=amount(one["handling_fee"]),
            is_fee_charged=self.charges_fees,
            shipping=amount(one.get("refund_shipping_total")),
            total=amount(one["return_total"]),
            labels=sum(
                (label_cost(label["rate"]) for label in one.get("labels") or []), ZERO
            ),
            has_moved=bool(
                one.get("shopify_refund_object")
                or credit_order(one)
                or any(item.get("exchange_order_id") for item in items)
                or any(
                    done.get(f"{what}_processed")
                    for what in ("refund", "gift_card", "exchange")
                )
            ),
            has_exchange_items=bool(items),
            units=[self._unit(unit, one) for unit in one["line_items"]],
            raw=one,
        )

    def _unit(self, unit: Json, record: Json) -> Unit:
        product, variant = (
            digits(unit.get("product_id")),
            digits(unit.get("variant_id")),
        )
        category = self.categories.get(product, "(none)")
        return Unit(
            parent_reason=unit.get("parent_return_reason")
            or unit.get("return_reason")
            or None,
            reason=unit.get("return_reason") or None,
            net=abs(amount(unit["price"]))
            - amount(unit["discount"])
            - (amount(unit["tax"]) if _is_tax_in_prices(record) else ZERO),
            tax=amount(unit["tax"]),
            sku=_sku(unit.get("sku"), product, variant, unit["title"]),
            category=category,
            raw=unit,
            is_merchandise=_is_merchandise(
                category, self.titles.get(product, unit["title"])
            ),
        )

    def _match(self) -> None:
        """Find each return's order: by Shopify's id, or without one by a name of one order."""
        names: dict[str, list[Order]] = defaultdict(list)
        for order in self.orders:
            names[order.name].append(order)
        for record in self.returns:
            key = digits(record.raw.get("provider_order_id"))
            found = self.by_id.get(str(key))
            named = names[record.raw.get("order_name") or ""]
            if found is not None:
                record.order, record.match_method = found, "order_id"
            elif key is None and len(named) == 1:
                record.order, record.match_method = named[0], "order_name"
            if record.order is not None:
                record.order.returns.append(record)

    def _give_roles(self) -> None:
        """Set the role of each order and the parent of each exchange order."""
        credit_orders = {credit_order(record.raw) for record in self.returns}
        parents: dict[str, Order | None] = {}
        for record in sorted(self.returns, key=lambda one: (one.created, one.id)):
            for item in record.raw.get("exchanges") or []:
                made = digits(item.get("exchange_order_id"))
                # An order is never the exchange of itself.
                if made and (record.order is None or record.order.id != made):
                    parents.setdefault(made, record.order)
        for order in self.orders:
            if order.id in parents:
                order.role, order.parent = "exchange", parents[order.id]
            elif order.id in credit_orders:
                order.role = "gift_card_issue"
            else:
                order.role = _role_by_its_own_marks(order)
        for order in self.orders:
            order.root.chain.extend(order.returns)

    def _pay(self, payments: list[Json], charges: list[Json]) -> None:
        """Set the amount of each order that credit did not pay, and which orders are renewals."""
        for payment in payments:
            order = self.by_id.get(str(digits(payment["order"]["id"])))
            if (
                order
                and (payment["kind"], payment["status"]) == ("SALE", "SUCCESS")
                and payment["gateway"] not in CREDIT | {"Loop"}
            ):
                order.new_money += amount(payment["amountSet"]["shopMoney"]["amount"])
        for charge in charges:
            order = self.by_id.get(
                str(digits(charge["external_order_id"]["ecommerce"]))
            )
            if order and charge["type"] == "recurring":
                order.is_renewal = True

    def _find_refunds_outside_loop(self, refunds: list[Json]) -> None:
        """Mark orders with refunds that no Loop return refers to."""
        known = {
            str(digits(one["provider_refund_id"]))
            for record in self.returns
            for one in record.raw.get("shopify_refund_object") or []
        }
        for refund in refunds:
            order = self.by_id.get(str(digits(refund["order"]["id"])))
            # An adjustment is the part of the goods' value that was not paid back.
            paid = sum(
                sign * amount(part[name]["shopMoney"]["amount"])
                for parts, names, sign in (
                    ("refundLineItems", ("subtotalSet", "totalTaxSet"), 1),
                    ("orderAdjustments", ("amountSet", "taxAmountSet"), -1),
                )
                for part in refund.get(parts) or []
                for name in names
            )
            named = str(digits(refund["legacyResourceId"])) in known
            if order and paid > 0 and not named:
                order.has_refund_outside_loop = True
                # Goods that were removed before they were sent did not come back.
                order.is_returned_outside_loop |= not _is_edit(refund)
                order.refunded_outside_loop += paid

    def _link_units(self, record: Return) -> None:
        """Link units to order lines: by the line's id, else by variant, else by SKU."""
        for unit in record.units if record.order else []:
            lines = record.order.lines if record.order else []
            wanted = digits(unit.raw.get("provider_line_item_id"))
            variant = digits(unit.raw.get("variant_id"))
            found = [line for line in lines if line.id == wanted]
            found = found or [
                line for line in lines if variant and line.variant == variant
            ]
            found = found or [line for line in lines if line.sku == unit.sku]
            if found:
                unit.line = found[0]
                unit.sku, unit.category = unit.line.sku, unit.line.category
                unit.is_merchandise = unit.line.is_merchandise

    def _judge_units(self, record: Return) -> None:
        """Set the outcome of each unit."""
        paid = sum((amount(unit.raw["refund"]) for unit in record.units), ZERO)
        for unit in record.units:
            word = (unit.raw.get("outcome") or "").strip().lower()
            if word in WORDS:
                unit.outcome = WORDS[word]
            elif digits(unit.raw.get("exchange_variant")):
                unit.outcome = "exchange"
            elif record.group in {"exchange", "refund", "credit"}:
                unit.outcome = record.group
            elif (
                record.group == "mixed"
                and amount(unit.raw["refund"]) > 0
                and (paid == record.refund)
            ):
                unit.outcome = "refund"

    def _most_frequent_currency(self) -> str | None:
        """Return the currency of most customer orders; among equals, of most returns."""
        held: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for order in self.orders:
            held[order.currency][0] += order.is_customer_order
        for record in self.returns:
            held[record.currency][1] += record.is_counted
        return min(
            held, key=lambda one: (-held[one][0], -held[one][1], one), default=None
        )

    def _learned_maturity(self) -> int:
        """Return the 95th percentile of the last year's days to return; of few returns, 60."""
        start = self.data_through - timedelta(days=365)
        days = [
            r.days
            for r in self.returns
            if r.is_counted and r.days is not None and r.day > start
        ]
        return (nearest_rank(days, Fraction(95, 100)) or 0) if len(days) >= 30 else 60

    def _qualify(self) -> None:
        """Decide which orders count in the rates and which in the cost."""
        self.start = min(
            (
                month(record.day)
                for record in self.returns
                if record.state != "cancelled" and not record.is_of_test_order
            ),
            default=date.max,
        )
        first: dict[str, Order] = {}
        for order in sorted(self.orders, key=lambda one: (one.processed, one.id)):
            if order.is_customer_order and order.customer:
                first.setdefault(order.customer, order)
        for order in self.orders:
            order.is_mature = (self.data_through - order.day).days >= self.maturity_days
            order.is_in_cost_cohort = (
                order.is_customer_order and order.day >= self.start
            )
            order.is_eligible = (
                order.is_in_cost_cohort and order.sales_channel == "online_dtc"
            )
            order.acquisition_channel = (
                "(guest)"
                if not order.customer
                else first[order.customer].channel
                if order.customer in first
                else NO_CHANNEL
            )
            order.is_sm_valid = self._is_valid_by_the_published_rule(order)
            _hold_units_to_what_was_sold(order)

    def was_closed_by_hand(self, record: Return) -> bool:
        """Return whether a return was closed over a week ago and never processed."""
        return (
            record.closed_day is not None
            and record.raw.get("was_processed") is False
            and self.data_through - record.closed_day > timedelta(days=7)
        )

    def _is_valid_by_the_published_rule(self, order: Order) -> bool:
        """Return whether an order is valid by SourceMedium's rule: refunded ones are not."""
        return (
            order.role in {"customer", "gift_card_issue"}
            and order.raw["displayFinancialStatus"] not in {"VOIDED", "REFUNDED"}
            and not order.raw.get("cancelledAt")
        )


def _hold_units_to_what_was_sold(order: Order) -> None:
    """Mark units that exceed the remaining units of their line, or else of their order."""
    held: dict[str, int] = defaultdict(int)
    unlinked = []
    for record in sorted(order.returns, key=lambda one: (one.created, one.id)):
        for unit in record.units if record.is_rated else []:
            if unit.line is None:
                unlinked.append(unit)
            else:
                held[unit.line.id] += 1
                unit.is_over_quantity = held[unit.line.id] > unit.line.quantity
    left = sum(
        max(line.quantity - held[line.id], 0)
        for line in order.lines
        if line.is_merchandise
    )
    for unit in unlinked[left:]:
        unit.is_over_quantity = True


def _is_tax_in_prices(record: Json) -> bool:
    """Return whether a return's total is its prices less discounts, though there is tax."""
    totals = ("product", "discount", "tax")
    prices, discount, tax = (
        amount(record.get(f"return_{name}_total")) for name in totals
    )
    return tax > 0 and amount(record["return_total"]) == prices - discount


def _is_edit(refund: Json) -> bool:
    """Return whether a refund pays back only goods that were never sent."""
    words = {part["restockType"] for part in refund.get("refundLineItems") or []}
    return words == {"CANCEL"}


def _units_off_lines(refunds: list[Json]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the numbers of refunded and of cancelled units of each order line."""
    refunded: dict[str, int] = {}
    cancelled: dict[str, int] = {}
    for refund in refunds:
        for part in refund.get("refundLineItems") or []:
            line, quantity = str(digits(part["lineItem"]["id"])), int(part["quantity"])
            is_cancelled = part["restockType"] == "CANCEL"
            refunded[line] = refunded.get(line, 0) + (not is_cancelled) * quantity
            cancelled[line] = cancelled.get(line, 0) + is_cancelled * quantity
    return refunded, cancelled


def _units_of_processed_returns(returns: list[Json]) -> dict[str, int]:
    """Return the number of units of each order line in processed returns."""
    units: dict[str, int] = defaultdict(int)
    for record in returns:
        for unit in record["line_items"] if record.get("was_processed") else []:
            units[str(digits(unit.get("provider_line_item_id")))] += 1
    return units


def _units_of_exchanges(line: Json) -> int:
    """Return how many units an exchange added: all of a line of its own."""
    for one in line.get("customAttributes") or []:
        if one.get("key") == "_loop_exchange":
            value = one["value"]
            return int(value if value.isdigit() else line["quantity"])
    return 0


def _discount(line: Json) -> Decimal:
    """Return a line's share of all discounts, for the units that were ordered."""
    return sum(
        (
            amount(one["allocatedAmountSet"]["shopMoney"]["amount"])
            for one in line.get("discountAllocations") or []
        ),
        ZERO,
    )


def credit_order(one: Json) -> str | None:
    """Return the order that was made for a return's credit: never the returned order."""
    named = digits(one.get("gift_card_order_id"))
    return None if named == digits(one.get("provider_order_id")) else named


def _is_merchandise(category: str, title: str) -> bool:
    """Return whether goods are neither a service nor a tip, which has no type but a title."""
    kind = title if category == "(none)" else category
    return kind.strip().lower() not in NOT_MERCHANDISE


def _tax_share(order: Json, line: Json) -> Fraction:
    """Return the share of tax in a line's price: none where tax is added to prices.

    If no line of the order names its tax, or the line is free, the share is that of the
    whole order.
    """
    if not order["taxesIncluded"]:
        return Fraction(0)
    if any(_tax(one) for one in order["lineItems"]) and _ordered_value(line):
        return ratio(_tax(line), _ordered_value(line)) or Fraction(0)
    taxed = amount(order["totalShippingPriceSet"]["shopMoney"]["amount"])
    for one in order["lineItems"]:
        if not one["isGiftCard"]:
            taxed += _ordered_value(one)
    tax = amount(order["totalTaxSet"]["shopMoney"]["amount"])
    return ratio(tax, taxed) or Fraction(0)


def _ordered_value(line: Json) -> Decimal:
    """Return what a line's units, as ordered, cost after discounts."""
    price = amount(line["originalUnitPriceSet"]["shopMoney"]["amount"])
    return int(line["quantity"]) * price - _discount(line)


def _tax(line: Json) -> Decimal:
    """Return the taxes that a line names; some taps leave them out."""
    return sum(
        (
            amount(one["priceSet"]["shopMoney"]["amount"])
            for one in line.get("taxLines") or []
        ),
        ZERO,
    )


def _role_by_its_own_marks(order: Order) -> str:
    """Apply the rules that need no return; the first that fits decides."""
    raw = order.raw
    apps = {raw.get("sourceName"), digits((raw.get("app") or {}).get("id"))}
    is_unfulfilled = raw.get("displayFulfillmentStatus") == "UNFULFILLED"
    rules = (
        ("exchange", _begins_like_an_exchange(order.name.lstrip("#"))),
        ("exchange", LOOP_APP in apps),
        ("test", raw.get("test")),
        ("cancelled_unfulfilled", raw.get("cancelledAt") and is_unfulfilled),
        ("excluded_by_config", EXCLUDING_TAG in (raw.get("tags") or [])),
    )
    return next((role for role, fits in rules if fits), "customer")


def _begins_like_an_exchange(name: str) -> bool:
    """Return whether the prefix stands before a number or a sign, not within a word."""
    rest = name.removeprefix(EXCHANGE_PREFIX)
    return rest not in {name, ""} and not rest[0].isalpha()


def _channel(order: Json) -> str:
    """Return source and medium of the last visit: its campaign, else where it came from."""
    visit = (order.get("customerJourneySummary") or {}).get("lastVisit") or {}
    query = parse_qs(urlsplit(visit.get("landingPage") or "").query)
    source, medium = (
        (query.get(f"utm_{what}") or [""])[0].strip().lower() or "(none)"
        for what in ("source", "medium")
    )
    host = (urlsplit(visit.get("referrerUrl") or "").hostname or "").removeprefix(
        "www."
    )
    if (source, medium) != ("(none)", "(none)") or not host:
        return f"{source} / {medium}"
    kind = next(
        (
            name
            for name, sites in REFERRERS.items()
            if any(site in host.split(".") for site in sites)
        ),
        "referral",
    )
    return f"{host} / {kind}"


def _sku(sku: str | None, product: str | None, variant: str | None, title: str) -> str:
    """Name a SKU; goods without one by product and variant, without those by title."""
    if sku or not (product or variant):
        return sku or title
    return f"product {product or '?'} variant {variant or '?'}"


def month(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


# Figures -------------------------------------------------------------------------


def nearest_rank(values: Iterable[int], share: Fraction) -> int | None:
    """Return the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None


def ratio(
    above: Fraction | Decimal | int, below: Fraction | Decimal | int
) -> Fraction | None:
    """Divide; None if the denominator is zero."""
    return Fraction(above) / Fraction(below) if below else None


def label_cost(rate: Any) -> Decimal:
    """Return a label's cost: with two decimals or a fraction it is money, else cents."""
    decimals = str(rate).partition(".")[2]
    is_money = len(decimals) == len("00") or decimals.strip("0") != ""
    return amount(rate) if is_money else amount(rate) / CENTS


def wilson(
    hits: Decimal | Fraction | int, trials: Decimal | Fraction | int
) -> tuple[float, float] | tuple[None, None]:
    """Return the 95 % score interval of a share; a share above 1 is taken as 1."""
    if not trials:
        return (None, None)
    n, z = float(trials), 1.959963984540054
    p = min(float(hits) / n, 1.0)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - reach, middle + reach)


class Risk(NamedTuple):
    """A day after the anchor: customers still followed, events, and the share without one."""

    day: int
    at_risk: int
    events: int
    survived: Fraction
    trials: Fraction
    """The effective sample size of the estimate (Rothman)."""


def survival(window: int, times: Iterable[tuple[int, bool]]) -> Iterator[Risk]:
    """Return the Kaplan-Meier estimate of each day on which someone was followed.

    Args:
        window: Last day that counts.
        times: For each case its last followed day, and whether its event happened on
            that day.

    """
    cases, share, scatter = list(times), Fraction(1), Fraction(0)
    for day in range(window + 1):
        at_risk = sum(1 for last, _ in cases if last >= day)
        events = sum(1 for last, happened in cases if happened and last == day)
        if not at_risk:
            return
        share *= Fraction(at_risk - events, at_risk)
        if events < at_risk:
            scatter += Fraction(events, at_risk * (at_risk - events))
        trials = (1 - share) / (share * scatter) if 0 < share < 1 else Fraction(at_risk)
        yield Risk(day, at_risk, events, share, trials)


def periods(day: date) -> Iterator[str]:
    """Return the names of the periods that hold a day."""
    yield "all"
    yield f"{day.year}-Q{(day.month + 2) // 3}"
    yield f"{day.year}-{day.month:02}"


def maturities(is_mature: bool) -> Iterator[str]:  # noqa: FBT001
    """Return the maturities that a row counts in: all orders, and mature ones."""
    yield "to_date"
    if is_mature:
        yield "mature_only"


def band(days: int) -> str:
    """Return the name of the band of weeks; the first has eight days."""
    if days > 90:
        return "91+ days"
    if days > 63:
        return "64-90 days"
    week = max(math.ceil(days / 7) - 1, 0)
    return "0-7 days" if week == 0 else f"{7 * week + 1}-{7 * week + 7} days"
