"""Can two cores and 8 GiB process a million returns completely?

Question: wall time and peak memory of every step from a simulated shop to the report.
The shop has a million returns with lines, exchanges, outcomes, reasons and labels, and
about six million orders. Then the same steps, without the report, after a day on which
one return in a thousand changed.

Method: the product's own commands, one after the other, on all cores; each is measured
with all its child processes. After each load, counts and sums are compared with those
of the simulator; the first difference stops the script. Memory is the sum of the
resident sets of a step's processes, without the simulator's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measuring import publish
from benchmarks.watching import watched
from demo.paths import ROOT
from demo.shop import KEY, Shop, open_shop

BIN = Path(sys.executable).parent
SEED = 3
TILE = 2_000
"""Returns of one replica."""
CHANGED = 1_000
"""One in this many returns changes on the day."""
SLOWEST = 5
SUMMARY = (
    "The pipeline takes {minutes:,.0f} minutes for {returns:,} returns and {orders:,} "
    "orders; raw tables have {size[raw.duckdb]:,.1f} GB and models "
    "{size[warehouse.duckdb]:,.1f} GB. All counts and sums are the simulator's own. A day "
    "later {changed:,} changed returns are read in {requests_of_the_day} requests."
)
LOADS = {
    "load returns": ("tap-loop-returns", "target-duckdb"),
    "load orders": ("shopify-simulator", "target-duckdb"),
}
CHILDREN = {
    "line_items": "return_line_items",
    "exchanges": "return_exchanges",
    "labels": "return_labels",
    "refunds": "return_refunds",
}


class DifferenceError(Exception):
    """The warehouse and the simulated shop differ."""


class Run:
    """One shop and the measured steps of its pipeline."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        """Keep all files in a folder."""
        self.shop, self.folder = shop, folder
        self.steps: list[dict[str, Any]] = []
        self._env = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "MELTANO_ENVIRONMENT": "demo",
            "MELTANO_DATABASE_URI": f"sqlite:///{folder}/meltano.db",
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
            "TAP_LOOP_RETURNS_API_KEY": KEY,
            "TAP_LOOP_RETURNS_API_URL": shop.api_url,
            # Loop's limit is switched off here; another benchmark measures it.
            "TAP_LOOP_RETURNS_REQUESTS_PER_MINUTE": "100000",
            "SHOPIFY_SIMULATOR_SIMULATOR_URL": shop.url,
            "TARGET_DUCKDB_PATH": str(self.raw),
            "DBT_DUCKDB_VARS": "{shopify_source: tap_shopify_graphql}",
            "DBT_DUCKDB_PATH": str(self.warehouse),
            "DBT_DUCKDB_RAW_PATH": str(self.raw),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }

    @property
    def raw(self) -> Path:
        """The loader's file."""
        return self.folder / "raw.duckdb"

    @property
    def warehouse(self) -> Path:
        """The models' file."""
        return self.folder / "warehouse.duckdb"

    def step(self, name: str, *command: str) -> None:
        """Run a step and record its time and memory."""
        print(time.strftime("%H:%M:%S"), name, flush=True)  # noqa: T201
        taken = watched([*command], self._env, self.folder / "last_step.log")
        self.steps.append({"step": name, **taken})

    def load(self, day: str = "") -> None:
        """Load returns, then orders; both must be complete."""
        for name, pair in LOADS.items():
            self.step(day + name, *_meltano(*pair))
        compare_raw(self.shop.truth(), self.raw)

    def build(self, day: str = "") -> None:
        """Build the models, then test them; they must contain every return."""
        self.step(day + "models", *_meltano("dbt-duckdb:run"))
        results = json.loads((self.folder / "target/run_results.json").read_text())
        slowest = sorted(results["results"], key=lambda one: -one["execution_time"])
        self.steps[-1]["slowest"] = {
            one["unique_id"].split(".")[2]: round(one["execution_time"], 1)
            for one in slowest[:SLOWEST]
        }
        self.step(day + "tests of the models", *_meltano("dbt-duckdb:test"))
        compare_marts(self.shop.truth(), self.warehouse)

    def report(self) -> None:
        """Write the report."""
        page = ("--warehouse", str(self.warehouse), "--output", str(self.folder))
        self.step("report", sys.executable, "-m", "report", *page)


def _meltano(*blocks: str) -> list[str]:
    return [str(BIN / "meltano"), "--log-format", "plain", "run", *blocks]


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--returns", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where to write; some 40 GB for a million")
    parser.add_argument("--dry", action="store_true", help="publish nothing")
    words = parser.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(dir=words.folder) as folder:
        result = measure(words.returns, Path(folder))
    if words.dry:
        print(json.dumps(result, indent=2))  # noqa: T201
        print(table(result))  # noqa: T201
    else:
        publish("million", result, table(result))


def measure(returns: int, folder: Path) -> dict[str, Any]:
    """Run all steps for a shop, then all but the report again after a day of changes."""
    options = {"seed": SEED, "returns": returns, "replicas": returns // TILE}
    flags = [f"--{name}={value}" for name, value in options.items()]
    began = time.perf_counter()
    with open_shop(*flags, "--rate-limit=0") as shop:
        start = time.perf_counter() - began
        run = Run(shop, folder)
        run.load()
        run.build()
        run.report()
        sizes = {file.name: file.stat().st_size for file in folder.glob("*.duckdb")}
        shop.forget_requests()
        shop.change(change=returns // CHANGED)
        run.load("a day later: ")
        seen = [request["rows"] for request in shop.requests()]
        run.build("a day later: ")
        truth = shop.truth()
    return {
        "returns": returns,
        "orders": truth["orders"]["count"],
        "simulator_start_s": round(start, 1),
        "steps": run.steps,
        "bytes": sizes,
        "changed": returns // CHANGED,
        "requests_of_the_day": len(seen),
        "returns_read_on_the_day": sum(seen),
    }


def compare_raw(truth: dict[str, Any], raw: Path) -> None:
    """Compare the loaded rows with the simulator's counts and sums.

    Raises:
        DifferenceError: They differ.
    """
    with duckdb.connect(str(raw), read_only=True) as tables:
        rows = tables.execute(
            "select state, count(*), count(distinct id) from tap_loop_returns.returns group by 1"
        ).fetchall()
        expected = truth["returns"]["by_state"]
        _same("returns by state", {s: n for s, n, _ in rows}, expected)
        _same("ids by state", {s: n for s, _, n in rows}, expected)
        _same_money(tables, "returns", truth["returns"]["money"])
        for name, stream in CHILDREN.items():
            # A row that is older than its return was removed from the return.
            [(count,)] = tables.execute(
                f"select count(*) from tap_loop_returns.{stream} as child"
                " join tap_loop_returns.returns as parent on parent.id = child.return_id"
                " where child.return_updated_at = parent.updated_at"
            ).fetchall()
            _same(stream, count, truth[name]["count"])
        orders = truth["orders"]
        [(count, keys)] = tables.execute(
            "select count(*), count(distinct id) from tap_shopify.orders"
        ).fetchall()
        wanted = orders["count"] - orders["not_in_shopify"]
        _same("orders", (count, keys), (wanted, wanted))


def compare_marts(truth: dict[str, Any], warehouse: Path) -> None:
    """Compare the models with the simulator's counts.

    Raises:
        DifferenceError: They differ.
    """
    with duckdb.connect(str(warehouse), read_only=True) as marts:
        states = marts.execute(
            "select return_state, count(*) from analytics.fct_returns group by 1"
        ).fetchall()
        _same("fct_returns by state", dict(states), truth["returns"]["by_state"])
        [(lines,)] = marts.execute(
            "select count(*) from analytics.fct_return_lines"
        ).fetchall()
        _same("fct_return_lines", lines, truth["line_items"]["count"])


def _same_money(tables: Any, stream: str, money: dict[str, dict[str, str]]) -> None:
    for currency, amounts in money.items():
        for name, total in amounts.items():
            [(found,)] = tables.execute(
                f"select sum(cast({name} as decimal(18, 4))) "
                f"from tap_loop_returns.{stream} where currency = ?",
                [currency],
            ).fetchall()
            _same(f"{stream}.{name}", found, Decimal(total))


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        msg = f"{what}: {found} instead of {expected}"
        raise DifferenceError(msg)


def table(result: dict[str, Any]) -> str:
    """Write the table of the README."""
    lines = [
        "| step | seconds | peak MiB | largest program |",
        "| --- | ---: | ---: | --- |",
    ]
    for step in result["steps"]:
        program, taken = next(iter(step["programs"].items()), ("", {"peak_mib": 0}))
        lines.append(
            f"| {step['step']} | {step['wall_s']:,.0f} | {step['peak_mib']:,} "
            f"| {program}, {taken['peak_mib']:,} MiB |"
        )
    total = sum(
        step["wall_s"] for step in result["steps"] if "later" not in step["step"]
    )
    size = {name: count / 1e9 for name, count in result["bytes"].items()}
    lines += ["", SUMMARY.format(minutes=total / 60, size=size, **result)]
    for step in result["steps"]:
        if "slowest" in step:
            slow = ", ".join(f"`{n}` {s:,.0f} s" for n, s in step["slowest"].items())
            lines.append(f"Slowest models in the step “{step['step']}”: {slow}.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
