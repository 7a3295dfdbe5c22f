"""Meltano runs of the demo: load the sources into DuckDB, compare, build the models."""

from __future__ import annotations

import os
from collections.abc import Callable

from demo import paths
from demo.progress import run
from demo.shop import KEY, Shop

SOURCES = ("tap-loop-returns", "shopify-simulator", "recharge-simulator")
ARRIVED = "Everything arrived"
# Settings of the user's own shop and warehouse, which must not reach the demo.
FOREIGN = (
    "TAP_",
    "TARGET_",
    "DBT_",
    "DUCKDB_",
    "RAW_DUCKDB_",
    "MELTANO_",
    "LOOP_RETURNS_",
    "SHOPIFY_SIMULATOR_",
    "RECHARGE_SIMULATOR_",
)


def load(shop: Shop, tell: Callable[[str], None], *, from_scratch: bool) -> None:
    """Load every source into DuckDB, one after another.

    Args:
        shop: The running simulator.
        tell: Called with each line of output.
        from_scratch: Read everything and ignore the state.
    """
    fresh = ["--full-refresh"] if from_scratch else []
    blocks = [word for source in SOURCES for word in (source, "target-duckdb")]
    run("load", [*_meltano(), "run", *fresh, *blocks], environment(shop), tell)


def reconcile(shop: Shop, tell: Callable[[str], None]) -> str:
    """Compare the rows that the tap sent with those that arrived; return the result as a sentence.

    Raises:
        StepError: Rows are missing.
    """
    command = [*_meltano(), "run", "reconcile:check"]
    output = run("reconcile", command, environment(shop), tell)
    return next(
        line[line.index(ARRIVED) :].strip()
        for line in output.splitlines()
        if ARRIVED in line
    )


def build(shop: Shop, tell: Callable[[str], None]) -> None:
    """Build and test the models."""
    run("build", [*_meltano(), "run", "dbt-duckdb:build"], environment(shop), tell)


def environment(shop: Shop) -> dict[str, str]:
    """Return the environment variables that point every source at the simulator."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    return kept | {
        "PATH": f"{paths.PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
        "TAP_LOOP_RETURNS_API_KEY": KEY,
        "TAP_LOOP_RETURNS_API_URL": shop.api_url,
        "SHOPIFY_SIMULATOR_SIMULATOR_URL": shop.url,
        "RECHARGE_SIMULATOR_SIMULATOR_URL": shop.url,
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def _meltano() -> list[str]:
    return [
        str(paths.PROGRAMS / "meltano"),
        "--log-format",
        "plain",
        "--environment",
        "demo",
        # Without the user's .env.
        "--env-file",
        os.devnull,
    ]
