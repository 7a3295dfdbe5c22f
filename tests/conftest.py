"""Sets the order of the test files; provides a folder that workers share, and a browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

HERE = Path(__file__).parent
LONG = (
    "transform/figures/test_oracle.py",
    "pipeline/test_shop.py",
    "tap/state/test_state.py",
    "tap/state/test_audits.py",
    "tap/reading/test_worlds.py",
    "tap/rows/test_hostile_values.py",
    "tap/reading/test_reading.py",
    "pipeline/test_kills.py",
    "transform/project/test_project_rules.py",
)
"""Files that run first. One of them builds the worlds that many other files read; the rest
build their own worlds, or none, so that no worker waits for another one's build."""


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    parsed = tempfile.mkdtemp(prefix="dbt-parsed-")
    os.environ["DBT_PARSED"] = parsed
    config.add_cleanup(lambda: shutil.rmtree(parsed, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {HERE / name: place for place, name in enumerate(LONG)}
    # The files of the tap are short, so workers that take them last end together.
    items.sort(key=lambda it: (places.get(it.path, len(LONG)), "tap" in it.path.parts))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Imported here, because most tests need no browser.
    from report.browser import open_browser  # noqa: PLC0415

    with open_browser() as opened:
        yield opened
