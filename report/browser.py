"""Finds and starts the Chromium that is installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Chromium would otherwise look for updates.
OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class BrowserError(Exception):
    """No browser is installed."""


def executable() -> str | None:
    """Return the path of Chromium or Chrome, if one is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium without a screen.

    Yields:
        The browser.

    Raises:
        BrowserError: No browser is installed.
    """
    path = executable()
    if path is None:
        raise BrowserError(
            "Chromium is needed and not on the PATH; `make browser` says how to get it."
        )
    with sync_playwright() as playwright:
        # The sandbox does not start for root; the pages opened here are our own.
        browser = playwright.chromium.launch(
            executable_path=path, args=OPTIONS, chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            browser.close()
