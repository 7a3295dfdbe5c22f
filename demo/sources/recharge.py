"""A simulated tap-recharge 3.x, which reads a simulator: ``python -m demo.sources.recharge``."""

from __future__ import annotations

import sys

from demo.sources.schemas import (
    ANY_OBJECT,
    FLAG,
    TEXT,
    WHOLE,
    many_or_none,
    moments,
    record,
    texts,
    thing,
)
from demo.sources.singer import Stream, Tap

_ELSEWHERE = thing(ecommerce=TEXT)
"""ReCharge's object with an id of the shop as text."""

_SUBSCRIPTIONS = record(
    "integer",
    customer_id=WHOLE,
    external_product_id=_ELSEWHERE,
    external_variant_id=_ELSEWHERE,
    quantity=WHOLE,
    is_prepaid=FLAG,
    analytics_data=thing(utm_params=many_or_none(ANY_OBJECT)),
    **moments("created_at", "updated_at", "cancelled_at", "next_charge_scheduled_at"),
    **texts("product_title", "variant_title", "sku", "status", "cancellation_reason"),
    **texts("cancellation_reason_comments", "order_interval_frequency", "price"),
    **texts("order_interval_unit", "charge_interval_frequency", "presentment_currency"),
)
_CUSTOMERS = record(
    "integer",
    external_customer_id=_ELSEWHERE,
    subscriptions_active_count=WHOLE,
    **moments("created_at", "updated_at"),
    **texts("email", "first_name", "last_name"),
)
_SHARED = {
    "external_order_id": _ELSEWHERE,
    "customer": thing(id=WHOLE, email=TEXT, external_customer_id=_ELSEWHERE),
    "line_items": many_or_none(
        thing(
            purchase_item_id=WHOLE,
            quantity=WHOLE,
            external_product_id=_ELSEWHERE,
            external_variant_id=_ELSEWHERE,
            **texts("purchase_item_type", "sku", "title", "unit_price", "total_price"),
        )
    ),
    **moments("created_at", "updated_at", "processed_at", "scheduled_at"),
    **texts("type", "status", "currency", "total_price", "tags"),
}
_ORDERS = record(
    "integer",
    is_prepaid=FLAG,
    charge=thing(id=WHOLE),
    external_order_number=_ELSEWHERE,
    **_SHARED,
)
_CHARGES = record("integer", **_SHARED)

TAP = Tap(
    name="tap-recharge",
    source="recharge",
    shapes={
        "2021-11": [
            Stream("subscriptions", _SUBSCRIPTIONS, "updated_at"),
            Stream("customers", _CUSTOMERS, "updated_at"),
            Stream("orders", _ORDERS, "updated_at"),
            Stream("charges", _CHARGES, "updated_at"),
        ]
    },
    flat_bookmarks=True,
)

if __name__ == "__main__":
    sys.exit(TAP.run())
