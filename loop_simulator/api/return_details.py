"""The details endpoint: one return, with other types and names than in the list."""

from __future__ import annotations

from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.state import Store, StoredReturn
from loop_simulator.wire import (
    ITEM_MONEY_FIELDS,
    LINE_MONEY_FIELDS,
    MONEY_FIELDS,
    Request,
    Response,
    errors,
    json_response,
    refund_id,
    refunded,
)

Json = dict[str, Any]

_LOOKUPS = ("return_id", "order_id", "order_name")


def details(store: Store, request: Request) -> Response:
    """Look up a return by one of ``return_id``, ``order_id`` and ``order_name``."""
    asked = [name for name in _LOOKUPS if request.query.get(name)]
    if len(asked) != 1:
        return errors.invalid(return_id="Give one of return_id, order_id, order_name.")
    currency = request.query.get("currency_type") or "shop"
    if currency not in ("shop", "presentment"):
        return errors.invalid(currency_type="The selected currency type is invalid.")
    with store.lock:
        rows = _matches(store, asked[0], request.query[asked[0]])
        found = [detailed(row, presentment=currency == "presentment") for row in rows]
    if not found:
        return errors.no_such_return()
    many = asked[0] != "return_id" and store.switches["details_shape"] == "array"
    return json_response(found if many else found[-1], rows=len(found) if many else 1)


def _matches(store: Store, name: str, value: str) -> list[StoredReturn]:
    """Return the matching returns, oldest first."""
    if name == "return_id":
        row = store.get(value)
        return [row] if row is not None else []
    field = "provider_order_id" if name == "order_id" else "order_name"
    return store.find_by_order(field, value)


def detailed(row: StoredReturn, *, presentment: bool = False) -> Json:
    """Return a return as the details endpoint shows it."""
    body = dict(row.body())
    items = body.get("exchanges") or []
    for name in (
        "id",
        "order_id",
        "order_number",
        "provider_order_id",
        "provider_order_number",
    ):
        body[name] = as_integer(body.get(name))
    for name in ("created_at", "updated_at", "edited_at"):
        body[name] = without_zone(body.get(name))
    for name in ("origin_country", "origin_country_code", "presentment"):
        body.pop(name, None)
    for name in ("gift_card_presentment", "shopify_refund_object"):
        body.pop(name, None)
    body |= _shopper(row, body)
    body["exchange"] = body.get("exchange_total")
    for name in ("exchange_order_name", "exchange_order_id"):
        body[name] = items[0].get(name) if items else None
    body["refunds"] = _refunds(row, body)
    if isinstance(body.get("outcomes_processed_at"), dict):
        body["outcomes_processed_at"] = {
            name: value
            for name, value in body["outcomes_processed_at"].items()
            if name != "shop_cash_processed"
        }
    body["line_items"] = [_line(line) for line in body.get("line_items") or []]
    return _in_shopper_currency(row, body) if presentment else body


def as_integer(value: object) -> object:
    """Return digits as a number: details has integers where the list has strings."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


def without_zone(value: object) -> object:
    """Return a timestamp without a zone, as details shows it."""
    return (
        timestamps.space(timestamps.parse(value))
        if isinstance(value, str) and value
        else value
    )


def _shopper(row: StoredReturn, body: Json) -> Json:
    """Return the fields about the customer."""
    person = row.record.order.customer if row.record else None
    return {
        "customer_email": body.get("customer"),
        "customer_first_name": person.first_name if person else None,
        "customer_last_name": person.last_name if person else None,
    }


def _refunds(row: StoredReturn, body: Json) -> list[Json]:
    """Return the refunds; there are none until the return is processed."""
    if row.record is None or not refunded(row.record):
        return []
    return [
        {
            "gateway": row.record.order.gateway,
            "amount": body.get("refund"),
            "currency": body.get("currency"),
            "provider_refund_id": refund_id(row.record),
            "provider": "shopify",
        }
    ]


def _line(line: Json) -> Json:
    """Rename and retype one returned unit."""
    shown = dict(line)
    for name in ("line_item_id", "provider_line_item_id", "product_id", "variant_id"):
        shown[name] = as_integer(shown.get(name))
    shown["reason"] = shown.pop("return_reason", None)
    shown["parent_reason"] = shown.pop("parent_return_reason", None)
    title, _, variant = str(shown.get("title", "")).partition(" - ")
    shown |= {"line_item_title": title, "variant_title": variant or None}
    shown["image"] = f"https://img.example.test/{shown.get('product_id')}.png"
    shown["exchange_variant"] = shown.get("exchange_variant") or None
    return shown


def _in_shopper_currency(row: StoredReturn, body: Json) -> Json:
    """Convert every amount to the currency the shopper paid in."""
    currency = row.record.order.currency if row.record else "USD"
    if currency == "USD":
        return body
    _convert(body, [*MONEY_FIELDS, "exchange"], currency)
    for line in body["line_items"]:
        _convert(line, LINE_MONEY_FIELDS, currency)
    body["exchanges"] = [dict(item) for item in body.get("exchanges") or []]
    for item in body["exchanges"]:
        _convert(item, ITEM_MONEY_FIELDS, currency)
    return body | {"currency": currency}


def _convert(part: Json, names: list[str], currency: str) -> None:
    """Convert the named amounts of one object."""
    for name in names:
        if isinstance(part.get(name), str):
            part[name] = money.text(money.converted(money.cents(part[name]), currency))
