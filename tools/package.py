"""Writes the models as a dbt package of its own, and checks it.

`dbt deps` and dbt's Package Hub want `dbt_project.yml` at the root of a repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from tools.project import ROOT, pyproject

TRANSFORM = ROOT / "transform"
OF_DEVELOPMENT = ("lint/", ".sqlfluff")
"""Beginnings of paths that are needed only for work on the models."""
NEEDED = ("dbt_project.yml", "LICENSE", "README.md")
OUTSIDE = re.compile(r"\]\(\.\./([^)]+)\)")
"""A link of a README to a file beside the models' folder."""


def write(folder: Path) -> None:
    """Write the package into a folder that is empty or does not exist yet.

    It holds the files of `transform` that git tracks, the licence, and the README with
    links to the project's repository.

    Raises:
        ValueError: The folder has files already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; name a new folder.")
    tracked = subprocess.run(
        [shutil.which("git") or "git", "-C", str(TRANSFORM), "ls-files"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in tracked:
        if not name.startswith(OF_DEVELOPMENT):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TRANSFORM / name, folder / name)
    shutil.copy(ROOT / "LICENSE", folder)
    project = pyproject()["project"]
    pages = f"{project['urls']['Source']}/blob/v{project['version']}"
    readme = folder / "README.md"
    readme.write_text(
        OUTSIDE.sub(rf"]({pages}/\1)", readme.read_text(encoding="utf-8")),
        encoding="utf-8",
    )


def problems(folder: Path) -> list[str]:
    """Return a sentence for each reason not to publish the package."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        return [f"{name} is missing at the root of the package." for name in missing]
    found = []
    version = pyproject()["project"]["version"]
    stated = yaml.safe_load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
    if stated["version"] != version:
        found.append(
            f"dbt_project.yml has version {stated['version']}, pyproject.toml {version}."
        )
    links = OUTSIDE.findall((folder / "README.md").read_text(encoding="utf-8"))
    found += [f"README.md links to {link} outside the package." for link in links]
    return found + _parse(folder)


def _parse(folder: Path) -> list[str]:
    """Return dbt's message if it cannot parse the package without a warning."""
    with tempfile.TemporaryDirectory() as scratch:
        options = ("--project-dir", folder, "--profiles-dir", folder)
        done = subprocess.run(
            [Path(sys.executable).parent / "dbt", "--warn-error", "parse", *options],
            env=os.environ
            | {"DBT_TARGET_PATH": scratch, "DBT_LOG_PATH": scratch}
            | {"DUCKDB_PATH": ":memory:", "DBT_TARGET": "duckdb"},
            capture_output=True,
            text=True,
            check=False,
        )
    return [f"dbt cannot parse it: {done.stdout.strip()}"] if done.returncode else []
