"""Fixtures of all integration tests: a shop, and a function to print below the results."""

from __future__ import annotations

import pytest

from demo.shop import open_shop

from . import SIZE

FINDING = "finding"


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def shop():
    """Serve a small shop; it grows older within a module."""
    with open_shop(*SIZE) as shop:
        yield shop


@pytest.fixture
def tell(record_property):
    """Return a function that puts a line under the results."""
    return lambda line: record_property(FINDING, line)


def pytest_terminal_summary(terminalreporter):
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, line in report.user_properties:
                if name == FINDING:
                    terminalreporter.write_line(line)
