"""Writes the rows of a page at once, instead of the SDK's loop over records.

It is used for streams whose rows are not changed. Streams with stream maps, flattening,
BATCH, record limits or changed catalog schemas are written by the SDK; tests check that
both write the same messages. docs/decisions/0004-pages-not-records.md has the figures.
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import msgspec
from singer_sdk.mapper import SameRecordTransform

from tap_loop_returns.output.writable_stream import WritableStream

_encoder = msgspec.json.Encoder(decimal_format="number")


class Record(msgspec.Struct, tag_field="type", tag="RECORD", gc=False):
    """A RECORD message; fields in the order in which the SDK writes them."""

    stream: str
    record: dict[str, Any]
    time_extracted: str


def can_write_pages(stream: WritableStream) -> bool:
    """Return whether the stream's rows are written exactly as they are built."""
    maps = stream.stream_maps
    return (
        stream.ABORT_AT_RECORD_COUNT is None
        and len(maps) == 1
        and type(maps[0]) is SameRecordTransform
        and not maps[0].flattening_enabled
        and not stream.get_batch_config(stream.config)
        and _same_types(stream.effective_schema, stream.schema)
    )


def encode_records(
    stream: WritableStream, rows: list[dict[str, Any]], extracted_at: datetime
) -> bytes:
    """Return one RECORD line for each row."""
    name, moment = stream.stream_maps[0].stream_alias, extracted_at.isoformat()
    return _encoder.encode_lines([Record(name, row, moment) for row in rows])


def write(lines: bytes) -> None:
    """Write lines to standard output, after flushing earlier output."""
    if not lines:
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


def _same_types(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    def types(schema: dict[str, Any]) -> dict[str, Any]:
        return {
            name: (prop.get("type"), prop.get("format"))
            for name, prop in schema["properties"].items()
        }

    return ours is theirs or types(ours) == types(theirs)
