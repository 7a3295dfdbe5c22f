"""Runs the models that read a variable with another value of it, one variable at a time.

The project is parsed once, and no rows are read (`--empty`), so only errors in the SQL and in
the column types of the contracts are found.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner


def readers(manifest: Any, name: str) -> list[str]:
    """Return the models that name a variable, in their own text or in that of a macro."""
    pattern = re.compile(rf"var(?:_or_empty)?\(\s*'{name}'")
    macros = {
        key for key, one in manifest.macros.items() if pattern.search(one.macro_sql)
    }
    while more := {
        key
        for key, one in manifest.macros.items()
        if key not in macros and macros & set(one.depends_on.macros)
    }:
        macros |= more
    return [
        node.name
        for node in manifest.nodes.values()
        if node.resource_type == "model"
        and (pattern.search(node.raw_code) or macros & set(node.depends_on.macros))
    ]


def main(project: str, usual: dict[str, Any], others: dict[str, Any]) -> dict[str, str]:
    """Return dbt's error messages by variable, for each variable with which a model fails.

    Args:
        project: The dbt project.
        usual: Variables of every run.
        others: A value other than its default for each variable.

    Raises:
        RuntimeError: The project cannot be parsed, or no model reads a variable.
    """
    options = ["--project-dir", project, "--profiles-dir", project, "--quiet"]

    def run(variables: dict[str, Any], *words: str) -> Any:
        told = ["--vars", json.dumps(usual | variables)]
        return dbtRunner(manifest=manifest).invoke([*words, *options, *told])

    manifest = None
    parsed = run({}, "parse")
    if not parsed.success:
        raise RuntimeError(str(parsed.exception))
    manifest = parsed.result
    assert run({}, "seed").success
    assert run({}, "run", "--empty").success
    failed = {}
    for name, value in others.items():
        named = readers(manifest, name)
        if not named:
            raise RuntimeError(f"no model reads {name}")
        result = run(
            {name: value}, "run", "--empty", "--full-refresh", "--select", *named
        )
        if not result.success:
            results = getattr(result.result, "results", [])
            failed[name] = "; ".join(
                str(one.message) for one in results if one.status == "error"
            ) or str(result.exception)
    return failed


if __name__ == "__main__":
    answer = main(sys.argv[1], *(json.loads(word) for word in sys.argv[2:4]))
    Path(sys.argv[4]).write_text(json.dumps(answer))
