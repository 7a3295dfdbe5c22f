"""Small endpoints around a return: notes, destinations, webhooks, carts."""

from __future__ import annotations

from typing import Any

from loop_simulator import timestamps
from loop_simulator.lists import one_of
from loop_simulator.state import Store
from loop_simulator.wire import (
    DESTINATION_ID,
    LOCATION_ID,
    Answer,
    Request,
    answer,
    errors,
)

Json = dict[str, Any]

SHOP_ID = 12
SHORTEST_TOKEN = 8
"""Any cart token of this length or longer has a cart."""

_DEPOTS = (
    ("warehouse", "Depot Seven", "1 Sample Way", "Testville", "OH", "43004", True),
    ("warehouse", "West Dock", "9 Mill Lane", "Bayview", "CA", "94016", True),
    ("donate", "Second Round Charity", "4 Elm Row", "Salem", None, None, False),
)


def notes(store: Store, _request: Request, return_id: str) -> Answer:
    """Answer a return's notes, newest first; without any it is a 422 with ``false``."""
    row = store.find(return_id)
    record = row.record if row else None
    if record is None or not record.notes:
        return errors.no_notes()
    texts = (
        "Called the shopper",
        'Said "will send it back"\nnext week',
        "Photo received ✔",
    )
    rows = [
        {
            "id": record.id * 4 + place,
            "content": texts[place % len(texts)],
            "created_at": timestamps.space(record.created + place * timestamps.HOUR),
        }
        for place in reversed(range(record.notes))
    ]
    wrapped = store.switches["notes_shape"] == "wrapped"
    return answer({"notes": rows} if wrapped else rows, rows=len(rows))


def destination_rows() -> list[Json]:
    """Give all places parcels go to."""
    return [
        {
            "id": DESTINATION_ID + place,
            "type": kind,
            "name": name,
            "enabled": enabled,
            "provider_location_id": LOCATION_ID + place
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
        for place, (kind, name, street, city, state, postcode, enabled) in enumerate(
            _DEPOTS
        )
    ]


def destinations(_store: Store, _request: Request) -> Answer:
    """Answer ``GET /destinations``."""
    rows = destination_rows()
    return answer({"destinations": rows}, rows=len(rows))


def destination(_store: Store, _request: Request, destination_id: str) -> Answer:
    """Answer one destination as a bare object."""
    return one_of(destination_rows(), "id", destination_id)


def webhooks(_store: Store, _request: Request) -> Answer:
    """Answer ``GET /webhooks``."""
    triggers = (
        ("return", "return.created"),
        ("return", "return.updated"),
        ("label", "label.updated"),
        ("giftcard", "giftcard.requested"),
    )
    rows = [
        {
            "id": 21 + place,
            "shop_id": SHOP_ID,
            "topic": topic,
            "trigger": trigger,
            "url": f"https://hooks.example.test/{topic}",
            "status": "active" if place else "inactive",
        }
        for place, (topic, trigger) in enumerate(triggers)
    ]
    return answer({"webhooks": rows}, rows=len(rows))


def cart(store: Store, _request: Request, token: str) -> Answer:
    """Answer a cart: variant ids presumably; any token of at least eight characters has one."""
    orders = store.world.orders
    if len(token) < SHORTEST_TOKEN or not orders:
        return errors.not_found()
    order = orders[sum(token.encode()) % len(orders)]
    return answer({"cart": [line.variant.id for line in order.lines]}, rows=1)
