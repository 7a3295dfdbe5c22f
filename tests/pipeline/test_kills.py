"""Tap and loader are killed at any point, by any signal: no row is lost or duplicated.

``KILLS=60 pytest tests/pipeline/test_kills.py`` kills more often.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
from pathlib import Path
from typing import Any

import duckdb
from tap import expected
from tap.harness import CORE, tap_for

from loop_simulator import Simulator
from tools.project import ROOT

LOADER = ROOT / ".meltano/loaders/target-duckdb/venv/bin/target-duckdb-exact"
KILLS = int(os.environ.get("KILLS", "6"))
KILLS_IN_A_SYNC = 3
VICTIMS = (("tap",), ("loader",), ("tap", "loader"))
SIGNALS = (signal.SIGKILL, signal.SIGTERM)
CHUNK = 16_384


class Pipe:
    """``tap | loader`` with the state that the loader wrote last."""

    def __init__(self, folder: Path, loop: Simulator) -> None:
        self.folder = folder
        self.tap = tap_for(folder, loop).saving_every(100)
        self.raw = folder / "raw.duckdb"
        self.state: dict[str, Any] | None = None
        self.bytes_of_sync = 0
        config = {"path": str(self.raw), "default_target_schema": "raw_rows"}
        path = folder / "loader.json"
        path.write_text(json.dumps(config | {"batch_size_rows": 300}))
        self.loader = (LOADER, "--config", path)

    def run(
        self,
        at: int | None = None,
        victims: tuple[str, ...] = (),
        by: signal.Signals = signal.SIGKILL,
    ) -> tuple[int, int]:
        """Run until a byte of the tap's output, then kill; return both exit codes."""
        catalog = self.tap.catalog(*CORE)
        out = self.folder / "states.jsonl"
        with (
            out.open("wb") as states,
            self.tap.start(state=self.state, catalog=catalog) as tap,
            subprocess.Popen(
                self.loader,
                stdin=subprocess.PIPE,
                stdout=states,
                stderr=subprocess.DEVNULL,
            ) as loader,
        ):
            processes = {"tap": tap, "loader": loader}
            sent = 0
            while chunk := os.read(tap.stdout.fileno(), CHUNK):
                try:
                    loader.stdin.write(chunk)
                    loader.stdin.flush()
                except BrokenPipeError:
                    break
                is_due = at is not None and sent < at <= sent + len(chunk)
                sent += len(chunk)
                for name in victims if is_due else ():
                    processes[name].send_signal(by)
            tap.stdout.close()
            try:
                loader.stdin.close()
            except BrokenPipeError:
                loader.stdin = None
        self.bytes_of_sync = max(self.bytes_of_sync, sent)
        values = [json.loads(line) for line in out.read_text().splitlines() if line]
        self.state = values[-1] if values else self.state
        return tap.returncode, loader.returncode

    def table(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return columns of all rows of a stream."""
        with duckdb.connect(str(self.raw), read_only=True) as connection:
            query = f"select {', '.join(columns)} from raw_rows.{name}"
            return connection.execute(query).fetchall()


def test_killed_anywhere_nothing_is_lost_and_nothing_doubled(tmp_path):
    chance = random.Random(1)
    ways = itertools.cycle(itertools.product(VICTIMS, SIGNALS))
    with Simulator(seed=5, returns=250) as loop:
        pipe = Pipe(tmp_path, loop)
        assert pipe.run() == (0, 0)
        holds(pipe, loop)
        killed = 0
        while killed < KILLS:
            # From the beginning, because otherwise the tap would end too early.
            pipe.state = None
            for _ in range(KILLS_IN_A_SYNC):
                victims, by = next(ways)
                ends = pipe.run(chance.randrange(pipe.bytes_of_sync), victims, by)
                killed += ends != (0, 0)
                loop.advance(60)
                loop.change(5)
            assert pipe.run() == (0, 0)
            holds(pipe, loop)


def holds(pipe: Pipe, loop: Simulator) -> None:
    """Assert that the raw tables have every current row, and each key once."""
    truth = expected.tables(loop)
    for stream in CORE:
        rows = pipe.table(stream, *expected.KEYS[stream])
        held = {tuple(map(str, row)) for row in rows}
        assert len(rows) == len(held), f"{stream} holds a key twice"
        lost = {tuple(map(str, key)) for key in truth[stream]} - held
        assert not lost, f"{len(lost)} rows of {stream} are missing"
    states = dict(pipe.table("returns", "id", "state"))
    real = {str(body["id"]): body["state"] for body in loop.all_returns()}
    assert states == real
