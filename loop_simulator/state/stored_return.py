"""A return with all its changes since the start."""

from __future__ import annotations

from typing import Any

from loop_simulator import timestamps
from loop_simulator.wire import return_to_json
from loop_simulator.world import Return

Json = dict[str, Any]


class StoredReturn:
    """One return: a record of the world, or a body given from outside."""

    __slots__ = (
        "key",
        "overrides",
        "raw",
        "record",
        "rendered",
        "rendered_version",
        "state",
        "timestamps",
    )

    def __init__(self, key: int, record: Return | None, raw: Json | None) -> None:
        """Wrap a record or a body; the key is the return's id as a number."""
        self.key = key
        self.record = record
        self.raw = raw
        self.overrides: Json | None = None
        self.timestamps: tuple[int | None, int | None] = (None, None)
        """``created_at`` and ``updated_at``."""
        self.state = ""
        self.rendered = b""
        self.rendered_version = -1
        """The version of switches and clock for which ``rendered`` is valid."""
        self.read_keys()

    def body(self) -> Json:
        """Return the return in its documented form."""
        if self.raw is not None:
            return self.raw
        if self.record is None:
            return {}
        body = return_to_json(self.record)
        if self.overrides:
            body.update(self.overrides)
        return body

    def order_field(self, name: str) -> str:
        """Return ``provider_order_id`` or ``order_name`` without building the body."""
        if self.record is not None and name not in (self.overrides or {}):
            order = self.record.order
            return str(order.id) if name == "provider_order_id" else order.name
        return str(self.body().get(name, ""))

    def read_keys(self) -> None:
        """Update state and timestamps from the record or the body."""
        self.rendered_version = -1
        if self.record is not None and not self.overrides:
            self.state = self.record.state
            self.timestamps = (self.record.created, self.record.updated)
            return
        body = self.body()
        self.state = str(body.get("state", ""))
        self.timestamps = (
            _moment(body.get("created_at")),
            _moment(body.get("updated_at")),
        )


def _moment(value: object) -> int | None:
    """Return a timestamp as seconds, or None if it cannot be read."""
    try:
        return timestamps.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
