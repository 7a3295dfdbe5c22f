"""Takes a picture of every page, with the Chromium that is installed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from report.datasets import QUERIES
from report.html import PAGE

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# A browser that asks nobody for updates, whoever starts it.
OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = (
    "glance",
    "outcomes",
    "exchanges",
    "skus",
    "reasons",
    "repurchase",
    "channels",
    "timing",
    "cost",
    "definitions",
)


# What draws the first page, whose picture the README shows.
DRAWN = (
    PAGE / "frame.html",
    PAGE / "style.css",
    PAGE / "frame.js",
    PAGE / "format.js",
    PAGE / "pages" / "glance.js",
    PAGE / "charts" / "trend.js",
    *(QUERIES / f"{name}.sql" for name in ("metrics", "outcomes", "cost", "timing")),
)


class BrowserError(Exception):
    """There is no browser."""


def executable() -> str | None:
    """Find Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium without a screen.

    Yields:
        The browser.

    Raises:
        BrowserError: None is installed.
    """
    path = executable()
    if path is None:
        raise BrowserError(
            "Chromium is needed and not on the PATH; `make browser` says how to get it."
        )
    with sync_playwright() as playwright:
        # Root has no sandbox to start in, and the pages are our own.
        browser = playwright.chromium.launch(
            executable_path=path, args=OPTIONS, chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            browser.close()


def drawn_from() -> str:
    """Give the digest of what the README's picture is drawn from."""
    digest = hashlib.sha256()
    for path in DRAWN:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def take(report: Path, folder: Path, picture: Path) -> None:
    """Take a picture of every page, and the picture of the README.

    Args:
        report: The HTML file.
        folder: For the pictures of whole pages.
        picture: For the first screen of the first page; beside it, with the ending
            ``.sha256``, goes the digest of what it was drawn from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    picture.parent.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        view = browser.new_page(
            viewport={"width": 1280, "height": 860}, color_scheme="light"
        )
        for name in PAGES:
            view.goto(f"{report.resolve().as_uri()}#/{name}")
            view.wait_for_selector(f"main[data-page={name}]")
            view.screenshot(path=folder / f"{name}.png", full_page=True)
            if name == PAGES[0]:
                view.screenshot(path=picture)
                picture.with_suffix(".sha256").write_text(f"{drawn_from()}\n")
    print(f"Pictures are in {folder}; the README's is {picture}.")
