"""The generated files: written from the tap, the metric definitions and the models' YAML."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tap_loop_returns.settings import SETTINGS
from tap_loop_returns.streams import STREAMS
from tap_loop_returns.streams.audits import SyncAudits
from tap_loop_returns.streams.base import LoopStream
from tap_loop_returns.streams.endpoints import EndpointStream
from tap_loop_returns.streams.returns import EmbeddedStream, RequestedStream, Returns
from tools import hub, metrics, sourcemedium, tables
from tools.project import ROOT

SCHEMAS = ROOT / "tap_loop_returns/schemas"
LIST = "/warehouse/return/list"
# Paths of the streams that make one request per row of another stream.
PER_ROW = {
    "happy_returns_shipment_items": "/happy-returns/shipments/{id}/items",
    "return_details": "/warehouse/return/details",
    "return_notes": "/warehouse/return/{id}/notes",
}


def write() -> None:
    """Write every generated text."""
    for path, text in _texts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def problems() -> list[str]:
    """Return a sentence for each file that is not up to date."""
    return [
        f"{path.name} is stale; run `make documents`."
        for path, text in _texts().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _texts() -> dict[Path, str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = _filled(readme, "streams", _streams())
    readme = _filled(readme, "settings", _settings())
    views = sourcemedium.PAGE.read_text(encoding="utf-8")
    return {
        ROOT / "README.md": readme,
        ROOT / ".env.example": _env_example(),
        metrics.PAGE: metrics.text(),
        tables.PAGE: tables.text(),
        sourcemedium.PAGE: _filled(views, "columns", sourcemedium.columns()),
        **hub.texts(),
    }


def _filled(text: str, name: str, table: str) -> str:
    """Return the text with a table between its markers."""
    before, mark, rest = text.partition(
        f"<!-- {name}: written by `make documents` -->\n"
    )
    _, end, after = rest.partition("<!-- end -->")
    return f"{before}{mark}{table}\n{end}{after}"


def _streams() -> str:
    rows = [
        (
            f"`{stream.name}`",
            _description(stream.name),
            ", ".join(_keys(stream)),
            _endpoint(stream),
            _cost(stream),
        )
        for stream in STREAMS
    ]
    return _table(("Stream", "A row is", "Key", "Endpoint", "Cost"), rows)


def _description(name: str) -> str:
    text = str(_schema(name)["description"]).rstrip(".").partition(";")[0]
    return text.removeprefix("One row per ")


def _keys(stream: type[LoopStream]) -> list[str]:
    return list(_schema(stream.name)["required"])


def _schema(name: str) -> dict[str, Any]:
    return dict(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))


def _endpoint(stream: type[LoopStream]) -> str:
    if issubclass(stream, SyncAudits):
        return ""
    default = stream.path if issubclass(stream, EndpointStream) else LIST
    return f"`{PER_ROW.get(stream.name, default)}`"


def _cost(stream: type[LoopStream]) -> str:
    if issubclass(stream, Returns):
        return "a request per page"
    if issubclass(stream, RequestedStream):
        return "a request per return"
    if issubclass(stream, SyncAudits):
        return "none, the tap's own count"
    if issubclass(stream, EmbeddedStream):
        return "none, same pages"
    cost = "few requests"
    if stream.asked_items != EndpointStream.asked_items:
        cost = f"a request per {stream.asked_items.removesuffix('s')}"
    return cost + ("" if stream.scope == "Returns" else f"; scope {stream.scope}")


def _settings() -> str:
    rows = [
        (
            f"`{name}`",
            _default(name, prop),
            prop["description"],
        )
        for name, prop in SETTINGS["properties"].items()
    ]
    return _table(("Setting", "Default", "Meaning"), rows)


def _default(name: str, prop: dict[str, Any]) -> str:
    if name in SETTINGS.get("required", ()):
        return "required"
    value = prop.get("default", "")
    if isinstance(value, list):
        return "all five" if len(value) == len(prop["items"]["enum"]) else str(value)
    return f"`{value}`" if value != "" else ""


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _env_example() -> str:
    lines = [
        "# Settings of tap-loop-returns in dev, local and prod of meltano.yml.",
        "# Copy to .env and uncomment what you set. The demo needs none of this.",
        "# Written by `make documents` from the tap's settings.",
    ]
    for name, prop in SETTINGS["properties"].items():
        value = prop.get("default", "")
        # Quoted, because a shell may read the file too.
        shown = f"'{json.dumps(value)}'" if isinstance(value, list) else str(value)
        lines += [
            "",
            *textwrap.wrap(
                prop["description"], 76, initial_indent="# ", subsequent_indent="# "
            ),
        ]
        lines.append(f"# TAP_LOOP_RETURNS_{name.upper()}={shown}")
    return "\n".join(lines) + "\n"
