"""On PostgreSQL, too, the reports of irregular shops equal an independent computation.

`test_postgres.py` compares the reports of the unchanged simulated shop.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from pipeline.project import Project

from demo.shop import Shop
from integration.plugin_python import ask
from tests.transform.conftest import PROJECT, land_world
from tests.transform.oracle.comparison import TABLES, differences
from tests.transform.worlds.table import (
    CROOKED,
    WORLDS,
    oracle_of,
    variables_of,
)

if TYPE_CHECKING:
    from tests.transform.oracle.shop import Shop as Oracle

ASK = Path(__file__).parent / "ask.py"
SOURCES = ("loop_returns", "tap_shopify_graphql", "tap_recharge")
"""Staging folders whose sources are the raw tables of the world."""
TYPES = {"JSON": "jsonb", "HUGEINT": "bigint", "DOUBLE": "double precision"}
"""Types whose names in PostgreSQL and DuckDB differ."""


@pytest.fixture(scope="module", params=CROOKED)
def world(
    request: pytest.FixtureRequest,
    postgres: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Oracle, Callable[[str], list[Any]]]:
    """Build a world in a database of its own; return the oracle and a reader."""
    folder = tmp_path_factory.mktemp("oracle")
    database = f"oracle_{[*CROOKED].index(request.param)}"
    variables = variables_of(request.param)
    place = {"PGDATABASE": database, "DBT_POSTGRES_VARS": json.dumps(variables)}
    # Only dbt runs, on tables that are there.
    project = Project(Shop(""), folder / "project", postgres | place)
    ask("dbt-postgres", ASK, postgres, f"create database {database}")
    copy_raw(land_world(folder, **WORLDS[request.param]).raw, folder, project.settings)
    project.run("dbt-postgres:run")
    return oracle_of(request.param), lambda query: ask(
        *("dbt-postgres", ASK, project.settings),
        f"set search_path to analytics; {query}",
    )


def copy_raw(raw: Path | None, folder: Path, settings: dict[str, str]) -> None:
    """Copy the raw tables of a DuckDB file into PostgreSQL."""
    names, script = declared_columns(), []
    with duckdb.connect(str(raw), read_only=True) as connection:
        found = connection.execute(
            "select table_schema, table_name, list([column_name, data_type]"
            " order by ordinal_position) from information_schema.columns"
            " where table_schema like 'tap_%' group by all order by all"
        ).fetchall()
        for schema, table, columns in found:
            file = folder / f"{schema}.{table}.csv"
            connection.execute(
                f"copy {schema}.{table} to '{file}' (header false, nullstr '\\N')"
            )
            described = ", ".join(
                f'"{names.get(name, name)}" {TYPES.get(kind, kind)}'
                for name, kind in columns
            )
            script += [
                f"create schema if not exists {schema};",
                f"create table {schema}.{table} ({described});",
                f"\\copy {schema}.{table} from '{file}' with (format csv, null '\\N')",
            ]
    subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"],
        input="\n".join(script),
        env=os.environ | settings,
        text=True,
        check=True,
    )


def declared_columns() -> dict[str, str]:
    """Return names of raw columns by their lower-case form, the only one in DuckDB."""
    return {
        column["name"].lower(): column["name"]
        for folder in SOURCES
        for file in (PROJECT / "models/staging" / folder).glob("*__sources.yml")
        for source in yaml.safe_load(file.read_text())["sources"]
        for table in source["tables"]
        for column in table["columns"]
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_report_equals_the_oracle(
    world: tuple[Oracle, Callable[[str], list[Any]]], table: str
) -> None:
    shop, read = world
    assert differences(shop, table, read) == []
