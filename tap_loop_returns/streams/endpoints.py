"""The small endpoints: what a shop has set up in Loop, and its parcels."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Any, ClassVar

from typing_extensions import override

from tap_loop_returns import timestamps
from tap_loop_returns.decoding import decode
from tap_loop_returns.errors import (
    AccessRefusedError,
    LoopError,
    UnreadableAnswerError,
)
from tap_loop_returns.output.audits import EndpointAudit
from tap_loop_returns.reading.ranges import DAY
from tap_loop_returns.rows import Raw, Row
from tap_loop_returns.streams.base import LoopStream


class EndpointStream(LoopStream):
    """A list behind one path, without pages; read whole in every sync."""

    path: ClassVar[str] = ""
    wrapper: ClassVar[str] = "data"
    """Field of the answer that holds the rows; a bare list is read too."""
    primary_keys: tuple[str, ...] = ("id",)
    period: list[int] | None = None
    """First and last second that was asked for, where an endpoint takes dates."""

    @override
    def get_records(self, context: Any) -> Iterator[Row]:
        """Yield the rows; trouble with this endpoint costs this stream only."""
        audit = EndpointAudit(
            self.client,
            self.sync_context.sync_id,
            self.primary_keys,
            self.new_counts(),
        )
        try:
            for item in self.items():
                yield self.builder.build(item)
                self._count(audit)
        except LoopError as error:
            if isinstance(error, AccessRefusedError):
                self.client.prove_key()
            self.logger.warning("Stream %s is skipped. %s", self.name, error)
            if self._is_chosen:
                self.sync_context.failures.append(error)
        else:
            self.sync_context.audits.enqueue(audit.rows(self.period))

    def _count(self, audit: EndpointAudit) -> None:
        for name, row in self.written:
            audit.add(row, name)
        self.written.clear()

    @override
    def _sync_records(
        self, context: Any = None, *, write_messages: bool = True
    ) -> Generator[Row, Any, Any]:
        for row in super()._sync_records(context, write_messages=write_messages):
            if not write_messages:
                # The SDK writes the rows of BATCH files without any stream map.
                self.written.extend((one.stream_alias, row) for one in self.stream_maps)
            yield row

    def items(self) -> Iterator[Raw]:
        """Yield Loop's items."""
        yield from self._get(self.path).get(self.wrapper, [])

    def _get(self, path: str, **params: str | int) -> dict[str, Any]:
        """Return an answer with its rows under the wrapper's name."""
        return self.client.get(path, params, scope=self.scope, parse=self._wrapped)

    def _wrapped(self, body: bytes) -> dict[str, Any]:
        content = decode(body)
        if isinstance(content, list):
            content = {self.wrapper: content}
        rows = content.get(self.wrapper) if isinstance(content, dict) else None
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return content  # type: ignore[no-any-return]
        msg = f"no list of rows under {self.wrapper!r}"
        raise ValueError(msg)

    @property
    def _is_chosen(self) -> bool:
        """The user's catalog selects this very stream."""
        return self.name in self.sync_context.chosen


class Destinations(EndpointStream):
    """Warehouses and charities a return can be sent to."""

    name = "destinations"
    path, wrapper, scope = "/destinations", "destinations", "Destinations (read)"


class Webhooks(EndpointStream):
    """Webhooks registered in the shop."""

    name = "webhooks"
    path, wrapper, scope = "/webhooks", "webhooks", "Developer Tools"


class PagedStream(EndpointStream):
    """A list in numbered pages, as Laravel makes them."""

    @override
    def items(self) -> Iterator[Raw]:
        """Yield the items of every page."""
        return self._pages(self.path)

    def _pages(self, path: str) -> Iterator[Raw]:
        page, more, rows = 0, True, None
        while more:
            page, before = page + 1, rows
            content = self._get(path, page=page)
            rows = content[self.wrapper]
            last = content.get("last_page")
            more = (
                page < last
                if isinstance(last, int)
                else bool(content.get("next_page_url") or content.get("nextPageUrl"))
            )
            if rows == before or (more and not rows):
                msg = f"GET {path} gave page {page} empty or as the one before."
                raise UnreadableAnswerError(msg)
            yield from rows


class BlocklistItems(PagedStream):
    """Orders, shoppers, products and tags that cannot be returned."""

    name = "blocklist_items"
    path, scope = "/blocklists", "Orders"


class AllowlistItems(PagedStream):
    """Orders and shoppers exempt from the return policy."""

    name = "allowlist_items"
    path, scope = "/allowlists", "Orders"


class HappyReturnsShipments(PagedStream):
    """Consolidated shipments of Happy Returns."""

    name = "happy_returns_shipments"
    primary_keys: tuple[str, ...] = ("loop_shipment_id",)
    path, scope = "/happy-returns/shipments", "Happy Returns Shipments (read)"


class HappyReturnsShipmentItems(HappyReturnsShipments):
    """Units in a consolidated shipment; one request per shipment."""

    name = "happy_returns_shipment_items"
    primary_keys = ("happy_returns_shipment_id", "item_position")

    @override
    def items(self) -> Iterator[Raw]:
        """Yield the items with their places; Loop gives them no id."""
        for shipment in super().items():
            key = str(shipment["happy_returns_shipment_id"])
            for place, item in enumerate(self._pages(f"{self.path}/{key}/items"), 1):
                known = {"happy_returns_shipment_id": key, "item_position": place}
                yield {**item, **known}


class LabelRequests(EndpointStream):
    """Requests to label providers."""

    name = "label_requests"
    path, scope = "/label-requests", "Label Requests (read)"
    PAGE: ClassVar = 250

    @override
    def items(self) -> Iterator[Raw]:
        """Yield the items by offset, until a page is empty."""
        offset, before = 0, None
        while rows := self._get(self.path, limit=self.PAGE, offset=offset)["data"]:
            if rows == before:
                msg = f"GET {self.path} gave the same items for another offset."
                raise UnreadableAnswerError(msg)
            yield from rows
            offset, before = offset + len(rows), rows


class AdvancedShippingNotices(EndpointStream):
    """Returned units on their way to a warehouse.

    Loop does not say which timestamp its dates filter, and has no pages here. So
    the stream is read in short periods, and every sync goes back further than a
    parcel lives.
    """

    name = "advanced_shipping_notices"
    primary_keys = ("id", "return_line_item_id")
    replication_key = "updated_at"
    path = "/warehouse/reporting/asn"
    PERIOD: ClassVar = 60 * DAY
    PARCEL_LIFE: ClassVar = 120 * DAY

    @override
    def items(self) -> Iterator[Raw]:
        """Yield the notices; periods share a day, so each is sent once."""
        scope = self.sync_context.scope
        known = timestamps.epoch(self.stream_state.get("replication_key_value"))
        start = scope.start if known is None else known - self.PARCEL_LIFE
        end = int(time.time()) + DAY if scope.end is None else scope.end
        self.period = [max(start, scope.start), end]
        before: set[tuple[str, str]] = set()
        for first in range(self.period[0], end + 1, self.PERIOD):
            dates = (
                timestamps.from_epoch(t)[:10] for t in (first, first + self.PERIOD)
            )
            period = dict(zip(("from", "to"), dates, strict=True))
            rows = self._get(self.path, **period)["data"]
            yield from (row for row in rows if _key(row) not in before)
            before = {_key(row) for row in rows}
        clock = self.client.clock_at_start
        if clock and scope.end is None:
            value = timestamps.from_epoch(int(clock.timestamp()))
            self.stream_state["replication_key_value"] = value

    @override
    def _increment_stream_state(
        self, latest_record: Row, *, context: Any = None
    ) -> None:
        """Leave the bookmark to ``items``: a record's stamp may be null or wrong."""


def _key(row: Raw) -> tuple[str, str]:
    return str(row.get("id")), str(row.get("return_line_item_id"))
