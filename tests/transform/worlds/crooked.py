"""A shop with the irregularities of real shops: changes the simulator's rows before
they are loaded.

`landed` changes what the taps wrote, `payloads` what the oracle reads, through the same
functions, so that both see one shop. Each function below changes one thing and chooses
its rows by `chosen`, a hash of their ids: the choice does not depend on their order.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
Streams = dict[str, list[Json]]

SETTINGS: Json = {"world": "shop", "seed": 11, "returns": 300}
"""The world of the simulator that is changed."""
CUSTOM_LINE = 99_000_000_000_000
STAFF_REFUND, EDIT = 98_000_000_000_000, 97_000_000_000_000
"""The id of a new row is one of these numbers plus the number of its order."""


def landed(schema: str, streams: Streams) -> Streams:
    """Return the rows of a tap, by stream, as the changed shop has them."""
    if schema == "tap_shopify":
        _change_shop(streams)
    if schema == "tap_loop_returns":
        units, exchanges = (
            _by_return(streams[name])
            for name in ("return_line_items", "return_exchanges")
        )
        for record in streams["returns"]:
            _change_return(record, units[record["id"]], exchanges[record["id"]])
        _date_the_first_return(streams["returns"])
    return streams


def payloads(streams: Streams) -> Streams:
    """Return the records that the oracle reads as the changed shop has them."""
    shop = {**streams, "order_refunds": streams["refunds"]}
    _change_shop(shop)
    for record in streams["returns"]:
        _change_return(record, record["line_items"], record["exchanges"])
    _date_the_first_return(streams["returns"])
    return {**streams, **shop, "refunds": shop["order_refunds"]}


def chosen(what: str, key: object, one_in: int) -> bool:
    """Return whether a row is among those that a change applies to."""
    digest = hashlib.sha256(f"{what} {key}".encode()).hexdigest()
    return int(digest, 16) % one_in == 0


def _by_return(rows: list[Json]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = defaultdict(list)
    for row in rows:
        found[row["return_id"]].append(row)
    return found


def _change_shop(shop: Streams) -> None:
    for change in SHOP_CHANGES:
        change(shop)


def _change_return(record: Json, units: list[Json], exchanges: list[Json]) -> None:
    for change in RETURN_CHANGES:
        change(record, units, exchanges)


# The shop ------------------------------------------------------------------------


def _number(global_id: str) -> int:
    return int(global_id.rsplit("/", 1)[-1])


def _money(amount: Decimal) -> Json:
    side = {"amount": str(amount), "currencyCode": "USD"}
    return {"shopMoney": side, "presentmentMoney": side}


def _amount(money: Json) -> Decimal:
    return Decimal(str(money["shopMoney"]["amount"]))


def _kind_of(product: Json) -> str:
    """Return the kind of a product: untyped, unloaded, deleted, protection or typed."""
    if product["isGiftCard"]:
        return "typed"
    kinds = ("untyped", "typed", "unloaded", "typed", "deleted", "typed", "protection")
    digest = hashlib.sha256(f"kind {product['id']}".encode()).digest()
    return kinds[digest[0] % len(kinds)]


def _products_lose_their_types(shop: Streams) -> None:
    """Products have no type, were never loaded, were deleted, or are a service."""
    kinds = {product["id"]: _kind_of(product) for product in shop["products"]}
    for product in shop["products"]:
        if kinds[product["id"]] == "untyped":
            product["productType"] = None if chosen("null", product["id"], 2) else ""
        if kinds[product["id"]] == "protection":
            product["productType"] = "Shipping Protection"
    shop["products"] = [
        product
        for product in shop["products"]
        if kinds[product["id"]] not in {"unloaded", "deleted"}
    ]
    for order in shop["orders"]:
        for line in order["lineItems"]:
            # Without a SKU too, goods of a native exchange could not be recognised.
            is_deleted = kinds.get((line["product"] or {}).get("id")) == "deleted"
            if is_deleted and line["sku"]:
                line["product"] = line["variant"] = None


def _exchanges_add_to_a_bought_line(shop: Streams) -> None:
    """A line whose goods were also bought has one unit more for a native exchange."""
    for order in shop["orders"]:
        for line in order["lineItems"]:
            is_added = bool(line["customAttributes"])
            if is_added and chosen("also bought", line["id"], 2):
                line["quantity"] = int(line["quantity"]) + 1
                line["customAttributes"] = [{"key": "_loop_exchange", "value": "1"}]


def _orders_have_custom_lines(shop: Streams) -> None:
    """A line that staff typed, or a tip, has no product, no variant and no SKU."""
    for order in shop["orders"]:
        if not chosen("custom line", order["id"], 15):
            continue
        money = _money(Decimal("12.50"))
        title = "Tip" if chosen("tip", order["id"], 3) else "Engraving"
        order["lineItems"].append(
            {
                "id": f"gid://shopify/LineItem/{CUSTOM_LINE + _number(order['id'])}",
                "product": None,
                "variant": None,
                "sku": None,
                "title": title,
                "name": title,
                "vendor": None,
                "quantity": 2,
                "originalUnitPriceSet": money,
                "totalDiscountSet": _money(Decimal(0)),
                "discountAllocations": [],
                "discountedTotalSet": _money(Decimal("25.00")),
                "isGiftCard": False,
                "customAttributes": [],
            }
        )


def _staff_refund_and_restock(shop: Streams) -> None:
    """Staff refund goods of some orders that are not cancelled and have no other refund."""
    refunded = {refund["order"]["id"] for refund in shop["order_refunds"]}
    for order in shop["orders"]:
        is_paid_back = order["id"] in refunded or order["cancelledAt"]
        if is_paid_back or not chosen("staff refund", order["id"], 12):
            continue
        is_whole = chosen("whole refund", order["id"], 2)
        lines = order["lineItems"] if is_whole else order["lineItems"][:1]
        word = ("RETURN", "NO_RESTOCK", "LEGACY_RESTOCK")[_number(order["id"]) % 3]
        amount = Decimal(0)
        parts = []
        for line in lines:
            value = _amount(line["originalUnitPriceSet"]) * int(line["quantity"])
            amount += value
            parts.append((line, int(line["quantity"]), word, value))
        _add_refund(shop, order, STAFF_REFUND, parts, amount)
        order["displayFinancialStatus"] = (
            "REFUNDED" if is_whole else "PARTIALLY_REFUNDED"
        )


def _staff_edit(shop: Streams) -> None:
    """Staff take a unit off a line before it is sent; the line keeps its whole discount."""
    for order in shop["orders"]:
        edited = [line for line in order["lineItems"] if is_edited(line)]
        if edited and not _is_silent(order):
            parts = [(line, 1, "CANCEL", Decimal(0)) for line in edited]
            _add_refund(shop, order, EDIT, parts, Decimal(0))
        for line in edited:
            line["_taken_off"] = 1


def is_edited(line: Json) -> bool:
    """Return whether staff removed a unit from a line, more often if it has several."""
    is_multiple = int(line["quantity"]) > 1 and chosen("edit", line["id"], 3)
    return is_multiple or chosen("edit", line["id"], 40)


def _is_silent(order: Json) -> bool:
    """Return whether edits of an order write no refund line, only current quantities."""
    return chosen("silent edit", order["id"], 2)


def _some_lines_have_a_current_quantity(shop: Streams) -> None:
    """The current quantity falls by refunds and by edits; some taps leave it out."""
    refunded: dict[str, int] = defaultdict(int)
    for refund in shop["order_refunds"]:
        for part in refund["refundLineItems"]:
            if part["restockType"] != "CANCEL":
                refunded[part["lineItem"]["id"]] += int(part["quantity"])
    for order in shop["orders"]:
        has_quantities = _is_silent(order) or chosen("current", order["id"], 2)
        for line in order["lineItems"]:
            off = line.pop("_taken_off", 0)
            if has_quantities:
                left = int(line["quantity"]) - off - refunded[line["id"]]
                line["currentQuantity"] = max(left, 0)


def _add_refund(
    shop: Streams,
    order: Json,
    first: int,
    parts: list[tuple[Json, int, str, Decimal]],
    amount: Decimal,
) -> None:
    """Add a refund with its lines, and a payment of the same minute if money was paid.

    A refund without money has the time of the order, so that no payment is near to it.
    """
    number = first + _number(order["id"])
    made = order["updatedAt"] if amount else order["createdAt"]
    template = shop["order_refunds"][0]
    shop["order_refunds"].append(
        {
            **template,
            "id": f"gid://shopify/Refund/{number}",
            "legacyResourceId": str(number),
            "order": {"id": order["id"]},
            "createdAt": made,
            "updatedAt": made,
            "note": "Staff",
            "refundLineItems": [
                {
                    "id": f"gid://shopify/RefundLineItem/{number + position}",
                    "lineItem": {"id": line["id"]},
                    "quantity": quantity,
                    "restockType": word,
                    "subtotalSet": _money(value),
                    "totalTaxSet": _money(Decimal(0)),
                }
                for position, (line, quantity, word, value) in enumerate(parts)
            ],
            "orderAdjustments": [],
        }
    )
    if amount:
        shop["transactions"].append(
            {
                **shop["transactions"][0],
                "id": f"gid://shopify/OrderTransaction/{number}",
                "order": {"id": order["id"]},
                "kind": "REFUND",
                "status": "SUCCESS",
                "gateway": "shopify_payments",
                "amountSet": _money(amount),
                "createdAt": made,
                "processedAt": made,
            }
        )


def _prices_include_tax(shop: Streams) -> None:
    """More orders have prices with tax; half of those that had them lose their lines' taxes."""
    for order in shop["orders"]:
        if order["taxesIncluded"] and chosen("no tax lines", order["id"], 2):
            for line in order["lineItems"]:
                line["taxLines"] = []
        if not order["taxesIncluded"] and chosen("with tax", order["id"], 8):
            order["taxesIncluded"] = True
            total = _amount(order["subtotalPriceSet"]) + _amount(
                order["totalShippingPriceSet"]
            )
            for side in order["totalPriceSet"].values():
                side["amount"] = type(side["amount"])(total)


def _orders_are_tests(shop: Streams) -> None:
    """Staff made a test order and returned it."""
    for order in shop["orders"]:
        if chosen("test", order["id"], 25):
            order["test"] = True


def _accounts_change_their_address(shop: Streams) -> None:
    """Customers change the address of their account after their orders."""
    for order in shop["orders"]:
        account = order["customer"] or {}
        if account and chosen("address", account["id"], 10):
            account["email"] = f"new.{account['email']}"


def _payments_fail_first(shop: Streams) -> None:
    """Some payments have copies that failed or are pending."""
    for payment in list(shop["transactions"]):
        for position, status in enumerate(("FAILURE", "ERROR", "PENDING"), 1):
            if chosen(status, payment["id"], 10):
                number = f"{payment['id']}{position}00000"
                shop["transactions"].append({**payment, "id": number, "status": status})


def _credit_is_shopifys_own(shop: Streams) -> None:
    """Some customers pay with Shopify's store credit."""
    for payment in shop["transactions"]:
        if payment["gateway"] == "gift_card" and chosen(
            "credit", payment["order"]["id"], 2
        ):
            payment["gateway"] = "shopify_store_credit"


def _names_begin_like_an_exchange(shop: Streams) -> None:
    """The name of an ordinary order begins with the letters of the prefix."""
    for order in shop["orders"]:
        if is_renamed(_number(order["id"])):
            order["name"] = f"EXCLUSIVE{_number(order['id'])}"


def is_renamed(order: object) -> bool:
    """Return whether an order has another name than Loop knows."""
    return chosen("name", order, 30)


def _campaigns_are_encoded(shop: Streams) -> None:
    """The same source is percent-encoded in some addresses and plain in others.

    A space in its name is a plus sign or percent-encoded.
    """
    for order in shop["orders"]:
        visit = (order.get("customerJourneySummary") or {}).get("lastVisit") or {}
        page = visit.get("landingPage") or ""
        name, found, rest = page.partition("utm_source=")
        if found and rest and chosen("encoded", order["id"], 3):
            rest = f"%{ord(rest[0]):02x}{rest[1:]}"
        if found and rest and chosen("two words", order["id"], 2):
            space = "+" if chosen("plus", order["id"], 2) else "%20"
            rest = f"the{space}{rest}"
        if found:
            visit["landingPage"] = f"{name}{found}{rest}"


SHOP_CHANGES: list[Callable[[Streams], None]] = [
    _products_lose_their_types,
    _exchanges_add_to_a_bought_line,
    _orders_have_custom_lines,
    _staff_refund_and_restock,
    _staff_edit,
    _some_lines_have_a_current_quantity,
    _prices_include_tax,
    _orders_are_tests,
    _accounts_change_their_address,
    _payments_fail_first,
    _credit_is_shopifys_own,
    _names_begin_like_an_exchange,
    _campaigns_are_encoded,
]
"""Changes of the shop's records, in this order: each takes all streams."""


# Returns -------------------------------------------------------------------------


def _date_the_first_return(returns: list[Json]) -> None:
    """The first return is made at 02:30 UTC on the first day of a month.

    In a zone west of UTC, it is then still the month before.
    """
    first = min(returns, key=lambda one: (one["created_at"], one["id"]))
    day = str(first["created_at"])[:8] + "01"
    first["created_at"] = f"{day}T02:30:00+00:00"


def _units_are_more_than_were_sold(
    record: Json, units: list[Json], _exchanges: list[Json]
) -> None:
    """All units name one line, of which fewer were sold."""
    if chosen("too many", record["id"], 3):
        for unit in units:
            unit["provider_line_item_id"] = units[0]["provider_line_item_id"]


def _units_fit_no_line(record: Json, units: list[Json], _exchanges: list[Json]) -> None:
    """The shop knows the order of a unit, but not the unit itself."""
    if chosen("unlinked", record["id"], 12):
        for unit in units:
            unit |= {
                "provider_line_item_id": None,
                "product_id": None,
                "variant_id": None,
                "sku": f"UNKNOWN-{int(record['id']) % 3}",
            }


def _units_name_no_line(
    record: Json, units: list[Json], _exchanges: list[Json]
) -> None:
    """A unit is linked by its variant or its SKU only."""
    if chosen("by variant", record["id"], 8):
        for unit in units:
            unit["provider_line_item_id"] = None


def _exchanges_name_the_order_itself(
    record: Json, _units: list[Json], exchanges: list[Json]
) -> None:
    """A native exchange names the order that it was added to."""
    for item in exchanges:
        if not item["exchange_order_id"] and chosen("itself", record["id"], 2):
            item["exchange_order_id"] = record["provider_order_id"]
            item["exchange_order_name"] = record["order_name"]


def _the_order_is_known_by_name(
    record: Json, _units: list[Json], _exchanges: list[Json]
) -> None:
    """Loop names the order of the return, but not its id."""
    order = record["provider_order_id"]
    if chosen("order by name", record["id"], 6) and not is_renamed(order):
        record["provider_order_id"] = None


def _shipping_is_refunded(
    record: Json, _units: list[Json], _exchanges: list[Json]
) -> None:
    """The refund includes the shipping of the order."""
    if Decimal(record["refund"]) > 0 and chosen("shipping", record["id"], 9):
        record["refund_shipping_total"] = "6.95"
        record["refund"] = str(Decimal(record["refund"]) + Decimal("6.95"))


def _units_are_worth_nothing(
    record: Json, units: list[Json], _exchanges: list[Json]
) -> None:
    """A free item comes back and earns its sender a credit."""
    if Decimal(record["gift_card"]) > 0 and chosen("worthless", record["id"], 3):
        for unit in units:
            unit |= {"price": "0.00", "discount": "0.00", "tax": "0.00"}


def _addresses_have_capitals(
    record: Json, _units: list[Json], _exchanges: list[Json]
) -> None:
    """The shopper typed the address with capitals."""
    if record.get("customer") and chosen("capitals", record["id"], 3):
        record["customer"] = record["customer"].upper()


RETURN_CHANGES: list[Callable[[Json, list[Json], list[Json]], None]] = [
    _units_are_more_than_were_sold,
    _units_fit_no_line,
    _units_name_no_line,
    _exchanges_name_the_order_itself,
    _the_order_is_known_by_name,
    _shipping_is_refunded,
    _units_are_worth_nothing,
    _addresses_have_capitals,
]
"""Changes of a return: each takes its header, its units and its exchange items."""
