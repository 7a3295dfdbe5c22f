"""The tap's settings, and what is wrong with them in one sentence each."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from singer_sdk import typing as th

from tap_loop_returns import stamps
from tap_loop_returns.bookmark import BEGINNING, Wanted
from tap_loop_returns.ranges import STATES

MINUTE = 60

SETTINGS = th.PropertiesList(
    th.Property(
        "api_key",
        th.StringType(nullable=False),
        required=True,
        secret=True,
        title="API key",
        description="Loop API key, from Developer tools in Loop's admin. The scope "
        "Returns is enough for all streams read by default.",
    ),
    th.Property(
        "api_url",
        th.StringType(nullable=False),
        default="https://api.loopreturns.com/api",
        title="API address",
        description="Address of Loop's API, without the version.",
    ),
    th.Property(
        "api_version",
        th.StringType(nullable=False),
        default="2026-07",
        title="API version",
        description="Dated version of Loop's API; v1 is an alias that will go away.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="Read returns created on or after this moment, and all later "
        "changes of any return. Everything if not set.",
    ),
    th.Property(
        "end_date",
        th.DateTimeType,
        title="End date",
        description="Read no return created, and no change made, after this moment.",
    ),
    th.Property(
        "date_filter",
        th.StringType(allowed_values=["created_at", "updated_at"]),
        default="created_at",
        title="Date filter",
        description="Date of a return that start_date and end_date bound in a sync "
        "without state; updated_at also takes returns that have none, by created_at.",
    ),
    th.Property(
        "states",
        th.ArrayType(th.StringType(allowed_values=list(STATES))),
        default=list(STATES),
        title="States",
        description="States of returns to read. Leaving one out means that a return "
        "which changes to it keeps its former state downstream.",
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1, maximum=750),
        default=750,
        title="Page size",
        description="Returns per request, 1 to 750.",
    ),
    th.Property(
        "lookback_minutes",
        th.IntegerType(minimum=0),
        default=30,
        title="Look-back in minutes",
        description="Each sync starts this long before the end of the last one, for "
        "changes that become visible late.",
    ),
    th.Property(
        "requests_per_minute",
        th.IntegerType(minimum=1),
        default=300,
        title="Requests per minute",
        description="Loop allows 300 a minute and key; lower it if other programs "
        "use the same key.",
    ),
    th.Property(
        "parallel_requests",
        th.IntegerType(minimum=1, maximum=32),
        default=8,
        title="Parallel requests",
        description="Requests under way at once, 1 to 32. Each costs up to 15 MB of "
        "memory at full pages.",
    ),
    th.Property(
        "personal_data",
        th.StringType(allowed_values=["keep", "hash", "drop"]),
        default="keep",
        title="Personal data",
        description="keep, hash (keyed, the same in every run, so that hashes join) "
        "or drop: applied to every personal field before it leaves the tap.",
    ),
    th.Property(
        "personal_data_salt",
        th.StringType(nullable=False),
        secret=True,
        title="Salt for hashes",
        description="Secret key of the hashes; required when personal_data is hash.",
    ),
).to_dict()


def problems(config: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the settings, a sentence each, without secrets."""
    found = list(filter(None, (_problem(name, config) for name in _CHECKS)))
    start, end = (_moment(config.get(name)) for name in ("start_date", "end_date"))
    if start is not None and start > time.time():
        found.append("Setting `start_date` lies in the future; set an earlier one.")
    if start is not None and end is not None and end < start:
        found.append("Setting `end_date` lies before `start_date`; swap them.")
    if config.get("personal_data") == "hash" and not config.get("personal_data_salt"):
        found.append(
            "Setting `personal_data_salt` is missing; `personal_data: hash` needs one."
        )
    return found


def wanted(config: Mapping[str, Any]) -> Wanted:
    """Return what checked settings ask to be read."""
    return Wanted(
        start=_moment(config.get("start_date") or BEGINNING) or 0,
        end=_moment(config.get("end_date")),
        states=frozenset(config["states"]),
        lookback=config["lookback_minutes"] * MINUTE,
        column=config["date_filter"],
    )


def _moment(value: Any) -> int | None:
    return None if value is None else stamps.epoch(value)


def _whole(low: int, high: float) -> Any:
    def fits(value: Any) -> bool:
        return type(value) is int and low <= value <= high

    return fits


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_key(value: Any) -> bool:
    # What cannot stand in a header would fail with a stack trace that shows it.
    return _is_text(value) and value.isascii() and not set(value) & set(" \t")


def _is_address(value: Any) -> bool:
    parts = urlsplit(value) if _is_text(value) else None
    return bool(parts and parts.scheme in {"http", "https"} and parts.hostname)


def _are_states(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(v in STATES for v in value)


_STATES = ", ".join(STATES)
_DATE = "a date or date-time such as 2025-01-31 or 2025-01-31T00:00:00Z"
_CHECKS: dict[str, tuple[Any, str]] = {
    "api_key": (_is_key, "your Loop API key (environment TAP_LOOP_RETURNS_API_KEY)"),
    "api_url": (_is_address, "an http or https address"),
    "api_version": (_is_text, "a version such as 2026-07"),
    "start_date": (lambda v: _moment(v) is not None, _DATE),
    "end_date": (lambda v: _moment(v) is not None, _DATE),
    "date_filter": (
        lambda v: v in {"created_at", "updated_at"},
        "created_at or updated_at",
    ),
    "states": (_are_states, f"a list of one or more of {_STATES}"),
    "page_size": (_whole(1, 750), "a whole number from 1 to 750"),
    "lookback_minutes": (_whole(0, float("inf")), "a whole number from 0 up"),
    "requests_per_minute": (_whole(1, float("inf")), "a whole number from 1 up"),
    "parallel_requests": (_whole(1, 32), "a whole number from 1 to 32"),
    "personal_data": (lambda v: v in {"keep", "hash", "drop"}, "keep, hash or drop"),
    "personal_data_salt": (_is_text, "a text"),
}
_SECRET = {"api_key", "personal_data_salt"}


def _problem(name: str, config: Mapping[str, Any]) -> str | None:
    fits, allowed = _CHECKS[name]
    value = config.get(name)
    if value is None:
        return (
            f"Setting `{name}` is missing; set {allowed}."
            if name == "api_key"
            else None
        )
    if fits(value):
        return None
    shown = "" if name in _SECRET else f", not {json.dumps(value, default=str)}"
    return f"Setting `{name}` must be {allowed}{shown}."
