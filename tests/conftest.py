"""The order of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A worker that takes one of the long files last keeps the other one waiting.
    items.sort(key=lambda item: item.path.parent.name != "transform")
