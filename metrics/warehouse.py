"""Read-only access to the marts in DuckDB, PostgreSQL or BigQuery."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import duckdb

from metrics.errors import MetricsError

DEFAULT = Path("output/warehouse.duckdb")
SECONDS = 20
"""Time limit of a query in seconds."""
CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}
"""Settings of DuckDB that prevent queries from reading other files."""
BYTES = 10 * 1024**3
"""Maximum bytes of a query; BigQuery refuses a query that would read more."""


@dataclass(frozen=True)
class Table:
    """The result of a query."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as values by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def plain_records(self) -> list[dict[str, Any]]:
        """Return the records for JSON; amounts become text, which keeps them exact."""
        return [
            {name: _plain(value) for name, value in record.items()}
            for record in self.records()
        ]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


class Warehouse(Protocol):
    """A database of marts that can only be queried."""

    @property
    def dialect(self) -> str:
        """Name of the kind of database: duckdb, postgres or bigquery."""
        ...

    def session(self) -> AbstractContextManager[None]:
        """Return a context in which queries may share a connection."""
        ...

    def query(self, sql: str) -> Table:
        """Run a query within the time limit."""
        ...

    def relation(self, name: str) -> str:
        """Return the name of a mart in SQL."""
        ...

    def text(self, value: str) -> str:
        """Return a text as a literal of SQL."""
        ...


class DuckDB:
    """A DuckDB file, open only while a question is answered, so builds can write it."""

    dialect = "duckdb"

    def __init__(self, path: Path) -> None:
        """Keep the path of the file."""
        self._path = path
        self._open: duckdb.DuckDBPyConnection | None = None
        self._in_session = False

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep the file open from the first query to the end of the outermost session."""
        if self._in_session:
            yield
            return
        self._in_session = True
        try:
            yield
        finally:
            self._in_session = False
            if self._open is not None:
                self._open.close()
                self._open = None

    def query(self, sql: str) -> Table:
        """Run a query within the time limit."""
        with self.session():
            if self._open is None:
                self._open = self._connect()
            connection = self._open
            clock = threading.Timer(SECONDS, connection.interrupt)
            clock.start()
            try:
                answer = connection.execute(sql)
                return Table([one[0] for one in answer.description], answer.fetchall())
            except duckdb.InterruptException as error:
                raise too_slow() from error
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                raise not_built(self.dialect) from error
            except duckdb.DataError as error:
                raise unfit() from error
            except duckdb.Error as error:
                raise refused("DuckDB", error) from error
            finally:
                clock.cancel()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        if not self._path.exists():
            raise MetricsError(
                f"There is no warehouse at {self._path}; run `make demo`, or set "
                "DUCKDB_PATH to yours."
            )
        try:
            return duckdb.connect(str(self._path), read_only=True, config=CLOSED)
        except duckdb.IOException as error:
            reason = str(error).splitlines()[0]
            if "Could not set lock" in reason:
                reason = "a build may be writing it. Ask again when it has ended."
            raise MetricsError(f"{self._path} cannot be opened: {reason}") from error

    def relation(self, name: str) -> str:
        """Return the name of a mart in SQL."""
        return f'"{schema_of_marts()}"."{name}"'

    def text(self, value: str) -> str:
        """Return a text as a literal of SQL."""
        return quoted(value)


class Postgres:
    """A PostgreSQL database in read-only sessions."""

    dialect = "postgres"

    def __init__(self) -> None:
        """Load the driver of dbt-postgres; queries connect with the variables of libpq."""
        self._driver = driver("psycopg2", "PostgreSQL", "dbt-postgres")

    def session(self) -> AbstractContextManager[None]:
        """Return an empty context, since each query opens its own connection."""
        return nullcontext()

    def query(self, sql: str) -> Table:
        """Run a query within the time limit."""
        try:
            connection = self._driver.connect("")
        except self._driver.OperationalError as error:
            reason = " ".join(str(error).split())
            raise MetricsError(
                "PostgreSQL cannot be reached; check PGHOST, PGPORT, PGUSER, "
                f"PGPASSWORD and PGDATABASE: {reason}"
            ) from error
        try:
            connection.set_session(readonly=True)
            with connection.cursor() as cursor:
                # Not in `options`, which poolers such as PgBouncer refuse.
                cursor.execute(f"set local statement_timeout to {SECONDS * 1000}")
                cursor.execute("set local timezone to 'UTC'")
                cursor.execute(sql)
                return Table([one[0] for one in cursor.description], cursor.fetchall())
        except self._driver.errors.QueryCanceled as error:
            raise too_slow() from error
        except (
            self._driver.errors.UndefinedTable,
            self._driver.errors.UndefinedColumn,
        ) as error:
            raise not_built(self.dialect) from error
        except self._driver.DataError as error:
            raise unfit() from error
        except self._driver.Error as error:
            raise refused("PostgreSQL", error) from error
        finally:
            connection.close()

    def relation(self, name: str) -> str:
        """Return the name of a mart in SQL."""
        return f'"{schema_of_marts()}"."{name}"'

    def text(self, value: str) -> str:
        """Return a text as a literal of SQL."""
        return quoted(value)


class BigQuery:
    """A BigQuery data set, with a limit on the bytes that a query reads."""

    dialect = "bigquery"

    def __init__(self) -> None:
        """Connect as dbt's profile does, with the client of dbt-bigquery."""
        self._module = driver("google.cloud.bigquery", "BigQuery", "dbt-bigquery")
        self._errors = importlib.import_module("google.api_core.exceptions")
        self._no_login = importlib.import_module(
            "google.auth.exceptions"
        ).GoogleAuthError
        place = {"location": os.environ.get("BIGQUERY_LOCATION", "US")}
        if project := os.environ.get("BIGQUERY_PROJECT"):
            place["project"] = project
        keyfile = os.environ.get("DBT_BIGQUERY_KEYFILE")
        try:
            self._client = (
                self._module.Client.from_service_account_json(keyfile, **place)
                if keyfile
                else self._module.Client(**place)
            )
        except (self._no_login, OSError, ValueError) as error:
            raise no_login() from error

    def session(self) -> AbstractContextManager[None]:
        """Return an empty context, since the client needs no session."""
        return nullcontext()

    def query(self, sql: str) -> Table:
        """Run a query within the limits of time and bytes."""
        limits = self._module.QueryJobConfig(maximum_bytes_billed=BYTES)
        try:
            job = self._client.query(sql, job_config=limits)
            try:
                answer = job.result(timeout=SECONDS)
            except TimeoutError as error:
                # A query that nobody waits for would go on, and be billed.
                job.cancel()
                raise too_slow() from error
        except self._no_login as error:
            raise no_login() from error
        except self._errors.NotFound as error:
            raise not_built(self.dialect) from error
        except self._errors.GoogleAPICallError as error:
            raise refused("BigQuery", error.message) from error
        return Table(
            [field.name for field in answer.schema], [row.values() for row in answer]
        )

    def relation(self, name: str) -> str:
        """Return the name of a mart in SQL."""
        return f"`{self._client.project}`.`{schema_of_marts()}`.`{name}`"

    def text(self, value: str) -> str:
        """Return a text as a literal of SQL."""
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
        return f"'{escaped}'"


def schema_of_marts() -> str:
    """Return the schema of the marts; on BigQuery, the data set.

    The environment variables of dbt's profile name it; by default it is ``analytics``.
    """
    is_bigquery = os.environ.get("DBT_TARGET") == "bigquery"
    name = "BIGQUERY_DATASET" if is_bigquery else "DBT_SCHEMA"
    return os.environ.get(name) or "analytics"


def open_warehouse() -> Warehouse:
    """Return the warehouse that the environment variables name, as in dbt's profile.

    ``DBT_TARGET`` chooses between ``duckdb``, ``postgres`` and ``bigquery``;
    ``transform/profiles.yml`` lists the other variables.

    Raises:
        MetricsError: The target is unknown or its driver is not installed.
    """
    target = os.environ.get("DBT_TARGET") or "duckdb"
    if target == "duckdb":
        return DuckDB(Path(os.environ.get("DUCKDB_PATH") or DEFAULT).expanduser())
    if target == "postgres":
        return Postgres()
    if target == "bigquery":
        return BigQuery()
    raise MetricsError(
        f"DBT_TARGET is {target}; the metrics read duckdb, postgres or bigquery."
    )


def quoted(value: str) -> str:
    """Return a text as a literal of standard SQL."""
    return "'" + value.replace("'", "''") + "'"


def driver(name: str, database: str, package: str) -> Any:
    """Import the driver of a database.

    Raises:
        MetricsError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MetricsError(
            f"{database} needs its driver: .venv/bin/uv pip install {package}"
        ) from error


def too_slow() -> MetricsError:
    """Return the error for a query that was stopped."""
    return MetricsError(
        f"The query took longer than {SECONDS} seconds and was stopped. Ask for a "
        "shorter period, fewer groups, or a filter."
    )


def not_built(dialect: str) -> MetricsError:
    """Return the error for a missing mart."""
    return MetricsError(
        "The warehouse lacks a table or column of this version; build it with "
        f"`meltano run dbt-{dialect}:build` (the demo's with `make demo`)."
    )


def unfit() -> MetricsError:
    """Return the error for a filter's value that is not of its column's type."""
    return MetricsError(
        "A value of a filter does not fit its column: write numbers as 12.5, days as "
        "2026-06-30, and true or false."
    )


def no_login() -> MetricsError:
    """Return the error for missing or expired credentials of BigQuery."""
    return MetricsError(
        "BigQuery needs credentials and a project: set DBT_BIGQUERY_KEYFILE or run "
        "`gcloud auth application-default login`, and set BIGQUERY_PROJECT."
    )


def refused(database: str, error: object) -> MetricsError:
    """Return the error for a query that a database refused, with its first line."""
    line = str(error).strip().partition("\n")[0]
    return MetricsError(
        f"{database} refused the query: {line} Check that the user may read the marts, "
        "and build them again if they are of another version."
    )
