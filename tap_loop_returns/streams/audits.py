"""The stream of audits: what each sync sent, to be compared with what arrived."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from tap_loop_returns.rows import Row
from tap_loop_returns.streams.base import LoopStream

SYNC_ID_FORMAT = "%Y%m%dT%H%M%S.%fZ"


class SyncAudits(LoopStream):
    """One row per sync and stream; the last stream of every sync.

    Rows are kept in the bookmark until they are sent. If a sync is interrupted after
    the returns were read, the next one sends them. The bookmark also holds the id of
    the last sync, and for each stream the sync id of its newest audit; the next audit
    has it as ``previous_sync_id``. So a target that lost rows which the state counts as
    sent can be found.
    """

    name = "sync_audits"
    primary_keys = ("sync_id", "stream_name")
    # Incremental, because with FULL_TABLE a target could delete earlier audits.
    replication_key = "finished_at"

    def new_sync_id(self) -> str:
        """Return the current time as text, or the last id plus a microsecond if that is later.

        Ids must increase even if the host's clock was ahead in an earlier sync.
        """
        moment = datetime.now(UTC)
        state = self.stream_state if self.selected else {}
        with contextlib.suppress(ValueError):
            last = str(state.get("last_sync_id", ""))
            last_moment = datetime.strptime(last, SYNC_ID_FORMAT).replace(tzinfo=UTC)
            moment = max(moment, last_moment + timedelta(microseconds=1))
        return moment.strftime(SYNC_ID_FORMAT)

    @property
    def checkpoint(self) -> dict[str, Any]:
        """The counts of a sync that did not finish; empty if there is none."""
        return dict(self.stream_state.get("unfinished", {})) if self.selected else {}

    def save_checkpoint(self, counts: dict[str, Any]) -> None:
        """Keep the counts so far for the next sync; empty counts remove them."""
        if self.selected:
            self._remember_sync_id()
            self.stream_state.pop("unfinished", None)
            self.stream_state.update({"unfinished": counts} if counts else {})

    def enqueue(self, rows: list[Row]) -> None:
        """Add rows that must be sent before the sync ends."""
        if not self.selected:
            return
        self._remember_sync_id()
        newest = self.stream_state.setdefault("newest", {})
        for row in rows:
            name = row["stream_name"]
            row["previous_sync_id"], newest[name] = newest.get(name), row["sync_id"]
        self.stream_state.setdefault("unsent", []).extend(rows)

    def _remember_sync_id(self) -> None:
        self.stream_state["last_sync_id"] = self.sync_context.sync_id

    @override
    def get_records(self, context: Any) -> Iterator[Row]:
        """Yield the waiting rows."""
        yield from list(self.stream_state.get("unsent", ()))
        self.stream_state.pop("unsent", None)

    @override
    def _increment_stream_state(
        self, latest_record: Row, *, context: Any = None
    ) -> None:
        """Do nothing: the state of this stream holds the rows to be sent, no replication value."""
