"""Make the report: ``python -m report``, as `make report` does."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import webbrowser
from pathlib import Path

from report import datasets, html
from report.sentences import QUERIES, Sentence, verdicts, what_changed
from report.warehouse import WarehouseError, open_warehouse, schema_of_marts

OUTPUT = Path("output/report")
REMOTE = ("bigquery", "postgres")
PICTURE = Path("docs/images/report.png")


class OutputError(Exception):
    """The report cannot be written."""


def main() -> int:
    """Run the command line and return the exit code."""
    options = _options().parse_args()
    output = options.output or default_output(options.warehouse)
    page = output / "index.html"
    if options.unless_newer_than and _is_newer(page, options.unless_newer_than):
        print(f"The report {page} is newer than the last build, so it stays.")
        return 0
    try:
        if options.task == "sentences":
            return _sentences(options.warehouse)
        page = build(options.warehouse, output)
    except (WarehouseError, OutputError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The report is {page}; it is one file and can be mailed or hosted.")
    if options.task == "screenshots":
        return _screenshots(page, output, options.picture)
    if options.open and _has_screen():
        webbrowser.open(page.resolve().as_uri())
    return 0


def default_output(warehouse: Path | None) -> Path:
    """Return the folder of a report; each warehouse and each schema has its own.

    Args:
        warehouse: The DuckDB file of the command line, if any.

    Returns:
        ``report`` beside the DuckDB file, ``output/bigquery/report`` or
        ``output/postgres/report``; for a schema other than ``analytics``, a folder
        inside it with the schema's name.
    """
    schema = schema_of_marts()
    folder = _folder(warehouse)
    return folder if schema == "analytics" else folder / schema


def _folder(warehouse: Path | None) -> Path:
    target = os.environ.get("DBT_TARGET")
    if warehouse is None and target in REMOTE:
        return Path("output") / target / "report"
    path = warehouse or os.environ.get("DUCKDB_PATH")
    return Path(path).expanduser().parent / "report" if path else OUTPUT


def build(warehouse: Path | None, output: Path) -> Path:
    """Write the report; if it fails, the former file stays.

    Args:
        warehouse: A DuckDB file; None for the warehouse of the environment.
        output: Folder for the page.

    Returns:
        The page.

    Raises:
        OutputError: The folder cannot be written.
        WarehouseError: The warehouse cannot be read.
    """
    with open_warehouse(warehouse) as marts:
        tables = datasets.read(marts)
    if tables:
        tables["sentences"] = datasets.Table(
            list(Sentence._fields), list(what_changed(tables))
        )
        tables["verdicts"] = verdicts(tables)
    packed = {name: datasets.pack(*table) for name, table in tables.items()}
    content = html.assemble(packed, dt.datetime.now(dt.UTC))
    page = output / "index.html"
    try:
        output.mkdir(parents=True, exist_ok=True)
        _write(page, content)
    except OSError as error:
        raise OutputError(
            f"The report cannot be written to the folder {output}: {error.strerror}. "
            "Choose another one with --output."
        ) from error
    return page


def _is_newer(page: Path, moment: dt.datetime) -> bool:
    return page.exists() and page.stat().st_mtime > moment.timestamp()


def _sentences(warehouse: Path | None) -> int:
    with open_warehouse(warehouse) as marts:
        tables = datasets.read(marts, QUERIES)
    verdict = [text for _, _, text in verdicts(tables).rows[-1:]]
    for text in [*verdict, *(sentence.text for sentence in what_changed(tables))]:
        print(text)
    return 0


def _write(page: Path, content: str) -> None:
    """Replace a file in one step: readers see the former content or the new one."""
    handle, name = tempfile.mkstemp(dir=page.parent, prefix=".", suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        # mkstemp creates files for the owner only, but a web server reads the page as
        # another user.
        Path(name).chmod(0o644)
        Path(name).replace(page)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m report", description=__doc__)
    parser.add_argument(
        "task",
        nargs="?",
        default="build",
        choices=["build", "screenshots", "sentences"],
        help="build: write the report; screenshots: also take a picture of each page; "
        "sentences: print what changed, to mail or post it (default %(default)s)",
    )
    parser.add_argument(
        "--warehouse",
        type=Path,
        help="DuckDB file (default: DUCKDB_PATH, else output/warehouse.duckdb; "
        "BigQuery or PostgreSQL with DBT_TARGET=bigquery or postgres)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        help="folder of the report (default: report beside the DuckDB file, or "
        "output/bigquery/report or output/postgres/report; in it a folder named after the "
        "schema, unless the schema is analytics)",
    )
    parser.add_argument(
        "--unless-newer-than",
        type=dt.datetime.fromisoformat,
        metavar="TIME",
        help="make no report if the page exists and is newer than this ISO time with offset",
    )
    parser.add_argument(
        "--open",
        action="store_true",
        help="open it in a browser too, if there is a screen",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        default=PICTURE,
        help="where the first page's picture goes (default %(default)s)",
    )
    return parser


def _has_screen() -> bool:
    # Without a screen a text browser would take over the terminal.
    has_display = {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    return bool(has_display) or sys.platform in {"darwin", "win32"}


def _screenshots(page: Path, output: Path, picture: Path) -> int:
    # Imported here, because only this command needs a browser.
    from report import browser, screenshots  # noqa: PLC0415

    try:
        screenshots.take(page, output / "screenshots", picture)
    except browser.BrowserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
