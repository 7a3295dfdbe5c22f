"""How many bytes does BigQuery bill for a build, and what does that cost a month?

Question: how many bytes of a full build are billed per return? At a million returns,
which share of these are billed for a build after an hour's, a day's and an empty load,
and what do schedules cost?

Method: BigQuery itself is not used. The integration tests load and build a small
simulated shop with the real loader and dbt against an emulator: once in full, once after
a day's changes, and once without changes. BigQuery's published rules
(`benchmarks.bigquery_bytes`) give the bytes that these statements would be billed: the
columns that are used, only the partitions that literals select, and at least 10 MB for
each table of a query. Table sizes are the logical bytes in the emulator, scaled to the
shop's number of returns. A table of sums, such as units by day and SKU, grows no more
once all days and goods have rows; it is scaled to a shop of 100,000 returns at most,
which still overstates most of these tables. JSON counts with all its text. In an hour,
one return and two orders in ten thousand change; in a day, one return and two orders in
a thousand. An hourly build runs only the tests that are not generic, like the job
`refresh-bigquery`; all tests run once a day. If a literal limits the load timestamp, an
hourly build is assumed to read one and a half days of loads, and a daily build two and a
half.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.bigquery_bytes import Bill, Table, Uses, price
from benchmarks.measuring import publish
from demo.paths import ROOT

TEST = "tests/integration/bigquery/test_bigquery.py"
RECORDING = "BIGQUERY_RECORDING"
"""Environment variable that names the file in which the tests record the statements."""
NODE = re.compile(r'"node_id": "([^"]+)"')
GENERIC = re.compile(r"test\.[^.]+\.[^.]+\.\w+$")
"""A generic test of dbt, whose id ends in a hash."""
ROW_KEY = re.compile(
    "(order|return|customer|line|payment|refund|exchange|label|event|ticket|charge|credit)"
    r"\w*_(id|key)$"
)
"""Columns of tables that have more rows in a larger shop."""
MOST_FOR_SUMS = 100_000
"""Returns of the shop by which a table of sums, such as units by day and SKU, is scaled at most."""
SHOPS = (10_000, 100_000, 1_000_000, 10_000_000)
MILLION = 1_000_000
PRICE = 6.25
"""Dollars for a TiB on demand, as published for the US."""
TIB = 2**40
FREE = TIB
"""Bytes a month that BigQuery does not bill."""
DAY_OF_RETURNS = 1e-3
"""Share of a shop's returns that change in a day; the share of orders is twice as large."""
DAYS_READ = {"hour": 1.5, "day": 2.5, "empty": 1.5}
"""Days of loads in the partitions that a build reads if a literal limits the load timestamp."""
SCHEDULES: dict[str, dict[str, float]] = {
    "hourly": {"hour": 730, "tests": 30.4},
    "every six hours": {"hour": 122, "tests": 30.4},
    "daily": {"day": 30.4},
    "weekly": {"day": 4.35},
}
LARGEST = 12


def main() -> None:
    """Run the tests, calculate the bill for their statements, and publish it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recording.json"
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", "-q", TEST, "-k", "billed"],
            cwd=ROOT,
            env=os.environ | {RECORDING: str(file)},
            check=True,
        )
        result = billed(json.loads(file.read_text()))
    publish("scanned_bytes", result, table(result))


def billed(recording: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures to publish, calculated from the SQL that the tests recorded."""
    builds = builds_of(recording)
    million = bytes_of_builds(builds, recording, MILLION)
    shops = [bytes_of_builds(builds, recording, shop) for shop in SHOPS]
    full = million["full"]
    return {
        "returns": recording["returns"],
        "full_build_bytes_per_return": full / MILLION,
        "tests_bytes_per_return": million["tests"] / MILLION,
        "hour_share": million["hour"] / full,
        "day_share": million["day"] / full,
        "empty_share": million["empty"] / full,
        "hourly_dollars_a_month_at_a_million": dollars(
            _monthly(million, SCHEDULES["hourly"])
        ),
        "dollars_a_month": {
            name: [dollars(_monthly(sizes, counts)) for sizes in shops]
            for name, counts in SCHEDULES.items()
        },
        "bytes_per_return": {
            name: size / MILLION
            for name, size in bytes_of_models(
                builds["full"], tables_at(recording, MILLION)
            ).items()
        },
    }


def dollars(size: float) -> float:
    """Return the monthly price of a number of bytes, after subtracting the free bytes."""
    return max(0.0, size - FREE) / TIB * PRICE


def _monthly(builds: Mapping[str, float], counts: Mapping[str, float]) -> float:
    return sum(builds[name] * count for name, count in counts.items())


Build = list[tuple[str, Uses]]
"""For each statement of a build, dbt's node and the columns that it uses."""


def builds_of(recording: Mapping[str, Any]) -> dict[str, Build]:
    """Return the recorded builds: `full`, `change` and `empty`."""
    builds: dict[str, Build] = {}
    for name, statements in recording["statements"].items():
        bill = Bill(tables_at(recording, MILLION))
        builds[name] = [(_node(one), bill.uses(one)) for one in statements]
    return builds


def bytes_of_builds(
    builds: Mapping[str, Build], recording: Mapping[str, Any], returns: int
) -> dict[str, float]:
    """Return the bytes of builds in a shop of a given size.

    `full` is a build of all models, and `tests` are all tests of data. `hour`, `day` and
    `empty` are builds after an hour's, a day's and no changes; only `day` runs all tests.
    """
    after = {
        "hour": builds["change"],
        "day": [
            *builds["change"],
            *(one for one in builds["full"] if GENERIC.match(one[0])),
        ],
        "empty": builds["empty"],
    }
    whole = list(_priced(builds["full"], tables_at(recording, returns)))
    sizes = {
        "full": sum(size for node, size in whole if not _is_test(node)),
        "tests": sum(size for node, size in whole if _is_test(node)),
    }
    for name, days in DAYS_READ.items():
        tables = tables_at(recording, returns, days)
        sizes[name] = sum(size for _, size in _priced(after[name], tables))
    return sizes


def bytes_of_models(build: Build, tables: Mapping[str, Table]) -> dict[str, float]:
    """Return the bytes of each model in a build."""
    sizes: dict[str, float] = {}
    for node, size in _priced(build, tables):
        if not _is_test(node):
            name = node.removeprefix("model.loop_returns.")
            sizes[name] = sizes.get(name, 0) + size
    return sizes


def _priced(build: Build, tables: Mapping[str, Table]) -> Iterator[tuple[str, float]]:
    for node, uses in build:
        yield node, sum(price(uses, tables).values())


def _node(statement: str) -> str:
    found = NODE.search(statement)
    return found[1] if found else ""


def _is_test(node: str) -> bool:
    return node.startswith("test.")


def tables_at(
    recording: Mapping[str, Any], returns: int, days: float = 0
) -> dict[str, Table]:
    """Return the sizes of all tables in a shop of a given size.

    Args:
        recording: The SQL statements and table sizes that the tests recorded.
        returns: Number of returns of that shop.
        days: Days of loads in the partitions that an incremental build reads.
    """
    tables = {}
    for name, measured in recording["tables"].items():
        largest = MOST_FOR_SUMS if _has_sums(name, measured["columns"]) else returns
        scale = min(returns, largest) / recording["returns"]
        columns = {one: size * scale for one, size in measured["columns"].items()}
        share = days * DAY_OF_RETURNS
        if not name.startswith("tap_loop_returns."):
            share *= 2
        newest = {one: size * share for one, size in columns.items()}
        tables[name] = Table(columns, measured["partition_column"], newest)
    return tables


def _has_sums(name: str, columns: Iterable[str]) -> bool:
    is_model = name.startswith(("analytics.", "analytics_intermediate."))
    return is_model and not any(ROW_KEY.search(column) for column in columns)


def table(result: Mapping[str, Any]) -> str:
    """Write the table of the README."""
    sizes = result["bytes_per_return"]
    largest = sorted(sizes, key=lambda name: -sizes[name])[:LARGEST]
    rest = sum(sizes.values()) - sum(sizes[name] for name in largest)
    shops = " | ".join(f"{shop:,} returns" for shop in SHOPS)
    return "\n".join(
        [
            "| build at a million returns | GB | share of the full build |",
            "| --- | ---: | ---: |",
            *(
                f"| {name} | {share * result['full_build_bytes_per_return'] / 1e3:,.1f}"
                f" | {share:.1%} |"
                for name, share in (
                    ("full, without tests", 1.0),
                    ("with all tests, after a day's changes", result["day_share"]),
                    ("after an hour's changes", result["hour_share"]),
                    ("after an empty load", result["empty_share"]),
                )
            ),
            "",
            (
                "All data tests together read another "
                f"{result['tests_bytes_per_return'] / 1e3:,.1f} GB."
            ),
            "",
            f"| dollars a month | {shops} |",
            "| --- | ---: | ---: | ---: | ---: |",
            *(
                f"| {name} | " + " | ".join(f"{one:,.0f}" for one in prices) + " |"
                for name, prices in result["dollars_a_month"].items()
            ),
            "",
            "| model in a full build | bytes billed per return |",
            "| --- | ---: |",
            *(f"| `{name}` | {sizes[name]:,.0f} |" for name in largest),
            f"| the other {len(sizes) - LARGEST} | {rest:,.0f} |",
            f"| all | {sum(sizes.values()):,.0f} |",
            "",
        ]
    )


if __name__ == "__main__":
    main()
