"""Meltano runs: the sources into DuckDB, then the models."""

from __future__ import annotations

import os
from collections.abc import Callable

from demo import paths
from demo.progress import run
from demo.shop import KEY, Shop

SOURCES = ("tap-loop-returns", "shopify-simulator", "recharge-simulator")


def load(shop: Shop, tell: Callable[[str], None], *, from_scratch: bool) -> None:
    """Load every source into DuckDB, one after another.

    Args:
        shop: The running simulator.
        tell: Called with the last line of output.
        from_scratch: Read everything, whatever the state says.
    """
    fresh = ["--full-refresh"] if from_scratch else []
    blocks = [word for source in SOURCES for word in (source, "target-duckdb")]
    run("load", [*_meltano(), "run", *fresh, *blocks], environment(shop), tell)


def build(shop: Shop, tell: Callable[[str], None]) -> None:
    """Build and test the models."""
    run("build", [*_meltano(), "run", "dbt-duckdb:build"], environment(shop), tell)


def environment(shop: Shop) -> dict[str, str]:
    """Point every source at the simulator, whatever is set for a real shop."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TAP_LOOP_RETURNS")}
    return kept | {
        "PATH": f"{paths.PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
        "TAP_LOOP_RETURNS_API_KEY": KEY,
        "TAP_LOOP_RETURNS_API_URL": shop.api_url,
        "SHOPIFY_SIMULATOR_SIMULATOR_URL": shop.url,
        "RECHARGE_SIMULATOR_SIMULATOR_URL": shop.url,
        "TARGET_DUCKDB_PATH": str(paths.RAW),
        "DBT_DUCKDB_PATH": str(paths.WAREHOUSE),
        "DBT_DUCKDB_RAW_PATH": str(paths.RAW),
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
    ]
