"""Writes the columns of ``docs/coming-from-sourcemedium.md`` from the YAML of the views."""

from __future__ import annotations

from typing import Any

import yaml

from tools.project import ROOT

PAGE = ROOT / "docs/coming-from-sourcemedium.md"
YAML = ROOT / "transform/models/sourcemedium/_sourcemedium__models.yml"
NOT_FILLED = "Null: "


def columns() -> str:
    """Return a section for each view: its filled columns, then those that are null."""
    return "\n".join(_section(view) for view in views())


def views() -> list[dict[str, Any]]:
    """Return the YAML of every view that has a published name."""
    models = yaml.safe_load(YAML.read_text(encoding="utf-8"))["models"]
    return [model for model in models if "columns" in model]


def _section(view: dict[str, Any]) -> str:
    filled: list[str] = []
    empty: dict[str, list[str]] = {}
    for column in view["columns"]:
        name, told = f"`{column['name']}`", " ".join(column["description"].split())
        if told.startswith(NOT_FILLED):
            reason = told.removeprefix(NOT_FILLED)
            empty.setdefault(reason[0].upper() + reason[1:], []).append(name)
        else:
            filled.append(f"| {name} | {told} |")
    lines = [f"### {view['name']}\n", f"{view['description']}\n"]
    lines += ["| Column | Here |", "| --- | --- |", *filled]
    if empty:
        lines += ["\n| Null | Because |", "| --- | --- |"]
        lines += [f"| {', '.join(names)} | {told} |" for told, names in empty.items()]
    return "\n".join(lines) + "\n"
