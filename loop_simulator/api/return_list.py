"""The returns list: filters, date windows, page tokens, as Loop's.

Follows the rules read from the documentation of the detailed returns list and
of pagination; what those leave open is decided by a switch.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state import COLUMNS, FAR, Entry, Index, Store
from loop_simulator.wire import (
    YEAR,
    Answer,
    Request,
    Switches,
    cursors,
    errors,
    is_undated,
)
from loop_simulator.world import STATES

LONGEST_WINDOW = 120 * timestamps.DAY
DEFAULT_PAGE_SIZE = 100


class RefusedError(Exception):
    """A request the list refuses, with the answer to give."""

    def __init__(self, refusal: Answer) -> None:
        """Keep the answer."""
        super().__init__(refusal.body.decode())
        self.answer = refusal


@dataclass(frozen=True)
class Ask:
    """A list request understood and found valid."""

    column: str
    state: str | None
    first: int
    last: int
    paged: bool
    size: int
    cursor: dict[str, Any] | None


def returns_list(store: Store, request: Request) -> Answer:
    """Answer ``GET /warehouse/return/list``."""
    with store.lock:
        try:
            ask = understand(store, request)
        except RefusedError as refused:
            return refused.answer
        if ask.paged and store.switches["body"] == "wrapped":
            return _page(store, request, ask)
        rows = _lineup(store, ask).all()
        cap = store.switches.number("bare_cap")
        rows = rows[:cap] if cap else rows
        return Answer(200, b"[" + _join(store, rows) + b"]", rows=len(rows))


def understand(store: Store, request: Request) -> Ask:
    """Read and check the parameters.

    Raises:
        RefusedError: With the 422 Loop answers.

    """
    query = request.query
    column = query.get("filter") or "created_at"
    if column not in COLUMNS:
        raise RefusedError(errors.invalid(filter="The selected filter is invalid."))
    state = query.get("state") or None
    if state is not None and state not in STATES:
        raise RefusedError(errors.invalid(state="The selected state is invalid."))
    cursor = cursors.decode(query.get("cursor"))
    first, last = _window(query, store.now, follows=cursor is not None)
    return Ask(
        column=column,
        state=state,
        first=first + (store.switches["ends"] in ("exclusive_from", "exclusive_both")),
        last=last - (store.switches["ends"] in ("exclusive_to", "exclusive_both")),
        # A next link without paginate still answers with a page.
        paged=query.get("paginate", "").lower() in ("true", "1") or cursor is not None,
        size=_size(query, store.switches),
        cursor=cursor,
    )


def _window(query: dict[str, str], now: int, *, follows: bool) -> tuple[int, int]:
    """Find the first and the last second asked for."""
    given = {}
    for name in ("from", "to"):
        if query.get(name):
            try:
                given[name] = timestamps.parse(query[name])
            except ValueError:
                text = f"The {name} is not a valid date."
                raise RefusedError(errors.invalid(**{name: text})) from None
    if "from" not in given:
        # ``to`` alone is ignored on a first request. A next link carries ``to``
        # without ``from``: there the rows are bounded by cursor and ``to`` only.
        return (0, given.get("to", FAR)) if follows else (now - timestamps.DAY, now)
    first = given["from"]
    last = given.get("to", first + timestamps.DAY)
    if last - first > LONGEST_WINDOW:
        text = "The date range may not be greater than 120 days."
        raise RefusedError(errors.invalid(to=text))
    return first, last


def _size(query: dict[str, str], switches: Switches) -> int:
    """Read the page size; above the maximum it is refused or cut, by switch."""
    text = query.get("pageSize", "")
    if not text:
        return DEFAULT_PAGE_SIZE
    largest = switches.number("page_size_max")
    if not text.isdigit() or int(text) < 1:
        raise RefusedError(errors.invalid(pageSize="The page size must be at least 1."))
    if int(text) > largest and switches["over_page_size"] == "422":
        refusal = f"The page size may not be greater than {largest}."
        raise RefusedError(errors.invalid(pageSize=refusal))
    return min(int(text), largest)


class Lineup:
    """The rows asked for, in ascending order of one key, with the way to read them."""

    def __init__(
        self, entries: Index | list[Entry], first: int, last: int, *, descending: bool
    ) -> None:
        """Take entries; only those keyed from ``first`` to ``last`` count."""
        self.entries = entries
        self.low = bisect_left(entries, (first, -FAR))
        self.high = bisect_right(entries, (last, FAR))
        self.descending = descending

    def all(self) -> list[Entry]:
        """Give every row, in listing order."""
        return self._ordered(self.entries[self.low : self.high])

    def page(
        self, size: int, mark: tuple[int, int | None] | None, *, forward: bool
    ) -> tuple[list[Entry], bool]:
        """Give the rows next to a mark, and whether more lie beyond them.

        Args:
            size: How many rows.
            mark: Key and rank to go on from, None to begin. Without a rank all
                rows that share the key are passed over: Laravel's cursor has
                no tie-breaker.
            forward: Towards the end of the listing, or back.

        """
        low, high = self.low, self.high
        upwards = self.descending != forward
        if mark is not None:
            key, rank = mark
            if upwards:
                low = max(
                    low,
                    bisect_right(self.entries, (key, FAR if rank is None else rank)),
                )
            else:
                high = min(
                    high,
                    bisect_left(self.entries, (key, -FAR if rank is None else rank)),
                )
        more = high - low > size
        taken = (
            self.entries[low : min(low + size, high)]
            if upwards
            else (self.entries[max(low, high - size) : high] if high > low else [])
        )
        return self._ordered(taken), more

    def _ordered(self, rows: list[Entry]) -> list[Entry]:
        return rows[::-1] if self.descending else rows


def _lineup(store: Store, ask: Ask) -> Lineup:
    """Line up the rows in the order the switch asks for."""
    order = store.switches["order"]
    index: Index | list[Entry] = store.index(ask.column, ask.state)
    if ask.column == "updated_at" and store.switches["updated_at"] != "present":
        # Old returns then have no such stamp, and a database finds no null.
        young = store.now - YEAR
        index = [entry for entry in index[:] if store.created(entry[1]) >= young]
    if ask.column == "created_at" and store.switches["created_at"] != "present":
        index = [e for e in index[:] if not is_undated(e[1], store.switches)]
    if order in ("asc", "desc") or (
        order == "by_created_asc" and ask.column == "created_at"
    ):
        return Lineup(index, ask.first, ask.last, descending=order == "desc")
    window = Lineup(index, ask.first, ask.last, descending=False).all()
    keyed = sorted((_key(store, order, rank), rank) for _, rank in window)
    return Lineup(keyed, -FAR, FAR, descending=order == "by_id_desc")


def _key(store: Store, order: str, rank: int) -> int:
    """Give the sorting key of the unusual orders."""
    if order == "by_created_asc":
        return store.created(rank)
    if order == "by_id_desc":
        return rank
    return rank * 0x9E3779B1 % 0xFFFFFFFB


def _key_name(store: Store, ask: Ask) -> str:
    """Name the value a page token carries."""
    names = {"by_created_asc": "created_at", "by_id_desc": "id", "shuffled": "position"}
    return names.get(store.switches["order"], ask.column)


def _page(store: Store, request: Request, ask: Ask) -> Answer:
    """Answer one page with its links."""
    cursor = ask.cursor
    if cursor is not None and cursor.get(cursors.GAP):
        onward = {name: value for name, value in cursor.items() if name != cursors.GAP}
        return _wrap(store, [], cursors.url(store.switches, request, onward), None)
    forward = cursor is None or bool(cursor.get(cursors.FORWARD, True))
    rows, more = _lineup(store, ask).page(ask.size, _mark(store, ask), forward=forward)
    ahead = (
        _token(store, ask, rows[-1], forward=True)
        if rows and (more or not forward)
        else None
    )
    back = None
    if rows and (more if not forward else cursor is not None):
        back = _token(store, ask, rows[0], forward=False)
    if ahead and store.switches["empty_page_with_next"] == "on":
        ahead = ahead | {cursors.GAP: True}
    next_url = cursors.next_url(store.switches, request, ahead) if ahead else None
    previous_url = cursors.url(store.switches, request, back) if back else None
    return _wrap(store, rows, next_url, previous_url)


def _mark(store: Store, ask: Ask) -> tuple[int, int | None] | None:
    """Read where a page token points to."""
    if ask.cursor is None:
        return None
    value = ask.cursor.get(_key_name(store, ask))
    try:
        key = (
            timestamps.parse(value)
            if isinstance(value, str) and "-" in value
            else int(value or 0)
        )
    except (TypeError, ValueError):
        return None
    rank = ask.cursor.get("id")
    keeps = store.switches["ties"] == "keep" and str(rank).isdigit()
    return key, int(str(rank)) if keeps else None


def _token(store: Store, ask: Ask, row: Entry, *, forward: bool) -> dict[str, Any]:
    """Make the content of a page token."""
    name = _key_name(store, ask)
    token: dict[str, Any] = {
        name: timestamps.space(row[0]) if name in COLUMNS else row[0]
    }
    if store.switches["ties"] == "keep":
        token["id"] = row[1]
    return token | {cursors.FORWARD: forward}


def _wrap(
    store: Store, rows: list[Entry], ahead: str | None, back: str | None
) -> Answer:
    """Write the body of a page."""
    tail = f',"nextPageUrl":{json.dumps(ahead)},"previousPageUrl":{json.dumps(back)}}}'
    body = b'{"returns":[' + _join(store, rows) + b"]" + tail.encode()
    return Answer(200, body, rows=len(rows))


def _join(store: Store, rows: list[Entry]) -> bytes:
    """Put the cached bytes of many returns in a row."""
    return b",".join([store.rendered(rank) for _, rank in rows])
