"""The parameters of the returns list, checked as Loop's documentation says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loop_simulator import timestamps
from loop_simulator.state import COLUMNS, FAR, Store
from loop_simulator.wire import Request, Response, Switches, cursors, errors
from loop_simulator.world import STATES

LONGEST_WINDOW = 120 * timestamps.DAY
DEFAULT_PAGE_SIZE = 100


class InvalidQueryError(Exception):
    """A request that the list refuses, with the response to send."""

    def __init__(self, refusal: Response) -> None:
        """Keep the response."""
        super().__init__(refusal.body.decode())
        self.response = refusal


@dataclass(frozen=True)
class ListQuery:
    """A valid request to the list."""

    column: str
    """The column of the date filter."""
    state: str | None
    first: int
    """The first requested second."""
    last: int
    paged: bool
    size: int
    cursor: dict[str, Any] | None


def parse_query(store: Store, request: Request) -> ListQuery:
    """Return the validated parameters.

    Raises:
        InvalidQueryError: With Loop's response, a 422.

    """
    query = request.query
    column = query.get("filter") or "created_at"
    if column not in COLUMNS:
        raise InvalidQueryError(
            errors.invalid(filter="The selected filter is invalid.")
        )
    state = query.get("state") or None
    if state is not None and state not in STATES:
        raise InvalidQueryError(errors.invalid(state="The selected state is invalid."))
    cursor = cursors.decode(query.get("cursor"))
    first, last = _window(query, store.now, follows=cursor is not None)
    return ListQuery(
        column=column,
        state=state,
        first=first + (store.switches["ends"] in ("exclusive_from", "exclusive_both")),
        last=last - (store.switches["ends"] in ("exclusive_to", "exclusive_both")),
        # A next link without paginate still returns a page.
        paged=query.get("paginate", "").lower() in ("true", "1") or cursor is not None,
        size=_size(query, store.switches),
        cursor=cursor,
    )


def _window(query: dict[str, str], now: int, *, follows: bool) -> tuple[int, int]:
    """Return the first and the last requested second."""
    given = {}
    for name in ("from", "to"):
        if query.get(name):
            try:
                given[name] = timestamps.parse(query[name])
            except ValueError:
                text = f"The {name} is not a valid date."
                raise InvalidQueryError(errors.invalid(**{name: text})) from None
    if "from" not in given:
        # ``to`` alone is ignored on a first request. A next link carries ``to``
        # without ``from``: its rows are then limited by the cursor and ``to`` only.
        return (0, given.get("to", FAR)) if follows else (now - timestamps.DAY, now)
    first = given["from"]
    last = given.get("to", first + timestamps.DAY)
    if last - first > LONGEST_WINDOW:
        text = "The date range may not be greater than 120 days."
        raise InvalidQueryError(errors.invalid(to=text))
    return first, last


def _size(query: dict[str, str], switches: Switches) -> int:
    """Return the page size; a switch decides what happens above the maximum."""
    text = query.get("pageSize", "")
    if not text:
        return DEFAULT_PAGE_SIZE
    largest = switches.number("page_size_max")
    if not text.isdigit() or int(text) < 1:
        raise InvalidQueryError(
            errors.invalid(pageSize="The page size must be at least 1.")
        )
    if int(text) > largest and switches["over_page_size"] == "422":
        refusal = f"The page size may not be greater than {largest}."
        raise InvalidQueryError(errors.invalid(pageSize=refusal))
    return min(int(text), largest)
