"""Run target-duckdb 0.8.0 without the guess that loses rows.

The loader writes CSV files without a header and lets DuckDB guess what they look
like. Every DuckDB release guesses "header" for some files, and the first row of
the batch is lost with exit code 0. Stating the format leaves nothing to guess; see
docs/decisions/0005-embedded-loader.md for what was counted. The file's folder is
made if there is none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import target_duckdb

GUESSED = r"WITH (new_line '\r\n')"
STATED = (
    "(FORMAT csv, AUTO_DETECT false, HEADER false, DELIMITER ',',"
    r""" QUOTE '"', ESCAPE '"', NEW_LINE '\r\n')"""
)


class StatedConnection:
    """A DuckDB connection whose COPY says how the file is written."""

    def __init__(self, connection: Any) -> None:
        """Wrap a connection."""
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        """Leave everything but ``execute`` as it is."""
        return getattr(self._connection, name)

    def execute(self, query: str, *parameters: Any) -> Any:
        """Run a query; state the format in a COPY.

        Raises:
            RuntimeError: The loader writes COPY in an unknown way.
        """
        if query.startswith("COPY ") and GUESSED not in query:
            message = "This launcher fits target-duckdb 0.8.0 only; reinstall that."
            raise RuntimeError(message)
        return self._connection.execute(query.replace(GUESSED, STATED), *parameters)


def main() -> None:
    """Run the loader's own command line."""
    connect = target_duckdb.duckdb_connect

    def stated(config: dict[str, Any]) -> StatedConnection:
        path = str(config.get("path", ""))
        if path and not path.startswith("md:"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        return StatedConnection(connect(config))

    target_duckdb.duckdb_connect = stated
    target_duckdb.main()
