"""Build and report unless nothing is new: ``python -m refresh build …``, as Meltano does.

The words are those of dbt. On BigQuery, nothing is built if raw tables, models, variables,
other options and the shop's date are those of the last complete build by this command. In
any doubt, and in other warehouses, the build is made.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

REPORT = (sys.executable, "-m", "report")
INPUTS = "REFRESH_INPUTS"
"""Environment variable by which the build learns what to record when it ends."""
PARTS = ("dbt_project.yml", "macros", "models", "seeds", "tests")
"""What the models are made of, in the folder of the dbt project."""


def main() -> int:
    """Run dbt and the report if needed, and return the exit code."""
    reader = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    reader.add_argument("--vars", default="{}")
    known, options = reader.parse_known_args()
    asked = _asked(known.vars)
    own = {
        "models": _hash_of_models(),
        "variables": known.vars,
        # With --select, only some models are built.
        "options": options,
    }
    now, last = {**asked.get("now", {}), **own}, asked.get("last", {})
    built = last.get("inputs", {})
    changed = [
        name for name in now.keys() | built.keys() if now.get(name) != built.get(name)
    ]
    if asked and not changed:
        print("Nothing is new since the last build, so nothing is built.", flush=True)
        return _report("--unless-newer-than", last["ended_at"])
    if built:
        print("New since the last build:", ", ".join(sorted(changed)), flush=True)
    os.environ[INPUTS] = json.dumps(now) if asked else ""
    done = dbtRunner().invoke(sys.argv[1:])
    if done.exception:
        print(done.exception, file=sys.stderr)
    return _report() if done.success else 1


def _asked(variables: str) -> dict[str, Any]:
    """Return the answer of the macro ``print_build_inputs``; nothing if it has none."""
    question = ["--quiet", "run-operation", "print_build_inputs", "--vars", variables]
    with redirect_stdout(io.StringIO()) as said:
        dbtRunner().invoke(question)
    try:
        return dict(json.loads(said.getvalue()))
    except ValueError:
        # No answer, as in other warehouses; or an error, which does not stop the build.
        print(said.getvalue(), file=sys.stderr)
        return {}


def _hash_of_models() -> str:
    digest = hashlib.sha256()
    folder = Path(os.environ.get("DBT_PROJECT_DIR", "transform"))
    for part in PARTS:
        path = folder / part
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(folder)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _report(*words: str) -> int:
    return subprocess.run([*REPORT, *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
