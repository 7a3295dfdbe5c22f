"""The nested lists of a return, in every shape that Loop sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

from tap_loop_returns.rows import Raw
from tap_loop_returns.rows.values import text

# Nested lists that have their own streams, each with the field by which its items are
# recognised: the id, if they have one.
ITEMS = {
    "line_items": "line_item_id",
    "exchanges": "exchange_id",
    "labels": "url",
    "shopify_refund_object": "id",
}
WITHOUT_ID = frozenset({"labels"})
_nested_lists = itemgetter(*ITEMS)
_IDS = tuple(
    dict.keys if field in WITHOUT_ID else itemgetter(identity)
    for field, identity in ITEMS.items()
)


def with_lists(returns: list[Raw]) -> list[Raw]:
    """Return the returns with each nested field as a list of objects.

    A field that is missing or empty stays as it is. An object without an id gets its
    position as its id, except a label, which needs none. Items that are not objects are
    moved to a field of their own, such as ``line_items_unread``, since no stream of items
    can contain them.
    """
    try:
        lists = zip(*map(_nested_lists, returns), strict=True)
        are_documented = all(map(_have_ids, _IDS, lists))
    except (KeyError, TypeError):
        are_documented = False
    return returns if are_documented else [{**raw, **_lists(raw)} for raw in returns]


def nested_items(value: Any, identity: str) -> list[Raw]:
    """Return the objects in a nested list, in any of the shapes that Loop uses.

    PHP writes a list with gaps as an object, and sometimes a list of one item is sent
    as the item itself. ``identity`` is a field by which such an item is recognised.
    """
    if isinstance(value, dict):
        value = [value] if identity in value else list(value.values())
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def with_ids(items: list[Raw], identity: str) -> list[Raw]:
    """Return items with ids; an item without an id gets its position as its id."""
    return [
        item if item.get(identity) else {**item, identity: f"position-{place}"}
        for place, item in enumerate(items, 1)
    ]


def _have_ids(id_of: Callable[[Any], Any], lists: Iterable[Any]) -> bool:
    """Return whether the items in all lists are objects with an id.

    Raises:
        TypeError: An item is not an object, or a value is not a list.
        KeyError: An object has no such field.
    """
    return all(map(id_of, chain.from_iterable(filter(None, lists))))


def _lists(raw: Raw) -> dict[str, Any]:
    lists: dict[str, Any] = {}
    for field, identity in ITEMS.items():
        value = raw.get(field)
        if not value:
            continue
        items = nested_items(value, identity)
        lists[field] = items if field in WITHOUT_ID else with_ids(items, identity)
        if isinstance(value, (dict, list)):
            is_odd = len(items) < len(value) and items != [value]
        else:
            is_odd = text(value) is not None
        if is_odd:
            lists[f"{field}_unread"] = value
    return lists
