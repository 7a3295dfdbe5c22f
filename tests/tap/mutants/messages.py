# Breaking private parts is the point here.
# ruff: noqa: SLF001, UP031
"""Broken messages, stream maps and selection."""

from __future__ import annotations

from typing import Any

import msgspec

from tap_loop_returns import (
    sync,
)
from tap_loop_returns.output import (
    page_writer,
    writers,
)
from tap_loop_returns.streams import base, returns

from .registry import mutant


@mutant("test_the_default_catalog", "test_strange_shapes")
def pages_without_quoting() -> None:
    """Writes the alias and texts into the message without escaping."""

    def encode_records(stream: Any, found: Any, extracted_at: Any) -> bytes:
        lines = [
            (
                '{"type":"RECORD","stream":"%s","record":{%s},"time_extracted":"%s"}\n'
                % (
                    stream.stream_maps[0].stream_alias,
                    ",".join(
                        f'"{k}":"{v}"'
                        if isinstance(v, str)
                        else f'"{k}":' + msgspec.json.encode(v).decode()
                        for k, v in row.items()
                    ),
                    extracted_at.isoformat(),
                )
            ).encode()
            for row in found
        ]
        return b"".join(lines)

    page_writer.encode_records = encode_records


@mutant(
    "test_stream_maps",
    "test_a_filter_on_a_child",
    "test_a_copy",
    "test_a_stream_mapped_away",
    "test_flattening",
    "test_batch_files_hold",
)
def pages_whatever_the_maps() -> None:
    """Writes whole pages even if a stream map applies."""
    page_writer.can_write_pages = lambda stream: len(stream.stream_maps) > 0


@mutant("test_the_pages_are_really_written_as_pages")
def never_writes_pages() -> None:
    """Writes all rows with the SDK."""
    page_writer.can_write_pages = lambda _stream: False


@mutant("test_a_filter_on_returns_takes_their_items_along")
def filters_leave_children() -> None:
    """Sends the items of a return that is filtered out."""
    returns.Returns.filter_returns = lambda _self, found: found


@mutant("test_a_schema_is_sent_once")
def schema_for_every_page() -> None:
    """Sends a SCHEMA before each page of a stream."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        self.stream.write_schema()
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_deselected_columns")
def deselected_columns_are_sent() -> None:
    """Ignores column selection."""
    base.LoopStream._has = lambda _self, _column: True


@mutant(
    "test_deselected_streams", "test_children_without_returns", "test_a_single_child"
)
def deselected_streams_are_sent() -> None:
    """Writes embedded streams that are not selected."""
    sync._writers = lambda stream: [
        writers.writer_of(s) for s in (stream, *stream.child_streams[:6])
    ]


@mutant("test_a_state_follows_only_closed_batch_files")
def state_before_batch_files() -> None:
    """Sends the STATE before the BATCH file."""
    flush, save = writers.BatchWriter.flush, sync._save

    def _save(found: Any, mark: Any) -> None:
        writers.BatchWriter.flush = lambda _self: None
        save(found, mark)
        writers.BatchWriter.flush = flush
        for writer in found:
            writer.flush()

    sync._save = _save


@mutant("test_nothing_of_a_payload_reaches_the_log")
def logs_rows() -> None:
    """Logs rows, as the SDK's metrics do with contexts."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        for raw in found[:1]:
            self.stream.logger.info("Wrote %s", dict(raw))
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_a_person_is_told_how_far", "test_logs_can_be_read", "test_all_is_said")
def says_nothing() -> None:
    """Logs no progress."""
    sync.Progress.report = lambda *_: None
    sync.Progress.finish = lambda *_: None


@mutant("test_personal_data")
def personal_data_in_unknown_fields() -> None:
    """Sends a plain address as `customer` when the SDK writes the rows."""
    rows_of = returns.Returns.rows_of

    def _rows_of(self: Any, found: Any) -> Any:
        kept = rows_of(self, found)
        return (
            kept
            if page_writer.can_write_pages(self)
            else [row | {"customer": "shopper@example.test"} for row in kept]
        )

    returns.Returns.rows_of = _rows_of


@mutant("test_discovery_needs_no_key")
def everything_is_selected() -> None:
    """Reads streams with one request per return by default."""
    returns.RequestedStream.selected_by_default = True


@mutant("test_the_catalog_entry_is_as_reviewed")
def changes_a_key() -> None:
    """Changes a primary key."""
    for stream in (returns.Returns, *returns.Returns.__subclasses__()):
        stream.primary_keys = ("id", "state")
