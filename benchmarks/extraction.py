"""How fast does the tap read and write, and against what?

Question: returns and rows per CPU second, requests and memory, for the tap with six
core streams; for an idiomatic SDK tap with child streams in the same run; and for a
bare loop that decodes, splits and encodes the same pages without the SDK.

Method: the simulator serves rendered pages from another core. Each program is pinned
to one core and run several times, its CPU time taken from the operating system, less
that of a run over an empty period (start-up). Output goes to the null device.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
from measuring import FOLDER, KEY, publish, run, simulator, spread

CORE = (
    "returns",
    "return_line_items",
    "return_exchanges",
    "return_outcomes",
    "return_reasons",
    "return_labels",
)
RUNS = 5
HEADER = (
    "| program | returns per CPU second | lowest to highest | rows per CPU second "
    "| peak MiB |"
)
SUMMARY = (
    "The tap does {:.0f} times the returns of the idiomatic tap, and {:.0f} % of the "
    "bare loop."
)
TAP = [sys.executable, "-m", "tap_loop_returns"]
REFERENCE = [sys.executable, str(FOLDER / "idiomatic_tap.py")]
# 110 days: the reference reads one window only.
PERIOD = {"start_date": "2026-03-10T00:00:00Z", "end_date": "2026-07-02T00:00:00Z"}
NOTHING = {"start_date": "2016-01-01T00:00:00Z", "end_date": "2016-01-02T00:00:00Z"}


def main() -> None:
    """Measure and publish."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        catalog = _catalog(files)
        with simulator(seed=3, returns=20_000, days=110, rate_limit=0) as url:
            ours = [
                _measure(TAP, files, catalog, url, 20_000, parallel_requests=count)
                for count in (1, 8)
            ]
            rows = _count_rows(files, catalog, url)
            bare = _bare(url)
        small = {"switch": "next_url=keeps_params"}
        with simulator(seed=3, returns=2_000, days=110, rate_limit=0, **small) as url:
            reference = _measure(REFERENCE, files, None, url, None)
    ratio = (
        ours[0]["returns_per_cpu_s"]["median"]
        / reference["returns_per_cpu_s"]["median"]
    )
    result = {
        "rows_per_return": rows / 20_000,
        "tap_one_request": ours[0],
        "tap_eight_requests": ours[1],
        "reference": reference,
        "bare": bare,
        "ratio_to_reference": ratio,
        "share_of_bare": ours[0]["returns_per_cpu_s"]["median"] / bare,
    }
    publish("extraction", result, _table(result))


def _measure(
    program: list[str],
    files: Path,
    catalog: Path | None,
    url: str,
    returns: int | None,
    **settings: int,
) -> dict[str, Any]:
    base = {"api_key": KEY, "api_url": url, **settings}
    if catalog:
        base["requests_per_minute"] = 1_000_000
    idle = _command(program, files, catalog, base | NOTHING)
    startup = min(run(idle).cpu for _ in range(RUNS))
    command = _command(program, files, catalog, base | PERIOD)
    returns = returns or _shown(url)
    costs = [run(command) for _ in range(RUNS)]
    return {
        "returns": returns,
        "startup_cpu_s": startup,
        "returns_per_cpu_s": spread([returns / (c.cpu - startup) for c in costs]),
        "wall_s": spread([c.wall for c in costs]),
        "peak_mib": spread([c.peak_mib for c in costs]),
    }


def _command(
    program: list[str], files: Path, catalog: Path | None, config: dict[str, Any]
) -> list[str]:
    path = files / f"config-{abs(hash(str(config)))}.json"
    path.write_text(json.dumps(config))
    selection = ["--catalog", str(catalog)] if catalog else []
    return [*program, "--config", str(path), *selection]


def _catalog(files: Path) -> Path:
    done = subprocess.run([*TAP, "--discover"], capture_output=True, check=True)  # noqa: S603
    catalog = json.loads(done.stdout)
    for entry in catalog["streams"]:
        for item in entry["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"]["selected"] = entry["stream"] in CORE
    path = files / "catalog.json"
    path.write_text(json.dumps(catalog))
    return path


def _count_rows(files: Path, catalog: Path, url: str) -> int:
    config = {"api_key": KEY, "api_url": url, "requests_per_minute": 1_000_000}
    command = _command(TAP, files, catalog, config | PERIOD)
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    return done.stdout.count(b'{"type":"RECORD"')


def _get(url: str, **params: str | int) -> bytes:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    request = urllib.request.Request(  # noqa: S310
        f"{url}/2026-07/warehouse/return/list?{query}", headers={"X-Authorization": KEY}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


def _shown(url: str) -> int:
    """Count what the reference can see: the default states."""
    span = {"from": PERIOD["start_date"], "to": PERIOD["end_date"]}
    return len(json.loads(_get(url, **span, filter="updated_at")))


def _bare(url: str) -> float:
    """Decode, split into rows as they are, encode each; returns per CPU second."""
    span = {"from": PERIOD["start_date"], "to": PERIOD["end_date"]}
    page = _get(url, **span, filter="updated_at", paginate="true", pageSize=750)
    decode, encode = msgspec.json.decode, msgspec.json.encode
    lists = ("line_items", "exchanges", "labels")
    best = float("inf")
    count = 0
    for _ in range(20):
        began = time.process_time()
        returns = decode(page)["returns"]
        lines = []
        for one in returns:
            for name in lists:
                lines += [encode(item) for item in one.pop(name)]
            lines.append(encode(one))
        b"\n".join(lines)
        best = min(best, time.process_time() - began)
        count = len(returns)
    return count / best


def _table(result: dict[str, Any]) -> str:
    def line(title: str, part: dict[str, Any], per_return: float) -> str:
        speed, peak = part["returns_per_cpu_s"], part["peak_mib"]["median"]
        return (
            f"| {title} | {speed['median']:,.0f} | {speed['min']:,.0f} to "
            f"{speed['max']:,.0f} | {speed['median'] * per_return:,.0f} | {peak:,.0f} |"
        )

    rows = result["rows_per_return"]
    lines = [
        HEADER,
        "| --- | ---: | ---: | ---: | ---: |",
        line("tap, one request at a time", result["tap_one_request"], rows),
        line("tap, eight requests", result["tap_eight_requests"], rows),
        line("idiomatic SDK tap with child streams", result["reference"], rows),
        f"| bare loop: decode, split, encode | {result['bare']:,.0f} | | | |",
        "",
        SUMMARY.format(result["ratio_to_reference"], 100 * result["share_of_bare"]),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
