"""Runs the metrics' evaluation set in a process with a plugin's database driver."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tools.project import ROOT

QUESTIONS = ROOT / "tests/metrics/questions.yml"
ASK = """
import json, sys
from metrics import Engine
from metrics.question.filters import Filter
from metrics.question.question import Question
engine = Engine()
for call in json.load(sys.stdin):
    where = [Filter(**one) for one in call.pop("where", [])]
    rows = engine.query(Question(**call, where=where)).rows
    print(json.dumps([row.model_dump(mode="json") for row in rows]))
"""


def questions(*without: str) -> list[dict[str, Any]]:
    """Return the calls of the evaluation set, without the calls for some populations."""
    return [
        one["call"]
        for one in yaml.safe_load(QUESTIONS.read_text("utf-8"))
        if one["oracle"]["of"] not in without
    ]


def figures(
    calls: list[dict[str, Any]], settings: dict[str, str], plugin: str | None = None
) -> list[list[dict[str, Any]]]:
    """Return the rows of each question, in an order that does not depend on the warehouse."""
    places = ROOT.glob(f".meltano/utilities/{plugin}/venv/lib/*/site-packages")
    path = {"PYTHONPATH": str(next(iter(places)))} if plugin else {}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**os.environ, **settings, **path},
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [
        sorted(
            json.loads(line), key=lambda row: (row["period"] or "", str(row["group"]))
        )
        for line in done.stdout.splitlines()
    ]


def place(marts: Path, target: Path) -> dict[str, str]:
    """Return the settings that name a DuckDB file and dbt's artifacts."""
    return {"DUCKDB_PATH": str(marts), "DBT_TARGET_PATH": str(target)}


def differences(ours: list[Any], theirs: list[Any]) -> list[tuple[Any, Any]]:
    """Return the pairs of rows that are not equal, floats to 1e-9."""
    assert len(ours) == len(theirs)
    return [
        (one, other)
        for one, other in zip(ours, theirs, strict=True)
        if rounded(one) != rounded(other)
    ]


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return value
