"""One shopper's history: orders, returns, exchange orders, repurchases.

It depends on the seed and the shopper's index only.
"""

from __future__ import annotations

from dataclasses import dataclass

from loop_simulator import money
from loop_simulator.timestamps import DAY, HOUR
from loop_simulator.world import channels
from loop_simulator.world.generated import odds, people, staff
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.generated.returns import Policy, maybe_return
from loop_simulator.world.records import (
    Channel,
    Order,
    OrderLine,
    Product,
    Return,
    Subscription,
    Variant,
)

SUBSCRIPTION_APP = "subscription_contract"
FREE_SHIPPING = 10_000
"""Order value in cents from which shipping is free."""
MOST_RETURNS = 3
"""Maximum number of returns of one order."""
SUBSCRIPTION_ID = 310_000_000
RECHARGE_CUSTOMER_ID = 91_000_000


@dataclass
class Shop:
    """Settings that all histories of a shop share."""

    start: int
    now: int
    products: list[Product]
    policy: Policy

    def __post_init__(self) -> None:
        """Group the products: those for sale, those for subscriptions, and the gift card."""
        goods = [p for p in self.products if not p.gift_card]
        self.for_sale = [
            p for i, p in enumerate(goods) for _ in range(25 - 2 * (i % 7))
        ]
        self.subscribable = [p for p in goods if p.subscribable]
        self.gift_card = self.products[-1]


class ShopperHistory:
    """One shopper's orders and returns, from the first order to now."""

    def __init__(
        self, shop: Shop, rng: RandomStream, index: int, max_returns: int
    ) -> None:
        """Build the history; it has at most ``max_returns`` returns."""
        self.shop, self.rng, self.index = shop, rng, index
        self.max_returns = max_returns
        self.orders: list[Order] = []
        self.returns: list[Return] = []
        span = shop.now - shop.start
        late = max(rng.random(), rng.random() * 1.1 % 1.0)
        begin = shop.start + int(span * (0.3 * rng.random() + 0.7 * late))
        self.customer = people.customer(rng, index, begin - rng.between(30, 900))
        if self.customer.id and rng.chance(odds.SUBSCRIBER):
            self._subscribe(begin)
        else:
            self._buy(begin)

    def _subscribe(self, begin: int) -> None:
        """Add a subscription, charged every month or two, and its orders."""
        rng = self.rng
        variant = rng.one_of(rng.one_of(self.shop.subscribable).variants)
        plan = Subscription(
            id=SUBSCRIPTION_ID + self.index,
            recharge_customer_id=RECHARGE_CUSTOMER_ID + self.index,
            variant=variant,
            quantity=rng.between(1, 2),
            every_days=rng.one_of((30, 30, 60)),
            created=begin,
            updated=begin,
        )
        self.customer.subscription = plan
        moment, first = begin, True
        while moment < self.shop.now:
            order = self._order(moment, channels.FIRST if first else channels.AGAIN)
            line = self._line(variant, plan.quantity, order)
            line.subscription = plan
            order.lines = [line]
            self._finish(order)
            order.source = SUBSCRIPTION_APP
            kind = "First" if first else "Recurring"
            order.tags = ["Subscription", f"Subscription {kind} Order"]
            self._maybe_return(order)
            if rng.chance(odds.CANCELLED_SUBSCRIPTION):
                plan.cancelled = min(moment + rng.between(1, 20) * DAY, self.shop.now)
                plan.updated = plan.cancelled
                plan.reason = rng.one_of(
                    ("Too much product", "Too expensive", "Moving house")
                )
                return
            plan.updated = moment
            moment, first = (
                moment + plan.every_days * DAY + rng.between(0, HOUR),
                False,
            )

    def _buy(self, begin: int) -> None:
        """Add orders and returns until the shopper does not come back."""
        moment, first, credit = begin, True, 0
        rng = self.rng
        while moment < self.shop.now:
            order = self._basket(moment, first=first)
            if credit:
                order.credit_used = min(credit, order.total)
                order.gateway = (
                    "gift_card" if order.credit_used == order.total else order.gateway
                )
            response = self._maybe_return(order)
            if response is None:
                staff.maybe_refund(order, rng, self.shop.now)
            outcome = "none" if response is None else _outcome(response)
            again = odds.REPURCHASE[outcome] * (
                odds.GUEST_REPURCHASE if self.customer.id is None else 1.0
            )
            credit = response.gift_card if response and response.gift_card_order else 0
            if order.test or not rng.chance(again):
                return
            since = (
                order.created
                if response is None
                else max(response.created, order.created)
            )
            moment = since + rng.skewed_low(6, 150) * DAY + rng.between(0, DAY)
            first = False

    def _basket(self, moment: int, *, first: bool) -> Order:
        """Fill an order with one to four lines."""
        rng = self.rng
        order = self._order(moment, channels.FIRST if first else channels.AGAIN)
        for _ in range(rng.weighted(((1, 52), (2, 30), (3, 13), (4, 5)))):
            product = rng.one_of(self.shop.for_sale)
            while product.deleted is not None and product.deleted <= moment:
                product = rng.one_of(self.shop.for_sale)
            variant = rng.one_of(product.variants)
            quantity = 1 if rng.chance(odds.ONE_UNIT) else rng.between(2, 3)
            if all(line.variant is not variant for line in order.lines):
                order.lines.append(self._line(variant, quantity, order))
        if rng.chance(odds.GIFT_CARD_BOUGHT):
            card = rng.one_of(self.shop.gift_card.variants)
            order.lines.append(OrderLine(card, 1, card.price))
        if rng.chance(odds.DISCOUNT_CODE * order.channel.discounting):
            self._discount(order, rng.one_of((10, 10, 15, 20)))
        staff.maybe_add_line(order, rng)
        self._finish(order)
        if rng.chance(odds.POINT_OF_SALE):
            order.source, order.channel = "pos", channels.DIRECT
        elif rng.chance(odds.TEST_ORDER):
            order.test = True
        elif rng.chance(odds.CANCELLED_ORDER):
            order.cancelled = order.updated = min(
                moment + rng.between(1, 30) * HOUR, self.shop.now
            )
        else:
            staff.maybe_edit(order, rng, self.shop.now)
        return order

    def _order(self, moment: int, mix: tuple[tuple[Channel, float], ...]) -> Order:
        """Open an empty order of this shopper."""
        order = Order(
            created=moment,
            updated=moment,
            customer=self.customer,
            channel=self.rng.weighted(mix),
            lines=[],
            currency=self.customer.currency,
            tax_permille=people.tax_permille(self.customer),
            taxes_included=people.taxes_included(self.customer),
            gateway="paypal" if self.rng.chance(odds.PAYPAL) else "shopify_payments",
            in_shopify=not self.rng.chance(odds.NOT_IN_SHOPIFY),
            payment_failed=self.rng.chance(odds.FAILED_PAYMENT),
        )
        self.orders.append(order)
        return order

    def _line(self, variant: Variant, quantity: int, order: Order) -> OrderLine:
        """Return an order line, perhaps at a sale price."""
        line = OrderLine(variant, quantity, variant.price)
        if self.rng.chance(odds.SALE_PRICE * order.channel.discounting):
            line.line_discount = quantity * (variant.price // 5)
        return line

    def _discount(self, order: Order, percent: int) -> None:
        """Apply a code to the whole order, shared out over its lines."""
        order.code = f"WELCOME{percent}"
        for line in order.lines:
            if not line.variant.product.gift_card:
                worth = line.price * line.quantity - line.line_discount
                line.order_discount = money.share(worth, percent, 100)

    def _finish(self, order: Order) -> None:
        """Add tax and shipping."""
        for line in order.lines:
            if not line.variant.product.gift_card:
                worth = line.price * line.quantity - line.discount
                line.tax = order.tax_of(worth)
        if order.goods - order.discounts < FREE_SHIPPING:
            order.shipping = 695
            order.shipping_tax = order.tax_of(695)
        order.updated = min(order.created + self.rng.between(1, 6) * DAY, self.shop.now)

    def _maybe_return(self, order: Order) -> Return | None:
        """Add returns of an order and of its exchange orders; return the first."""
        first: Return | None = None
        last = None
        while self.max_returns > 0 and len(order.returns) < MOST_RETURNS:
            last = maybe_return(order, self.rng, self.shop.policy, last)
            if last is None:
                break
            self.max_returns -= 1
            self.returns.append(last)
            first = first or last
            for made in (last.exchange_order, last.gift_card_order):
                if made is not None:
                    self.orders.append(made)
            if last.exchange_order is not None:
                self._maybe_return(last.exchange_order)
        return first


def _outcome(record: Return) -> str:
    """Return the main outcome, which determines the probability of a repurchase."""
    if record.state in ("cancelled", "review"):
        return "none"
    if record.items:
        return "exchange"
    return "credit" if record.gift_card else "refund"
