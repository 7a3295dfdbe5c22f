"""A store of buckets on this machine, and the rows that a second run must add."""

from __future__ import annotations

import re
import subprocess
from types import SimpleNamespace

import pytest
from pipeline.project import Project

from tools.project import ROOT

STORE = ROOT / ".emulators/bucket/bin/moto_server"


@pytest.fixture(scope="module")
def project(shop, tmp_path_factory):
    return Project(shop, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def store():
    """Return the address of a running store that speaks S3."""
    if not STORE.exists():
        pytest.fail("The store is not installed; run `make integration-files`.")
    with subprocess.Popen(
        [STORE, "--host", "127.0.0.1", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for line in process.stdout:
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield SimpleNamespace(address=found[0])
                    break
            else:
                pytest.fail("The store did not start.")
        finally:
            process.terminate()
