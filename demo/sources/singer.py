"""A small Singer tap: discovery, selection, bookmarks, messages on standard output."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

ADDRESS_VARIABLE = "SIMULATOR_URL"
DEFAULT_ADDRESS = "http://127.0.0.1:8750"


@dataclass(frozen=True)
class Stream:
    """One table of a tap."""

    name: str
    schema: Json
    replication_key: str


@dataclass(frozen=True)
class Tap:
    """A simulated tap: its streams by shape, and how it writes bookmarks."""

    name: str
    source: str
    shapes: dict[str, list[Stream]]
    flat_bookmarks: bool = False
    """Whether bookmarks are ``{stream: value}``, as in ReCharge's tap, and not
    ``{stream: {key: value}}``, as in Shopify's."""

    def run(self, arguments: list[str] | None = None) -> int:
        """Run the command line and return the exit code."""
        options = self._parser().parse_args(arguments)
        config = _load(options.config)
        shape = options.shape or config.get("shape") or next(iter(self.shapes))
        streams = self.shapes[shape]
        if options.discover:
            _write({"streams": [_entry(stream) for stream in streams]}, indent=2)
            return 0
        catalog, state = _load(options.catalog), _load(options.state)
        address = config.get("simulator_url") or os.environ.get(ADDRESS_VARIABLE)
        source = f"{(address or DEFAULT_ADDRESS).rstrip('/')}/_simulator/{self.source}"
        try:
            self._sync(
                [s for s in streams if _selected(s, catalog)], source, shape, state
            )
        except urllib.error.HTTPError as error:
            sys.stderr.write(f"{self.name}: {error.read().decode()}\n")
            return 1
        except (
            urllib.error.URLError,
            ConnectionError,
            http.client.HTTPException,
        ) as error:
            where = address or DEFAULT_ADDRESS
            sys.stderr.write(f"{self.name}: no simulator at {where}: {error}\n")
            return 1
        return 0

    def _sync(
        self, streams: list[Stream], source: str, shape: str, state: Json
    ) -> None:
        """Write the records of every stream since its bookmark."""
        bookmarks = dict(state.get("bookmarks") or {})
        for stream in streams:
            _write(
                {
                    "type": "SCHEMA",
                    "stream": stream.name,
                    "schema": stream.schema,
                    "key_properties": ["id"],
                    "bookmark_properties": [stream.replication_key],
                }
            )
            newest = since = self._bookmark(bookmarks, stream)
            last = ""
            # Records are streamed, so millions of them take little memory.
            head = f'{{"type": "RECORD", "stream": "{stream.name}", "record": '
            for last in _records(source, stream.name, shape, since):
                sys.stdout.write(f"{head}{last}}}\n")
            if last:
                newest = _later(newest, json.loads(last)[stream.replication_key])
            if newest is not None:
                entry = (
                    newest if self.flat_bookmarks else {stream.replication_key: newest}
                )
                bookmarks[stream.name] = entry
            _write({"type": "STATE", "value": {"bookmarks": bookmarks}})

    def _bookmark(self, bookmarks: Json, stream: Stream) -> str | None:
        """Return the bookmark of a stream from the last run; None without one."""
        value = bookmarks.get(stream.name)
        if isinstance(value, dict):
            value = value.get(stream.replication_key)
        return value if isinstance(value, str) else None

    def _parser(self) -> argparse.ArgumentParser:
        """Build the parser of the options that every Singer tap takes."""
        text = f"Stand-in for {self.name}, reading a running loop_simulator."
        parser = argparse.ArgumentParser(
            prog=f"python -m demo.sources.{self.source}", description=text
        )
        where = f"${ADDRESS_VARIABLE}, else {DEFAULT_ADDRESS}"
        about = f'JSON file with {{"simulator_url": ...}}; else {where}'
        parser.add_argument("-c", "--config", help=about)
        parser.add_argument(
            "-s", "--state", help="JSON file with bookmarks of the last run"
        )
        parser.add_argument(
            "-p", "--catalog", "--properties", help="JSON file; default all streams"
        )
        parser.add_argument(
            "-d", "--discover", action="store_true", help="print the catalog"
        )
        parser.add_argument(
            "--shape", choices=tuple(self.shapes), help="form of the records"
        )
        return parser


def _load(path: str | None) -> Json:
    """Read a JSON object from a file; without a path return an empty one."""
    content = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    return content if isinstance(content, dict) else {}


def _records(source: str, name: str, shape: str, since: str | None) -> Iterator[str]:
    """Read a stream's records from the running simulator as JSON, ordered by update."""
    query = {"shape": shape} | ({"updated_from": since} if since else {})
    address = f"{source}/{name}?{urlencode(query)}"
    with urllib.request.urlopen(address, timeout=600) as answer:  # noqa: S310 - configured
        for line in answer:
            yield line.decode().rstrip("\n")


def _later(one: str | None, other: str) -> str:
    """Return the later of two timestamps."""
    if one is None:
        return other
    return max(one, other, key=datetime.fromisoformat)


def _write(message: Json, indent: int | None = None) -> None:
    """Write one message as a line."""
    sys.stdout.write(json.dumps(message, ensure_ascii=False, indent=indent) + "\n")


def _entry(stream: Stream) -> Json:
    """Return a stream's catalog entry."""
    metadata = {
        "inclusion": "available",
        "selected-by-default": True,
        "table-key-properties": ["id"],
        "forced-replication-method": "INCREMENTAL",
        "valid-replication-keys": [stream.replication_key],
    }
    return {
        "tap_stream_id": stream.name,
        "stream": stream.name,
        "schema": stream.schema,
        "key_properties": ["id"],
        "replication_key": stream.replication_key,
        "replication_method": "INCREMENTAL",
        "metadata": [
            {"breadcrumb": [], "metadata": metadata},
            *(
                {
                    "breadcrumb": ["properties", name],
                    "metadata": {"inclusion": "available"},
                }
                for name in stream.schema["properties"]
            ),
        ],
    }


def _selected(stream: Stream, catalog: Json) -> bool:
    """Return whether a catalog selects a stream; without a catalog all are selected."""
    if not catalog:
        return True
    for entry in catalog.get("streams", []):
        if entry.get("tap_stream_id") == stream.name:
            root = [
                m["metadata"]
                for m in entry.get("metadata", [])
                if not m.get("breadcrumb")
            ]
            marks = root[0] if root else {}
            fallback = entry.get("schema", {}).get(
                "selected", marks.get("selected-by-default")
            )
            return bool(marks.get("selected", fallback))
    return False
