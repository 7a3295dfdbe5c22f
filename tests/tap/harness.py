"""Runs the tap against the simulator, in this process or in a separate one."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
import msgspec
import pytest

from loop_simulator import Simulator
from tap_loop_returns import client, pacing, sync, tap

from . import expected

CORE = (
    "returns",
    "return_line_items",
    "return_exchanges",
    "return_outcomes",
    "return_reasons",
    "return_labels",
    "return_refunds",
)
SMALL = (
    "advanced_shipping_notices",
    "destinations",
    "blocklist_items",
    "allowlist_items",
    "label_requests",
    "happy_returns_shipments",
    "happy_returns_shipment_items",
    "webhooks",
)
AUDITS = "sync_audits"
MUTANT = "TAP_MUTANT"
# A process that was ended by a signal has an exit code above this number.
SIGNALLED = 128
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
Tables = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


class Killed(BaseException):
    """Simulates kill -9: nothing is written after it, and no handler catches it."""


class Sink(io.BytesIO):
    """Replaces the tap's standard output, and can break at a given byte."""

    def __init__(self, limit: int | None) -> None:
        super().__init__()
        self.limit = limit
        self.dead = False

    def write(self, data: Any) -> int:
        if self.dead:
            raise Killed
        if self.limit is not None and self.tell() + len(data) > self.limit:
            super().write(bytes(data)[: self.limit - self.tell()])
            self.dead = True
            raise Killed
        return super().write(data)


class Hurry:
    """Replaces ``time``: a sleep only advances the clock.

    With ``runs=False`` nothing else moves it.
    """

    def __init__(self, ahead: float = 0, *, runs: bool = True) -> None:
        self.slept: list[float] = []
        self._ahead = ahead
        self._runs = runs
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)

    def monotonic(self) -> float:
        return (time.monotonic() if self._runs else 0.0) + sum(self.slept)

    def time(self) -> float:
        return time.time() + self._ahead


@dataclass
class Run:
    """What a tap wrote and how it ended."""

    lines: list[dict[str, Any]]
    stderr: str
    code: int
    output: bytes = b""
    slept: list[float] = field(default_factory=list)

    @property
    def schemas(self) -> dict[str, dict[str, Any]]:
        """The SCHEMA message of each stream."""
        return {m["stream"]: m for m in self.lines if m["type"] == "SCHEMA"}

    @property
    def states(self) -> list[dict[str, Any]]:
        """The states that the tap sent, in order."""
        return [line["value"] for line in self.lines if line["type"] == "STATE"]

    @property
    def state(self) -> dict[str, Any] | None:
        """The last state that the tap sent."""
        return self.states[-1] if self.states else None

    def rows(self, stream: str) -> list[dict[str, Any]]:
        """All rows of a stream, in order."""
        return [
            line["record"]
            for line in self.lines
            if line["type"] == "RECORD" and line["stream"] == stream
        ]

    def ids(self) -> Counter[str]:
        """How often each return was sent."""
        return Counter(row["id"] for row in self.rows("returns"))

    def tables(self) -> Tables:
        """What a target that upserts by key holds after the run."""
        return upsert({}, self.lines)

    def ok(self) -> Run:
        """Assert that it succeeded."""
        assert self.code == 0, self.stderr[-3000:]
        return self


def upsert(tables: Tables, lines: list[dict[str, Any]]) -> Tables:
    """Apply messages to tables as a target does; return the tables."""
    tables = defaultdict(dict, tables)
    keys: dict[str, list[str]] = {}
    for line in lines:
        if line["type"] == "SCHEMA":
            keys[line["stream"]] = line["key_properties"]
        elif line["type"] == "RECORD":
            record = line["record"]
            key = tuple(record[name] for name in keys[line["stream"]])
            tables[line["stream"]][key] = record
    return tables


def received(lines: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last state among messages that a target has read."""
    states = [line["value"] for line in lines if line["type"] == "STATE"]
    return states[-1] if states else None


def parse(output: str | bytes) -> list[dict[str, Any]]:
    """Read whole Singer messages; a killed tap may leave half a line.

    Rows come without the id of their sync, which differs from run to run.
    """
    messages = raw_messages(output)
    for message in messages:
        if message["type"] == "RECORD" and message["stream"] != AUDITS:
            message["record"].pop("sync_id", None)
    return messages


def raw_messages(output: str | bytes) -> list[dict[str, Any]]:
    """Read whole Singer messages as they are."""
    # A kill may also cut a character of several bytes.
    sent = output.encode() if isinstance(output, str) else output
    whole = sent[: sent.rfind(b"\n") + 1]
    # splitlines would also split at other line ends inside a JSON text.
    return [_decode(line) for line in whole.split(b"\n") if line]


@functools.cache
def _validator(schema: str) -> Any:
    checker = jsonschema.FormatChecker()
    return jsonschema.Draft202012Validator(json.loads(schema), format_checker=checker)


def refused(run: Run, only: str = "") -> list[Any]:
    """Rows that do not fit the schema that was sent for them, or lack a key.

    Args:
        run: The messages.
        only: Check only this return.
    """
    known = {name: json.dumps(m["schema"]) for name, m in run.schemas.items()}
    return [
        (stream, row)
        for stream, message in run.schemas.items()
        for row in run.rows(stream)
        if only in ("", row.get("return_id", row.get("id")))
        if not _validator(known[stream]).is_valid(row)
        or any(row[key] is None for key in message["key_properties"])
    ]


@functools.cache
def _catalog() -> str:
    signals = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
    found = tap.TapLoopReturns(config={"api_key": "test-key"}).catalog_dict
    for number, before in signals.items():
        signal.signal(number, before)
    return json.dumps(found)


@dataclass
class Tap:
    """The tap with its settings, and a folder for its files."""

    folder: Path
    config: dict[str, Any]
    returns_per_state: int | None = None
    """Send a STATE more often than the tap does, so that small worlds have several."""

    # In this process

    def here(
        self,
        *,
        state: dict[str, Any] | None = None,
        catalog: dict[str, Any] | None = None,
        streams: tuple[str, ...] | None = CORE,
        kill_at: int | None = None,
        hurry: bool = True,
    ) -> Run:
        """Run in this process, without its waits.

        ``streams`` stand for a catalog with only these selected; None for no catalog
        at all. ``kill_at`` is the byte of output at which the tap dies.
        """
        if catalog is None and streams is not None:
            catalog = self.catalog(*streams)
        sink, clock = Sink(kill_at), Hurry()
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        signals = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        stdout, wrapper = sys.stdout, io.TextIOWrapper(sink, write_through=True)
        sys.stdout = wrapper
        code = 0
        try:
            with contextlib.ExitStack() as stack:
                if hurry:
                    stack.enter_context(mock.patch.object(client, "time", clock))
                    stack.enter_context(mock.patch.object(pacing, "time", clock))
                if self.returns_per_state:
                    often = self.returns_per_state
                    stack.enter_context(
                        mock.patch.object(sync, "RETURNS_PER_STATE", often)
                    )
                with tap._one_line_errors():  # noqa: SLF001
                    made = tap.TapLoopReturns(
                        config=dict(self.config),
                        state=json.loads(json.dumps(state)) if state else None,
                        catalog=catalog,
                    )
                    made.sync_all()
        except Killed:
            code = -9
        except SystemExit as end:
            code = int(end.code or 0)
            if code > SIGNALLED:
                # The tap takes a signal that was meant for the test run.
                pytest.exit(f"ended by signal {code - SIGNALLED}")
        except Exception:  # noqa: BLE001
            code = 1
            log.write(traceback.format_exc())
        finally:
            sys.stdout = stdout
            wrapper.detach()
            root.removeHandler(handler)
            root.setLevel(level)
            for number, before in signals.items():
                signal.signal(number, before)
        output = sink.getvalue()
        return Run(parse(output), log.getvalue(), code, output, clock.slept)

    # In a process of its own

    def command(self, *extra: str, **files: Any) -> list[str]:
        """Return the command line, with the files written."""
        command = [sys.executable, "-m", "tap_loop_returns"]
        if os.environ.get(MUTANT) or self.returns_per_state:
            returns_per_state = str(self.returns_per_state or 5_000)
            command = [sys.executable, "-m", "tests.tap.mutants", returns_per_state]
        for name, content in {"config": self.config, **files}.items():
            if content is not None:
                path = self.folder / f"{name}.json"
                path.write_text(json.dumps(content))
                command += [f"--{name}", str(path)]
        return [*command, *extra]

    def run(
        self,
        *extra: str,
        timeout: float = 120,
        env: dict[str, str] | None = None,
        **files: Any,
    ) -> Run:
        """Run to the end."""
        done = subprocess.run(
            self.command(*extra, **files),
            capture_output=True,
            timeout=timeout,
            check=False,
            env=os.environ | {"NO_COLOR": "1"} | (env or {}),
        )
        lines = [] if extra else parse(done.stdout)
        return Run(lines, done.stderr.decode(), done.returncode, done.stdout)

    def sync(self, **files: Any) -> Run:
        """Run to the end, which must succeed."""
        return self.run(**files).ok()

    def start(self, **files: Any) -> subprocess.Popen[bytes]:
        """Start the command and return its process."""
        return subprocess.Popen(
            self.command(**files), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def saving_every(self, returns: int) -> Tap:
        """Return the tap that sends a STATE after so many returns."""
        return replace(self, returns_per_state=returns)

    def with_settings(self, **settings: Any) -> Tap:
        """Return the tap with other settings."""
        return replace(self, config=self.config | settings)

    def catalog(self, *streams: str, **columns: bool) -> dict[str, Any]:
        """Return the tap's catalog with only these streams selected.

        ``columns`` such as ``returns__state=False`` select or deselect single columns.
        """
        catalog: dict[str, Any] = json.loads(_catalog())
        for entry in catalog["streams"]:
            for item in entry["metadata"]:
                if not item["breadcrumb"]:
                    item["metadata"]["selected"] = entry["stream"] in streams
                    continue
                known = columns.get(f"{entry['stream']}__{item['breadcrumb'][-1]}")
                if known is not None:
                    item["metadata"]["selected"] = known
        return catalog


def tap_for(folder: Path, loop: Simulator, **settings: Any) -> Tap:
    """Return a tap for a simulator, reading what its world holds."""
    config = {
        "api_key": "test-key",
        "api_url": loop.url,
        "start_date": "2025-01-01",
        "requests_per_minute": 60_000,
    }
    return Tap(folder, config | settings)


def holds(tables: Tables, loop: Simulator, streams: tuple[str, ...] = CORE) -> None:
    """Assert that a target has all current rows, and otherwise only rows of earlier
    versions. A row may remain from an earlier version of its return; the column
    ``return_updated_at`` must show this.
    """
    truth = expected.tables(loop)
    for stream in streams:
        held, true = tables[stream], truth[stream]
        lost = true.keys() - held.keys()
        assert not lost, f"{len(lost)} rows of {stream} are missing: {sorted(lost)[:5]}"
        wrong = [key for key in true if held[key] != true[key]]
        assert not wrong, f"{len(wrong)} rows of {stream} are stale: {wrong[:5]}"
        for key in held.keys() - true.keys():
            now = truth["returns"][key[:1]]["updated_at"]
            assert held[key]["return_updated_at"] < now, (stream, key)


def insert_crowd(loop: Simulator, state: str, count: int) -> None:
    """Add returns of one state that were all created in one second."""
    model = loop.all_returns()[0]
    at = "2026-03-02T14:05:10+00:00"
    first = 1 + max(map(int, list_ids(loop)))
    for number in range(first, first + count):
        fields = {"id": str(number), "created_at": at, "updated_at": at}
        loop.insert(model | fields | {"state": state})


def requests_to(loop: Simulator, path: str = "/warehouse/return/list") -> list[Any]:
    """The requests that a simulator has served under a path."""
    return [seen for seen in list(loop.requests) if path in seen.path]


def list_ids(loop: Simulator) -> set[str]:
    """The ids of all returns there are, in every state."""
    return {str(body["id"]) for body in loop.all_returns()}


def as_messages(run: Run, read: Any) -> Run:
    """The run with the rows of its BATCH files in the place of the BATCH messages."""
    lines = []
    for line in run.lines:
        if line["type"] != "BATCH":
            lines.append(line)
            continue
        for url in line["manifest"]:
            rows = [_decode(row) for row in read(url)]
            for row in rows:
                row.pop("sync_id", None)
            lines += [
                {"type": "RECORD", "stream": line["stream"], "record": row}
                for row in rows
            ]
    return replace(run, lines=lines)
