"""Compares the rows that tap-loop-returns says it sent with those in a warehouse.

This is for projects without the dbt models, which make the same comparison and keep
its results. It reads any database that SQLAlchemy supports, and writes nothing.
docs/decisions/0006-reconciliation.md has the reasons.

Exit codes: 0 if everything arrived; 1 if rows are missing; 2 if nothing was compared.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

ENVIRONMENT = "LOOP_RETURNS_RECONCILE_"
TAP = "tap_loop_returns"
"""The tap's name in Meltano, with underscores, and the default schema."""
AUDITS = "sync_audits"
COMPLETE, SHORT, UNKNOWN = 0, 1, 2
FIELDS = (
    *("sync_id", "first_sync_id", "stream_name", "key_properties", "distinct_keys"),
    *("created_from", "created_to", "updated_from", "updated_to"),
    *("previous_sync_id", "started_at", "tap_stream"),
)
Audit = Mapping[str, Any]


class NothingToCompareError(Exception):
    """Nothing was compared; the text says why, and what to do."""


@dataclass
class Warehouse:
    """The raw tables of the tap in one schema."""

    connection: sa.Connection
    schema: str

    def __post_init__(self) -> None:
        """Read which tables exist."""
        self._inspector = sa.inspect(self.connection)
        names = self._inspector.get_table_names(schema=self.schema)
        # BigQuery's dialect puts the dataset before the name.
        self._tables = {name.rpartition(".")[2] for name in names}

    def audits(self) -> list[Audit]:
        """Return the audits, one row per sync and stream, oldest first.

        Raises:
            NothingToCompareError: The table was never loaded.
        """
        if AUDITS not in self._tables:
            msg = (
                f"There is no table {AUDITS} in schema {self.schema}. Select the "
                "stream and run a sync, or set the schema that the loader writes to."
            )
            raise NothingToCompareError(msg)
        field = self._fields(AUDITS)
        if field is None:
            msg = (
                f"The table {AUDITS} in schema {self.schema} has no column sync_id, so "
                "the tap did not write it. Set the schema that the loader writes to."
            )
            raise NothingToCompareError(msg)
        # Tables of earlier releases lack the last columns.
        lacking = set() if self._is_json(AUDITS) else {*FIELDS} - self._columns(AUDITS)
        columns = ", ".join(
            f"{'null' if name in lacking else field(name)} as {name}" for name in FIELDS
        )
        rows = self._ask(f"select {columns} from {self._name(AUDITS)}")  # noqa: S608
        # In a target that appends, an audit that was sent again has two rows.
        found = {(row["sync_id"], row["stream_name"]): row for row in rows}
        if not found:
            msg = (
                f"The table {AUDITS} in schema {self.schema} is empty. Select the "
                "stream in the tap and run a sync."
            )
            raise NothingToCompareError(msg)
        return [found[key] for key in sorted(found)]

    def newest(self, stream: str, keys: list[str]) -> dict[str, int] | None:
        """Return the number of a stream's keys by the sync that sent them last.

        None if the table has no column ``sync_id``, so that nothing can be compared.
        """
        if stream not in self._tables:
            return {}
        field = self._fields(stream)
        if field is None:
            return None
        by_key = ", ".join(map(field, keys))
        query = (
            "select last_sync_id, count(*) as key_count from ("  # noqa: S608
            f"select max({field('sync_id')}) as last_sync_id "
            f"from {self._name(stream)} group by {by_key}"
            ") as newest where last_sync_id is not null group by last_sync_id"
        )
        return {row["last_sync_id"]: row["key_count"] for row in self._ask(query)}

    def _ask(self, query: str) -> Iterator[Any]:
        return iter(self.connection.execute(sa.text(query)).mappings())

    def _name(self, table: str) -> str:
        quote = self.connection.dialect.identifier_preparer.quote
        return f"{quote(self.schema)}.{quote(table)}"

    def _fields(self, table: str) -> Callable[[str], str] | None:
        """Return the SQL for a field: a column, or a part of the column ``data``.

        None if the table has no column ``sync_id``.
        """
        if self._is_json(table):
            return lambda field: f"json_value(data, '$.{field}')"
        if "sync_id" in self._columns(table):
            return self.connection.dialect.identifier_preparer.quote
        return None

    def _columns(self, table: str) -> set[str]:
        columns = self._inspector.get_columns(table, schema=self.schema)
        return {column["name"].lower() for column in columns}

    def _is_json(self, table: str) -> bool:
        """Return whether BigQuery's loader wrote the table without `denormalized`."""
        columns = self._columns(table)
        return "data" in columns and "sync_id" not in columns


def compare(warehouse: Warehouse, command: str) -> tuple[list[str], int, int]:
    """Return sentences about missing rows, and the numbers of compared keys and streams.

    Every key that was sent has the id of the sync that sent it, or of a later one.

    Args:
        warehouse: The warehouse to read.
        command: Command that runs tap and loader without a state.

    Returns:
        The sentences, the number of keys that the newest audits of the streams count,
        and the number of streams.

    Raises:
        NothingToCompareError: No audit can be compared, or an audit cannot be read.
    """
    by_stream: dict[str, list[Audit]] = {}
    for audit in warehouse.audits():
        by_stream.setdefault(audit["stream_name"], []).append(audit)
    missing = []
    keys = streams = 0
    for stream, audits in by_stream.items():
        counts = list(map(_count, audits))
        newest = warehouse.newest(stream, audits[-1]["key_properties"].split(", "))
        if newest is None:
            continue
        streams += 1
        for audit, sent in zip(audits, counts, strict=True):
            if sent is None:
                continue
            first = audit["first_sync_id"]
            arrived = sum(n for sync_id, n in newest.items() if sync_id >= first)
            if arrived < sent:
                missing.append(
                    f"{stream}: {sent - arrived:,} of {sent:,} keys that sync "
                    f"{audit['sync_id']} sent did not arrive. Read them again with:\n"
                    f"  {_reread(audit, command)}"
                )
        keys += counts[-1] or 0
        missing.extend(
            f"{stream}: the rows of sync {audit['previous_sync_id']} are gone: the raw "
            "tables were lost or restored from an older copy. Read everything again "
            f"with:\n  {command.replace(' --no-state-update', '')}"
            for audit in _after_a_loss(audits)
        )
        if max(newest, default="") > audits[-1]["sync_id"]:
            missing.append(
                f"{stream}: the audit of sync {max(newest)} is missing. If that sync "
                "was interrupted, run the next one. If not, the loader lost the audit "
                "and perhaps rows; read everything again with:\n"
                f"  {_select(audits[-1])} {command}"
            )
    if not streams:
        msg = "No table has the column sync_id. Select it in every stream of the tap."
        raise NothingToCompareError(msg)
    return missing, keys, streams


def _after_a_loss(audits: list[Audit]) -> Iterator[Audit]:
    """Yield the audits of a stream whose previous audit is missing.

    A sync that had neither a state nor an end date replaces all syncs before it. So does
    every sync of an endpoint that is always read completely.
    """
    known = {audit["sync_id"] for audit in audits}
    for audit in reversed(audits):
        start = audit["created_from"] or audit["updated_from"]
        end = audit["created_to"] or audit["updated_to"]
        if start is None or (
            audit["previous_sync_id"] is None and str(end) >= str(audit["started_at"])
        ):
            return
        if audit["previous_sync_id"] not in {None, *known}:
            yield audit


def _count(audit: Audit) -> int | None:
    """Return the number of distinct keys of an audit; None if it is not known.

    Raises:
        NothingToCompareError: The audit has no number as its count, no key columns or
            no first sync id.
    """
    sent = audit["distinct_keys"]
    if audit["key_properties"] and audit["first_sync_id"]:
        # After a full refresh, which knows no earlier id, the rows of a sync whose clock
        # was ahead have smaller ids.
        if sent is None or audit["sync_id"] > f"{datetime.now(UTC):%Y%m%dT%H%M%S}":
            return None
        with suppress(ValueError):
            return int(sent)
    msg = (
        f"The audit of sync {audit['sync_id']} for stream {audit['stream_name']} "
        f"cannot be read. Delete that row of {AUDITS} and run the tap again."
    )
    raise NothingToCompareError(msg)


def _reread(audit: Audit, command: str) -> str:
    """Return the command that reads the range of an audit again.

    These are two commands for an audit with a created and an updated range. If an audit
    has no range, the command reads the whole stream.
    """
    select = _select(audit)
    commands = [
        f"{select} TAP_LOOP_RETURNS_DATE_FILTER={date}_at "
        f"TAP_LOOP_RETURNS_START_DATE={_moment(audit[f'{date}_from'])} "
        f"TAP_LOOP_RETURNS_END_DATE={_moment(audit[f'{date}_to'])} {command}"
        for date in ("created", "updated")
        if audit[f"{date}_from"] is not None
    ]
    return " && ".join(commands) or f"{select} {command}"


def _select(audit: Audit) -> str:
    # Audits of earlier releases have only the name in the target.
    stream = audit["tap_stream"] or audit["stream_name"]
    return f"""TAP_LOOP_RETURNS__SELECT='["{stream}.*", "{AUDITS}.*"]'"""


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        return str(value)
    utc = value if value.tzinfo is None else value.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    """Compare, print what is missing, and exit with a code for a scheduler."""
    settings = {
        name: os.environ.get(ENVIRONMENT + name.upper(), "")
        for name in ("url", "schema", "loader")
    }
    environment = os.environ.get("MELTANO_ENVIRONMENT")
    schema = settings["schema"] or TAP
    # Meltano names the schema of one of several shops after the shop's tap.
    tap = schema if schema.startswith(f"{TAP}__") else TAP
    command = (
        f"meltano {f'--environment {environment} ' if environment else ''}"
        "run --full-refresh --no-state-update "
        f"{tap.replace('_', '-')} {settings['loader'] or 'target-duckdb'}"
    )
    try:
        engine = sa.create_engine(settings["url"])
        with engine.connect() as connection:
            found = Warehouse(connection, schema)
            missing, keys, streams = compare(found, command)
    except NothingToCompareError as problem:
        print(problem, file=sys.stderr)
        sys.exit(UNKNOWN)
    except Exception as problem:  # noqa: BLE001 (each driver has errors of its own)
        # The address may contain a password, which the error may quote.
        print(
            f"The warehouse cannot be read ({type(problem).__name__}). Check "
            f"{ENVIRONMENT}URL and the credentials, that the driver it names is "
            "installed, and that no other program has the database open.",
            file=sys.stderr,
        )
        sys.exit(UNKNOWN)
    for sentence in missing:
        print(sentence)
    if missing:
        sys.exit(SHORT)
    print(f"Everything arrived: {keys:,} keys of {streams} streams.")
    sys.exit(COMPLETE)


if __name__ == "__main__":
    main()
