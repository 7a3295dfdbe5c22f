"""Takes a picture of every page."""

from __future__ import annotations

import hashlib
from pathlib import Path

from report import sentences
from report.browser import open_browser
from report.datasets import QUERIES
from report.html import PAGE, page_names
from report.modules import imported

GLANCE_QUERIES = ("changes", "cost", "metrics", "nowcast", "outcomes", "timing")


def source_digest() -> str:
    """Return the digest of the files on which the README's picture depends."""
    digest = hashlib.sha256()
    for path in (
        PAGE / "frame.html",
        PAGE / "style.css",
        *imported(PAGE / "pages" / "glance.js"),
        Path(sentences.__file__),
        *(QUERIES[name] for name in (*GLANCE_QUERIES, *sentences.QUERIES)),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def take(report: Path, folder: Path, picture: Path) -> None:
    """Take a picture of every page, and the picture of the README.

    Args:
        report: The HTML file.
        folder: Folder for the pictures of whole pages.
        picture: File for the first screen of the first page. The digest of its sources
            is written beside it with the suffix ``.sha256``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    picture.parent.mkdir(parents=True, exist_ok=True)
    first = page_names()[0]
    with open_browser() as browser:
        view = browser.new_page(
            viewport={"width": 1280, "height": 860}, color_scheme="light"
        )
        for name in page_names():
            view.goto(f"{report.resolve().as_uri()}#/{name}")
            view.wait_for_selector(f"main[data-page={name}]")
            view.screenshot(path=folder / f"{name}.png", full_page=True)
            if name == first:
                view.screenshot(path=picture)
                picture.with_suffix(".sha256").write_text(f"{source_digest()}\n")
    print(f"Pictures are in {folder}; the README's is {picture}.")
