"""The lock file carries a digest of the requirements it was resolved from."""

from __future__ import annotations

import hashlib
import json

from tools.project import ROOT, pyproject

LOCK = ROOT / "requirements.lock"
HEADER = "# Written by `make lock` from pyproject.toml "


def sign() -> None:
    """Put the digest on top of a lock file that was just resolved."""
    text = LOCK.read_text(encoding="utf-8")
    LOCK.write_text(f"{HEADER}{_digest()}\n{text}", encoding="utf-8")


def problems() -> list[str]:
    """Say whether the lock file is older than the requirements."""
    first, _, rest = LOCK.read_text(encoding="utf-8").partition("\n")
    found = []
    if first != f"{HEADER}{_digest()}":
        found.append("requirements.lock is stale; run `make lock`.")
    if "://" in rest:
        found.append("requirements.lock names a host; run `make lock`.")
    return found


def _digest() -> str:
    project = pyproject()
    asked = [
        project["project"]["requires-python"],
        project["project"]["dependencies"],
        project["dependency-groups"],
    ]
    text = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
