"""Which tests share a process when `make test` runs several side by side."""

from __future__ import annotations

import pytest

# Their files share what is dear to build: a Meltano project, built warehouses.
TOGETHER = {"pipeline", "transform", "report"}


def pytest_collection_modifyitems(items):
    """Keep a file together, and some folders."""
    for item in items:
        folder = item.path.parent.name
        group = folder if folder in TOGETHER else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
