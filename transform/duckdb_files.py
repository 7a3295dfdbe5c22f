"""A plugin of dbt-duckdb that names a file that cannot be opened, in one line.

Without it dbt prints the exception of DuckDB with its whole stack trace, twice.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from typing_extensions import override

if TYPE_CHECKING:
    from dbt.adapters.duckdb.credentials import DuckDBCredentials


class Plugin(BasePlugin):
    """Opens each file once before dbt does."""

    @override
    def update_connection_config(
        self, creds: DuckDBCredentials, config: dict[str, Any]
    ) -> None:
        """Open the models' file, and those that the profile attaches.

        Raises:
            DbtRuntimeError: A file cannot be opened, for example because another
                program has it open.
        """
        _try(creds.path, read_only=False, config=config)
        for attached in creds.attach or []:
            _try(attached.path, read_only=attached.read_only, config={})


def _try(path: str, *, read_only: bool, config: dict[str, Any]) -> None:
    # dbt runs in the project's folder, so an error shows which file a relative path is.
    file = Path(path).expanduser().absolute()
    if not file.exists():
        if not read_only or ":" in path:
            # dbt creates the file, or the path is an address.
            return
        msg = f"{file} does not exist. Load a source first; nothing was built."
        raise DbtRuntimeError(msg)
    try:
        duckdb.connect(file, read_only=read_only, config=config).close()
    except duckdb.IOException as error:
        raise DbtRuntimeError(_reason(file, error)) from None


def _reason(file: Path, error: duckdb.Error) -> str:
    holder = re.search(r"held in (.+?) \(PID (\d+)\)", str(error))
    if holder:
        program, process = holder.groups()
        return (
            f"{file} is open in {program} (process {process}). Close it, then run "
            "again; nothing was built."
        )
    return f"{file} cannot be opened: {str(error).splitlines()[0]}"
