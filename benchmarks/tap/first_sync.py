"""How long does a first sync take under Loop's limits, and is its memory flat?

Question: wall time, requests, refusals and peak memory of a first sync with the tap's
defaults at 300 requests a minute, for shops of 10 thousand, 100 thousand and (with
--million) a million returns. The shop with a million returns has a latency of one
second. How many requests does a `start_date` in the year of the shop's opening save?

Method: a simulator on another core keeps the limit and the latency. The tap reads the
six core streams with eight parallel requests and writes to the null device. The first
300 requests may be sent immediately; the minimum time under the limit is the time that
the other requests take at 300 a minute.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.measuring import CORE, TAP, catalog_of, publish, run, simulator
from demo.shop import KEY

OPENED = "2025-01-01T00:00:00Z"
SHOPS: list[tuple[dict[str, int], str | None]] = [
    ({"returns": 10_000, "replicas": 5, "latency_ms": 150}, None),
    ({"returns": 100_000, "replicas": 50, "latency_ms": 150}, None),
    ({"returns": 100_000, "replicas": 50, "latency_ms": 150}, OPENED),
]
MILLION = {"returns": 1_000_000, "replicas": 500, "latency_ms": 1_000}
LIMIT = 300
REFUSED = 429
HEADER = (
    "| returns | latency | `start_date` | requests | refused | seconds | peak MiB |"
)


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--million", action="store_true", help="a million as well")
    words = parser.parse_args()
    shops = [*SHOPS, *([(MILLION, OPENED)] if words.million else [])]
    with tempfile.TemporaryDirectory() as folder:
        result = {"shops": [_measure(Path(folder), *shop) for shop in shops]}
    publish("first_sync", result, table(result))


def _measure(
    files: Path, shop: dict[str, int], start_date: str | None
) -> dict[str, Any]:
    config, catalog = files / "config.json", catalog_of(files, CORE)
    start = {"start_date": start_date} if start_date else {}
    with simulator(seed=3, rate_limit=LIMIT, **shop) as url:
        config.write_text(json.dumps({"api_key": KEY, "api_url": url} | start))
        cost = run([*TAP, "--config", str(config), "--catalog", str(catalog)])
        seen = _requests(url)
    return {
        **shop,
        "start_date": start_date,
        "requests": len(seen),
        "refused": sum(one["status"] == REFUSED for one in seen),
        "rows": sum(one["rows"] for one in seen),
        "wall_s": round(cost.wall, 1),
        "peak_mib": round(cost.peak_mib),
    }


def _requests(url: str) -> list[dict[str, Any]]:
    address = f"{url.removesuffix('/api')}/_simulator/requests"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own process
        content: list[dict[str, Any]] = json.load(answer)
        return content


def table(result: dict[str, Any]) -> str:
    """Write the table of the README."""
    lines = [HEADER, "| ---: | ---: | --- | ---: | ---: | ---: | ---: |"]
    lines += [
        (
            f"| {shop['returns']:,} | {shop['latency_ms']:,} ms "
            f"| {(shop['start_date'] or 'none')[:10]} | {shop['requests']:,} "
            f"| {shop['refused']} | {shop['wall_s']:,.0f} | {shop['peak_mib']:,} |"
        )
        for shop in result["shops"]
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
