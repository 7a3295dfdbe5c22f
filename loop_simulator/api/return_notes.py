"""The notes of a return."""

from __future__ import annotations

from typing import Any

from loop_simulator import timestamps
from loop_simulator.state import Store
from loop_simulator.wire import Answer, Request, answer, errors

Json = dict[str, Any]


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
