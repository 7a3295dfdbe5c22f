"""Tests share the one installed Meltano project; they never install one."""

from __future__ import annotations

import pytest

from tools.project import ROOT


@pytest.fixture(scope="session", autouse=True)
def _installed():
    if not (ROOT / ".meltano/installed").exists():
        pytest.fail("The Meltano project is not installed; run `make setup`.")
