"""Make the report: ``python -m report``, as `make report` does."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path

from report import datasets, html
from report.warehouse import WarehouseError, open_warehouse

OUTPUT = Path("output/report")
PICTURE = Path("docs/images/report.png")


def main() -> int:
    """Run the command line; gives the exit code."""
    options = _options().parse_args()
    try:
        page = build(options.warehouse, options.output)
    except WarehouseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The report is {page}; it is one file and can be mailed or hosted.")
    if options.task == "screenshots":
        return _screenshots(page, options.output, options.picture)
    if options.open and _has_screen():
        webbrowser.open(page.resolve().as_uri())
    return 0


def build(warehouse: Path | None, output: Path) -> Path:
    """Write the report.

    Args:
        warehouse: A DuckDB file; without it, the warehouse of the environment.
        output: Folder for the page.

    Returns:
        The page.
    """
    with open_warehouse(warehouse) as marts:
        content = html.assemble(datasets.read(marts))
    output.mkdir(parents=True, exist_ok=True)
    page = output / "index.html"
    page.write_text(content, encoding="utf-8")
    return page


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m report", description=__doc__)
    parser.add_argument(
        "task",
        nargs="?",
        default="build",
        choices=["build", "screenshots"],
        help="build: write the report; screenshots: also take a picture of each page "
        "(default %(default)s)",
    )
    parser.add_argument(
        "--warehouse",
        type=Path,
        help="DuckDB file (default: DUCKDB_PATH, else output/warehouse.duckdb; "
        "BigQuery with DBT_TARGET=bigquery)",
    )
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, help="default %(default)s"
    )
    parser.add_argument(
        "--open", action="store_true", help="also in a browser, if there is a screen"
    )
    parser.add_argument(
        "--picture",
        type=Path,
        default=PICTURE,
        help="where the first page's picture goes (default %(default)s)",
    )
    return parser


def _has_screen() -> bool:
    # Without one, a browser for terminals would take the terminal.
    here = {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    return bool(here) or sys.platform in {"darwin", "win32"}


def _screenshots(page: Path, output: Path, picture: Path) -> int:
    # Only this task needs a browser.
    from report import browser, screenshots  # noqa: PLC0415

    try:
        screenshots.take(page, output / "screenshots", picture)
    except browser.BrowserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
