"""Checks the files that are given to the tap."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import IO, Any

from tap_loop_returns.errors import CatalogError, FileError, StateError

BYTE_ORDER_MARK = "\ufeff"
ADVICE = {
    "config": 'Write the settings into it, as {"api_key": "..."}.',
    "state": "Give the last STATE value that the tap sent, or leave out --state to "
    "read everything.",
    "catalog": "Write a new one with --discover.",
}


def checked(option: str, file: IO[str]) -> IO[str]:
    """Return the text of a file that holds one JSON object, to be read from the beginning.

    Raises:
        FileError: The file contains anything else.
    """
    text = ""
    cause: ValueError | None = None
    try:
        text = file.read()
        content, reason = json.loads(text), "does not contain a JSON object"
    except ValueError as error:
        content, reason = None, "is empty" if not text.strip() else "is not JSON"
        if isinstance(error, UnicodeDecodeError) or text[:1] == BYTE_ORDER_MARK:
            reason = "must be saved as UTF-8 without a byte order mark"
        elif text.count("\n{"):
            reason = "contains more than one JSON object"
        cause = error
    if not isinstance(content, dict):
        name = getattr(file, "name", "standard input")
        msg = f"The file given by --{option} ({name}) {reason}. {ADVICE[option]}"
        raise FileError(msg) from cause
    return io.StringIO(text)


def bookmarks(state: Any) -> dict[str, Any]:
    """Return the tap's state, unwrapped if Meltano or a STATE message wraps it.

    Raises:
        StateError: It is not a state of the tap.
    """
    if isinstance(state, dict):
        if state.get("type") == "STATE":
            state = state.get("value")
        elif "singer_state" in state:
            state = state["singer_state"]
    if state == {}:
        return {}
    marks = state.get("bookmarks") if isinstance(state, dict) else None
    if not isinstance(marks, dict) or not all(
        isinstance(mark, dict) for mark in marks.values()
    ):
        problem = "`bookmarks` is no object of objects"
    elif not _are_audits(marks.get("sync_audits", {})):
        problem = "its `sync_audits` has another shape"
    else:
        return {"bookmarks": marks}
    msg = f"The state given to the tap is not a state of this tap: {problem}. {ADVICE['state']}"
    raise StateError(msg)


def _are_audits(mark: Mapping[str, Any]) -> bool:
    """Return whether a bookmark holds audits as the tap writes them."""
    kinds = {"unfinished": dict, "newest": dict, "unsent": list}
    return all(
        isinstance(mark.get(name, kind()), kind) for name, kind in kinds.items()
    ) and all(isinstance(row, dict) for row in mark.get("unsent", ()))


def check_types(stream: str, ours: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Check that a catalog's schema allows the rows of a stream.

    Raises:
        CatalogError: The catalog declares another type for a column than the tap sends.
    """
    for column, prop in given["properties"].items():
        sent, allowed = _types(ours["properties"].get(column, {})), _types(prop)
        if sent and allowed and not sent <= allowed:
            msg = (
                f"The catalog gives `{column}` of `{stream}` the type "
                f"{' or '.join(sorted(allowed))}, and the tap sends "
                f"{' or '.join(sorted(sent))}. Remove the type from the catalog (in "
                f"Meltano from `schema`), or write a new catalog with --discover."
            )
            raise CatalogError(msg)


def _types(prop: Mapping[str, Any]) -> set[str]:
    """Return the types of a property except null; empty if it declares none."""
    found = prop.get("type", ())
    return ({found} if isinstance(found, str) else set(found)) - {"null"}
