"""Puts styles, scripts and data into one HTML file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

PAGE = Path(__file__).parent / "page"

# In the order in which they need each other.
SCRIPTS = (
    "elements.js",
    "format.js",
    "data.js",
    "address.js",
    "charts/scales.js",
    "charts/intervals.js",
    "charts/trend.js",
    "charts/shares.js",
    "charts/curve.js",
    "charts/flows.js",
    "table.js",
    "behind.js",
    "pages/common.js",
    "pages/glance.js",
    "pages/outcomes.js",
    "pages/exchanges.js",
    "pages/skus.js",
    "pages/reasons.js",
    "pages/repurchase.js",
    "pages/channels.js",
    "pages/timing.js",
    "pages/cost.js",
    "pages/definitions.js",
    "frame.js",
)


def assemble(datasets: dict[str, str]) -> str:
    """Give the whole report as one page.

    Args:
        datasets: Packed data sets by name.

    Returns:
        HTML without a reference to any other file or host.
    """
    scripts = "\n".join((PAGE / name).read_text("utf-8") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{scripts}\n}})();\n'
    style = (PAGE / "style.css").read_text("utf-8")
    data = "\n".join(
        f'<script type="text/plain" id="data-{name}">{packed}</script>'
        for name, packed in datasets.items()
    )
    places = {
        "policy": _policy(style, script),
        "style": style,
        "data": data,
        "script": script,
    }
    page = (PAGE / "frame.html").read_text("utf-8")
    for name, content in places.items():
        page = page.replace(f"<!-- {name} -->", content)
    return page


def _policy(style: str, script: str) -> str:
    """Allow this style and this script and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
