"""The context of one sync, which its streams share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from tap_loop_returns.client import LoopClient
from tap_loop_returns.errors import LoopError
from tap_loop_returns.reading.bookmark import SyncScope
from tap_loop_returns.rows import Row


class AuditStore(Protocol):
    """Keeps audits in the state until they are sent."""

    @property
    def checkpoint(self) -> dict[str, Any]:
        """The counts of an unfinished sync; empty if there is none."""

    def save_checkpoint(self, counts: dict[str, Any]) -> None:
        """Save the counts so far for the next sync; empty counts if this sync is finished."""

    def enqueue(self, rows: list[Row]) -> None:
        """Add audits that must be sent before the sync ends."""


@dataclass(frozen=True)
class SyncContext:
    """One sync: its client, id, scope and audits."""

    client: LoopClient
    sync_id: str
    scope: SyncScope
    audits: AuditStore
    chosen: frozenset[str] = frozenset()
    """Streams that the user's catalog selects, unless it selects the same as by default."""
    failures: list[LoopError] = field(default_factory=list)
    """Errors that each left a part of the sync unread; with any of them the sync fails."""


class HasContext(Protocol):
    """The part of the tap that its streams use."""

    @property
    def context(self) -> SyncContext:
        """The current sync."""
