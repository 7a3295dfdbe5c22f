"""Puts styles, script and data into one HTML file that makes no request."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from pathlib import Path

from report.modules import bundle, direct_imports

PAGE = Path(__file__).parent / "page"


def page_names() -> tuple[str, ...]:
    """Return the names of the pages in the order of the menu."""
    return tuple(path.stem for path in direct_imports(PAGE / "pages" / "index.js"))


def assemble(datasets: dict[str, str], made_at: dt.datetime) -> str:
    """Return the report as one HTML document that loads nothing else.

    Args:
        datasets: Packed data sets by name.
        made_at: When the report was made.
    """
    script = bundle(PAGE / "frame.js")
    style = (PAGE / "style.css").read_text("utf-8")
    data = "\n".join(
        f'<script type="text/plain" id="data-{name}">{packed}</script>'
        for name, packed in datasets.items()
    )
    contents = {
        "policy": _policy(style, script),
        "style": style,
        "made_at": made_at.isoformat(timespec="minutes"),
        "data": data,
        "script": script,
    }
    page = (PAGE / "frame.html").read_text("utf-8")
    for name, content in contents.items():
        page = page.replace(f"<!-- {name} -->", content)
    return page


def _policy(style: str, script: str) -> str:
    """Return a content policy that allows only this style, this script and inline images."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
