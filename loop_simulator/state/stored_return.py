"""A return with everything done to it since the start."""

from __future__ import annotations

from typing import Any

from loop_simulator import timestamps
from loop_simulator.wire import payload
from loop_simulator.world import Return

Json = dict[str, Any]


class Row:
    """One return: a record of the world, or a body given from outside."""

    __slots__ = (
        "look",
        "overrides",
        "rank",
        "raw",
        "record",
        "rendered",
        "stamps",
        "state",
    )

    def __init__(self, rank: int, record: Return | None, raw: Json | None) -> None:
        """Wrap a record or a body."""
        self.rank = rank
        self.record = record
        self.raw = raw
        self.overrides: Json | None = None
        self.stamps: tuple[int | None, int | None] = (None, None)
        self.state = ""
        self.rendered = b""
        self.look = -1
        self.read_keys()

    def body(self) -> Json:
        """Give the return in its documented form."""
        if self.raw is not None:
            return self.raw
        if self.record is None:
            return {}
        body = payload(self.record)
        if self.overrides:
            body.update(self.overrides)
        return body

    def read_keys(self) -> None:
        """Take state and moments from where they stand now."""
        self.look = -1
        if self.record is not None and not self.overrides:
            self.state = self.record.state
            self.stamps = (self.record.created, self.record.updated)
            return
        body = self.body()
        self.state = str(body.get("state", ""))
        self.stamps = (
            _moment(body.get("created_at")),
            _moment(body.get("updated_at")),
        )


def _moment(value: object) -> int | None:
    """Read a stamp; anything unreadable counts as none."""
    try:
        return timestamps.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
