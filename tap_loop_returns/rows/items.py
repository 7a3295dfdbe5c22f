"""The nested lists of a return, in every shape that Loop sends."""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import Any

from tap_loop_returns.rows import Raw
from tap_loop_returns.rows.values import text

# Nested lists that streams of their own take, and the id of an item.
ITEMS = {
    "line_items": "line_item_id",
    "exchanges": "exchange_id",
    "labels": "url",
    "shopify_refund_object": "id",
}
_nested_lists = itemgetter(*ITEMS)


def with_lists(returns: list[Raw]) -> list[Raw]:
    """Return returns whose nested items are lists of objects, or missing.

    Items that are not objects are moved to a field of their own, such as
    ``line_items_unread``, since no stream of items can contain them.
    """
    try:
        lists = [value for raw in returns for value in _nested_lists(raw) if value]
    except KeyError:
        return [{**raw, **_lists(raw)} for raw in returns]
    if {*map(type, lists)} <= {list} and {*map(type, chain(*lists))} <= {dict}:
        return returns
    return [{**raw, **_lists(raw)} for raw in returns]


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


def _lists(raw: Raw) -> dict[str, Any]:
    lists: dict[str, Any] = {}
    for field, identity in ITEMS.items():
        value = raw.get(field)
        if not value:
            continue
        items = lists[field] = nested_items(value, identity)
        if isinstance(value, (dict, list)):
            is_odd = len(items) < len(value) and items != [value]
        else:
            is_odd = text(value) is not None
        if is_odd:
            lists[f"{field}_unread"] = value
    return lists
