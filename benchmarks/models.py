"""How long do the models take, and how much memory, as a shop grows?

Question: wall time and peak memory of `dbt build`, and of the data tests after it, for
shops of 10 thousand, 100 thousand and (with --million) a million returns, with about
five orders for each return. A full build and a build after one day's changes are
measured, and the slowest models and the share of some folders are listed.

Method: the tap and the product's loader load a small simulated shop once. SQL copies
its raw tables up to the size. The models are built in full; then a day's changes are
built incrementally, and the result is built in full once more. Both builds must have
the same rows in every mart. CPU seconds count all threads and are more reliable than
wall time on a machine that others use. The seconds of models are summed over dbt's
threads. Subscriptions are left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Cost, publish, run, simulator
from benchmarks.tiles import change_a_day, mart_hashes, tile
from demo.paths import ROOT
from demo.shop import KEY

BASE = 1_000
SIZES = [10_000, 100_000]
MILLION = 1_000_000
VARIABLES = {"shopify_source": "tap_shopify_graphql"}
SLOWEST = 5
CAPABILITIES = ("nowcast", "early_warning", "ledger")
"""Folders of models whose share of a build is listed."""
LOADER = ROOT / ".meltano/loaders/target-duckdb/venv/bin/target-duckdb-exact"
SOURCES = {
    "tap_loop_returns": ["tap_loop_returns"],
    "tap_shopify": ["demo.sources.shopify"],
}
HEADER = (
    "| returns | orders | lines of orders | build | wall s | CPU s | of it dbt's start "
    "| peak MiB | tests, wall s |"
)


class Project:
    """A build of the models from one raw file; all its files are in one folder."""

    def __init__(self, folder: Path, raw: Path) -> None:
        """Make the folder."""
        folder.mkdir()
        self.folder, self.raw = folder, raw

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of the models."""
        return self.folder / "warehouse.duckdb"

    def dbt(self, command: str, *words: str) -> Cost:
        """Run dbt as Meltano does."""
        return run(
            [
                "env",
                f"DUCKDB_PATH={self.warehouse}",
                f"RAW_DUCKDB_PATH={self.raw}",
                f"DBT_TARGET_PATH={self.folder / 'target'}",
                f"DBT_LOG_PATH={self.folder / 'logs'}",
                str(Path(sys.executable).parent / "dbt"),
                *(command, "--project-dir", str(ROOT / "transform")),
                *("--profiles-dir", str(ROOT / "transform")),
                *("--vars", json.dumps(VARIABLES), *words),
            ],
            pinned=False,
        )

    def build(self) -> dict[str, Any]:
        """Build, then test the data; return times, memory and the slowest models."""
        cost = self.dbt("build", "--exclude-resource-type", "test", "unit_test")
        seconds = self._seconds()
        slowest = sorted(seconds.items(), key=lambda one: -one[1])[:SLOWEST]
        tests = self.dbt("test", "--exclude-resource-type", "unit_test")
        return {
            "wall_s": round(cost.wall, 1),
            "cpu_s": round(cost.cpu, 1),
            "peak_mib": round(cost.peak_mib),
            "tests_wall_s": round(tests.wall, 1),
            "models_s": round(sum(seconds.values()), 1),
            "capabilities_s": self._capabilities(seconds),
            "slowest": [
                {"node": node.split(".")[2], "seconds": round(one, 1)}
                for node, one in slowest
            ],
        }

    def _seconds(self) -> dict[str, float]:
        """Return the seconds of each model of the last run, by its id."""
        results = json.loads((self.folder / "target/run_results.json").read_text())
        return {
            one["unique_id"]: one["execution_time"]
            for one in results["results"]
            if one["unique_id"].startswith("model.")
        }

    def _capabilities(self, seconds: dict[str, float]) -> dict[str, float]:
        """Return the seconds of all models in the folders of each capability."""
        nodes = json.loads((self.folder / "target/manifest.json").read_text())["nodes"]
        return {
            name: round(
                sum(
                    one
                    for node, one in seconds.items()
                    if f"/{name}/" in nodes[node]["original_file_path"]
                ),
                1,
            )
            for name in CAPABILITIES
        }


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--million", action="store_true", help="a million as well")
    parser.add_argument("--folder", help="where to write; gigabytes for a million")
    words = parser.parse_args()
    sizes = [*words.sizes, *([MILLION] if words.million else [])]
    with tempfile.TemporaryDirectory(dir=words.folder) as folder:
        files = Path(folder)
        base = _base(files)
        shops = [_measure(files / str(size), base, size) for size in sizes]
    result = {"shops": shops}
    publish("models", result, table(result))


def _base(files: Path) -> Path:
    """Load a small shop."""
    raw = files / "base.duckdb"
    config = files / "config.json"
    with simulator(seed=3, returns=BASE, rate_limit=0) as url:
        loop = {"api_key": KEY, "api_url": url}
        shop = {"simulator_url": url.removesuffix("/api")}
        for schema, module in SOURCES.items():
            settings = loop if schema == "tap_loop_returns" else shop
            config.write_text(json.dumps(settings))
            target = files / f"{schema}.json"
            target.write_text(
                json.dumps(
                    {
                        "path": str(raw),
                        "default_target_schema": schema,
                    }
                )
            )
            read = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *module, "--config", str(config)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            subprocess.run(  # noqa: S603
                [LOADER, "--config", str(target)],
                stdin=read.stdout,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            if read.wait():
                msg = f"{module[0]} ended with status {read.returncode}"
                raise RuntimeError(msg)
    return raw


def _measure(folder: Path, base: Path, size: int) -> dict[str, Any]:
    folder.mkdir()
    raw = folder / "raw.duckdb"
    returns = tile(base, raw, size // BASE)
    shop = Project(folder / "shop", raw)
    full = shop.build()
    start = shop.dbt("parse")
    changes = change_a_day(raw)
    day = shop.build()
    afresh = Project(folder / "afresh", raw)
    afresh.build()
    told, wanted = mart_hashes(shop.warehouse), mart_hashes(afresh.warehouse)
    different = sorted(
        name for name in told | wanted if told.get(name) != wanted.get(name)
    )
    for file in folder.rglob("*.duckdb"):
        file.unlink()
    return {
        "returns": returns,
        "orders": wanted["fct_orders"][0],
        "order_lines": wanted["fct_order_lines"][0],
        "full": full,
        "start_cpu_s": round(start.cpu, 1),
        "changes": changes,
        "day": day,
        "marts_that_differ": different,
    }


def table(result: dict[str, Any]) -> str:
    """Write the table of the README."""
    lines = [HEADER, "| ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |"]
    for shop in result["shops"]:
        size = f"{shop['returns']:,} | {shop['orders']:,} | {shop['order_lines']:,}"
        for words, part in (("in full", "full"), ("a day's change", "day")):
            cost = shop[part]
            lines.append(
                f"| {size} | {words} | {cost['wall_s']:,.0f} | {cost['cpu_s']:,.0f} "
                f"| {shop['start_cpu_s']:,.0f} | {cost['peak_mib']:,} "
                f"| {cost['tests_wall_s']:,.0f} |"
            )
    largest = result["shops"][-1]
    lines.append("")
    for words, part in (("a full build", "full"), ("a day's build", "day")):
        slowest = ", ".join(
            f"`{one['node']}` {one['seconds']:,.0f} s"
            for one in largest[part]["slowest"]
        )
        lines.append(
            f"Slowest models of {words} at {largest['returns']:,} returns: {slowest}."
        )
    for words, part in (("a full build", "full"), ("a day's build", "day")):
        cost = largest[part]
        shares = ", ".join(
            f"`{name}` {one:,.0f} s ({one / cost['models_s']:.0%})"
            for name, one in cost["capabilities_s"].items()
        )
        lines.append(
            f"Folders of models in {words} at {largest['returns']:,} returns, of"
            f" {cost['models_s']:,.0f} s for all models: {shares}."
        )
    different = sorted(
        {name for shop in result["shops"] for name in shop["marts_that_differ"]}
    )
    lines.append(
        f"After a day's change {', '.join(different)} differ from a full build."
        if different
        else "After a day's change every mart has the same rows as after a full build."
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
