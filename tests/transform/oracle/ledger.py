"""The ledger computed independently: entries of each return, from raw records."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from .shop import CREDIT, ZERO, amount, credit_order, digits, moment, month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from .shop import Json, Key, Return, Rows, Shop

KEPT = {"keep", "keep item", "donate", "donation"}
CENTS_OF_ROUNDING = Decimal("0.05")


class Entry(NamedTuple):
    """A ledger entry before its return and its days are known; debits are positive."""

    entry_type: str
    account: str
    source: str
    amount: Decimal
    loop: datetime | None
    shopify: datetime | None = None


class Moments(NamedTuple):
    """When each part of a return happened; None for parts that have not."""

    goods: datetime | None
    refund: datetime | None
    credit: datetime | None
    exchange: datetime | None

    @property
    def first(self) -> datetime | None:
        """The time of the first part."""
        return min((one for one in self if one), default=None)


def ledger(shop: Shop) -> Rows:
    """fct_return_ledger, before any period is closed."""
    rows: Rows = {}
    refunds = _refunds_of_returns(shop)
    for record in shop.returns:
        if not record.is_realised:
            continue
        entries = list(_entries(shop, record, refunds.get(record.id, [])))
        for one in [*entries, *_left_over(record, entries)]:
            _add(shop, rows, record, one)
    for record, payment, part in _redeemed(shop):
        source = str(digits(payment["id"]))
        spent = moment(payment["createdAt"])
        for account, sign in (("store_credit", 1), ("payments", -1)):
            entry = Entry(
                "store_credit_redeemed", account, source, sign * part, None, spent
            )
            _add(shop, rows, record, entry)
    return rows


class Settlement(NamedTuple):
    """Money, credit or goods given for a return; without a posting day they are owed."""

    order_month: date | None
    currency: str
    outcome: int
    """0 for a refund, 1 for store credit, 2 for an exchange."""
    return_day: date
    posting_day: date | None
    amount: Decimal


OUTCOMES = {
    "refund": 0,
    "shipping_refund": 0,
    "store_credit_issued": 1,
    "exchange_goods": 2,
    "exchange_discount": 2,
    "exchange_tax": 2,
    "upsell": 2,
}


def settlements(shop: Shop) -> Iterator[Settlement]:
    """The refunds, credits and exchanges of each counted return, paid or still owed."""
    booked: dict[str, list[Json]] = defaultdict(list)
    for (number, entry_type, *_), row in ledger(shop).items():
        if entry_type in OUTCOMES:
            booked[number].append(row | {"outcome": OUTCOMES[entry_type]})
    for record in shop.returns:
        if not record.is_counted:
            continue
        root = record.order and record.order.root
        order_month = month(root.day) if root and root.is_customer_order else None
        for row in booked[record.id]:
            yield Settlement(
                order_month,
                record.currency,
                row["outcome"],
                record.day,
                row["posting_date"],
                -row["amount"],
            )
        at = _moments(shop, record) if record.is_realised else Moments(*[None] * 4)
        exchanged = record.exchange_total - record.upsell
        for outcome, done, value in (
            (0, at.refund, record.refund),
            (1, at.credit, record.gift_card),
            (2, at.exchange, exchanged if record.has_exchange else ZERO),
        ):
            if done is None and not shop.was_closed_by_hand(record):
                yield Settlement(
                    order_month, record.currency, outcome, record.day, None, value
                )


def _add(shop: Shop, rows: Rows, record: Return, entry: Entry) -> None:
    if not entry.amount:
        return
    loop, shopify = (
        shop._day(one) if one else None  # noqa: SLF001
        for one in (entry.loop, entry.shopify)
    )
    key: Key = (record.id, entry.entry_type, entry.account, entry.source)
    rows[key] = {
        "amount": entry.amount,
        "currency_code": record.currency,
        "loop_date": loop,
        "shopify_date": shopify,
        "posting_date": shopify or loop,
        "is_correction": False,
        "is_closed": False,
    }


def _done(record: Return, what: str) -> datetime | None:
    done = (record.raw.get("outcomes_processed_at") or {}).get(f"{what}_processed")
    return moment((done or {}).get("date"))


def _moments(shop: Shop, record: Return) -> Moments:
    """Read when each part happened; a processed return has all of its parts."""
    raw = record.raw
    processed = raw.get("was_processed")
    if processed is None:
        processed = record.state == "closed"
    named = [
        moment(one["provider_created_at"])
        for one in raw.get("shopify_refund_object") or []
    ]
    finished = (
        _done(record, "return")
        or min((one for one in named if one), default=None)
        or moment(raw["updated_at"])
    )
    has_outcome = any(
        (
            record.refund,
            record.gift_card,
            record.exchange_total,
            record.upsell,
            record.fee,
        )
    )
    credit = credit_order(raw)
    card = shop.by_id.get(str(credit))
    made = _exchange_order(shop, record)
    has_exchange_order = any(one.get("exchange_order_id") for one in raw["exchanges"])

    def when(
        *, is_wanted: bool, known: datetime | None, is_done: bool
    ) -> datetime | None:
        return known or (finished if is_done else None) if is_wanted else None

    return Moments(
        goods=finished if processed and has_outcome else None,
        refund=when(
            is_wanted=record.refund > 0,
            known=_done(record, "refund") or (named[0] if named else None),
            is_done=processed,
        ),
        credit=when(
            is_wanted=record.gift_card > 0,
            known=_done(record, "gift_card") or (card.processed if card else None),
            is_done=processed or credit is not None,
        ),
        exchange=when(
            is_wanted=record.has_exchange,
            known=_done(record, "exchange") or (made.processed if made else None),
            is_done=processed or has_exchange_order,
        ),
    )


def _exchange_order(shop: Shop, record: Return) -> Any:
    """Return the first separate order of an exchange, or None."""
    own = record.order.id if record.order else None
    found = [
        shop.by_id[number]
        for one in record.raw["exchanges"]
        if (number := digits(one.get("exchange_order_id")))
        and number != own
        and number in shop.by_id
    ]
    return min(found, key=lambda order: order.processed, default=None)


def _entries(shop: Shop, record: Return, refunds: list[Json]) -> Iterator[Entry]:
    at = _moments(shop, record)
    booked = min(
        (one for r in refunds if (one := moment(r["createdAt"]))), default=None
    )
    if at.goods:
        yield from _of_goods(record, at.goods, booked)
    if at.refund:
        yield from _of_money(record, at.refund, booked, _to_credit(shop, refunds))
    if at.credit:
        card = shop.by_id.get(str(credit_order(record.raw)))
        issued = card.processed if card else None
        bonus = max(record._given - record.total, ZERO)  # noqa: SLF001
        for kind, account, value in (
            ("store_credit_issued", "store_credit", -record.gift_card),
            ("bonus_on_store_credit", "bonus_credit", bonus),
        ):
            yield Entry(kind, account, record.id, value, at.credit, issued)
    if at.exchange:
        yield from _of_exchange(shop, record, at.exchange)
    if fee_at := at.refund or at.credit or at.goods:
        yield Entry(
            "handling_fee", "return_fees", record.id, -record.fee, fee_at, booked
        )
        if record.is_fee_charged:
            outside = "payments_outside_shopify"
            yield Entry("handling_fee", outside, record.id, record.fee, fee_at)
    if at.first:
        for account, sign in (("label_expense", 1), ("label_payable", -1)):
            cost = sign * record.labels
            yield Entry("label_cost", account, record.id, cost, at.first)


def _of_goods(
    record: Return, done: datetime, booked: datetime | None
) -> Iterator[Entry]:
    for unit in record.units:
        raw, source = unit.raw, str(unit.raw["line_item_id"])
        for kind, account, value in (
            ("goods", "sales_returns", unit.net + amount(raw["discount"])),
            ("discount", "sales_discounts", -amount(raw["discount"])),
            ("tax", "tax_payable", unit.tax),
        ):
            yield Entry(kind, account, source, value, done, booked)
        if (raw.get("outcome") or "").lower() in KEPT:
            for account, sign in (("goods_written_off", 1), ("sales_returns", -1)):
                kept = sign * unit.net
                yield Entry("keep_item_write_off", account, source, kept, done, booked)


def _of_money(
    record: Return, done: datetime, booked: datetime | None, credit: Decimal
) -> Iterator[Entry]:
    """Yield the entries of a refund, which includes shipping if it exceeds the goods' value.

    `credit` is what went back to a gift card: it pays for the goods first, then for
    shipping that the refund does not include.
    """
    within = record.full - record._given  # noqa: SLF001
    tax = amount(record.raw.get("refund_shipping_tax_total"))
    beside = ZERO if within else record.shipping + tax
    income = min(within, record.shipping)
    card = min(credit, record.refund)
    rest = min(credit - card, beside)
    for kind, account, value in (
        ("refund", "payments", card - record.refund),
        ("refund", "store_credit", -card),
        ("shipping", "shipping_income", income if within else record.shipping),
        ("shipping_tax", "tax_payable", within - income if within else tax),
        ("shipping_refund", "payments", rest - beside),
        ("shipping_refund", "store_credit", -rest),
    ):
        yield Entry(kind, account, record.id, value, done, booked)


def _of_exchange(shop: Shop, record: Return, done: datetime) -> Iterator[Entry]:
    made = _exchange_order(shop, record)
    booked = made.processed if made else None
    for item in record.raw["exchanges"]:
        for kind, account, value in (
            ("exchange_goods", "exchange_sales", -amount(item["price"])),
            ("exchange_discount", "sales_discounts", amount(item["discount"])),
            ("exchange_tax", "tax_payable", -amount(item["tax"])),
        ):
            yield Entry(kind, account, str(item["exchange_id"]), value, done, booked)
    yield Entry("upsell", "payments_outside_shopify", record.id, record.upsell, done)
    bonus = max(record.exchange_total - record.upsell - record.exchanged_value, ZERO)
    yield Entry("bonus_on_exchange", "bonus_credit", record.id, bonus, done, booked)


def _left_over(record: Return, entries: list[Entry]) -> Iterator[Entry]:
    rest = -sum((one.amount for one in entries), ZERO)
    kinds = {one.entry_type for one in entries}
    is_complete = (
        "goods" in kinds
        or "tax" in kinds
        or all(unit.net + unit.tax == 0 for unit in record.units)
    )
    is_complete &= not record.refund or "refund" in kinds
    is_complete &= not record.gift_card or "store_credit_issued" in kinds
    is_complete &= not record.has_exchange_items or "exchange_goods" in kinds
    account = "rounding" if abs(rest) <= CENTS_OF_ROUNDING else "suspense"
    first = min((one.loop for one in entries if one.loop), default=None)
    yield Entry(
        "loop_difference" if is_complete else "to_come",
        account if is_complete else "returns_clearing",
        record.id,
        rest,
        first,
    )


def _refunds_of_returns(shop: Shop) -> dict[str, list[Json]]:
    """Find the refunds of each return: those that Loop names, else one of the same value."""
    found: dict[str, list[Json]] = defaultdict(list)
    by_id = {digits(one["id"]): one for one in shop.raw["refunds"]}
    taken: set[str | None] = set()
    silent: list[tuple[Return, str]] = []
    for record in sorted(shop.returns, key=lambda one: one.id):
        names = [
            digits(one["provider_refund_id"])
            for one in record.raw.get("shopify_refund_object") or []
        ]
        found[record.id] = [by_id[n] for n in names if n in by_id and n not in taken]
        taken |= set(names)
        if record.is_realised and not names and record.order:
            silent.append((record, record.order.id))
    for record, order in silent:
        finished = _done(record, "return") or moment(record.raw["updated_at"])
        same = [
            (abs((at - finished).total_seconds()), number, refund)
            for number, refund in by_id.items()
            if number not in taken
            and digits(refund["order"]["id"]) == order
            and _goods(refund) == record.total
            and (at := moment(refund["createdAt"]))
            and finished
        ]
        if same and record.raw.get("was_processed"):
            _, number, refund = min(same, key=lambda one: one[:2])
            found[record.id].append(refund)
            taken.add(number)
    return found


def _to_credit(shop: Shop, refunds: list[Json]) -> Decimal:
    """Add up the payments of the refunds that went back to a gift card.

    A payment is made at the same time as its refund.
    """
    return sum(
        (
            amount(payment["amountSet"]["shopMoney"]["amount"])
            for payment in shop.raw["transactions"]
            for refund in refunds
            if payment["gateway"] in CREDIT
            and payment["kind"] == "REFUND"
            and payment["status"] == "SUCCESS"
            and payment["order"]["id"] == refund["order"]["id"]
            and payment["createdAt"] == refund["createdAt"]
        ),
        ZERO,
    )


def _goods(refund: Json) -> Decimal:
    """Add up the goods of a refund, with tax."""
    return sum(
        (
            amount(part[side]["shopMoney"]["amount"])
            for part in refund["refundLineItems"]
            for side in ("subtotalSet", "totalTaxSet")
        ),
        ZERO,
    )


def _credit_given(
    shop: Shop,
) -> dict[Key, list[tuple[datetime, str, Return, Decimal]]]:
    """Store credit by customer and currency, issued or paid back to a gift card."""
    issued: dict[Key, list[tuple[datetime, str, Return, Decimal]]] = defaultdict(list)
    refunds = _refunds_of_returns(shop)
    for record in shop.returns:
        if not (record.is_realised and record.order and record.order.customer):
            continue
        key: Key = (record.order.customer, record.currency)
        given: dict[datetime, Decimal] = defaultdict(Decimal)
        for one in _entries(shop, record, refunds.get(record.id, [])):
            if one.account == "store_credit" and one.amount and one.loop:
                given[one.loop] -= one.amount
        for at, value in given.items():
            issued[key].append((at, record.id, record, value))
    return issued


def _redeemed(shop: Shop) -> Iterator[tuple[Return, Json, Decimal]]:
    """Yield what payments redeem of each customer's credit, the oldest credit first."""
    left = {
        key: [[at, number, record, value] for at, number, record, value in cards]
        for key, cards in _credit_given(shop).items()
    }
    for spent_at, _, key, payment, value in sorted(
        _credit_spent(shop), key=lambda one: one[:2]
    ):
        rest = value
        parts: dict[str, tuple[Return, Decimal]] = {}
        for card in sorted(left.get(key, []), key=lambda one: one[:2]):
            at, number, record, balance = card
            part = min(balance, rest) if at < spent_at else ZERO
            card[3] -= part
            rest -= part
            if part:
                _, known = parts.get(number, (record, ZERO))
                parts[number] = record, known + part
        for record, part in parts.values():
            yield record, payment, part


def _credit_spent(
    shop: Shop,
) -> Iterator[tuple[datetime, str, Key, Json, Decimal]]:
    """The payments by gift card or store credit, less what was paid back outside Loop."""
    paid: dict[str, list[tuple[datetime, str, Json]]] = defaultdict(list)
    paid_back: dict[str, Decimal] = defaultdict(Decimal)
    for payment in shop.raw["transactions"]:
        at = moment(payment["createdAt"])
        if payment["gateway"] in CREDIT and payment["status"] == "SUCCESS" and at:
            order = str(digits(payment["order"]["id"]))
            if payment["kind"] == "REFUND":
                paid_back[order] += amount(payment["amountSet"]["shopMoney"]["amount"])
            elif payment["kind"] in {"SALE", "CAPTURE"}:
                paid[order].append((at, str(digits(payment["id"])), payment))
    refunds = _refunds_of_returns(shop)
    for record in shop.returns:
        if record.is_realised and record.order:
            for one in _entries(shop, record, refunds[record.id]):
                if one.account == "store_credit" and one.entry_type != (
                    "store_credit_issued"
                ):
                    paid_back[record.order.id] += one.amount
    for number, payments in paid.items():
        if (order := shop.by_id.get(number)) is None:
            continue
        # The newest payment is paid back first.
        for at, source, payment in sorted(payments, reverse=True, key=lambda p: p[:2]):
            value = amount(payment["amountSet"]["shopMoney"]["amount"])
            back = min(max(paid_back[number], ZERO), value)
            paid_back[number] -= back
            yield at, source, (order.customer, order.currency), payment, value - back
