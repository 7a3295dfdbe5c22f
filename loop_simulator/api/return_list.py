"""The returns list: the returns of a period in order, as a whole or in pages.

Follows Loop's documentation of the detailed returns list and of pagination; switches
decide what the documentation leaves open.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from typing import Any

from loop_simulator import timestamps
from loop_simulator.api.list_query import InvalidQueryError, ListQuery, parse_query
from loop_simulator.state import COLUMNS, FAR, Entry, Index, Store
from loop_simulator.wire import YEAR, Request, Response, cursors, is_undated

Start = tuple[int, int | None]
"""The value and the return's key after which a page starts."""


def returns_list(store: Store, request: Request) -> Response:
    """Return the response to ``GET /warehouse/return/list``."""
    with store.lock:
        try:
            query = parse_query(store, request)
        except InvalidQueryError as refused:
            return refused.response
        if query.paged and store.switches["body"] == "wrapped":
            return _page(store, request, query)
        rows = _listing(store, query).all()
        cap = store.switches.number("bare_cap")
        rows = rows[:cap] if cap else rows
        return Response(200, b"[" + _join(store, rows) + b"]", rows=len(rows))


class Listing:
    """The requested entries, sorted by one value, which can be read in either direction."""

    def __init__(
        self, entries: Index | list[Entry], first: int, last: int, *, descending: bool
    ) -> None:
        """Keep the entries whose value is from ``first`` to ``last``."""
        self.entries = entries
        self.low = bisect_left(entries, (first, -FAR))
        self.high = bisect_right(entries, (last, FAR))
        self.descending = descending

    def all(self) -> list[Entry]:
        """Return every entry in listing order."""
        return self._ordered(self.entries[self.low : self.high])

    def page(
        self, size: int, start: Start | None, *, forward: bool
    ) -> tuple[list[Entry], bool]:
        """Return one page, and whether more entries follow it.

        Args:
            size: Number of entries.
            start: Position to continue from; None for the beginning. Without a return's
                key all entries with the same value are skipped: Laravel's cursor has no
                tie-breaker.
            forward: True to read towards the end of the listing, False towards its
                beginning.

        """
        low, high = self.low, self.high
        upwards = self.descending != forward
        if start is not None:
            value, key = start
            if upwards:
                low = max(
                    low,
                    bisect_right(self.entries, (value, FAR if key is None else key)),
                )
            else:
                high = min(
                    high,
                    bisect_left(self.entries, (value, -FAR if key is None else key)),
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


def _listing(store: Store, query: ListQuery) -> Listing:
    """Return the entries in the order that the switch sets."""
    order = store.switches["order"]
    index: Index | list[Entry] = store.index(query.column, query.state)
    if query.column == "updated_at" and store.switches["updated_at"] != "present":
        # Old returns then have no updated_at, and a database's date filter never
        # matches null.
        young = store.now - YEAR
        index = [entry for entry in index[:] if store.created(entry[1]) >= young]
    if query.column == "created_at" and store.switches["created_at"] != "present":
        index = [e for e in index[:] if not is_undated(e[1], store.switches)]
    if order in ("asc", "desc") or (
        order == "by_created_asc" and query.column == "created_at"
    ):
        return Listing(index, query.first, query.last, descending=order == "desc")
    window = Listing(index, query.first, query.last, descending=False).all()
    keyed = sorted((_sort_value(store, order, key), key) for _, key in window)
    return Listing(keyed, -FAR, FAR, descending=order == "by_id_desc")


def _sort_value(store: Store, order: str, key: int) -> int:
    """Return the value to sort by if the switch sets an unusual order."""
    if order == "by_created_asc":
        return store.created(key)
    if order == "by_id_desc":
        return key
    return key * 0x9E3779B1 % 0xFFFFFFFB


def _cursor_field(store: Store, query: ListQuery) -> str:
    """Return the name of the value in a page token."""
    names = {"by_created_asc": "created_at", "by_id_desc": "id", "shuffled": "position"}
    return names.get(store.switches["order"], query.column)


def _page(store: Store, request: Request, query: ListQuery) -> Response:
    """Return one page with its links."""
    cursor = query.cursor
    if cursor is not None and cursor.get(cursors.GAP):
        following = {
            name: value for name, value in cursor.items() if name != cursors.GAP
        }
        return _wrap(store, [], cursors.url(store.switches, request, following), None)
    forward = cursor is None or bool(cursor.get(cursors.FORWARD, True))
    rows, more = _listing(store, query).page(
        query.size, _start(store, query), forward=forward
    )
    next_token = (
        _token(store, query, rows[-1], forward=True)
        if rows and (more or not forward)
        else None
    )
    previous_token = None
    if rows and (more if not forward else cursor is not None):
        previous_token = _token(store, query, rows[0], forward=False)
    if next_token and store.switches["empty_page_with_next"] == "on":
        next_token = next_token | {cursors.GAP: True}
    next_url = (
        cursors.next_url(store.switches, request, next_token) if next_token else None
    )
    previous_url = (
        cursors.url(store.switches, request, previous_token) if previous_token else None
    )
    return _wrap(store, rows, next_url, previous_url)


def _start(store: Store, query: ListQuery) -> Start | None:
    """Return the position of a page token."""
    if query.cursor is None:
        return None
    value = query.cursor.get(_cursor_field(store, query))
    try:
        moment = (
            timestamps.parse(value)
            if isinstance(value, str) and "-" in value
            else int(value or 0)
        )
    except (TypeError, ValueError):
        return None
    key = query.cursor.get("id")
    keeps = store.switches["ties"] == "keep" and str(key).isdigit()
    return moment, int(str(key)) if keeps else None


def _token(
    store: Store, query: ListQuery, row: Entry, *, forward: bool
) -> dict[str, Any]:
    """Return the content of a page token."""
    name = _cursor_field(store, query)
    token: dict[str, Any] = {
        name: timestamps.space(row[0]) if name in COLUMNS else row[0]
    }
    if store.switches["ties"] == "keep":
        token["id"] = row[1]
    return token | {cursors.FORWARD: forward}


def _wrap(
    store: Store, entries: list[Entry], next_url: str | None, previous_url: str | None
) -> Response:
    """Return the response with one page."""
    tail = f',"nextPageUrl":{json.dumps(next_url)},"previousPageUrl":{json.dumps(previous_url)}}}'
    body = b'{"returns":[' + _join(store, entries) + b"]" + tail.encode()
    return Response(200, body, rows=len(entries))


def _join(store: Store, entries: list[Entry]) -> bytes:
    """Return the JSON of several returns, separated by commas."""
    return b",".join([store.rendered(key) for _, key in entries])
