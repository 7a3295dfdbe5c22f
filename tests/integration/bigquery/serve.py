"""Serves local-bigquery, the emulator, with fixes for what it lacks.

It loads DuckDB's extensions from packages, since it may not download them; it accepts
compressed load jobs, as BigQuery does; and it returns the name of the table that a
CREATE TABLE AS made, which dbt needs.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

plain_connect = duckdb.connect


def connect(*words, config=None, **named):
    config = dict(config or {})
    zone = config.pop("TimeZone", None)
    connection = plain_connect(*words, config=config, **named)
    connection.execute("load ducklake")
    if zone:
        connection.execute(f"set TimeZone = '{zone}'")
    return connection


import_extension("ducklake")
import_extension("spatial")
duckdb.connect = connect

# Imported only now, so that these modules use the connect above.
from local_bigquery.api import uploads  # noqa: E402
from local_bigquery.cli import main  # noqa: E402
from local_bigquery.jobs import runner  # noqa: E402

plain_start = uploads._start  # noqa: SLF001
plain_query = runner._query  # noqa: SLF001


def start(project_id, body, upload):
    file = Path(upload)
    content = file.read_bytes()
    if content[:2] == b"\x1f\x8b":
        file.write_bytes(gzip.decompress(content))
    return plain_start(project_id, body, upload)


def query(job, session, running):
    statistics = plain_query(job, session, running)
    asked, done = job.configuration.query, statistics.query
    if (
        done
        and done.statementType == "CREATE_TABLE_AS_SELECT"
        and asked.destinationTable is None
    ):
        asked.destinationTable = done.ddlTargetTable
    return statistics


uploads._start = start  # noqa: SLF001
runner._query = query  # noqa: SLF001
sys.exit(main())
