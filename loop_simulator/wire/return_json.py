"""A return as the list endpoint shows it: every documented and every observed field.

This is the documented form; ``variants`` changes it by the switches.
"""

from __future__ import annotations

from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.world import (
    EXCHANGE_ID,
    LOOP_ORDER_ID,
    ExchangeItem,
    Label,
    Return,
    ReturnLine,
)

Json = dict[str, Any]

NONE_VALUES = ("N/A", "")
"""Loop's two values for "none" other than null."""
SHOP_ID = 12
DESTINATION_ID = 3_001
REFUND_ID = 880_000_000_000
LOCATION_ID = 9_100_000_001


def return_to_json(record: Return) -> Json:
    """Return one return with its lines, exchanges and labels."""
    body = _head(record)
    body.update(_totals(record))
    body.update(_parcel(record))
    body.update(_processing(record))
    body["labels"] = [_label(record, label) for label in record.labels]
    body["line_items"] = [_line(record, line) for line in record.lines]
    body["exchanges"] = [_exchange(record, item) for item in record.items]
    return body


def _head(record: Return) -> Json:
    """Return the fields about order, customer, times and outcome."""
    order = record.order
    address = order.customer.address
    digits = order.number
    return {
        "id": str(record.id),
        "state": record.state,
        "created_at": timestamps.offset(record.created),
        "updated_at": timestamps.offset(record.updated),
        "edited_at": None
        if record.edited is None
        else timestamps.offset(record.edited),
        "total": money.text(record.refund + record.gift_card),
        "outcome": record.outcome_text,
        "order_id": str(LOOP_ORDER_ID + order.number),
        "order_name": order.name,
        "order_number": str(max(digits - 1_000, 1)),
        "provider_order_id": str(order.id),
        "provider_order_number": str(digits),
        "customer": record.email or order.customer.email,
        "origin_country": address.country,
        "origin_country_code": address.country_code,
        "multi_currency": order.currency != "USD",
        "currency": "USD",
        "type": record.kind,
    }


def _totals(record: Return) -> Json:
    """Return the amounts of the whole return."""
    text = money.text
    lines, items = record.lines, record.items
    credit_order = record.gift_card_order
    return {
        "return_product_total": text(sum(line.price for line in lines)),
        "return_discount_total": text(sum(line.discount for line in lines)),
        "return_tax_total": text(sum(line.tax for line in lines)),
        "return_total": text(record.value),
        "return_credit_total": text(record.exchange_credit + record.gift_card),
        "exchange_product_total": text(sum(item.price for item in items)),
        "exchange_discount_total": text(sum(item.discount for item in items)),
        "exchange_tax_total": text(sum(item.tax for item in items)),
        "exchange_total": text(record.exchange_value),
        "exchange_credit_total": text(record.exchange_credit),
        "gift_card": text(record.gift_card),
        "handling_fee": text(record.fee),
        "refund": text(record.refund),
        "upsell": text(record.upsell),
        "refund_shipping_total": text(record.shipping_refund),
        "refund_shipping_tax_total": text(record.shipping_tax_refund),
        "gift_card_order_name": None if credit_order is None else credit_order.name,
        "gift_card_order_id": None if credit_order is None else str(credit_order.id),
        "gift_card_presentment": _gift_card_presentment(record),
        "presentment": _presentment(record),
    }


def _gift_card_presentment(record: Return) -> Json | None:
    """Return the store credit in the shopper's currency; the inner keys are a guess."""
    currency = record.order.currency
    if currency == "USD" or not record.gift_card:
        return None
    return {
        "value": money.text(money.converted(record.gift_card, currency)),
        "currency": currency,
    }


def _presentment(record: Return) -> Json | None:
    """Return the main totals in the shopper's currency; the inner keys are a guess."""
    currency = record.order.currency
    if currency == "USD":
        return None
    amounts = {
        "return_total": record.value,
        "exchange_total": record.exchange_value,
        "refund": record.refund,
        "gift_card": record.gift_card,
        "upsell": record.upsell,
    }
    return {"currency": currency} | {
        name: money.text(money.converted(amount, currency))
        for name, amount in amounts.items()
    }


def _none(record: Return, salt: int) -> str:
    """Return ``N/A`` or the empty text, always the same for one return and salt."""
    return NONE_VALUES[(record.variation >> salt) & 1]


def _parcel(record: Return) -> Json:
    """Return the first label's fields, the return method and the links."""
    label = record.labels[0] if record.labels else None
    return {
        "carrier": label.carrier if label else _none(record, 1),
        "tracking_number": label.tracking if label else _none(record, 2),
        "label_status": label.status if label else "N/A",
        "label_url": f"https://labels.example.test/{label.tracking}.png"
        if label
        else None,
        "label_rate": label.rate if label else None,
        "label_updated_at": timestamps.offset(label.updated) if label else "N/A",
        "status_page_url": f"https://demo-shop.loopreturns.example/#/return/{uuid(record)}",
        "destination_id": DESTINATION_ID + record.variation % 3 if label else None,
        "package_reference": f"PKG-{record.id}" if record.variation % 9 == 0 else None,
        "return_method": _method(record),
    }


def uuid(record: Return) -> str:
    """Return the return's id in public links."""
    text = f"{record.variation * 0x9E3779B97F4A7C15:024x}"
    return f"{text[:8]}-{text[8:12]}-4{text[12:15]}-a{text[15:18]}-{record.id:012d}"


def _method(record: Return) -> Json | None:
    """Return the return method."""
    if not record.labels:
        return None
    address = record.order.customer.address
    happy = record.variation % 12 == 0
    return {
        "provider": "happy_returns" if happy else "easypost",
        "method_type": "drop_off" if happy else "mail",
        "state": record.labels[0].status,
        "rma_id": f"RMA{record.id}",
        "qr_code_url": f"https://labels.example.test/qr/{record.id}.png"
        if happy
        else None,
        "scheduled_at": None,
        "scannable_id": f"HR{record.id}" if happy else None,
        "address": {
            "name": f"{record.order.customer.first_name} {record.order.customer.last_name}",
            "company": None,
            "address1": address.street,
            "address2": None,
            "city": address.city,
            "state": address.region or None,
            "zip": address.postcode,
            "country": address.country,
            "country_code": address.country_code,
            "phone": None,
            "coordinates": None,
        },
    }


def _processing(record: Return) -> Json:
    """Return the times at which each outcome was processed, and the refund in Shopify."""
    done, swapped = record.processed, record.exchanged
    return {
        "refund_before_inspection": record.variation % 25 == 0,
        "was_processed": done is not None,
        "outcomes_processed_at": {
            "return_processed": _php(done),
            "refund_processed": _php(done) if record.refund else None,
            "gift_card_processed": _php(done) if record.gift_card else None,
            "exchange_processed": _php(swapped) if record.items else None,
            "shop_cash_processed": None,
        }
        if done is not None or swapped is not None
        else None,
        "shopify_refund_object": [_shop_refund(record)] if refunded(record) else [],
    }


def refunded(record: Return) -> bool:
    """Return whether money was refunded through Shopify."""
    return bool(record.refund + record.shipping_refund) and record.processed is not None


def refund_id(record: Return) -> int:
    """Return Shopify's id of a return's refund."""
    return REFUND_ID + record.id


def _php(moment: int | None) -> Json | None:
    """Return a PHP date object, or None."""
    return None if moment is None else timestamps.php(moment)


def _shop_refund(record: Return) -> Json:
    """Return Loop's record of the refund that it made in Shopify."""
    moment = record.processed or record.created
    return {
        "id": record.id - 80_000_000,
        "return_id": record.id,
        "provider_refund_id": refund_id(record),
        "provider_created_at": timestamps.space(moment),
        "created_at": timestamps.space(moment + 1),
        "updated_at": timestamps.space(moment + 1),
    }


def _label(record: Return, label: Label) -> Json:
    """Return one parcel label; the rate is in cents."""
    return {
        "status": label.status,
        "updated_at": timestamps.offset(label.updated),
        "url": f"https://labels.example.test/{label.tracking}.png",
        "rate": label.rate,
        "carrier": label.carrier,
        "tracking_number": label.tracking,
        "line_items": [
            record.lines[position].id
            for position in label.line_ids
            if position < len(record.lines)
        ],
    }


def _line(record: Return, line: ReturnLine) -> Json:
    """Return one returned unit."""
    variant = line.variant
    inspected = timestamps.offset(record.closed) if record.closed else None
    return {
        "line_item_id": str(line.id),
        "provider_line_item_id": str(line.line.id) if line.line else None,
        "product_id": str(variant.product.id),
        "variant_id": str(variant.id),
        "sku": variant.sku,
        "title": f"{variant.product.title} - {variant.title}",
        "price": money.text(-line.price if record.negative_price else line.price),
        "discount": money.text(line.discount),
        "tax": money.text(line.tax),
        "refund": money.text(line.refund_item + line.refund_tax),
        "refund_item": money.text(line.refund_item),
        "refund_tax": money.text(line.refund_tax),
        "returned_at": timestamps.space(record.created),
        "exchange_variant": str(line.wanted.id) if line.wanted else "",
        "return_reason": line.reason,
        "parent_return_reason": line.parent_reason,
        "return_comment": line.comment,
        "barcode": variant.barcode or _none(record, 3),
        "outcome": "keep" if line.kept else "default",
        "provider_restock_location_id": str(LOCATION_ID)
        if line.disposition == "back_to_stock"
        else None,
        "consolidation_tracking": None,
        "consolidation_destination_id": None,
        "condition": {
            "description": line.condition[1],
            "condition_category": line.condition[0],
            "return_processor": "North dock",
            "note": "Tag missing" if record.variation % 5 == 0 else None,
            "inspected_at": inspected,
            "images": [f"https://img.example.test/{line.id}.jpg"]
            if line.id % 4 == 0
            else [],
        }
        if line.condition
        else None,
        "disposition": {
            "disposition_outcome": line.disposition,
            "return_processor": "North dock",
            "note": None,
            "inspected_at": inspected,
        }
        if line.disposition
        else None,
    }


def _exchange(record: Return, item: ExchangeItem) -> Json:
    """Return one exchanged unit; its order is null if native or not made yet."""
    order = record.exchange_order
    return {
        "exchange_id": str(item.id or EXCHANGE_ID),
        "exchange_order_id": str(order.id) if order else None,
        "exchange_order_name": order.name if order else None,
        "product_id": str(item.variant.product.id),
        "variant_id": str(item.variant.id),
        "sku": item.variant.sku,
        "type": "exchange",
        "title": f"{item.variant.product.title} - {item.variant.title}",
        "price": money.text(item.price),
        "discount": money.text(item.discount),
        "tax": money.text(item.tax),
        "total": money.text(item.total),
        "out_of_stock": item.out_of_stock,
        "out_of_stock_resolution": "refund" if item.out_of_stock else None,
        "consolidation_tracking": None,
    }
