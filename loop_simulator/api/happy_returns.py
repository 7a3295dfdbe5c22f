"""Happy Returns shipments, derived from the returns dropped off in person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loop_simulator import timestamps
from loop_simulator.api.laravel import laravel_page, one_of
from loop_simulator.state import Store
from loop_simulator.wire import Request, Response, errors
from loop_simulator.world import Return

Json = dict[str, Any]

SHIPMENT_SIZE = 20
"""Returns per shipment."""


def _shipments(store: Store) -> list[list[Return]]:
    """Group the returns dropped off in person into shipments, oldest first."""
    dropped = [r for r in store.world.returns if r.labels and r.variation % 12 == 0]
    return [
        dropped[i : i + SHIPMENT_SIZE] for i in range(0, len(dropped), SHIPMENT_SIZE)
    ]


def shipment_rows(store: Store) -> list[Json]:
    """Return the Happy Returns shipments."""
    return [
        {
            "loop_shipment_id": 301 + position,
            "happy_returns_shipment_id": f"HRS-TEST-{position + 1}",
            "line_item_count": sum(len(record.lines) for record in group),
            "return_count": len(group),
            "created_at": timestamps.offset(group[-1].created),
            "updated_at": timestamps.offset(group[-1].created + timestamps.DAY),
        }
        for position, group in enumerate(_shipments(store))
    ]


def shipments(store: Store, request: Request) -> Response:
    """Return the shipments; the links end in ``/list``, as in the documentation's sample."""
    query = request.query
    try:
        first = timestamps.parse(query["from"]) if query.get("from") else 0
        last = timestamps.parse(query["to"]) if query.get("to") else store.now
    except ValueError:
        return errors.invalid(from_="The from or to is not a valid date.")
    rows = [
        r
        for r in shipment_rows(store)
        if first <= timestamps.parse(r["created_at"]) <= last
    ]
    linked = replace(request, path=request.path.removesuffix("/list") + "/list")
    return laravel_page(store, rows, linked, 200, links=False)


def shipment(store: Store, _request: Request, shipment_id: str) -> Response:
    """Return one shipment."""
    return one_of(shipment_rows(store), "happy_returns_shipment_id", shipment_id)


def shipment_items(store: Store, request: Request, shipment_id: str) -> Response:
    """Return the items of a shipment."""
    for position, group in enumerate(_shipments(store)):
        if f"HRS-TEST-{position + 1}" == shipment_id:
            rows = [
                {
                    "carrier": "FedEx",
                    "happy_returns_return_bag_barcodes": [f"BAG{record.id}"],
                    "happy_returns_rma_id": f"HRMA{record.id}",
                    "happy_returns_shipment_id": shipment_id,
                    "item_title": line.variant.product.title,
                    "order_name": record.order.name,
                    "po_number": None,
                    "return_id": record.id,
                    "shipment_id": 301 + position,
                    "shipping_box_barcode": f"BOX{position + 1:04d}",
                    "sku": line.variant.sku,
                    "tracking_number": record.labels[0].tracking,
                    "variant_title": line.variant.title,
                }
                for record in group
                for line in record.lines
            ]
            return laravel_page(store, rows, request, 200, links=False)
    return errors.not_found()
