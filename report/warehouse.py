"""Reads the public marts in DuckDB, BigQuery or PostgreSQL, as dbt's profile names them.

The driver is imported when a warehouse is opened: each environment of dbt has only one
driver.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb

DEFAULT = Path("output/warehouse.duckdb")

Row = tuple[Any, ...]


class WarehouseError(Exception):
    """The warehouse cannot be read."""


class Warehouse(Protocol):
    """A warehouse that runs queries over the marts."""

    def tables(self) -> set[str]:
        """Return the names of the public tables that exist."""
        ...

    def query(self, sql: str) -> tuple[list[str], list[Row]]:
        """Return the names of the columns and the rows."""
        ...


class DuckDB:
    """A DuckDB file that dbt has built."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep an open connection."""
        self._connection = connection

    def tables(self) -> set[str]:
        """Return the names of the public tables that exist."""
        sql = "select table_name from information_schema.tables where table_schema = ?"
        found = self._connection.execute(sql, [schema_of_marts()]).fetchall()
        return {name for (name,) in found}

    def query(self, sql: str) -> tuple[list[str], list[Row]]:
        """Return the names of the columns and the rows."""
        answer = self._connection.execute(sql)
        return [column[0] for column in answer.description], answer.fetchall()


class BigQuery:
    """A BigQuery data set that dbt has built."""

    def __init__(self, client: Any, dataset: str) -> None:
        """Keep a client whose queries run in the data set, and the full name of the data set."""
        self._client = client
        self._dataset = dataset

    def tables(self) -> set[str]:
        """Return the names of the public tables that exist."""
        return {table.table_id for table in self._client.list_tables(self._dataset)}

    def query(self, sql: str) -> tuple[list[str], list[Row]]:
        """Return the names of the columns and the rows."""
        answer = self._client.query(sql).result()
        return [field.name for field in answer.schema], [row.values() for row in answer]


class Postgres:
    """A PostgreSQL database that dbt has built."""

    def __init__(self, connection: Any) -> None:
        """Keep an open connection, whose search path is the schema of the marts."""
        self._connection = connection

    def tables(self) -> set[str]:
        """Return the names of the public tables that exist."""
        sql = "select table_name from information_schema.tables where table_schema = "
        return {name for (name,) in self.query(f"{sql}'{schema_of_marts()}'")[1]}

    def query(self, sql: str) -> tuple[list[str], list[Row]]:
        """Return the names of the columns and the rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return [column.name for column in cursor.description], cursor.fetchall()


def schema_of_marts() -> str:
    """Return the schema of the marts that the environment names, else ``analytics``.

    On BigQuery it is the data set.
    """
    is_bigquery = os.environ.get("DBT_TARGET") == "bigquery"
    name = "BIGQUERY_DATASET" if is_bigquery else "DBT_SCHEMA"
    return os.environ.get(name) or "analytics"


def build_command() -> str:
    """Return the command that builds the marts of the environment."""
    return f"`meltano run dbt-{os.environ.get('DBT_TARGET') or 'duckdb'}:build`"


@contextmanager
def open_warehouse(path: Path | None = None) -> Iterator[Warehouse]:
    """Open the warehouse of the environment.

    Args:
        path: A DuckDB file; it takes precedence over the environment.

    Yields:
        The open warehouse. ``DBT_TARGET`` chooses between ``duckdb``, ``bigquery`` and
        ``postgres``; ``transform/profiles.yml`` lists the other variables.

    Raises:
        WarehouseError: It does not exist, cannot be opened or read, or lacks its
            driver.
    """
    target = os.environ.get("DBT_TARGET")
    if path is None and target == "bigquery":
        errors = (
            _driver("google.api_core.exceptions", "dbt-bigquery").GoogleAPICallError,
            _driver("google.auth.exceptions", "dbt-bigquery").GoogleAuthError,
            # The key file does not exist, or is no JSON.
            OSError,
            json.JSONDecodeError,
        )
        with _explained(*errors):
            yield _bigquery()
        return
    if path is None and target == "postgres":
        psycopg2 = _driver("psycopg2", "dbt-postgres")
        with closing(_postgres()) as opened, _explained(psycopg2.Error):
            with opened.cursor() as cursor:
                # Not in `options`, which poolers such as PgBouncer refuse.
                cursor.execute(f'set search_path to "{schema_of_marts()}"')
                cursor.execute("set timezone to 'UTC'")
            yield Postgres(opened)
        return
    if path is None and target not in {None, "", "duckdb"}:
        raise WarehouseError(
            f"DBT_TARGET is {target}; the report reads duckdb, bigquery or postgres."
        )
    path = path or Path(os.environ.get("DUCKDB_PATH") or DEFAULT).expanduser()
    if not path.exists():
        raise WarehouseError(f"There is no warehouse at {path}; run `make demo`.")
    duckdb = _driver("duckdb", "duckdb")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.IOException as error:
        raise WarehouseError(f"{path} cannot be opened: {error}") from error
    with connection, _explained(duckdb.Error):
        connection.execute("set timezone = 'UTC'")
        if _has_schema(connection):
            connection.execute(f'use "{schema_of_marts()}"')
        yield DuckDB(connection)


@contextmanager
def _explained(*errors: type[Exception]) -> Iterator[None]:
    """Turn errors of a driver, such as a missing column, into one that says what to do."""
    try:
        yield
    except errors as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".!")
        raise WarehouseError(
            f"The warehouse cannot be read: {reason}. If an earlier version built it, "
            f"build it again with {build_command()} (the demo's with `make demo`)."
        ) from error


def _has_schema(connection: duckdb.DuckDBPyConnection) -> bool:
    sql = "select 1 from information_schema.schemata where schema_name = ?"
    return connection.execute(sql, [schema_of_marts()]).fetchone() is not None


def _bigquery() -> BigQuery:
    """Connect as dbt-bigquery does, with the client library that it installs."""
    bigquery = _driver("google.cloud.bigquery", "dbt-bigquery")
    place = {"location": os.environ.get("BIGQUERY_LOCATION", "US")}
    # Without a project, the project of the key or account is used.
    if project := os.environ.get("BIGQUERY_PROJECT"):
        place["project"] = project
    keyfile = os.environ.get("DBT_BIGQUERY_KEYFILE")
    client = (
        bigquery.Client.from_service_account_json(keyfile, **place)
        if keyfile
        else bigquery.Client(**place)
    )
    dataset = f"{client.project}.{schema_of_marts()}"
    client.default_query_job_config = bigquery.QueryJobConfig(default_dataset=dataset)
    return BigQuery(client, dataset)


def _postgres() -> Any:
    """Connect as dbt-postgres does: libpq reads PGHOST and the other variables."""
    psycopg2 = _driver("psycopg2", "dbt-postgres")
    try:
        return psycopg2.connect("")
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        raise WarehouseError(f"PostgreSQL cannot be opened: {reason}") from error


def _driver(name: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise WarehouseError(
            f"This warehouse needs its driver: .venv/bin/uv pip install {package}"
        ) from error
