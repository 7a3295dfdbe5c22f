"""Reads the returns list with several threads; pages may arrive in any order."""

from __future__ import annotations

import contextlib
import queue
import re
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from statistics import mode
from typing import Any

import msgspec

from tap_loop_returns.client import LoopClient
from tap_loop_returns.decoding import blocks, decode, repaired
from tap_loop_returns.errors import UnreadableAnswerError
from tap_loop_returns.reading.paging import ListRequest, PageOutcome, interpret_page
from tap_loop_returns.reading.ranges import DAY, Range
from tap_loop_returns.rows import Raw
from tap_loop_returns.timestamps import epoch, from_epoch

PATH = "/warehouse/return/list"
# A second before Loop existed, so it has no returns.
NO_RETURNS = 1_400_000_000
# Tries for one part of a range whose unreadable second is being searched.
NARROWING_TRIES = 2
# Number of parts that cannot be read from which the cause is assumed to be Loop itself.
MOST_PROBLEMS = 20
# A range with at least this many remaining pages is split for an idle thread.
MIN_PAGES_TO_SPLIT = 4
# Seconds to both sides of a dense second in which the tap looks for a larger unpaged
# response.
PROBE_RADII = (DAY // 24, DAY // 3, 4 * DAY, 55 * DAY)


class Timestamped(msgspec.Struct):
    """The fields that decide to which range a return belongs; they may have any type."""

    id: Any = None
    created_at: Any = None
    updated_at: Any = None

    @property
    def has_id(self) -> bool:
        """Whether the return has an id."""
        return self.id is not None and self.id != ""


class Envelope(msgspec.Struct):
    """The response to a paged request; its returns stay encoded."""

    returns: list[msgspec.Raw]
    next_page_url: str | None = msgspec.field(default=None, name="nextPageUrl")


Content = tuple[list[msgspec.Raw], list[Timestamped], str]
"""The returns of a response, their timestamps, and its link to the next page."""

_ORDER_NAME = re.compile(r"[\w# .-]{1,40}")
_open = msgspec.json.Decoder(list[msgspec.Raw] | Envelope).decode
_decode_timestamps = msgspec.json.Decoder(Timestamped).decode


@dataclass(frozen=True)
class Page:
    """Returns of one response, and the ranges that replace its range on the unread list."""

    returns: list[msgspec.Raw]
    before: Range
    after: list[Range]
    partly_read: list[Range] = field(default_factory=list)
    """Ranges that stay unread although some of their returns are among these."""

    def blocks(self) -> Iterator[list[Raw]]:
        """Decode the returns in blocks."""
        return blocks(self.returns)


@dataclass
class ReturnsReader:
    """Reads ranges with several threads that share one client."""

    client: LoopClient
    page_size: int
    parallel_requests: int
    _largest: int = 0
    """Number of returns in the largest unpaged response so far."""
    problems: list[str] = field(default_factory=list)
    """One sentence for each part that could not be read; its ranges stay unread."""
    _todo: deque[ListRequest] = field(default_factory=deque)
    _idle: int = 0
    _finished: bool = False
    _stop: bool = False
    _wakeup: threading.Condition = field(default_factory=threading.Condition)
    _out: queue.Queue[Page | BaseException | None] = field(init=False)

    def pages(self, ranges: list[Range]) -> Iterator[Page]:
        """Yield pages as they arrive, until every range is read.

        Raises:
            LoopError: Loop refused a request, or did not respond as documented.
        """
        self._todo.extend(ListRequest(item) for item in ranges)
        self._out = queue.Queue(maxsize=2)
        count = self.parallel_requests
        threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(count)
        ]
        for thread in threads:
            thread.start()
        running = count
        try:
            while running:
                result = self._out.get()
                if result is None:
                    running -= 1
                elif isinstance(result, BaseException):
                    raise result
                else:
                    yield result
        finally:
            self._halt()

    def _work(self) -> None:
        try:
            while request := self._next():
                while request and not self._stop:
                    request = self._ask(request)
        except BaseException as error:  # noqa: BLE001
            self._put(error)
        else:
            self._put(None)

    def _next(self) -> ListRequest | None:
        """Return the oldest waiting request; None when no thread can add another."""
        with self._wakeup:
            self._idle += 1
            while not self._todo:
                self._finished |= self._idle == self.parallel_requests
                if self._finished or self._stop:
                    self._wakeup.notify_all()
                    return None
                self._wakeup.wait()
            self._idle -= 1
            return self._todo.popleft()

    def _ask(self, request: ListRequest) -> ListRequest | None:
        """Make one request; return the next request."""
        try:
            sent, timestamped, link = self._get(request)
        except UnreadableAnswerError as error:
            return self._narrow(request, error)
        span, partly_read = request.range, []
        if request.whole and not self._is_proven_whole(request, len(sent), link):
            if others := span.narrower_listings(earliest=NO_RETURNS + DAY):
                self._put(Page([], span, others))
                return self._continue([ListRequest(item) for item in others])
            self._report_cut(span, timestamped)
            partly_read = [span]
        # A full page without a link may have a next page too, if Loop left out the link.
        is_last = request.whole or not (link or len(sent) == self.page_size)
        outcome = interpret_page(request, timestamped, link, is_last=is_last)
        rest = self._share(outcome)
        keep = [i for i in outcome.keep if timestamped[i].has_id]
        for position in set(outcome.keep).difference(keep):
            partly_read += self._set_aside(span, position, decode(sent[position]))
        after = [item.range for item in rest]
        self._put(Page([sent[i] for i in keep], span, after, partly_read))
        return self._continue(rest)

    def _continue(self, rest: list[ListRequest]) -> ListRequest | None:
        with self._wakeup:
            self._todo.extendleft(reversed(rest[1:]))
            self._wakeup.notify_all()
        return rest[0] if rest else None

    def _get(self, request: ListRequest) -> Content:
        params = self._params(request)
        return self.client.get(
            PATH,
            params,
            parse=_read,
            tries=NARROWING_TRIES if request.narrows else None,
        )

    def _narrow(
        self, request: ListRequest, error: UnreadableAnswerError
    ) -> ListRequest | None:
        """Split a range with an unreadable response, down to the timestamp that causes it.

        Raises:
            UnreadableAnswerError: No other response is readable either, or many parts
                are not, so no single return is the cause.
        """
        span = request.range
        if len(self.problems) >= MOST_PROBLEMS:
            raise error
        if not request.narrows:
            nothing = replace(span, start=NO_RETURNS, end=NO_RETURNS)
            try:
                self._get(ListRequest(nothing, narrows=True))
            except UnreadableAnswerError:
                raise error from None
        if span.start == span.end:
            self.problems.append(
                f"A return with {span.column} {from_epoch(span.start)} cannot be read. "
                f"{error}"
            )
            self._put(Page([], span, [span]))
            return None
        middle = (span.start + span.end) // 2
        parts = span.part(span.start, middle) + span.part(middle + 1, span.end)
        self._put(Page([], span, parts))
        return self._continue([ListRequest(part, narrows=True) for part in parts])

    def _set_aside(self, span: Range, position: int, found: Raw) -> list[Range]:
        """Report a return without an id; return the range that stays unread because of it."""
        self.problems.append(
            f"GET {PATH} returned a return without an id: number {position + 1} of a "
            f"response, created_at {_shown_moment(found)}, order {_shown_order(found)}."
        )
        second = epoch(found.get(span.column))
        return [span] if second is None else span.part(second, second) or [span]

    def _is_proven_whole(self, request: ListRequest, count: int, link: str) -> bool:
        """Return whether a larger unpaged response proves that no limit truncated this one.

        If there is no other return nearby, no response can be larger. In that case the
        response is complete if the page before had the same number of returns and no
        link.
        """
        if link or count < request.at_least:
            return False
        dense = request.range
        for radius in PROBE_RADII:
            if count < self._largest:
                return True
            wider = replace(dense, start=dense.start - radius, end=dense.end + radius)
            probe = ListRequest(wider, whole=True, narrows=True)
            try:
                found, _, _ = self._get(probe)
            except UnreadableAnswerError:
                return False
            self._largest = max(self._largest, len(found))
        if count < self._largest:
            return True
        is_as_paged = not request.is_linked and count == request.at_least
        return is_as_paged and self._is_alone(dense)

    def _is_alone(self, dense: Range) -> bool:
        """Return whether the 55 days before a range and the 55 days after it have no return."""
        radius = PROBE_RADII[-1]
        # These requests leave out every second that the request for the range included.
        before = replace(dense, start=dense.start - radius, end=dense.start - 3)
        after = replace(dense, start=dense.end + 3, end=dense.end + radius)
        try:
            return not any(
                self._get(ListRequest(side, whole=True, narrows=True))[0]
                for side in (before, after)
            )
        except UnreadableAnswerError:
            return False

    def _report_cut(self, dense: Range, found: list[Timestamped]) -> None:
        """Report a timestamp if no response is proven to contain all its returns."""
        seconds = [epoch(one.created_at) or dense.start for one in found]
        second = mode(seconds or [dense.start])
        problem = (
            f"Loop shows {len(found)} {dense.state} returns around {from_epoch(second)}, and "
            "never more in one response: it may have truncated the response. These returns "
            "were sent, and the next sync reads that second again. Set `page_size` to the "
            "maximum that Loop accepts, or ask Loop for its limit."
        )
        # The daily sweep reads the same second, so the problem may be known already.
        if problem not in self.problems:
            self.problems.append(problem)

    def _params(self, request: ListRequest) -> dict[str, str | int]:
        span = request.range
        params: dict[str, str | int] = {
            "filter": span.column,
            "from": from_epoch(span.start - 1),
            "to": from_epoch(span.end + 1),
        }
        if span.state:
            params["state"] = span.state
        if not request.whole:
            params |= {"paginate": "true", "pageSize": self.page_size}
        return params

    def _share(self, outcome: PageOutcome) -> list[ListRequest]:
        """Split a long remaining range if a thread is idle."""
        rest = outcome.rest
        if len(rest) != 1 or rest[0].whole or not (self._idle and not self._todo):
            return rest
        left = rest[0].range
        seconds = left.end - left.start + 1
        if seconds < MIN_PAGES_TO_SPLIT * max(outcome.seconds_read, 1):
            return rest
        # The last window reaches a day into the future, which has no returns.
        middle = left.start + max(seconds - DAY, seconds // 2) // 2
        return [
            ListRequest(part)
            for part in left.part(left.start, middle) + left.part(middle + 1, left.end)
        ]

    def _put(self, result: Page | BaseException | None) -> None:
        while not self._stop:
            with contextlib.suppress(queue.Full):
                return self._out.put(result, timeout=0.5)
        return None

    def _halt(self) -> None:
        with self._wakeup:
            self._stop = True
            self._wakeup.notify_all()


def _read(body: bytes) -> Content:
    """Read either shape of the body; refuse a body that cannot be complete.

    Raises:
        ValueError: The body has neither shape, or contradicts itself.
    """
    try:
        content = _open(body)
    except (ValueError, RecursionError):
        content = _open(repaired(body))
    sent = content if isinstance(content, list) else content.returns
    link = "" if isinstance(content, list) else content.next_page_url or ""
    try:
        returns = list(map(_decode_timestamps, sent))
    except (ValueError, RecursionError):
        returns = list(map(_timestamps, sent))
    if link and not returns:
        msg = "an empty page with a next page"
        raise ValueError(msg)
    return sent, returns, link


def _shown_moment(found: Raw) -> str:
    second = epoch(found.get("created_at"))
    return "unknown" if second is None else from_epoch(second)


def _shown_order(found: Raw) -> str:
    """Return the order's name if it looks like one; any other text may be personal data."""
    name = str(found.get("order_name"))
    return name if _ORDER_NAME.fullmatch(name) else "unknown"


def _timestamps(sent: msgspec.Raw) -> Timestamped:
    try:
        return _decode_timestamps(sent)
    except (ValueError, RecursionError):
        return msgspec.convert(decode(sent), Timestamped)
