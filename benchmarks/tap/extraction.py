"""How fast is the tap, compared with other implementations, and how much memory does it need?

Question: returns and rows per CPU second and peak memory of the tap, by page size,
parallel requests and selected streams; of an idiomatic SDK tap with child streams in
the same run; and of a bare loop that decodes, splits and encodes the same page without
the SDK. How does memory grow with the number of returns?

Method: the simulator serves rendered pages from another core. Each program is pinned to
one core and run several times, and the CPU time of a run over an empty period
(start-up) is subtracted. Output goes to the null device. The bare loop builds the rows
of the same six streams, outcomes and reasons included, from the values as Loop sends
them: it makes no requests, converts nothing, and writes no message envelope. Memory is
the highest resident size of a run over a given number of returns; `replay.py` makes
these returns by repeating one rendered page.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.measuring import (
    CORE,
    FOLDER,
    TAP,
    catalog_of,
    publish,
    run,
    serving,
    simulator,
    spread,
)
from demo.shop import KEY

RUNS = 5
RETURNS = 20_000
# The parameters that vary: parallel requests, page size, streams.
CELLS = {
    "one request at a time, pages of 750": (1, 750, CORE),
    "eight requests, pages of 750": (8, 750, CORE),
    "one request at a time, pages of 250": (1, 250, CORE),
    "one request at a time, pages of 100": (1, 100, CORE),
    "one request at a time, pages of 750, `returns` alone": (1, 750, CORE[:1]),
}
MAIN = next(iter(CELLS))
MEMORY = [(n, requests) for requests in (1, 8) for n in (10_000, 100_000, 1_000_000)]
REFERENCE = [sys.executable, str(FOLDER / "tap/idiomatic_tap.py")]
# 114 days: the reference reads one window only.
PERIOD = {"start_date": "2026-03-10T00:00:00Z", "end_date": "2026-07-02T00:00:00Z"}
NOTHING = {"start_date": "2016-01-01T00:00:00Z", "end_date": "2016-01-02T00:00:00Z"}


def main() -> None:
    """Measure and publish."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        with simulator(seed=3, returns=RETURNS, days=110, rate_limit=0) as url:
            cells = {
                name: _tap(files, url, requests, size, streams)
                for name, (requests, size, streams) in CELLS.items()
            }
            page = _page(url)
        small = {"switch": "next_url=keeps_params"}
        with simulator(seed=3, returns=2_000, days=110, rate_limit=0, **small) as url:
            base = {"api_key": KEY, "api_url": url}
            reference = _measure(REFERENCE, files, base, _shown(url))
        bare = _bare(page)
        memory = [_memory(files, page, *case) for case in MEMORY]
    speed = cells[MAIN]["returns_per_cpu_s"]["median"]
    result = {
        "cells": cells,
        "reference": reference,
        "bare": bare,
        "memory": memory,
        "ratio_to_reference": speed / reference["returns_per_cpu_s"]["median"],
        "share_of_bare": speed / bare["median"],
    }
    publish("extraction", result, _table(result))


def _tap(
    files: Path, url: str, requests: int, size: int, streams: tuple[str, ...]
) -> dict[str, Any]:
    catalog = catalog_of(files, streams)
    base = _settings(url, requests) | {"page_size": size}
    done = subprocess.run(  # noqa: S603
        _command(TAP, files, base | PERIOD, catalog), capture_output=True, check=True
    )
    rows = done.stdout.count(b'{"type":"RECORD"')
    return _measure(TAP, files, base, RETURNS, catalog) | {
        "rows_per_return": rows / RETURNS
    }


def _settings(url: str, requests: int) -> dict[str, Any]:
    return {
        "api_key": KEY,
        "api_url": url,
        "parallel_requests": requests,
        "requests_per_minute": 1_000_000,
    }


def _measure(
    program: list[str],
    files: Path,
    base: dict[str, Any],
    returns: int,
    catalog: Path | None = None,
) -> dict[str, Any]:
    idle = _command(program, files, base | NOTHING, catalog)
    startup = min(run(idle).cpu for _ in range(RUNS))
    command = _command(program, files, base | PERIOD, catalog)
    costs = [run(command) for _ in range(RUNS)]
    return {
        "returns": returns,
        "startup_cpu_s": startup,
        "returns_per_cpu_s": spread([returns / (c.cpu - startup) for c in costs]),
        "wall_s": spread([c.wall for c in costs]),
        "peak_mib": spread([c.peak_mib for c in costs]),
    }


def _memory(files: Path, page: bytes, returns: int, requests: int) -> dict[str, Any]:
    """Run the tap once over this many returns, with pages of 750 and all core streams."""
    path = files / "page.json"
    path.write_bytes(page)
    replay = [str(FOLDER / "tap/replay.py"), str(path), str(returns), *PERIOD.values()]
    with serving(replay) as url:
        settings = _settings(url, requests) | PERIOD
        cost = run(_command(TAP, files, settings, catalog_of(files, CORE)))
    return {"returns": returns, "requests": requests, "peak_mib": cost.peak_mib}


def _command(
    program: list[str], files: Path, config: dict[str, Any], catalog: Path | None
) -> list[str]:
    path = files / f"config-{abs(hash(str(config)))}.json"
    path.write_text(json.dumps(config))
    selection = ["--catalog", str(catalog)] if catalog else []
    return [*program, "--config", str(path), *selection]


def _get(url: str, **params: str | int) -> bytes:
    span = {"from": PERIOD["start_date"], "to": PERIOD["end_date"]}
    query = "&".join(f"{name}={value}" for name, value in (span | params).items())
    request = urllib.request.Request(  # noqa: S310
        f"{url}/2026-07/warehouse/return/list?{query}", headers={"X-Authorization": KEY}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


def _page(url: str) -> bytes:
    return _get(url, filter="updated_at", paginate="true", pageSize=750)


def _shown(url: str) -> int:
    """Count the returns that the reference tap can read: those in the default states."""
    return len(json.loads(_get(url, filter="updated_at")))


def _bare(page: bytes) -> dict[str, float]:
    """Measure how many returns per CPU second the bare loop handles."""
    decode, encode = msgspec.json.decode, msgspec.json.encode
    rates = []
    for _ in range(20):
        began = time.process_time()
        returns = decode(page)["returns"]
        b"\n".join([encode(row) for one in returns for row in _split(one)])
        rates.append(len(returns) / (time.process_time() - began))
    return spread(rates)


def _split(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of one return, with the values as Loop sent them."""
    around = {"return_id": one["id"], "return_updated_at": one["updated_at"]}
    for name in ("line_items", "exchanges", "labels"):
        for item in one[name]:
            yield item | around
    for item in one["line_items"]:
        if item["return_reason"] or item["parent_return_reason"]:
            reason = ("line_item_id", "parent_return_reason", "return_reason", "sku")
            yield {name: item[name] for name in reason} | around
    for field in ("exchange_total", "upsell", "refund", "gift_card"):
        if one[field] not in (None, "0.00"):
            yield around | {"outcome": field, "amount": one[field]}
    for name in ("line_items", "exchanges", "labels"):
        del one[name]
    yield one


def _table(result: dict[str, Any]) -> str:
    def line(title: str, part: dict[str, Any]) -> str:
        speed, peak = part["returns_per_cpu_s"], part["peak_mib"]["median"]
        rows = (
            f"{speed['median'] * rate:,.0f}"
            if (rate := part.get("rows_per_return"))
            else ""
        )
        return (
            f"| {title} | {speed['median']:,.0f} | {speed['min']:,.0f} to "
            f"{speed['max']:,.0f} | {rows} | {peak:,.0f} |"
        )

    bare = result["bare"]
    lines = [
        (
            "| program | returns per CPU second | lowest to highest | rows per CPU second "
            "| peak MiB |"
        ),
        "| --- | ---: | ---: | ---: | ---: |",
        *(line(f"tap, {name}", part) for name, part in result["cells"].items()),
        line("idiomatic SDK tap with child streams", result["reference"]),
        (
            f"| bare loop: decode, split, encode | {bare['median']:,.0f} | "
            f"{bare['min']:,.0f} to {bare['max']:,.0f} | | |"
        ),
        "",
        (
            "Per CPU second the tap handles "
            f"{result['ratio_to_reference']:.0f} times as many returns as the idiomatic "
            f"tap, and {100 * result['share_of_bare']:.0f} % as many as the bare loop."
        ),
        "",
        "| returns | requests at a time | peak MiB |",
        "| ---: | ---: | ---: |",
        *(
            f"| {case['returns']:,} | {case['requests']} | {case['peak_mib']:,.0f} |"
            for case in result["memory"]
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
