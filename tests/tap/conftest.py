"""The simulator as Loop, and the tap run against it in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loop_simulator import Simulator

CORE = (
    "returns",
    "return_line_items",
    "return_exchanges",
    "return_outcomes",
    "return_reasons",
    "return_labels",
    "return_refunds",
)


@dataclass
class Run:
    """What a tap wrote and how it ended."""

    lines: list[dict[str, Any]]
    stderr: str
    code: int
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.lines:
            if line["type"] == "SCHEMA":
                self.schemas[line["stream"]] = line

    @property
    def state(self) -> dict[str, Any] | None:
        """The last state that the tap sent."""
        states = [line["value"] for line in self.lines if line["type"] == "STATE"]
        return states[-1] if states else None

    def rows(self, stream: str) -> list[dict[str, Any]]:
        """All rows of a stream, in order."""
        return [
            line["record"]
            for line in self.lines
            if line["type"] == "RECORD" and line["stream"] == stream
        ]

    def tables(self) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
        """What a target that upserts by key holds after the run."""
        return upsert({}, self.lines)


def upsert(
    tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]],
    lines: list[dict[str, Any]],
) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
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


def parse(output: str) -> list[dict[str, Any]]:
    """Read whole Singer messages; a killed tap may leave half a line."""
    whole = output[: output.rfind("\n") + 1]
    return [json.loads(line) for line in whole.splitlines() if line]


@dataclass
class Tap:
    """Runs the tap's command with its files in a folder."""

    folder: Path
    config: dict[str, Any]

    def command(self, *extra: str, **files: Any) -> list[str]:
        """Return the command line, with the files written."""
        command = [sys.executable, "-m", "tap_loop_returns"]
        for name, content in {"config": self.config, **files}.items():
            if content is not None:
                path = self.folder / f"{name}.json"
                path.write_text(json.dumps(content))
                command += [f"--{name}", str(path)]
        return [*command, *extra]

    def run(self, *extra: str, timeout: float = 120, **files: Any) -> Run:
        """Run to the end."""
        done = subprocess.run(
            self.command(*extra, **files),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env=os.environ | {"NO_COLOR": "1"},
        )
        lines = [] if extra else parse(done.stdout)
        return Run(lines, done.stderr, done.returncode)

    def sync(self, **files: Any) -> Run:
        """Run to the end, which must be a good one."""
        run = self.run(**files)
        assert run.code == 0, run.stderr[-3000:]
        return run

    def with_settings(self, **settings: Any) -> Tap:
        """Return the tap with other settings."""
        return Tap(self.folder, self.config | settings)

    def catalog(self, *streams: str) -> dict[str, Any]:
        """Return the tap's catalog with only these streams selected."""
        done = subprocess.run(
            [sys.executable, "-m", "tap_loop_returns", "--discover"],
            capture_output=True,
            text=True,
            check=True,
        )
        catalog: dict[str, Any] = json.loads(done.stdout)
        for entry in catalog["streams"]:
            for item in entry["metadata"]:
                if not item["breadcrumb"]:
                    item["metadata"]["selected"] = entry["stream"] in streams
        return catalog


@pytest.fixture
def loop():
    """A small shop's Loop."""
    with Simulator(seed=1, returns=300) as simulator:
        yield simulator


@pytest.fixture
def tap(tmp_path, loop):
    """The tap, set up for that Loop."""
    return tap_for(tmp_path, loop)


def tap_for(folder: Path, loop: Simulator, **settings: Any) -> Tap:
    """Return a tap for a simulator, reading what its world holds."""
    config = {
        "api_key": "test-key",
        "api_url": loop.url,
        "start_date": "2024-01-01",
        "requests_per_minute": 60_000,
    }
    return Tap(folder, config | settings)
