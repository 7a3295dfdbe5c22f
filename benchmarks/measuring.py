"""Run programs on a core of their own and read what they cost."""

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

FOLDER = Path(__file__).parent
CORES = sorted(os.sched_getaffinity(0))
KEY = "demo-key"


@dataclass(frozen=True)
class Cost:
    """What one run of a program took."""

    wall: float
    cpu: float
    peak_mib: float


def run(command: list[str], stderr: Path | None = None, *, pinned: bool = True) -> Cost:
    """Run a program, pinned to the first core or on all; it must end well.

    Raises:
        RuntimeError: It did not.
    """
    began = time.perf_counter()
    with (stderr or Path(os.devnull)).open("w") as errors:
        process = subprocess.Popen(  # noqa: S603
            ["taskset", "-c", str(CORES[0]), *command] if pinned else command,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, used = os.wait4(process.pid, 0)
    if status:
        msg = f"{' '.join(command)} ended with status {status}"
        raise RuntimeError(msg)
    wall = time.perf_counter() - began
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def spread(values: list[float]) -> dict[str, float]:
    """Return lowest, median and highest."""
    return {"min": min(values), "median": median(values), "max": max(values)}


@contextmanager
def simulator(**options: Any) -> Iterator[str]:
    """Serve a world from the last core, all answers rendered; yield the API address."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "loop_simulator", "--port", "0", *flags]
    process = subprocess.Popen(  # noqa: S603
        ["taskset", "-c", str(CORES[-1]), *command],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        address = next(word for word in line.split() if word.startswith("http"))
        address = address.rstrip(",;)")
        # Each return is rendered once and kept.
        with urllib.request.urlopen(f"{address}/_simulator/returns") as answer:  # noqa: S310
            while answer.read(1 << 20):
                pass
        yield f"{address}/api"
    finally:
        process.terminate()
        process.wait()


def machine() -> dict[str, Any]:
    """Describe where the figures come from."""
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
    """Return the README's text with the table of one benchmark put in."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(end)
    return f"{head}{start}\n\n{table}\n{end}{tail}"
