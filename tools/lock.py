"""Writes the lock file and the constraints of the plugins, each with a digest of its sources."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.project import ROOT, pyproject

LOCK = ROOT / "requirements.lock"
CONSTRAINTS = ROOT / "plugins/constraints"
HEADER = "# Written by `make lock` from "
OPTIONS = (
    *("--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-annotate", "--no-header"),
)
"""Options of ``uv pip compile``. Pinned versions stay unless ``--upgrade`` is added."""

Json = dict[str, Any]


def write(uv: str, *upgrade: str) -> None:
    """Resolve all requirements with the given ``uv``."""
    command = [uv, "pip", "compile", *OPTIONS, *upgrade]
    _compile(command, LOCK, "--group", "dev", "pyproject.toml")
    _sign(LOCK, _own())
    CONSTRAINTS.mkdir(exist_ok=True)
    for path, words in _plugins():
        if "--editable" in words:
            project = words[-1].partition("[")[0].removeprefix("./")
            _compile(command, path, "--all-extras", f"{project}/pyproject.toml")
        else:
            # Every dbt plugin has the same packages.
            dbt = "--constraint", LOCK.name
            same = dbt if path.name.startswith("dbt-") else ()
            _compile(command, path, *same, "-", stdin=words)
        _sign(path, _asked(words))


def problems() -> list[str]:
    """Return a sentence for each file that is older than its requirements."""
    files = [(LOCK, _own()), *((path, _asked(words)) for path, words in _plugins())]
    found = []
    for path, asked in files:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        first, _, rest = text.partition("\n")
        if first != HEADER + asked:
            found.append(f"{path.name} is stale; run `make lock`.")
        if "://" in rest:
            found.append(f"{path.name} names a host; run `make lock`.")
    return found


def _compile(command: list[str], path: Path, *sources: str, stdin: Any = ()) -> None:
    subprocess.run(
        [*command, "--output-file", str(path.relative_to(ROOT)), *sources],
        cwd=ROOT,
        input="\n".join(stdin),
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )


def _sign(path: Path, asked: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{HEADER}{asked}\n{text}", encoding="utf-8")


def _plugins() -> Iterator[tuple[Path, list[str]]]:
    """Yield the constraint file and the requirements of each plugin that has one."""
    for file in (
        ROOT / "meltano.yml",
        *sorted((ROOT / "plugins").glob("*.meltano.yml")),
    ):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for plugins in content["plugins"].values():
            for plugin in plugins:
                words = plugin.get("pip_url", "").split()
                if words and words[1].startswith("plugins/"):
                    yield ROOT / words[1], words[2:]


def _own() -> str:
    project = pyproject()
    return "pyproject.toml " + _digest(
        [
            project["project"]["requires-python"],
            project["project"]["dependencies"],
            project["dependency-groups"],
        ]
    )


def _asked(words: list[str]) -> str:
    """Return the requirements of a plugin; the requirements of a local package are a digest."""
    if "--editable" not in words:
        return " ".join(words)
    name = words[-1].partition("[")[0].removeprefix("./") + "/pyproject.toml"
    project: Json = tomllib.loads((ROOT / name).read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    return f"{name} {_digest([project['dependencies'], extras])}"


def _digest(asked: list[Any]) -> str:
    text = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
