"""What all proofs share: the shop, and findings that are told even of a success."""

from __future__ import annotations

import pytest

from demo.shop import open_shop

from .project import SIZE

FINDINGS = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def shop():
    """Serve a small shop; it grows older within a module."""
    with open_shop(*SIZE) as shop:
        yield shop


@pytest.fixture
def tell(request):
    """Give a function that puts a line under the results."""
    return request.config.stash.setdefault(FINDINGS, []).append


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash.get(FINDINGS, []):
        terminalreporter.write_line(line)
