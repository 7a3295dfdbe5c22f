"""The returns list, and every stream that comes from it in the same pass."""

from __future__ import annotations

import functools
import hashlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from singer_sdk.mapper import SameRecordTransform
from typing_extensions import override

from tap_loop_returns.decoding import decode
from tap_loop_returns.errors import LoopError, RequestRefusedError
from tap_loop_returns.output.writable_stream import WritableStream
from tap_loop_returns.rows import Raw, Row
from tap_loop_returns.rows.nested_lists import ITEMS, with_ids
from tap_loop_returns.rows.values import NONE_WORDS, decimal, seen_decimals, text
from tap_loop_returns.streams.base import LoopStream
from tap_loop_returns.sync import sync_returns

if TYPE_CHECKING:
    from multiprocessing.pool import ApplyResult, ThreadPool

# Loop's status, with the body `false`, for a return without notes.
NO_NOTES = 422
NO_GRADE = dict.fromkeys(
    ("grade", "title", "subject", "category_name", "category_parent")
)
# A tuple, since the value may be of any type.
UNGRADED = (None, *NONE_WORDS)
# The most frequent ways to write zero.
NOTHING = ("0.00", None)


class Returns(LoopStream):
    """One row per return in any state; incremental by ``updated_at``."""

    name = "returns"
    primary_keys = ("id",)
    replication_key = "updated_at"
    fields_of_other_streams = tuple(ITEMS)

    def rows_of(self, returns: Iterable[Raw]) -> list[Row]:
        """Return one row for each return."""
        build = self.builder.build
        return [build(_with_method_object(raw)) for raw in returns]

    @property
    def selected_parts(self) -> list[WritableStream]:
        """The selected streams among this one and its embedded streams."""
        streams = [self, *self.child_streams]
        return [stream for stream in streams if stream.selected]  # type: ignore[misc]

    def filter_returns(self, returns: list[Raw]) -> list[Raw]:
        """Return the returns that pass the filter of a stream map.

        As with the SDK's child streams, the items of a return that is filtered out are
        left out too.
        """
        first = self.stream_maps[0]
        if isinstance(first, SameRecordTransform):
            return returns
        rows = self.rows_of(returns)
        pairs = zip(returns, rows, strict=True)
        return [raw for raw, row in pairs if first.get_filter_result(row)]

    @override
    def get_records(self, context: Any) -> Iterator[Row]:
        """Not used, since the list is read a page at a time with its children."""
        raise NotImplementedError

    @override
    def _sync_records(
        self,
        context: Any = None,
        *,
        write_messages: bool = True,
    ) -> Generator[dict[str, Any], Any, Any]:
        sync_returns(self)
        yield from ()

    @override
    def _sync_batches(self, batch_config: Any, context: Any = None) -> None:
        sync_returns(self)


class EmbeddedStream(LoopStream):
    """A stream whose rows come from the returns; the stream itself makes no requests."""

    parent_stream_type = Returns
    replication_key = "return_updated_at"
    field: ClassVar[str] = ""
    """Nested list of the return that holds the items."""

    def rows_of(self, returns: Iterable[Raw]) -> list[Row]:
        """Return the rows of a page of returns."""
        build, items_of = self.builder.build, self.items_of
        return [build(item, raw) for raw in returns for item in items_of(raw)]

    def items_of(self, raw: Raw) -> Sequence[Raw]:
        """Return the items of one return, each with its key."""
        return raw.get(self.field) or ()

    @override
    def get_records(self, context: Any) -> Iterator[Row]:
        """Not used, since the rows come with the page of their return."""
        raise NotImplementedError


class ReturnLineItems(EmbeddedStream):
    """One row per returned unit."""

    name = "return_line_items"
    primary_keys = ("return_id", "line_item_id")
    field = "line_items"

    @override
    def items_of(self, raw: Raw) -> list[Raw]:
        """Return the units of one return, each grade as an object."""
        return [
            _with_grade_object(unit) if unit.get("condition") else unit
            for unit in raw.get("line_items") or ()
        ]


class ReturnExchanges(EmbeddedStream):
    """One row per item sent out in exchange."""

    name = "return_exchanges"
    primary_keys = ("return_id", "exchange_id")
    field = "exchanges"


class ReturnRefunds(EmbeddedStream):
    """One row per Shopify refund made for a return."""

    name = "return_refunds"
    primary_keys = ("return_id", "id")
    # The row takes the return's id from the return.
    fields_of_other_streams = ("return_id",)
    field = "shopify_refund_object"


class ReturnLabels(EmbeddedStream):
    """One row per shipping label; labels have no id, so their position is the key."""

    name = "return_labels"
    primary_keys = ("return_id", "label_position")
    field = "labels"

    @override
    def items_of(self, raw: Raw) -> list[Raw]:
        """Return the labels of one return with their positions."""
        labels = enumerate(raw.get("labels") or (), 1)
        return [{**label, "label_position": place} for place, label in labels]


class ReturnReasons(EmbeddedStream):
    """One row per returned unit that carries a reason."""

    name = "return_reasons"
    primary_keys = ("return_id", "line_item_id")
    field = "line_items"

    @override
    def items_of(self, raw: Raw) -> list[Raw]:
        """Return the units of one return that carry a reason."""
        units: list[Raw] = []
        for unit in raw.get("line_items") or ():
            parent = _words(unit.get("parent_return_reason"))
            reason = _words(unit.get("return_reason"))
            if parent or reason:
                units.append({**unit, **_reason_ids(parent, reason)})
        return units


class ReturnOutcomes(EmbeddedStream):
    """One row per part of an outcome: exchange, upsell, refund or credit."""

    name = "return_outcomes"
    primary_keys = ("return_id", "outcome")

    COMPONENTS: ClassVar = (
        ("exchange", "exchange_total", "exchange_processed"),
        ("upsell", "upsell", None),
        ("refund", "refund", "refund_processed"),
        ("credit", "gift_card", "gift_card_processed"),
    )
    WORDS: ClassVar = dict.fromkeys(
        ("gift card", "gift_card", "store credit", "store_credit"), "credit"
    )

    @override
    def items_of(self, raw: Raw) -> list[Raw]:
        """Return the components of one return."""
        said = self._said(_words(raw.get("outcome")) or "")
        moments = raw.get("outcomes_processed_at")
        components: list[Raw] = []
        for outcome, field, processed in self.COMPONENTS:
            amount = raw.get(field)
            moved = (amount not in NOTHING and _is_positive(amount)) or (
                outcome == "exchange" and bool(raw.get("exchanges"))
            )
            spoken = outcome in said
            if not (moved or spoken):
                continue
            both = "word_and_amount"
            component = {
                "outcome": outcome,
                "amount": amount,
                "evidence": (both if spoken else "amount") if moved else "word",
                "processed_at": moments.get(processed)
                if isinstance(moments, dict)
                else None,
            }
            components.append(component)
        return components

    @classmethod
    @functools.lru_cache(maxsize=256)
    def _said(cls, words: str) -> frozenset[str]:
        spoken = (word.strip() for word in words.lower().split("+"))
        return frozenset(cls.WORDS.get(word, word) for word in spoken)


class RequestedStream(EmbeddedStream):
    """A stream that needs one request per return, so it is read only when selected."""

    selected_by_default = False
    requests_per_return = 1

    @functools.cached_property
    def _asked(self) -> deque[list[tuple[Raw, ApplyResult[Sequence[Raw]]]]]:
        """Returns whose items were requested, and the items."""
        return deque()

    @override
    def ask(self, pool: ThreadPool, returns: list[Raw]) -> None:
        """Request the items of some returns; ``rows_of`` waits for them."""
        chosen = returns[: self.ABORT_AT_RECORD_COUNT]
        self._asked.append(
            [(raw, pool.apply_async(self._fetch, (raw,))) for raw in chosen]
        )

    @override
    def rows_of(self, returns: Iterable[Raw]) -> list[Row]:
        """Return the rows of the returns whose items were requested before all others.

        A return whose request failed has no rows, and is noted as missed.
        """
        rows: list[Row] = []
        for raw, items in self._asked.popleft():
            try:
                found = items.get()
            except LoopError as error:
                if self.ABORT_AT_RECORD_COUNT is not None:
                    raise
                self.missed.add(raw, raw["id"], error)
                continue
            self.missed.answered()
            rows += [self.builder.build(item, raw) for item in found]
        return rows

    def _fetch(self, raw: Raw) -> Sequence[Raw]:
        if self.missed.is_given_up and self.missed.error:
            raise self.missed.error
        return self.items_of(raw)


class ReturnDetails(RequestedStream):
    """One row per return as the details endpoint returns it."""

    name = "return_details"
    primary_keys = ("id",)
    replication_key = "updated_at"

    @override
    def items_of(self, raw: Raw) -> list[Raw]:
        """Request one return; Loop responds with 200 and ``error`` if it does not exist."""
        details = self.client.get(
            "/warehouse/return/details",
            {"return_id": str(raw["id"]), "currency_type": "shop"},
            parse=_details,
        )
        return [_with_method_object(one) for one in details]


class ReturnNotes(RequestedStream):
    """One row per staff note on a return."""

    name = "return_notes"
    primary_keys = ("return_id", "id")

    @override
    def items_of(self, raw: Raw) -> list[Raw]:
        """Request the notes of one return; without notes Loop responds with 422 and ``false``."""
        path = f"/warehouse/return/{quote(str(raw['id']), safe='')}/notes"
        try:
            notes = self.client.get(path, parse=_notes)
        except RequestRefusedError as refusal:
            if refusal.status == NO_NOTES and refusal.body.strip() == b"false":
                return []
            raise
        return with_ids(notes, "id")


def _with_method_object(raw: Raw) -> Raw:
    method = raw.get("return_method")
    return (
        {**raw, "return_method": {"method_type": method}}
        if method.__class__ is str
        else raw
    )


def _with_grade_object(unit: Raw) -> Raw:
    """Return a unit with its grade as an object; before 2026-10 it is a text."""
    condition = unit["condition"]
    if not isinstance(condition, dict):
        return unit
    sent = condition.get("condition_category")
    if sent is None or isinstance(sent, list):
        return unit
    if isinstance(sent, dict):
        if sent.keys() >= NO_GRADE.keys() and sent["grade"] not in UNGRADED:
            return unit
        grade = {**NO_GRADE, **sent}
    else:
        grade = {**NO_GRADE, "grade": sent}
    if grade["grade"] in UNGRADED:
        grade["grade"] = grade["title"]
    return {**unit, "condition": {**condition, "condition_category": grade}}


def _words(value: Any) -> str | None:
    if value.__class__ is str:
        return None if value in NONE_WORDS else value
    return None if value is None or isinstance(value, (dict, list)) else text(value)


# A shop has a few dozen reasons.
@functools.lru_cache(maxsize=4096)
def _reason_ids(parent: str | None, reason: str | None) -> Raw:
    return {
        "parent_return_reason_id": parent and _digest(parent),
        "return_reason_id": reason and _digest(parent or "", reason),
    }


def _digest(*texts: str) -> str:
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:32]


def _is_positive(value: Any) -> bool:
    try:
        amount = value if value in seen_decimals else decimal(value)
    except (TypeError, ValueError):
        return False
    return amount is not None and amount[0] != "-" and amount.strip("+0.") != ""


def _details(body: bytes) -> list[Raw]:
    content = decode(body)
    found = content if isinstance(content, list) else [content]
    if not all(isinstance(one, dict) for one in found):
        msg = "no return object"
        raise ValueError(msg)
    return [one for one in found if one.get("id") is not None and "error" not in one]


def _notes(body: bytes) -> list[Raw]:
    content = decode(body)
    notes = content.get("notes") if isinstance(content, dict) else content
    if content is False:
        return []
    if not isinstance(notes, list) or not all(isinstance(n, dict) for n in notes):
        msg = "no list of notes"
        raise ValueError(msg)
    return notes
