"""How fast does the tap write its streams, now and in another checkout?

Question: how many rows per CPU second does the tap write, for the streams that come
from the returns list and for the shipping notices? The latter is the largest of the
other streams, with one row per unit. The ratio to another checkout of the tap is shown
as well.

Method: as in `extraction.py`, the simulator serves from another core, and each program
is pinned to one core and run several times. The two checkouts take turns, each with its
own catalog. The lowest CPU time of a run that reads only the webhooks (start-up) is
subtracted. The ratio is the median over the pairs of runs. Output goes to the null
device.

    python -m benchmarks.tap.endpoints --before CHECKOUT
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import CORE, TAP, catalog_of, publish, run, simulator, spread
from demo.paths import ROOT
from demo.shop import KEY

RUNS = 8
RETURNS = 20_000
CELLS = {
    "`advanced_shipping_notices`": ("advanced_shipping_notices",),
    "`returns` and the five streams cut out of it": CORE,
}
IDLE = ("webhooks",)


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, required=True)
    checkouts = {"before": parser.parse_args().before.resolve(), "now": ROOT}
    with (
        tempfile.TemporaryDirectory() as folder,
        simulator(seed=3, returns=RETURNS, days=110, rate_limit=0) as url,
    ):
        config = Path(folder) / "config.json"
        config.write_text(
            json.dumps(
                {
                    "api_key": KEY,
                    "api_url": url,
                    "start_date": "2026-03-01",
                    "requests_per_minute": 1_000_000,
                }
            )
        )
        cells = {
            title: _measure(Path(folder), config, streams, checkouts)
            for title, streams in CELLS.items()
        }
    publish("endpoints", {"cells": cells}, _table(cells))


def _measure(
    folder: Path, config: Path, streams: tuple[str, ...], checkouts: dict[str, Path]
) -> dict[str, Any]:
    idle = _commands(folder, config, IDLE, checkouts)
    reading = _commands(folder, config, streams, checkouts)
    done = subprocess.run(reading["now"], capture_output=True, check=True)  # noqa: S603
    rows = done.stdout.count(b'{"type":"RECORD"')
    startup: dict[str, list[float]] = {name: [] for name in checkouts}
    costs: dict[str, list[float]] = {name: [] for name in checkouts}
    for turn in range(RUNS):
        # The checkouts take turns in being first.
        for name in sorted(checkouts, reverse=bool(turn % 2)):
            startup[name].append(run(idle[name]).cpu)
            costs[name].append(run(reading[name]).cpu)
    rates = {
        name: [rows / (cost - min(startup[name])) for cost in costs[name]]
        for name in checkouts
    }
    pairs = zip(rates["now"], rates["before"], strict=True)
    times = spread([now / before for now, before in pairs])
    return {"rows": rows, "times": times} | {n: spread(r) for n, r in rates.items()}


def _commands(
    folder: Path, config: Path, streams: tuple[str, ...], checkouts: dict[str, Path]
) -> dict[str, list[str]]:
    """Return the command of each checkout, with some streams selected."""
    commands = {}
    for name, path in checkouts.items():
        tap = ["env", f"PYTHONPATH={path}", sys.executable, "-P", *TAP[1:]]
        own = folder / f"{name}-{streams[0]}"
        own.mkdir(exist_ok=True)
        catalog = catalog_of(own, streams, tap)
        commands[name] = [*tap, "--config", str(config), "--catalog", str(catalog)]
    return commands


def _table(cells: dict[str, Any]) -> str:
    lines = [
        "| streams | rows | rows per CPU second | lowest to highest | before | times |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for title, cell in cells.items():
        now, before, times = cell["now"], cell["before"]["median"], cell["times"]
        lines.append(
            f"| {title} | {cell['rows']:,} | {now['median']:,.0f} | "
            f"{now['min']:,.0f} to {now['max']:,.0f} | {before:,.0f} | "
            f"{times['median']:.2f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
