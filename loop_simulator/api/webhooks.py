"""The shop's webhooks."""

from __future__ import annotations

from typing import Any

from loop_simulator.state import Store
from loop_simulator.wire import SHOP_ID, Request, Response, json_response

Json = dict[str, Any]


def webhooks(_store: Store, _request: Request) -> Response:
    """Return the response to ``GET /webhooks``."""
    triggers = (
        ("return", "return.created"),
        ("return", "return.updated"),
        ("label", "label.updated"),
        ("giftcard", "giftcard.requested"),
    )
    rows = [
        {
            "id": 21 + position,
            "shop_id": SHOP_ID,
            "topic": topic,
            "trigger": trigger,
            "url": f"https://hooks.example.test/{topic}",
            "status": "active" if position else "inactive",
        }
        for position, (topic, trigger) in enumerate(triggers)
    ]
    return json_response({"webhooks": rows}, rows=len(rows))
