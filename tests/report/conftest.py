"""Reports of three worlds, opened in a real browser without a screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from report.__main__ import build
from report.screenshots import open_browser
from tests.transform.conftest import land_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SETTINGS = {
    "shop": {"returns": 600},
    "tiny": {},
    "empty": {},
}
WITHOUT_TESTS = (
    *("--exclude-resource-type", "test"),
    *("--exclude-resource-type", "unit_test"),
)


@dataclasses.dataclass
class Report:
    """A report and the warehouse it was made from."""

    warehouse: Path
    page: Path

    def address(self, name: str = "glance", choices: str = "") -> str:
        return f"{self.page.as_uri()}#/{name}{'?' if choices else ''}{choices}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query over the marts."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("use analytics")
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """Give a function that makes a world's report, once."""
    made: dict[str, Report] = {}
    # One place for all worlds, so that dbt reads the project once.
    common = tmp_path_factory.mktemp("report")

    def make(world: str) -> Report:
        if world not in made:
            folder = common / world
            folder.mkdir()
            landed = land_world(common, world, **SETTINGS[world])
            landed.build(
                *WITHOUT_TESTS,
                shopify_source="tap_shopify_graphql",
                subscription_source="tap_recharge",
            )
            for file in (landed.database, common / "raw.duckdb"):
                file.rename(folder / file.name)
            warehouse = folder / landed.database.name
            made[world] = Report(warehouse, build(warehouse, folder / "report"))
        return made[world]

    return make


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))


@pytest.fixture
def view(browser: Browser) -> Iterator[Page]:
    """Give a page; it fails the test if it complains or asks for anything outside."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watch = Watch(page)
    yield page
    page.close()
    assert watch.complaints == []
    assert [
        url
        for url in watch.requests
        if not url.startswith(("file:", "blob:", "about:"))
    ] == []


@pytest.fixture(scope="session")
def shown() -> Callable[..., None]:
    """Give a function that opens a page of a report and waits until it stands."""

    def show(page: Page, report: Report, name: str, choices: str = "") -> None:
        # An address that differs only after the hash would load nothing.
        page.goto("about:blank")
        page.goto(report.address(name, choices))
        page.wait_for_selector(f"main[data-page={name}]")

    return show
