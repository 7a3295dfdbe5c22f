"""Reports of several shops, opened in a real browser without a screen."""

from __future__ import annotations

import dataclasses
import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from report.__main__ import build
from tests.transform.conftest import Warehouse
from tests.transform.conftest import warehouse as warehouse  # noqa: PLC0414
from tests.transform.forked_dbt import WITHOUT_TESTS
from tests.transform.worlds.table import VARIABLES, build_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOOP_ALONE = {"shopify_source": "none", "subscription_source": "none"}
OWN: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "empty": ({"world": "empty"}, VARIABLES),
    "loop_alone": (
        {"world": "shop", "returns": 600, "sources": ["tap_loop_returns"]},
        LOOP_ALONE,
    ),
}
"""Worlds of these tests alone: their settings, and the variables of dbt."""
SHARED = {
    "shop": "a shop in New York",
    "tiny": "tiny",
    "two_currencies": "a shop of two currencies",
}
"""Worlds that the tests of the models build as well, by the name they have there."""


@dataclasses.dataclass
class Report:
    """A report and the warehouse it was made from."""

    warehouse: Path
    page: Path

    def address(self, name: str = "glance", choices: str = "") -> str:
        return f"{self.page.as_uri()}#/{name}{'?' if choices else ''}{choices}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the marts."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("use analytics")
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def report(warehouse: Callable[..., Warehouse]) -> Callable[[str], Report]:
    """Return a function that makes a world's report, once for all workers."""

    def make(world: str) -> Report:
        if world in SHARED:
            built = build_world(warehouse, SHARED[world])
        else:
            settings, variables = OWN[world]
            built = warehouse(variables=variables, words=WITHOUT_TESTS, **settings)
        made = Report(built.database, built.folder / "report" / "index.html")
        with (built.folder / "report.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.page.exists():
                build(made.warehouse, made.page.parent)
        return made

    return make


@pytest.fixture
def altered(report, tmp_path: Path) -> Callable[..., str]:
    """Return a function that changes the marts of a world and returns the report's address."""

    def alter(*statements: str, world: str = "tiny", values: list[Any] = ()) -> str:
        warehouse = tmp_path / "warehouse.duckdb"
        shutil.copy(report(world).warehouse, warehouse)
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("use analytics")
            for place, statement in enumerate(statements):
                connection.execute(statement, None if place else values or None)
        return build(warehouse, tmp_path / "altered").as_uri()

    return alter


class Watch:
    """Requests and errors of a page."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))


@pytest.fixture(scope="session")
def tab(browser: Browser) -> tuple[Page, Watch]:
    """Return the one page that all tests share, watched."""
    page = browser.new_page()
    return page, Watch(page)


@pytest.fixture
def view(tab: tuple[Page, Watch]) -> Iterator[Page]:
    """Return the page; the test fails if it logs an error or makes a request."""
    page, watch = tab
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    watch.requests.clear()
    watch.complaints.clear()
    yield page
    assert watch.complaints == []
    assert [
        url
        for url in watch.requests
        if not url.startswith(("file:", "blob:", "about:"))
    ] == []


# Does what a click on a link does: the page stays open and its URL changes.
FOLLOW = """
    hash => new Promise(done => {
        performance.clearMarks('shown');
        const look = () => performance.getEntriesByName('shown').length
            ? done() : requestAnimationFrame(look);
        if (location.hash === hash) dispatchEvent(new HashChangeEvent('hashchange'));
        else location.hash = hash;
        look();
    })
"""


@pytest.fixture(scope="session")
def shown() -> Callable[..., None]:
    """Return a function that opens a page of a report and waits until it is complete."""

    def show(page: Page, report: Report, name: str, choices: str = "") -> None:
        address = report.address(name, choices)
        file, _, fragment = address.partition("#")
        if page.url.partition("#")[0] == file:
            page.evaluate(FOLLOW, f"#{fragment}")
        else:
            page.goto(address)
        page.wait_for_selector(f"main[data-page={name}]")

    return show
