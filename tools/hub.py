"""The tap's definitions for Meltano, generated from ``tap-loop-returns --about``.

One definition in three forms: the Hub's, for ``meltano add --from-ref``; the lock file
that Meltano makes from it; and the plugin in this project's own Meltano files.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from meltano.core.plugin.base import PluginDefinition, PluginType, StandalonePlugin

from tap_loop_returns.streams import STREAMS
from tap_loop_returns.streams.audits import SyncAudits
from tap_loop_returns.streams.returns import EmbeddedStream, Returns
from tools.project import ROOT, pyproject

PLUGIN = ROOT / "plugins/tap-loop-returns.meltano.yml"
FOLDER = ROOT / "plugins/hub"

Json = dict[str, Any]


def texts() -> dict[Path, str]:
    """Return the files and the text of each."""
    # Pinned by the lock file, like everything that make installs. Meltano would keep the
    # catalog of the version before an upgrade, without the new columns.
    own = _plugin("--constraint requirements.lock --editable .")
    own["use_cached_catalog"] = False
    listed = _listed()
    name = f"{listed['name']}--{listed['variant']}.lock"
    return {
        PLUGIN: _yaml("this project's Meltano", {"plugins": {"extractors": [own]}}),
        FOLDER / f"{listed['name']}.yml": _yaml("Meltano Hub", listed),
        FOLDER / name: json.dumps(_locked(listed), indent=2) + "\n",
    }


def _plugin(pip_url: str) -> Json:
    """Return the tap's definition for a Meltano project."""
    about = _about()
    return {
        "name": about["name"],
        "namespace": about["name"].replace("-", "_"),
        "label": "Loop Returns",
        "pip_url": pip_url,
        "executable": about["name"],
        "capabilities": about["capabilities"],
        "settings_group_validation": [about["settings"]["required"]],
        "settings": [
            _setting(name, prop)
            for name, prop in about["settings"]["properties"].items()
        ],
        # The streams from one pass over the returns list and their audits; the others
        # need more requests or scopes.
        "select": [
            f"{stream.name}.*"
            for stream in STREAMS
            if issubclass(stream, (Returns, EmbeddedStream, SyncAudits))
            and stream.selected_by_default
        ],
    }


def _listed() -> Json:
    """Return the definition of the published tap for the Hub."""
    project = pyproject()["project"]
    addresses = project["urls"]
    return _plugin(f"{project['name']}~={project['version']}") | {
        # The Hub names a variant by the owner of its repository.
        "variant": addresses["Source"].split("/")[-2],
        "description": "Returns management of Shopify shops",
        "docs": addresses["Documentation"],
        "repo": addresses["Source"],
        "logo_url": "/assets/logos/extractors/loop-returns.svg",
        "supported_python_versions": _about()["supported_python_versions"],
        "domain_url": "https://www.loopreturns.com",
        "maintenance_status": "beta",
        "keywords": ["api", "meltano_sdk", *project["keywords"]],
    }


@functools.cache
def _about() -> Json:
    done = subprocess.run(
        [sys.executable, "-m", "tap_loop_returns", "--about", "--format", "json"],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(done.stdout))


def _setting(name: str, prop: Json) -> Json:
    setting = {
        "name": name,
        "label": prop["title"],
        "kind": _kind(prop),
        "description": prop["description"],
    }
    if "default" in prop:
        setting["value"] = prop["default"]
    if prop.get("secret"):
        setting["sensitive"] = True
    if "enum" in prop:
        setting["options"] = [
            {"label": value.capitalize(), "value": value} for value in prop["enum"]
        ]
    return setting


def _kind(prop: Json) -> str:
    """Return Meltano's kind of setting for a JSON Schema type."""
    if prop.get("format") == "date-time":
        return "date_iso8601"
    [word] = {word for word in prop["type"] if word != "null"}
    return "options" if "enum" in prop else str(word)


def _locked(listed: Json) -> Json:
    definition = PluginDefinition.parse(
        {"plugin_type": PluginType.EXTRACTORS, **listed}
    )
    locked = StandalonePlugin.from_variant(definition.find_variant(), definition)
    return dict(locked.canonical())


def _yaml(reader: str, content: Json) -> str:
    header = (
        f"# The tap, for {reader}. Written by `make documents` from the tap itself.\n"
    )
    return header + yaml.safe_dump(
        content, sort_keys=False, width=88, allow_unicode=True
    )
