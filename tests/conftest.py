"""The order of the tests, a folder that their workers share, and one browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    parsed = tempfile.mkdtemp(prefix="dbt-parsed-")
    os.environ["DBT_PARSED"] = parsed
    config.add_cleanup(lambda: shutil.rmtree(parsed, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A worker that takes one of the long files last keeps the other one waiting.
    items.sort(key=lambda item: "transform" not in item.path.parts)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Imported here, because most tests need none.
    from report.browser import open_browser  # noqa: PLC0415

    with open_browser() as opened:
        yield opened
