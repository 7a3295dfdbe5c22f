"""How fast do loaders load the tap's output, and which program limits the speed?

Question: rows per CPU second and peak memory of each loader alone, by batch size, and
of the whole pipe from the simulator to the database. Which program limits the speed of
the pipe?

Method: the seven streams of 10,000 returns are recorded once. Each loader reads the
recording, pinned to one core, a few times into a new file. In the pipe nothing is
pinned, and each program's CPU time is compared with the wall time.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import (
    CORE,
    TAP,
    catalog_of,
    publish,
    run,
    simulator,
    spread,
)
from demo.paths import ROOT
from demo.shop import KEY

RETURNS = 10_000
RUNS = 3
BATCHES = (1_000, 10_000, 50_000)
STREAMS = (*CORE, "return_refunds")
LOADERS = ROOT / ".meltano/loaders"
DUCKDB = LOADERS / "target-duckdb/venv/bin/target-duckdb-exact"
JSONL = LOADERS / "target-jsonl/venv/bin/target-jsonl"
HEADER = "| loader | rows per CPU second | lowest to highest | peak MiB |"
SUMMARY = (
    "In the pipe {rows:,.0f} rows take {wall:.1f} s ({speed:,.0f} rows a second); the tap "
    "uses {tap:.0%} of one core and the loader {loader:.0%}."
)


def main() -> None:
    """Measure and publish."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        options = {"seed": 3, "returns": RETURNS, "replicas": 5, "rate_limit": 0}
        with simulator(**options) as url:
            tap = _tap(files, url)
            rows = _record(tap, files)
            pipe = _pipe(tap, files)
        ours = [_measure(files, rows, batch=batch) for batch in BATCHES]
        jsonl = _measure_jsonl(files, rows)
    result = {
        "rows": rows,
        "target_duckdb": dict(zip(map(str, BATCHES), ours, strict=True)),
        "target_jsonl": jsonl,
        "pipe": pipe,
    }
    publish("loading", result, table(result))


def _tap(files: Path, url: str) -> list[str]:
    """Return the tap's command with a catalog of the streams."""
    catalog = catalog_of(files, STREAMS)
    config = {"api_key": KEY, "api_url": url, "requests_per_minute": 1_000_000}
    (files / "tap.json").write_text(json.dumps(config))
    paths = ("--config", files / "tap.json", "--catalog", catalog)
    return [*TAP, *map(str, paths)]


def _record(tap: list[str], files: Path) -> int:
    """Write the recording; return its number of rows."""
    with (files / "recording").open("wb") as recording:
        subprocess.run(tap, stdout=recording, stderr=subprocess.DEVNULL, check=True)  # noqa: S603
    text = (files / "recording").read_bytes()
    return text.count(b'{"type":"RECORD"')


def _loader(files: Path, batch: int) -> list[str]:
    """Return the command of the embedded loader, for a new file."""
    database = files / "raw.duckdb"
    database.unlink(missing_ok=True)
    config = {
        "path": str(database),
        "default_target_schema": "tap_loop_returns",
        "batch_size_rows": batch,
    }
    (files / "loader.json").write_text(json.dumps(config))
    return [str(DUCKDB), "--config", str(files / "loader.json")]


def _measure(files: Path, rows: int, batch: int) -> dict[str, Any]:
    costs = [run(_reading(files, _loader(files, batch))) for _ in range(RUNS)]
    return {
        "rows_per_cpu_s": spread([rows / cost.cpu for cost in costs]),
        "peak_mib": spread([cost.peak_mib for cost in costs]),
    }


def _measure_jsonl(files: Path, rows: int) -> dict[str, Any]:
    config = files / "jsonl.json"
    config.write_text(
        json.dumps({"destination_path": str(files), "do_timestamp_file": False})
    )
    command = _reading(files, [str(JSONL), "--config", str(config)])
    costs = [run(command) for _ in range(RUNS)]
    return {
        "rows_per_cpu_s": spread([rows / cost.cpu for cost in costs]),
        "peak_mib": spread([cost.peak_mib for cost in costs]),
    }


def _reading(files: Path, command: list[str]) -> list[str]:
    """Return the command that lets a loader read the recording."""
    return ["sh", "-c", f"exec {' '.join(command)} < {files / 'recording'}"]


def _pipe(tap: list[str], files: Path) -> dict[str, float]:
    """Run tap and loader together; return the wall time and each CPU time in seconds."""
    loader = _loader(files, 10_000)
    null = subprocess.DEVNULL
    began = time.perf_counter()
    first = subprocess.Popen(tap, stdout=subprocess.PIPE, stderr=null)  # noqa: S603
    last = subprocess.Popen(loader, stdin=first.stdout, stdout=null, stderr=null)  # noqa: S603
    if first.stdout:
        first.stdout.close()
    used = {}
    for name, process in (("tap_cpu_s", first), ("loader_cpu_s", last)):
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            msg = f"{name.partition('_')[0]} ended with status {status}"
            raise RuntimeError(msg)
        used[name] = usage.ru_utime + usage.ru_stime
    return {"wall_s": time.perf_counter() - began, **used}


def table(result: dict[str, Any]) -> str:
    """Write the table of the README."""

    def line(title: str, part: dict[str, Any]) -> str:
        speed, peak = part["rows_per_cpu_s"], part["peak_mib"]["median"]
        return (
            f"| {title} | {speed['median']:,.0f} | {speed['min']:,.0f} to "
            f"{speed['max']:,.0f} | {peak:,.0f} |"
        )

    pipe, rows = result["pipe"], result["rows"]
    summary = SUMMARY.format(
        rows=rows,
        wall=pipe["wall_s"],
        speed=rows / pipe["wall_s"],
        tap=pipe["tap_cpu_s"] / pipe["wall_s"],
        loader=pipe["loader_cpu_s"] / pipe["wall_s"],
    )
    lines = [
        HEADER,
        "| --- | ---: | ---: | ---: |",
        *(
            line(f"target-duckdb, batches of {int(batch):,}", part)
            for batch, part in result["target_duckdb"].items()
        ),
        line("target-jsonl 0.1.4", result["target_jsonl"]),
        "",
        summary,
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
