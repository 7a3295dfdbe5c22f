"""The tap's settings, and one sentence for each invalid setting.

The JSON schema declares every limit and choice; the sentences are derived from it.
"""

from __future__ import annotations

import difflib
import fnmatch
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jsonschema
from singer_sdk import typing as th

from tap_loop_returns import timestamps
from tap_loop_returns.reading.bookmark import BEGINNING, SyncScope
from tap_loop_returns.reading.ranges import STATES

MINUTE = 60
# Minimum length in characters; a short salt could be found by trying all of them.
SHORTEST_SALT = 16

SETTINGS = th.PropertiesList(
    th.Property(
        "api_key",
        # A key with another character would be invalid in a header, and the error would
        # show it.
        th.StringType(nullable=False, pattern=r"^[!-~]+$"),
        required=True,
        secret=True,
        title="API key",
        description="Loop API key, from Developer tools in Loop's admin. The scope "
        "Returns is enough for the streams that Meltano selects by default.",
    ),
    th.Property(
        "api_url",
        th.StringType(nullable=False, pattern=r"^https?://\S+$"),
        default="https://api.loopreturns.com/api",
        title="API address",
        description="Address of Loop's API, without the version.",
    ),
    th.Property(
        "api_version",
        th.StringType(nullable=False, pattern=r"^[\w.-]+$"),
        default="2026-10",
        title="API version",
        description="Dated version of Loop's API; the tap reads 2026-10 and 2026-07. "
        "v1 is an alias of 2026-07 that Loop will remove.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="The first sync reads the returns created at or after this time, or all "
        "returns if it is not set. Later syncs read every return that changed, older ones "
        "included.",
    ),
    th.Property(
        "end_date",
        th.DateTimeType,
        title="End date",
        description="A sync without state reads returns dated up to this time (see "
        "date_filter); later syncs read changes up to it.",
    ),
    th.Property(
        "date_filter",
        th.StringType(allowed_values=["created_at", "updated_at"]),
        default="created_at",
        title="Date filter",
        description="Date of a return that start_date and end_date refer to in a sync "
        "without state. With updated_at, returns without that date are filtered by "
        "created_at.",
    ),
    th.Property(
        "states",
        th.CustomType(
            {
                "type": ["array", "null"],
                "items": {"type": "string", "enum": list(STATES)},
                "minItems": 1,
            }
        ),
        default=list(STATES),
        title="States",
        description="States of returns to read. If you leave out a state, a return that "
        "changes to it keeps its previous state in the target.",
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
        description="Each sync reads changes from this many minutes before the last sync "
        "began, to find changes that become visible late.",
    ),
    th.Property(
        "requests_per_minute",
        th.IntegerType(minimum=1),
        default=300,
        title="Requests per minute",
        description="Maximum number of requests per minute. Loop allows 300 per key; set "
        "fewer if other programs use the same key.",
    ),
    th.Property(
        "parallel_requests",
        th.IntegerType(minimum=1, maximum=32),
        default=8,
        title="Parallel requests",
        description="Number of parallel requests, 1 to 32. Each needs up to 15 MB of "
        "memory for a full page.",
    ),
    th.Property(
        "personal_data",
        th.StringType(allowed_values=["keep", "hash", "drop"]),
        default="keep",
        title="Personal data",
        description="Whether to keep, hash or drop every personal field before it leaves "
        "the tap. Hashes use a secret key; equal values have equal hashes in every run.",
    ),
    th.Property(
        "personal_data_salt",
        th.StringType(nullable=False, min_length=SHORTEST_SALT),
        secret=True,
        title="Salt for hashes",
        description="Secret key of the hashes, at least 16 characters; required when "
        "personal_data is hash.",
    ),
).to_dict()
_PROPERTIES: dict[str, dict[str, Any]] = SETTINGS["properties"]

PREFIX = "TAP_LOOP_RETURNS_"

# Descriptions of valid values that cannot be derived from the schema.
_EXPECTED = {
    "api_key": "your Loop API key (environment TAP_LOOP_RETURNS_API_KEY), which has "
    "no blanks and no line break",
    "api_url": "an http or https address such as https://api.loopreturns.com/api",
    "api_version": "a version such as 2026-10",
    "personal_data_salt": f"a secret text of at least {SHORTEST_SALT} characters",
}


_SDK_EXPECTED = {
    "integer": "a whole number",
    "object": "a JSON object",
    "boolean": "true or false",
    "string": "a text",
}


def problems(config: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each error in the settings, without secrets."""
    found = [
        problem
        for name in _PROPERTIES
        if (problem := _problem(name, config.get(name))) is not None
    ]
    start, end = (_moment(config.get(name)) for name in ("start_date", "end_date"))
    if start is not None and start > time.time():
        found.append("Setting `start_date` is in the future; set an earlier date.")
    if start is not None and end is not None and end < start:
        found.append("Setting `end_date` is before `start_date`; swap them.")
    if config.get("personal_data") == "hash" and not config.get("personal_data_salt"):
        found.append(
            "Setting `personal_data_salt` is missing; `personal_data: hash` needs one."
        )
    return found


def unknown_settings(
    config: Mapping[str, Any], environment: Mapping[str, str], known: Iterable[str]
) -> list[str]:
    """Return a sentence for each unknown setting.

    Args:
        config: The settings that were given.
        environment: Environment variables. Variables that do not resemble a setting may
            belong to another program.
        known: Names of all settings, those of the SDK included.
    """
    known = list(known)
    found = [
        f"Setting `{name}` is unknown{_nearest(name, known)}"
        for name in config
        if name not in known
    ]
    for variable in environment:
        name = variable.removeprefix(PREFIX).lower()
        is_ours = variable.startswith(PREFIX) and name not in known
        if is_ours and not name.startswith("_") and _close(name, known):
            found.append(
                f"Environment variable `{variable}` is unknown{_nearest(name, known)}"
            )
    return found


def sdk_problems(
    config: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Return a sentence for each setting of the SDK with a value of another type.

    Args:
        config: The settings that were given.
        known: The JSON schemas of all settings, those of the SDK included.
    """
    found = [
        f"Setting `{name}` must be {_SDK_EXPECTED[prop['type'][0]]}."
        for name, prop in known.items()
        if name not in _PROPERTIES
        and not jsonschema.Draft202012Validator({"type": prop["type"]}).is_valid(
            config.get(name)
        )
    ]
    if config.get("flattening_enabled") and not config.get("flattening_max_depth"):
        found.append(
            "Setting `flattening_enabled` also needs `flattening_max_depth`, such as 1."
        )
    batch = config.get("batch_config")
    if isinstance(batch, dict) and not batch.keys() >= {"encoding", "storage"}:
        found.append("Setting `batch_config` needs `encoding` and `storage`.")
    return found


def unknown_maps(config: Mapping[str, Any], streams: list[str]) -> list[str]:
    """Return a sentence for each stream map that applies to no stream.

    Args:
        config: The settings that were given.
        streams: Names of all streams.
    """
    maps = config.get("stream_maps")
    if not isinstance(maps, dict):
        return []
    return [
        f"Setting `stream_maps` names the unknown stream `{name}`{_nearest(name, streams)}"
        for name, one in maps.items()
        if name != "__else__"
        and not (isinstance(one, dict) and "__source__" in one)
        and not fnmatch.filter(streams, name)
    ]


def unreadable_variables(
    environment: Mapping[str, str], known: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Return a sentence for each environment variable that must be a number or an object.

    Args:
        environment: Environment variables.
        known: The JSON schemas of all settings, those of the SDK included.
    """
    return [
        f"Environment variable `{variable}` must be "
        f"{_expected(name) if name in _PROPERTIES else _SDK_EXPECTED[kind]}."
        for name, prop in known.items()
        if (kind := prop["type"][0]) in _READABLE
        and (text := environment.get(variable := PREFIX + name.upper())) is not None
        and not _READABLE[kind](text)
    ]


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


_READABLE: dict[str, Callable[[str], object]] = {
    "integer": re.compile(r"\s*[+-]?\d+\s*").fullmatch,
    "object": _is_object,
}


def _close(name: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(name, known, n=1, cutoff=0.75)


def _nearest(name: str, known: list[str]) -> str:
    close = _close(name, known)
    return f"; did you mean `{close[0]}`?" if close else "; remove it."


def sync_scope(config: Mapping[str, Any]) -> SyncScope:
    """Return the scope that valid settings select."""
    return SyncScope(
        start=max(_moment(config.get("start_date")) or 0, _moment(BEGINNING) or 0),
        end=_moment(config.get("end_date")),
        states=frozenset(config["states"]),
        lookback=config["lookback_minutes"] * MINUTE,
        column=config["date_filter"],
    )


def _moment(value: Any) -> int | None:
    return None if value is None else timestamps.epoch(value)


def _problem(name: str, value: Any) -> str | None:
    prop = _PROPERTIES[name]
    if value is None:
        if name not in SETTINGS["required"]:
            return None
        return f"Setting `{name}` is missing; set {_expected(name)}."
    if jsonschema.Draft202012Validator(prop).is_valid(value) and _fits(name, value):
        return None
    is_shown = not prop.get("secret") and "@" not in str(value)
    shown = f", not {json.dumps(value, default=str)}" if is_shown else ""
    return f"Setting `{name}` must be {_expected(name)}{shown}."


def _fits(name: str, value: Any) -> bool:
    """Check the rules that a JSON schema cannot express."""
    if _PROPERTIES[name].get("format") == "date-time":
        return timestamps.epoch(value) is not None
    if "minimum" in _PROPERTIES[name]:
        # For JSON schema, 750.0 is an integer.
        return isinstance(value, int)
    if "pattern" in _PROPERTIES[name] and value.endswith("\n"):
        # Python's `$` also matches before a line break at the end, as of a mounted file.
        return False
    if name == "api_url":
        try:
            parts = urlsplit(value)
            return bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False
    return True


def _expected(name: str) -> str:
    """Return what a setting must be, in words."""
    prop = _PROPERTIES[name]
    if name in _EXPECTED:
        return _EXPECTED[name]
    if prop.get("format") == "date-time":
        return "a date or date-time such as 2025-01-31 or 2025-01-31T00:00:00Z"
    if "minimum" in prop:
        end = f"to {prop['maximum']}" if "maximum" in prop else "up"
        return f"a whole number from {prop['minimum']} {end}"
    if "items" in prop:
        return f"a list of one or more of {', '.join(prop['items']['enum'])}"
    *first, last = (choice for choice in prop["enum"] if choice is not None)
    return f"{', '.join(first)} or {last}"
