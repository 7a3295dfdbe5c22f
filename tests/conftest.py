"""The order of the tests, and a folder that their workers share."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    parsed = tempfile.mkdtemp(prefix="dbt-parsed-")
    os.environ["DBT_PARSED"] = parsed
    config.add_cleanup(lambda: shutil.rmtree(parsed, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A worker that takes one of the long files last keeps the other one waiting.
    items.sort(key=lambda item: item.path.parent.name != "transform")
