"""The notes of a return."""

from __future__ import annotations

from typing import Any

from loop_simulator import timestamps
from loop_simulator.state import Store
from loop_simulator.wire import Request, Response, errors, json_response

Json = dict[str, Any]


def notes(store: Store, _request: Request, return_id: str) -> Response:
    """Return a return's notes, newest first; a 422 with ``false`` if there are none."""
    row = store.get(return_id)
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
            "id": record.id * 4 + position,
            "content": texts[position % len(texts)],
            "created_at": timestamps.space(record.created + position * timestamps.HOUR),
        }
        for position in reversed(range(record.notes))
    ]
    wrapped = store.switches["notes_shape"] == "wrapped"
    return json_response({"notes": rows} if wrapped else rows, rows=len(rows))
