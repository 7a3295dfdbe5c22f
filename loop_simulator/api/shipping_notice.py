"""The advanced shipping notice (ASN): one row per unit in a parcel."""

from __future__ import annotations

import re
from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.api.return_details import as_integer, without_zone
from loop_simulator.state import Store, StoredReturn
from loop_simulator.wire import Request, Response, errors, json_response
from loop_simulator.world import STATES

Json = dict[str, Any]

LONGEST_DAYS = 120
CAPPED_SINCE = "2026-10"
"""The version from which a longer range is refused."""

_DATE_ONLY = re.compile(r"\d{4}-\d\d-\d\d")


def shipping_notice(store: Store, request: Request) -> Response:
    """Return the notice for a window of creation times."""
    try:
        first, last = _bounds(store, request.query)
    except ValueError as refused:
        return errors.invalid(from_=str(refused))
    # Both bounds may be dates, and the range then ends with the last of its days.
    days = (last - first) // timestamps.DAY
    if request.version >= CAPPED_SINCE and days > LONGEST_DAYS:
        return errors.invalid(to="The date range may not be greater than 120 days.")
    with store.lock:
        keys = [
            key
            for state in STATES
            for _, key in store.index("created_at", state).between(first, last)
        ]
        notice = [
            unit
            for key in sorted(keys)
            for row in [store.get(key)]
            if row
            for unit in _units(row)
        ]
    return json_response(notice, rows=len(notice))


def _bounds(store: Store, query: dict[str, str]) -> tuple[int, int]:
    """Return the first and the last second that a notice covers.

    Raises:
        ValueError: If a date cannot be read and the switch is set to refuse it.
    """
    end_of_today = store.now - store.now % timestamps.DAY + timestamps.DAY - 1
    found = [store.now - 7 * timestamps.DAY, end_of_today]
    for position, name in enumerate(("from", "to")):
        text = query.get(name)
        try:
            found[position] = timestamps.parse(text) if text else found[position]
        except ValueError:
            if store.switches["asn_bad_date"] == "422":
                raise
            # Documented: an unreadable date silently becomes the epoch.
            found[position] = 0
        if position and text and _DATE_ONLY.fullmatch(text):
            found[position] += timestamps.DAY - 1
    return found[0], found[1]


def _units(row: StoredReturn) -> list[Json]:
    """Return the notice's rows of one return."""
    body = row.body()
    shared = _shared(row, body)
    return [
        shared
        | {
            "return_line_item_id": line.get("line_item_id"),
            "title": line.get("title"),
            "purchase_price": line.get("price"),
            "sku": line.get("sku"),
            "barcode": line.get("barcode"),
            "return_reason": line.get("return_reason"),
            "restock_status": "restocked"
            if line.get("provider_restock_location_id")
            else None,
            "consolidation_tracking": line.get("consolidation_tracking"),
        }
        for line in body.get("line_items") or []
    ]


def _shared(row: StoredReturn, body: Json) -> Json:
    """Return the columns that all units of a return share."""
    same = [
        "state",
        "outcome",
        "order_id",
        "order_name",
        "order_number",
        "provider_order_number",
        "carrier",
    ]
    same += [
        "label_status",
        "tracking_number",
        "label_url",
        "currency",
        "package_reference",
    ]
    method = body.get("return_method")
    method = method if isinstance(method, dict) else {}
    rate, record = body.get("label_rate"), row.record
    delivered = body.get("label_status") == "delivered"
    destination = body.get("destination_id")
    return {name: body.get(name) for name in same} | {
        "id": as_integer(body.get("id")),
        "customer_email": body.get("customer"),
        "service": "Ground" if rate else None,
        "label_updated_at": without_zone(body.get("label_updated_at"))
        if rate
        else None,
        "label_rate": money.text(int(rate)) if rate else None,
        "integration_tracking_url": None,
        "closed_at": timestamps.space(record.closed)
        if record and record.closed
        else None,
        "updated_at": without_zone(body.get("updated_at")),
        "created_at": without_zone(body.get("created_at")),
        "actioned_by": "workflow" if record and record.closed else None,
        "return_method": method.get("method_type"),
        "return_method_rma_code": method.get("rma_id"),
        "return_method_state": method.get("state"),
        "date_delivered": without_zone(body.get("label_updated_at"))
        if delivered
        else None,
        "scannable_id": method.get("scannable_id"),
        "shipping_box_barcode": None,
        "provider_created_at": timestamps.space(record.order.created)
        if record
        else None,
        "destination_id": None if destination is None else str(destination),
        "destination_name": "Depot Seven" if destination else None,
        "destination_address1": "1 Sample Way" if destination else None,
        "destination_address2": None,
        "destination_city": "Testville" if destination else None,
        "destination_state": "OH" if destination else None,
        "destination_zip": "43004" if destination else None,
    }
