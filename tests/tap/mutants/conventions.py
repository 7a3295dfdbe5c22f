# Breaking private parts is the point here.
# ruff: noqa: SLF001
"""Broken settings, files and conventions of Singer."""

from __future__ import annotations

from typing import Any

import msgspec

from tap_loop_returns import (
    client,
    settings,
    streams,
    sync,
)
from tap_loop_returns import tap as tap_module
from tap_loop_returns.output import (
    page_writer,
    writers,
)
from tap_loop_returns.reading import reader
from tap_loop_returns.reading.bookmark import Bookmark
from tap_loop_returns.streams import base

from .registry import mutant


@mutant("test_a_catalog_with_another_type_is_refused")
def takes_any_type_of_a_catalog() -> None:
    """Accepts a catalog that declares other types than the tap sends."""
    tap_module.files.check_types = lambda *_: None


@mutant("test_no_row_is_sent_twice")
def sends_pages_twice() -> None:
    """Writes every page twice."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        write(self, found)
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_a_world_without_returns")
def saves_only_after_rows() -> None:
    """Sends no STATE if nothing was found."""
    settle, save = Bookmark.mark_read, sync._save
    found: list[bool] = []
    read = writers.StreamWriter.write

    def _write(self: Any, rows_found: Any) -> None:
        found.extend([True] * bool(rows_found))
        read(self, rows_found)

    writers.StreamWriter.write = _write
    sync._save = lambda made, mark: save(made, mark) if found else None
    Bookmark.mark_read = settle


@mutant("test_a_deselected_stream_costs_no", "test_details_and_notes_cost_nothing")
def asks_for_details_always() -> None:
    """Reads the streams that need one request per return even if they are not selected."""
    sync._writers = lambda stream: [
        writers.writer_of(s) for s in (stream, *stream.child_streams)
    ]


@mutant("test_nothing_but_the_selected_stream")
def selects_everything() -> None:
    """Ignores the selection."""
    base.LoopStream.selected = True


@mutant("test_about_as_json", "test_about_as_markdown")
def settings_are_not_told() -> None:
    """Lists no settings in --about."""
    tap_module.TapLoopReturns.config_jsonschema = {"properties": {}}


@mutant("test_wrong_settings_fail")
def settings_are_not_checked() -> None:
    """Accepts any value of a setting."""
    tap_module.settings.problems = lambda _config: []


@mutant("test_an_alias_renames", "test_flattening")
def rows_without_maps() -> None:
    """Sends single rows without stream maps."""

    def write_rows(self: Any, found: Any) -> None:
        for row in found:
            line = {"type": "RECORD", "stream": self.name, "record": row}
            page_writer.write(msgspec.json.encode(line) + b"\n")

    base.LoopStream.write_rows = write_rows


@mutant("test_no_snapshot_is_left_over")
def forgets_a_stream() -> None:
    """Lacks one stream."""
    streams.STREAMS = tap_module.STREAMS = streams.STREAMS[:-1]


@mutant("test_version")
def another_name() -> None:
    """Gives the tap another name."""
    tap_module.TapLoopReturns.name = "tap-other"


@mutant("test_standard_output_holds", "test_the_real_command_writes")
def chatters() -> None:
    """Prints a text between the messages."""
    write = writers.StreamWriter.write

    def _write(self: Any, found: Any) -> None:
        print("writing", len(found))  # noqa: T201
        write(self, found)

    writers.StreamWriter.write = _write


@mutant("test_a_dry_run_succeeds_with_few")
def dry_runs_read_everything() -> None:
    """Does not stop early with --test, and requests tiny pages."""
    made = reader.ReturnsReader.__init__
    sync.DRY_RUN_RETURNS = 10**9
    writers.StreamWriter.is_full = False

    def _init(self: Any, c: Any, _size: int, count: int) -> None:
        made(self, c, 2, count)

    reader.ReturnsReader.__init__ = _init


@mutant("test_a_full_table_stream")
def incremental_whatever_the_catalog_says() -> None:
    """Ignores FULL_TABLE."""
    base.LoopStream.replication_method = "INCREMENTAL"


@mutant("test_a_wrapped_state", "test_a_state_of_another_shape")
def any_state_will_do() -> None:
    """Ignores a state of another shape."""
    tap_module.files.bookmarks = lambda state: (
        {"bookmarks": state["bookmarks"]} if "bookmarks" in state else {}
    )


@mutant("test_a_file_that_is_no_json_object")
def files_are_not_checked() -> None:
    """Prints a stack trace for a broken file."""
    tap_module.files.checked = lambda _option, file: file


@mutant("test_a_misspelt_setting")
def misspelt_settings_are_ignored() -> None:
    """Accepts settings that do not exist."""
    tap_module.settings.unknown_settings = lambda *_: []


@mutant("test_a_number_in_the_environment")
def numbers_in_the_environment_are_not_checked() -> None:
    """Prints a stack trace if a word stands in place of a number."""
    tap_module.settings.unreadable_numbers = lambda _environment: []


@mutant("test_a_proxy_that_refuses")
def sends_the_key_openly_without_a_word() -> None:
    """Does not warn of an address without encryption."""
    client.network.is_open_to_others = lambda _url: False


@mutant("test_a_password_in_the_address")
def tells_the_password() -> None:
    """Prints the address with its password."""
    client._without_password = lambda url: url


@mutant("test_a_wrong_value_gives_one_sentence")
def salts_of_any_length() -> None:
    """Accepts a salt of one letter."""
    settings._PROPERTIES["personal_data_salt"]["minLength"] = 1


@mutant("test_a_proxy_that_refuses")
def proxies_are_not_named() -> None:
    """Does not say what to do about a proxy that refuses."""
    client.network.PROXY = "Check `api_url`."
