"""The audits of a sync: what it sent, to be compared with what arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typing_extensions import override

from tap_loop_returns.rows import Row
from tap_loop_returns.streams.base import LoopStream


class SyncAudits(LoopStream):
    """One row per sync and stream; the last stream of every sync.

    Rows wait in the bookmark until they are sent: a sync that breaks off after the
    returns were read leaves them to the next.
    """

    name = "sync_audits"
    primary_keys = ("sync_id", "stream_name")
    # Incremental, so that no target takes former audits for deleted.
    replication_key = "finished_at"

    @property
    def checkpoint(self) -> dict[str, Any]:
        """The counts of a sync that did not finish; empty if there is none."""
        return dict(self.stream_state.get("unfinished", {})) if self.selected else {}

    def save_checkpoint(self, counts: dict[str, Any]) -> None:
        """Keep the counts so far for the next sync; nothing when it is done."""
        if self.selected:
            self.stream_state.pop("unfinished", None)
            self.stream_state.update({"unfinished": counts} if counts else {})

    def enqueue(self, rows: list[Row]) -> None:
        """Add rows that must be sent before the sync ends."""
        if self.selected:
            self.stream_state.setdefault("unsent", []).extend(rows)

    @override
    def get_records(self, context: Any) -> Iterator[Row]:
        """Yield the rows that wait."""
        yield from list(self.stream_state.get("unsent", ()))
        self.stream_state.pop("unsent", None)

    @override
    def _increment_stream_state(
        self, latest_record: Row, *, context: Any = None
    ) -> None:
        """Leave the bookmark to the rows that wait."""
