"""An MCP client for a built shop, and the oracle that computes the expected answers."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters

from metrics import Engine
from metrics.warehouse import DuckDB
from tests.transform.conftest import Warehouse
from tests.transform.conftest import warehouse as warehouse  # noqa: PLC0414
from tests.transform.oracle.shop import Shop
from tests.transform.worlds.table import (
    build_world,
    oracle_of,
)

ROOT = Path(__file__).parents[2]
WORLD = "a shop in New York"


@dataclasses.dataclass
class Assistant:
    """Calls tools of a server through the SDK's own client."""

    portal: BlockingPortal
    client: Client

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the structured answer of a tool."""
        result = self.ask(tool, arguments)
        assert not result.is_error, result.content
        found: dict[str, Any] = result.structured_content
        return found

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Return the error text of a refused tool call."""
        result = self.ask(tool, arguments)
        assert result.is_error, result.structured_content
        return " ".join(part.text for part in result.content)

    def ask(self, tool: str, arguments: dict[str, Any]) -> Any:
        return self.portal.call(self.client.call_tool, tool, arguments)

    def get(self, verb: str, *words: Any) -> Any:
        """Return the result of another request of the protocol."""
        return self.portal.call(getattr(self.client, verb), *words)


@pytest.fixture(scope="session")
def shop(warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, WORLD)


@pytest.fixture(scope="session")
def oracle() -> Shop:
    return oracle_of(WORLD)


@pytest.fixture(scope="session")
def assistant(shop: Warehouse) -> Iterator[Assistant]:
    """An assistant whose server runs as a process of its own, over stdio."""
    yield from served(shop)


def served(shop: Warehouse) -> Iterator[Assistant]:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "metrics", "serve"],
        env=environment(shop),
        cwd=ROOT,
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(parameters)) as client,
    ):
        yield Assistant(portal, client)


def environment(shop: Warehouse) -> dict[str, str]:
    return {
        "DUCKDB_PATH": str(shop.database),
        "DBT_TARGET_PATH": str(shop.folder / "target"),
    }


def engine_of(shop: Warehouse) -> Engine:
    return Engine(
        DuckDB(shop.database), shop.folder / "target" / "semantic_manifest.json"
    )


def changed(shop: Warehouse, folder: Path, *statements: str) -> Warehouse:
    """Return a copy of a warehouse with other rows."""
    own = Warehouse(folder)
    (folder / "target").mkdir()
    shutil.copy(shop.database, own.database)
    shutil.copy(shop.folder / "target" / "semantic_manifest.json", folder / "target")
    with duckdb.connect(str(own.database)) as build:
        build.execute("use analytics")
        for one in statements:
            build.execute(one)
    return own


@pytest.fixture(scope="session")
def engine(shop: Warehouse) -> Engine:
    return engine_of(shop)


@pytest.fixture(scope="session")
def two_currencies(warehouse: Callable[..., Warehouse]) -> Engine:
    return engine_of(build_world(warehouse, "a shop of two currencies"))
