"""The files in which dbt describes what it built: where they are, and the public tables."""

from __future__ import annotations

import json
import os
from pathlib import Path

from metrics.errors import MetricsError
from metrics.results import Column, Table

PROJECT = Path("transform")


def manifest_path(project: Path = PROJECT) -> Path:
    """Return where dbt writes the semantic manifest of a project."""
    target = os.environ.get("DBT_TARGET_PATH")
    return (Path(target) if target else project / "target") / "semantic_manifest.json"


def public_tables(semantic_manifest: Path) -> dict[str, Table]:
    """Return the public tables by name.

    Args:
        semantic_manifest: The file ``semantic_manifest.json``; dbt writes its manifest
            beside it.

    Raises:
        MetricsError: There is no such manifest.
    """
    path = semantic_manifest.with_name("manifest.json")
    if not path.exists():
        raise MetricsError(f"There is no {path}; dbt writes it when it builds.")
    nodes = json.loads(path.read_text("utf-8"))["nodes"].values()
    return {
        node["alias"]: Table(
            name=node["alias"],
            description=node["description"].strip(),
            columns=[
                Column(
                    name=column["name"],
                    type=column["data_type"],
                    description=column["description"].strip(),
                )
                for column in node["columns"].values()
            ],
        )
        for node in sorted(nodes, key=lambda one: one["name"])
        if node["resource_type"] == "model" and node.get("access") == "public"
    }
