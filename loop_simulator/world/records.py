"""The records of a world: people, products, orders and returns.

All amounts are US cents and all times are seconds since 1970 UTC. A return has only
decisions and money; ``wire.return_json`` builds Loop's JSON from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from loop_simulator import money, timestamps

STATES = ("open", "closed", "cancelled", "expired", "review")
"""All states a return can be in, as documented for the list endpoint."""
DAYS_TO_SHIP = 2
"""Days from the creation of an order until it is sent."""


@dataclass(slots=True)
class Product:
    """A product with all its variants."""

    id: int
    title: str
    kind: str
    vendor: str
    tags: list[str]
    created: int
    propensity: float
    variants: list[Variant] = field(default_factory=list)
    gift_card: bool = False
    subscribable: bool = False
    custom: bool = False
    """Whether staff type the product into an order, so it is not in the catalogue."""
    deleted: int | None = None
    """When the product was deleted from the catalogue; None if it was not."""

    @property
    def is_listed(self) -> bool:
        """Whether the product is in the catalogue today."""
        return not self.custom and self.deleted is None

    @property
    def is_offered(self) -> bool:
        """Whether the product may be sent out in exchange."""
        return self.is_listed and not self.gift_card


@dataclass(slots=True)
class Variant:
    """One size and colour of a product, which is what shoppers buy."""

    id: int
    product: Product
    title: str
    sku: str
    price: int
    barcode: str
    fit: float = 1.0
    runs_small: bool = False
    """Whether most returns of the variant have the reason that it is too small."""


@dataclass(slots=True)
class Address:
    """Where somebody lives."""

    street: str
    city: str
    region: str
    postcode: str
    country: str
    country_code: str


@dataclass(slots=True)
class Channel:
    """The acquisition channel of an order, with factors of its returns and its discounts."""

    source: str
    medium: str
    campaign: str
    referrer: str
    propensity: float
    discounting: float


@dataclass(slots=True)
class Customer:
    """A shopper; a guest has no id in the shop."""

    id: int | None
    first_name: str
    last_name: str
    email: str
    address: Address
    created: int
    currency: str = "USD"
    subscription: Subscription | None = None


@dataclass(slots=True)
class Subscription:
    """A subscription to one variant."""

    id: int
    recharge_customer_id: int
    variant: Variant
    quantity: int
    every_days: int
    created: int
    updated: int
    cancelled: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class OrderLine:
    """One line of an order; discounts and tax are totals of all its units."""

    variant: Variant
    quantity: int
    price: int
    line_discount: int = 0
    order_discount: int = 0
    tax: int = 0
    id: int = 0
    exchange: bool = False
    subscription: Subscription | None = None
    removed: int = 0
    """Units that an edit removed before they were sent; ``quantity`` still includes
    them."""

    @property
    def discount(self) -> int:
        """All discounts of the line, cents."""
        return self.line_discount + self.order_discount


@dataclass(slots=True)
class StaffRefund:
    """A refund that staff made in Shopify, without a return in Loop."""

    moment: int
    units: list[tuple[OrderLine, int]]
    """The refunded order lines, each with its number of units."""
    restock: str
    """Shopify's restock type in lower case; ``cancel`` if the units were never sent."""


@dataclass(slots=True)
class Order:
    """An order as the shop knows it."""

    created: int
    customer: Customer
    channel: Channel
    lines: list[OrderLine]
    role: str = "customer"
    source: str = "web"
    number: int = 0
    id: int = 0
    name: str = ""
    updated: int = 0
    shipping: int = 0
    shipping_tax: int = 0
    currency: str = "USD"
    tax_permille: int = 0
    taxes_included: bool = False
    """Whether prices, discounts and shipping contain the tax."""
    code: str | None = None
    tags: list[str] = field(default_factory=list)
    test: bool = False
    cancelled: int | None = None
    credit_used: int = 0
    gateway: str = "shopify_payments"
    root: Order | None = None
    returns: list[Return] = field(default_factory=list)
    in_shopify: bool = True
    exchange_count: int = 0
    ordinal: int = 0
    staff_refunds: list[StaffRefund] = field(default_factory=list)
    payment_failed: bool = False
    """Whether a first attempt to pay failed."""

    @property
    def goods(self) -> int:
        """Price in cents, before discounts, of everything bought."""
        return sum(line.price * line.quantity for line in self.bought)

    @property
    def bought(self) -> list[OrderLine]:
        """The lines of the purchase itself, without natively exchanged ones."""
        return [line for line in self.lines if not line.exchange]

    @property
    def discounts(self) -> int:
        """All discounts, cents."""
        return sum(line.discount for line in self.bought)

    @property
    def tax(self) -> int:
        """All tax in cents, including the tax on shipping."""
        return sum(line.tax for line in self.bought) + self.shipping_tax

    @property
    def total(self) -> int:
        """Amount to be paid, cents."""
        tax = 0 if self.taxes_included else self.tax
        return self.goods - self.discounts + self.shipping + tax

    def shipped(self, now: int) -> int | None:
        """Return when the goods were sent, None if they were not."""
        moment = self.created + DAYS_TO_SHIP * timestamps.DAY
        return moment if self.cancelled is None and moment <= now else None

    def tax_of(self, price: int) -> int:
        """Return the tax included in or added to a price, in cents."""
        whole = 1_000 + self.tax_permille if self.taxes_included else 1_000
        return money.share(price, self.tax_permille, whole)

    def tax_within(self, tax: int) -> int:
        """Return the part of a tax that is included in prices: all of it or nothing."""
        return tax if self.taxes_included else 0


@dataclass(slots=True)
class ReturnLine:
    """One returned unit."""

    line: OrderLine | None
    variant: Variant
    price: int
    discount: int
    tax: int
    choice: str
    id: int = 0
    refund_item: int = 0
    refund_tax: int = 0
    parent_reason: str | None = None
    reason: str | None = None
    comment: str | None = None
    wanted: Variant | None = None
    condition: tuple[str, str] | None = None
    disposition: str | None = None
    kept: bool = False

    @property
    def net(self) -> int:
        """Value of the unit for the shopper in cents, tax included."""
        return self.price - self.discount + self.tax


@dataclass(slots=True)
class ExchangeItem:
    """One unit sent out in exchange."""

    variant: Variant
    price: int
    discount: int
    tax: int
    id: int = 0
    out_of_stock: bool = False

    @property
    def total(self) -> int:
        """Price of the unit for the shopper in cents, tax included."""
        return self.price - self.discount + self.tax


@dataclass(slots=True)
class Label:
    """One parcel label; the rate is in cents."""

    carrier: str
    tracking: str
    rate: int
    status: str
    updated: int
    line_ids: list[int]
    former: list[tuple[str, int]] = field(default_factory=list)
    """Earlier statuses of the parcel, each with its time."""


@dataclass(slots=True)
class Return:
    """A return with its decisions, its money in cents and its times."""

    order: Order
    created: int
    state: str
    lines: list[ReturnLine]
    items: list[ExchangeItem] = field(default_factory=list)
    id: int = 0
    updated: int = 0
    edited: int | None = None
    closed: int | None = None
    cancelled: int | None = None
    """When the return was cancelled; no field of Loop's API shows this time."""
    processed: int | None = None
    exchanged: int | None = None
    outcome_text: str | None = None
    """``outcome`` as served."""
    remainder: str = "refund"
    """How value left after an exchange is paid out: ``refund`` or ``credit``."""
    kind: str = "standard"
    """``type`` as served."""
    native: bool = False
    """Whether exchanged units become lines of the original order, not a new order."""
    is_exchange_appended: bool = False
    """Whether the exchanged units are already lines of the original order."""
    instant: bool = False
    """Whether exchanged units are sent before the parcel arrives."""
    fee: int = 0
    """The handling fee."""
    is_fee_charged: bool = False
    """Whether the fee is charged through Stripe and not deducted from the refund."""
    bonus: int = 0
    """Bonus credit for choosing an exchange or credit."""
    shipping_refund: int = 0
    shipping_tax_refund: int = 0
    refund: int = 0
    gift_card: int = 0
    upsell: int = 0
    exchange_credit: int = 0
    labels: list[Label] = field(default_factory=list)
    exchange_order: Order | None = None
    gift_card_order: Order | None = None
    email: str | None = None
    notes: int = 0
    refund_failed: bool = False
    """Whether a first attempt to pay the refund failed."""
    refund_pending: bool = False
    """Whether the payment of the refund has not arrived."""
    negative_price: bool = False
    """Whether line prices are served as negative amounts."""
    variation: int = 0
    """A number that determines optional parts of the JSON, such as a drop-off or a
    note."""

    @property
    def value(self) -> int:
        """``return_total``: goods minus discount plus tax, cents."""
        return sum(line.net for line in self.lines)

    @property
    def exchange_value(self) -> int:
        """``exchange_total``, cents."""
        return sum(item.total for item in self.items)


@dataclass(slots=True)
class Planted:
    """Goods that are returned about twice as often as similar goods; tests look for them."""

    styles: list[Product] = field(default_factory=list)
    sizes: list[tuple[str, str]] = field(default_factory=list)
    """Product types, each with its size that runs small."""


@dataclass(slots=True)
class World:
    """Everything that exists at the start, in order of creation."""

    name: str
    seed: int
    now: int
    products: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    replication: Replication | None = None
    """The replication, if this world is replica 0 of a larger shop."""
    planted: Planted = field(default_factory=Planted)
    zone: str = "UTC"
    """The shop's time zone, in which Shopify's reports count days."""
    charges_fees: bool = False
    """Whether handling fees are charged through Stripe and not deducted."""


@dataclass(frozen=True)
class Shopper:
    """A customer or a guest with all their orders, which contain the returns."""

    customer: Customer
    orders: list[Order]

    @property
    def returns(self) -> list[Return]:
        """All returns of all orders."""
        return [record for order in self.orders for record in order.returns]


@dataclass(frozen=True)
class Replication:
    """The parameters that make a large shop from a small one, see ``generated.replicas``."""

    first: World
    """Replica 0, the original."""
    last: World
    """The last replica, with its own keys and times."""
    count: int
    """Number of replicas, the original included."""
    key_step: int
    """Increase of every key counter from one replica to the next."""
