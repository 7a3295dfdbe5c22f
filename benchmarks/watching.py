"""Runs a command and measures CPU time and memory of each process that it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from typing_extensions import override

EVERY = 0.25
"""Seconds between two measurements."""
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024


class Watch(threading.Thread):
    """Measures a process and its descendants until `stop` is called."""

    def __init__(self, pid: int) -> None:
        """Start measuring."""
        super().__init__(daemon=True)
        self._root = pid
        self._over = threading.Event()
        self._seen: dict[int, dict[str, Any]] = {}
        self._peak = 0.0
        self.start()

    @override
    def run(self) -> None:
        """Measure repeatedly."""
        while not self._over.wait(EVERY):
            self._peak = max(self._peak, sum(map(self._look, _family(self._root))))

    def stop(self) -> dict[str, Any]:
        """Return the peak of all processes together, and the programs with the highest peaks."""
        self._over.set()
        self.join()
        programs: dict[str, dict[str, Any]] = {}
        for one in self._seen.values():
            kept = programs.setdefault(one["program"], {"peak_mib": 0, "cpu_s": 0.0})
            kept["peak_mib"] = max(kept["peak_mib"], round(one["peak_mib"]))
            kept["cpu_s"] = round(kept["cpu_s"] + one["cpu_s"], 1)
        ordered = sorted(programs.items(), key=lambda entry: -entry[1]["peak_mib"])
        return {"peak_mib": round(self._peak), "programs": dict(ordered[:3])}

    def _look(self, pid: int) -> float:
        """Record one process; return its current memory in MiB."""
        folder = Path(f"/proc/{pid}")
        try:
            status = dict(
                line.split(":", 1)
                for line in (folder / "status").read_text().splitlines()
            )
            numbers = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:
            return 0.0
        if "VmRSS" not in status:
            return 0.0
        self._seen[pid] = {
            "program": _name(words),
            "peak_mib": int(status["VmHWM"].split()[0]) / MIB,
            "cpu_s": (int(numbers[11]) + int(numbers[12])) / TICKS,
        }
        return int(status["VmRSS"].split()[0]) / MIB


def _family(root: int) -> list[int]:
    """Return a process and its descendants."""
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        below.setdefault(parent, []).append(int(stat.parent.name))
    family = [root]
    for pid in family:
        family += below.get(pid, [])
    return family


def _name(words: list[str]) -> str:
    """Name a program by its script or module."""
    rest = words[1:] if "python" in Path(words[0]).name else words
    named = [word for word in rest if word and not word.startswith("-")]
    return Path(named[0]).name if named else "python"


def watched(command: list[str], env: dict[str, str], output: Path) -> dict[str, Any]:
    """Run a command, which must succeed.

    Args:
        command: Program and arguments.
        env: Its environment.
        output: Where to write what it prints.

    Returns:
        Seconds, the peak memory of all processes together, and CPU time and peak memory
        of the three programs with the highest peaks.

    Raises:
        RuntimeError: The command failed.
    """
    began = time.perf_counter()
    with output.open("w") as log:
        process = subprocess.Popen(  # noqa: S603
            command, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        watch = Watch(process.pid)
        status = process.wait()
        seen = watch.stop()
    if status:
        msg = f"{' '.join(command)} ended with status {status}; see {output}"
        raise RuntimeError(msg)
    return {"wall_s": round(time.perf_counter() - began, 1), **seen}
