"""The report of a warehouse, with the driver that a dbt plugin installs."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from integration.marts import ordered
from tools.project import ROOT

DATA = re.compile(r'id="data-(\w+)">(.+?)</script>')

Rows = list[list[Any]]


def differing(ours: dict[str, Rows], theirs: dict[str, Rows]) -> list[str]:
    """Return the names of data sets whose rows differ.

    If a query does not determine the order of some rows, the page sorts them itself.
    """
    assert ours.keys() == theirs.keys()
    assert len(ours) > len(list((ROOT / "report/queries").rglob("*.sql")))
    return [
        name
        for name, rows in ours.items()
        if ordered(theirs[name])
        != [
            tuple(pytest.approx(v) if isinstance(v, float) else v for v in row)
            for row in ordered(rows)
        ]
    ]


def report(folder: Path, plugin: str, **settings: str) -> dict[str, Rows]:
    """Make the report and give the rows of its data sets by name."""
    [driver] = ROOT.glob(f".meltano/utilities/{plugin}/venv/lib/*/site-packages")
    done = subprocess.run(
        [sys.executable, "-m", "report", "--output", folder],
        cwd=ROOT,
        env={**os.environ, **settings, "PYTHONPATH": str(driver)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    page = (folder / "index.html").read_text()
    return {name: _unpacked(packed) for name, packed in DATA.findall(page)}


def _unpacked(packed: str) -> Rows:
    content = json.loads(gzip.decompress(base64.b64decode(packed)))
    columns = content["columns"].values()
    return [
        [column["values"][column["places"][row]] for column in columns]
        for row in range(content["length"])
    ]
