"""How close does a first sync come to Loop's limit of 300 requests a minute?

Question: wall time of a first sync, share of the limit that is used, and refused
requests, if each response takes 0, 150 or 500 ms; and the wall time for 20,000 returns
at 150 ms without a limit.

Method: the simulator enforces Loop's limit in its own fixed minutes and answers after
the latency. Small pages need more than 600 requests for few returns, so the sync must
take at least two minutes. The three latencies are measured in parallel, each with its
own simulator, since the programs mostly wait. The share is the rate from the first to
the 601st request, by the simulator's clock, divided by 300 a minute. The streams are
the six that come from the list. For the last figure the limit is off and all other
settings are defaults.
"""

from __future__ import annotations

import json
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.measuring import CORE, TAP, catalog_of, publish, run, simulator
from demo.shop import KEY

LIMIT = 300
MINUTES = 2
LATENCIES = (0, 150, 500)
RETURNS, PAGE = 1_950, 4
LARGE = 20_000
START = "2025-01-01T00:00:00Z"


def main() -> None:
    """Measure and publish."""
    with ThreadPoolExecutor() as pool:
        cells = list(pool.map(_limited, LATENCIES))
    with simulator(seed=3, returns=LARGE, rate_limit=0, latency_ms=150) as url:
        free = [
            _sync(url, page_size=750, requests_per_minute=1_000_000) for _ in range(3)
        ]
    result = {"limited": cells, "unlimited": min(free, key=lambda c: c["wall_s"])}
    publish("limits", result, _table(result))


def _limited(latency: int) -> dict[str, Any]:
    with simulator(
        seed=3, returns=RETURNS, rate_limit=LIMIT, latency_ms=latency
    ) as url:
        cell = _sync(url, page_size=PAGE, requests_per_minute=LIMIT)
    return {"latency_ms": latency, **cell}


def _sync(url: str, **settings: int) -> dict[str, Any]:
    """Run a first sync; return its time and requests from the simulator's log."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        base = {"api_key": KEY, "api_url": url, "start_date": START}
        config.write_text(json.dumps(base | settings))
        catalog = catalog_of(Path(folder), CORE)
        cost = run([*TAP, "--config", str(config), "--catalog", str(catalog)])
    log_url = f"{url.removesuffix('/api')}/_simulator/requests"
    with urllib.request.urlopen(log_url) as answer:  # noqa: S310
        log = [entry for entry in json.load(answer) if entry["key_present"]]
    with urllib.request.urlopen(  # noqa: S310
        urllib.request.Request(log_url, method="DELETE")  # noqa: S310
    ):
        pass
    moments = [entry["seconds"] for entry in log]
    counted = MINUTES * LIMIT
    sustained = (
        counted / (moments[counted] - moments[0]) / (LIMIT / 60)
        if len(moments) > counted
        else None
    )
    return {
        "wall_s": cost.wall,
        "requests": len(log),
        "refused": sum(entry["status"] == 429 for entry in log),  # noqa: PLR2004
        "share_of_limit": sustained,
        "cpu_s": cost.cpu,
    }


def _table(result: dict[str, Any]) -> str:
    lines = [
        "| latency | requests | wall time | share of the limit | refused |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {cell['latency_ms']} ms | {cell['requests']:,} | {cell['wall_s']:.0f} s "
        f"| {100 * cell['share_of_limit']:.1f} % | {cell['refused']} |"
        for cell in result["limited"]
    ]
    free = result["unlimited"]
    lines += [
        "",
        (
            f"Without a limit, {LARGE:,} returns at 150 ms take {free['requests']} requests "
            f"and {free['wall_s']:.1f} s, start-up included."
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
