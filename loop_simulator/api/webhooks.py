"""The shop's webhooks."""

from __future__ import annotations

from typing import Any

from loop_simulator.state import Store
from loop_simulator.wire import SHOP_ID, Answer, Request, answer

Json = dict[str, Any]


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
