"""Runs each program on a separate core and measures its CPU time and memory."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from demo.paths import ROOT
from demo.shop import serve

FOLDER = ROOT / "benchmarks"
CORES = sorted(os.sched_getaffinity(0))
TAP = [sys.executable, "-m", "tap_loop_returns"]
CORE = (
    "returns",
    "return_line_items",
    "return_exchanges",
    "return_outcomes",
    "return_reasons",
    "return_labels",
)


# The peak memory of a process includes the memory of the process from which it was
# forked, so a small process starts the programs.
LAUNCHER = """
import os, sys, time
began = time.perf_counter()
silence = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[silence])
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - began
print([status, wall, used.ru_utime + used.ru_stime, used.ru_maxrss])
"""


@dataclass(frozen=True)
class Cost:
    """Time and memory of one run of a program."""

    wall: float
    cpu: float
    peak_mib: float


def run(command: list[str], stderr: Path | None = None, *, pinned: bool = True) -> Cost:
    """Run a program, pinned to the first core or on all.

    Raises:
        RuntimeError: It failed.
    """
    with (stderr or Path(os.devnull)).open("w") as errors:
        core = ["taskset", "-c", str(CORES[0])] if pinned else []
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", LAUNCHER, *core, *command],
            stdout=subprocess.PIPE,
            stderr=errors,
            check=True,
        )
    status, wall, cpu, peak = json.loads(done.stdout)
    if status:
        msg = f"{' '.join(command)} ended with status {status}"
        raise RuntimeError(msg)
    return Cost(wall, cpu, peak / 1024)


def catalog_of(
    folder: Path, streams: tuple[str, ...], tap: list[str] | None = None
) -> Path:
    """Write a tap's catalog with only these streams selected."""
    command = [*(tap or TAP), "--discover"]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    catalog = json.loads(done.stdout)
    for entry in catalog["streams"]:
        for item in entry["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"]["selected"] = entry["stream"] in streams
    path = folder / "catalog.json"
    path.write_text(json.dumps(catalog))
    return path


def spread(values: list[float]) -> dict[str, float]:
    """Return lowest, median and highest."""
    return {"min": min(values), "median": median(values), "max": max(values)}


@contextmanager
def serving(command: list[str]) -> Iterator[str]:
    """Run a server on the last core; yield its address."""
    core = ["taskset", "-c", str(CORES[-1])]
    with serve([*core, sys.executable, *command]) as address:
        yield address


@contextmanager
def simulator(**options: Any) -> Iterator[str]:
    """Serve a world with all responses rendered beforehand; yield the API address."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with serving(["-m", "loop_simulator", "--port", "0", *flags]) as address:
        # Each return is rendered once and kept.
        with urllib.request.urlopen(f"{address}/_simulator/returns") as answer:  # noqa: S310
            while answer.read(1 << 20):
                pass
        yield f"{address}/api"


def machine() -> dict[str, Any]:
    """Describe the machine and the versions."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": len(CORES),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def publish(name: str, result: dict[str, Any], table: str) -> None:
    """Write the dated result, and its table into the README."""
    date = time.strftime("%Y-%m-%d", time.gmtime())
    result = {"date": date, "machine": machine(), **result, "table": table}
    path = FOLDER / "results" / f"{date}-{name}.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    readme = FOLDER / "README.md"
    readme.write_text(with_table(readme.read_text(), name, table))
    print(table)  # noqa: T201


def with_table(text: str, name: str, table: str) -> str:
    """Return the README's text with the new table of one benchmark."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(end)
    return f"{head}{start}\n\n{table}\n{end}{tail}"
