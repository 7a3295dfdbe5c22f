"""Runs a script with the Python of a plugin, which has the database driver."""

from __future__ import annotations

import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

from tools.project import ROOT


def ask(
    plugin: str, script: Path, settings: dict[str, str], *words: str
) -> list[tuple[Any, ...]]:
    """Return the rows that the script prints."""
    done = subprocess.run(
        [ROOT / ".meltano/utilities" / plugin / "venv/bin/python", script, *words],
        env={**os.environ, **settings},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return list(pickle.loads(done.stdout))  # noqa: S301
