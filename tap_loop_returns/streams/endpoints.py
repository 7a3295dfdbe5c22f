"""The small endpoints: a shop's configuration in Loop, and its parcels."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Generator, Iterable, Iterator
from multiprocessing.pool import ThreadPool
from operator import itemgetter
from typing import Any, ClassVar
from urllib.parse import quote

import msgspec
from typing_extensions import override

from tap_loop_returns import timestamps
from tap_loop_returns.decoding import blocks, decode, repaired
from tap_loop_returns.errors import (
    AccessRefusedError,
    IncompleteSyncError,
    LoopError,
    LoopUnreachableError,
    RequestRefusedError,
    UnreadableAnswerError,
)
from tap_loop_returns.reading.ranges import DAY
from tap_loop_returns.rows import Raw, Row
from tap_loop_returns.streams.base import LoopStream
from tap_loop_returns.sync import sync_endpoint

# First byte of an encoded object.
OBJECT = ord("{")
# Its items stay encoded.
_open = msgspec.json.Decoder(list[msgspec.Raw] | dict[str, msgspec.Raw]).decode


class EndpointStream(LoopStream):
    """A list at one path; most are read completely in every sync."""

    path: ClassVar[str] = ""
    is_paged: ClassVar[bool] = False
    """Whether Loop documents numbered pages, in Laravel's format."""
    wrapper: ClassVar[str] = "data"
    """Field of the response with the rows; a bare list is read too."""
    primary_keys: tuple[str, ...] = ("id",)
    period: list[int] | None = None
    """First and last requested second, if the endpoint takes dates."""

    def rows_of(self, returns: Iterable[Raw]) -> list[Row]:
        """Return one row for each of Loop's items."""
        return [self.builder.build(item) for item in returns]

    def pages(self) -> Iterator[list[Raw]]:
        """Yield Loop's items in blocks."""
        for items in self._pages(self.path):
            yield from blocks(items)

    def _pages(self, path: str, **params: str) -> Iterator[list[msgspec.Raw]]:
        """Yield the encoded items of every numbered page.

        A full page may have a next page even if it says that it is the last. A page is
        full if it has ``per_page`` items or, without ``per_page``, as many items as the
        first page. After the last page a server may repeat that page or the first.

        Raises:
            UnreadableAnswerError: A page that was announced is missing.
        """
        page, first, before, announced = 1, None, None, False
        while True:
            try:
                content = self._get(
                    path, **params, **({"page": page} if before else {})
                )
            except RequestRefusedError:
                if before and not announced:
                    return
                raise
            rows = content[self.wrapper]
            more = _has_next(content, page)
            if not rows or rows in (first, before):
                if more or (rows and announced):
                    msg = f"GET {path} returned page {page} empty or equal to an earlier page."
                    raise UnreadableAnswerError(msg)
                return
            yield rows
            size = content.get("per_page")
            if not isinstance(size, int):
                unknown = 0 if self.is_paged else math.inf
                size = len(first) if first else unknown
            if not (more or len(rows) >= size):
                return
            page, first, before, announced = page + 1, first or rows, rows, more

    @override
    def get_records(self, context: Any) -> Iterator[Row]:
        """Not used, since the rows are written a page at a time."""
        raise NotImplementedError

    @override
    def _sync_records(
        self, context: Any = None, *, write_messages: bool = True
    ) -> Generator[Row, Any, Any]:
        self._sync_pages()
        yield from ()

    @override
    def _sync_batches(self, batch_config: Any, context: Any = None) -> None:
        self._sync_pages()

    def _sync_pages(self) -> None:
        """Write the rows; an error of this endpoint affects this stream only."""
        try:
            sync_endpoint(self)
        except LoopError as error:
            if isinstance(error, AccessRefusedError):
                self.client.prove_key()
            if isinstance(error, IncompleteSyncError):
                self.logger.warning("%s", error)
            else:
                self.logger.warning("Stream %s is skipped. %s", self.name, error)
            if self._is_chosen:
                self.sync_context.failures.append(error)

    def _get(self, path: str, **params: str | int) -> dict[str, Any]:
        """Return a response, with its encoded rows under the wrapper's name."""
        return self.client.get(path, params, scope=self.scope, parse=self._wrapped)

    def _wrapped(self, body: bytes) -> dict[str, Any]:
        try:
            content = _open(body)
        except (ValueError, RecursionError):
            content = _open(repaired(body))
        if isinstance(content, list):
            content = {self.wrapper: content}
        else:
            rows = _open(content.pop(self.wrapper, b"null"))
            content = {name: decode(value) for name, value in content.items()}
            content[self.wrapper] = rows
        rows = content[self.wrapper]
        if isinstance(rows, list) and all(memoryview(row)[0] == OBJECT for row in rows):
            return content
        msg = f"no list of rows under {self.wrapper!r}"
        raise ValueError(msg)

    @property
    def _is_chosen(self) -> bool:
        """Whether the user's catalog selects this stream, and not only by default."""
        return self.name in self.sync_context.chosen


def _has_next(content: dict[str, Any], page: int) -> bool:
    """Return whether a numbered page announces a next page."""
    last = content.get("last_page")
    if isinstance(last, int):
        return page < last
    return bool(content.get("next_page_url") or content.get("nextPageUrl"))


class Destinations(EndpointStream):
    """Warehouses and charities a return can be sent to."""

    name = "destinations"
    path, wrapper, scope = "/destinations", "destinations", "Destinations (read)"


class Webhooks(EndpointStream):
    """Webhooks registered in the shop."""

    name = "webhooks"
    path, wrapper, scope = "/webhooks", "webhooks", "Developer Tools"


class BlocklistItems(EndpointStream):
    """Orders, shoppers, products and tags whose returns are blocked."""

    name = "blocklist_items"
    path, scope, is_paged = "/blocklists", "Orders", True


class AllowlistItems(EndpointStream):
    """Orders and shoppers exempt from the return policy."""

    name = "allowlist_items"
    path, scope, is_paged = "/allowlists", "Orders", True


class HappyReturnsShipments(EndpointStream):
    """Consolidated shipments of Happy Returns."""

    name = "happy_returns_shipments"
    is_paged = True
    primary_keys: tuple[str, ...] = ("loop_shipment_id",)
    path, scope = "/happy-returns/shipments", "Happy Returns Shipments (read)"


class HappyReturnsShipmentItems(HappyReturnsShipments):
    """Units in a consolidated shipment; one request per shipment."""

    name = "happy_returns_shipment_items"
    primary_keys = ("happy_returns_shipment_id", "item_position")
    asked_items = "shipments"
    _id: ClassVar = "happy_returns_shipment_id"

    @override
    def pages(self) -> Iterator[list[Raw]]:
        """Yield the items of each shipment; several are requested in parallel.

        Raises:
            IncompleteSyncError: Some shipments could not be read.
        """
        with ThreadPool(self.config["parallel_requests"]) as pool:
            for shipments in super().pages():
                asked = [pool.apply_async(self._items_of, (one,)) for one in shipments]
                for shipment, items in zip(shipments, asked, strict=True):
                    try:
                        found = items.get()
                    except LoopError as error:
                        self.missed.add(shipment, shipment.get(self._id), error)
                        continue
                    self.missed.answered()
                    yield found
        if failure := self.missed.failure():
            raise failure

    def _items_of(self, shipment: Raw) -> list[Raw]:
        """Return the items with their positions, since Loop gives them no id.

        Raises:
            LoopError: They cannot be read.
        """
        if self.missed.is_given_up and self.missed.error:
            raise self.missed.error
        if shipment.get(self._id) in (None, ""):
            msg = f"GET {self.path} returned a shipment without `{self._id}`."
            raise UnreadableAnswerError(msg)
        key = str(shipment[self._id])
        pages = self._pages(f"{self.path}/{quote(key, safe='')}/items")
        items = (item for page in pages for block in blocks(page) for item in block)
        return [
            {**item, "happy_returns_shipment_id": key, "item_position": place}
            for place, item in enumerate(items, 1)
        ]


class LabelRequests(EndpointStream):
    """Requests to label providers."""

    name = "label_requests"
    path, scope = "/label-requests", "Label Requests (read)"
    PAGE: ClassVar = 250

    @override
    def pages(self) -> Iterator[list[Raw]]:
        """Yield the items by offset, until a page is empty."""
        offset, before = 0, None
        while rows := self._get(self.path, limit=self.PAGE, offset=offset)["data"]:
            if rows == before:
                msg = f"GET {self.path} returned the same items for another offset."
                raise UnreadableAnswerError(msg)
            yield from blocks(rows)
            offset, before = offset + len(rows), rows


class AdvancedShippingNotices(EndpointStream):
    """Returned units on their way to a warehouse.

    Loop does not say which timestamp its dates filter, and has no pages here. The
    stream is therefore read in short periods, and every sync reads the 120 days before
    its bookmark again, which is longer than a parcel travels.
    """

    name = "advanced_shipping_notices"
    primary_keys = ("id", "return_line_item_id")
    replication_key = "updated_at"
    path = "/warehouse/reporting/asn"
    PERIOD: ClassVar = 60 * DAY
    PARCEL_LIFE: ClassVar = 120 * DAY

    @functools.cached_property
    def _keys(self) -> list[set[tuple[str, str]]]:
        """Keys of the shipping notices of the previous and of the present period."""
        return [set(), set()]

    @override
    def rows_of(self, returns: Iterable[Raw]) -> list[Row]:
        """Return a row for each shipping notice that was not in the previous period."""
        rows = super().rows_of(returns)
        keys = list(map(itemgetter(*self.primary_keys), rows))
        before, now = self._keys
        now.update(keys)
        if before.isdisjoint(keys):
            return rows
        return [row for key, row in zip(keys, rows, strict=True) if key not in before]

    @override
    def pages(self) -> Iterator[list[Raw]]:
        """Yield the notices of each period; adjacent periods overlap by a day.

        A period that cannot be read is left out, and the bookmark stays where it was.

        Raises:
            IncompleteSyncError: Some periods could not be read.
            LoopError: Two adjacent periods could not be read, or Loop refused.
        """
        scope = self.sync_context.scope
        known = timestamps.epoch(self.stream_state.get("replication_key_value"))
        if known is None or self.replication_method == "FULL_TABLE":
            start = scope.start
        else:
            start = known - self.PARCEL_LIFE
        end = int(time.time()) + DAY
        end = end if scope.end is None else min(end, scope.end)
        self.period = [max(start, scope.start), end]
        unread: dict[int, LoopError] = {}
        for first in range(self.period[0], end + 1, self.PERIOD):
            dates = (
                timestamps.from_epoch(t)[:10] for t in (first, first + self.PERIOD)
            )
            period = dict(zip(("from", "to"), dates, strict=True))
            self._keys = [self._keys[1], set()]
            try:
                notices = list(self._pages(self.path, **period))
            except (UnreadableAnswerError, LoopUnreachableError) as error:
                if first - self.PERIOD in unread:
                    raise
                unread[first] = error
                continue
            for page in notices:
                yield from blocks(page)
        if unread:
            days = ", ".join(timestamps.from_epoch(first)[:10] for first in unread)
            msg = (
                f"Stream {self.name} lacks the {self.PERIOD // DAY} days from {days}; "
                f"the next sync reads them again. {next(iter(unread.values()))}"
            )
            raise IncompleteSyncError(msg)
        clock = self.client.clock_at_start
        if clock and scope.end is None:
            value = timestamps.from_epoch(int(clock.timestamp()))
            self.stream_state["replication_key_value"] = value
