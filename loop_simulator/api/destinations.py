"""The destinations of parcels."""

from __future__ import annotations

from typing import Any

from loop_simulator.api.laravel import one_of
from loop_simulator.state import Store
from loop_simulator.wire import (
    DESTINATION_ID,
    LOCATION_ID,
    Request,
    Response,
    json_response,
)

Json = dict[str, Any]


_DEPOTS = (
    ("warehouse", "Depot Seven", "1 Sample Way", "Testville", "OH", "43004", True),
    ("warehouse", "West Dock", "9 Mill Lane", "Bayview", "CA", "94016", True),
    (
        "donate",
        "Second Round Charity",
        "4 Elm Row",
        "Salem",
        None,
        None,
        False,
    ),
)


def destination_rows() -> list[Json]:
    """Return every destination of parcels."""
    return [
        {
            "id": DESTINATION_ID + position,
            "type": kind,
            "name": name,
            "enabled": enabled,
            "provider_location_id": LOCATION_ID + position
            if kind == "warehouse"
            else None,
            "address": {
                "name": name,
                "company": None,
                "address1": street,
                "address2": None,
                "city": city,
                "state": state,
                "zip": postcode,
                "country": "United States",
                "country_code": "US",
            },
        }
        for position, (kind, name, street, city, state, postcode, enabled) in enumerate(
            _DEPOTS
        )
    ]


def destinations(_store: Store, _request: Request) -> Response:
    """Return the response to ``GET /destinations``."""
    rows = destination_rows()
    return json_response({"destinations": rows}, rows=len(rows))


def destination(_store: Store, _request: Request, destination_id: str) -> Response:
    """Return one destination as a bare object."""
    return one_of(destination_rows(), "id", destination_id)
