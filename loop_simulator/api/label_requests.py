"""Label requests, derived from the returns with a label."""

from __future__ import annotations

from typing import Any

from loop_simulator import timestamps
from loop_simulator.api.destinations import destination_rows
from loop_simulator.api.laravel import one_of
from loop_simulator.state import Store
from loop_simulator.wire import SHOP_ID, Request, Response, errors, json_response
from loop_simulator.world import Return

Json = dict[str, Any]

LARGEST_LIMIT = 250
"""Maximum number of label requests in one response."""


def label_request_rows(store: Store) -> list[Json]:
    """Return the label requests of the last 130 returns that have a label."""
    labelled = [record for record in store.world.returns if record.labels]
    return [_label_request(record) for record in labelled[-130:]]


def _label_request(record: Return) -> Json:
    """Return one label request."""
    person = record.order.customer
    home = person.address
    depot = destination_rows()[0]["address"]
    status = {"cancelled": "cancelled", "open": "issued"}.get(record.state, "fulfilled")
    return {
        "id": str(8_100 + record.id % 1_000_000),
        "return_id": record.id,
        "shop_id": SHOP_ID,
        "status": status,
        "created_at": timestamps.offset(record.created),
        "errors": [],
        "addresses": {
            "origin": {
                "name": f"{person.first_name} {person.last_name}",
                "company": None,
                "address1": home.street,
                "address2": None,
                "city": home.city,
                "region": home.region,
                "postal_code": home.postcode,
                "country": home.country,
                "country_code": home.country_code,
            },
            "destination": {
                "name": depot["name"],
                "company": None,
                "address1": depot["address1"],
                "address2": None,
                "city": depot["city"],
                "region": depot["state"],
                "postal_code": depot["zip"],
                "country": depot["country"],
                "country_code": depot["country_code"],
            },
        },
        "parcel": {
            "height": 4,
            "length": 10,
            "width": 8,
            "weight": 500 * len(record.lines),
        },
        "products": [
            {
                "name": line.variant.product.title,
                "sku": line.variant.sku,
                "hs_code": None,
                "country_of_origin": None,
                "price": {"amount": line.price, "currency": "USD"},
            }
            for line in record.lines
        ],
    }


def label_requests(store: Store, request: Request) -> Response:
    """Return label requests from ``from`` up to but not including ``to``, by limit and offset."""
    query = request.query
    try:
        first = timestamps.parse(query["from"]) if query.get("from") else 0
        last = timestamps.parse(query["to"]) if query.get("to") else store.now + 1
        limit, offset = int(query.get("limit") or 50), int(query.get("offset") or 0)
    except ValueError:
        return errors.invalid(from_="The from, to, limit or offset is invalid.")
    if not 0 <= limit <= LARGEST_LIMIT:
        return errors.invalid(limit="The limit must be between 0 and 250.")
    rows = [
        row
        for row in label_request_rows(store)
        if first <= timestamps.parse(row["created_at"]) < last
        and query.get("status") in (None, "", row["status"])
        and query.get("return_id") in (None, "", str(row["return_id"]))
    ]
    data = rows[offset : offset + limit]
    return json_response({"data": data}, rows=len(data))


def label_request(store: Store, _request: Request, request_id: str) -> Response:
    """Return one label request."""
    return one_of(label_request_rows(store), "id", request_id)
