"""The tap: its settings and its streams."""

from __future__ import annotations

import contextlib
import copy
import errno
import functools
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from singer_sdk import Stream, Tap
from singer_sdk.exceptions import (
    ConfigValidationError,
    MapExpressionError,
    StreamMapConfigError,
)
from singer_sdk.helpers._classproperty import classproperty
from typing_extensions import override

from tap_loop_returns import files, settings
from tap_loop_returns.checkup.report import FILE
from tap_loop_returns.checkup.run import check_up
from tap_loop_returns.client import LoopClient
from tap_loop_returns.context import SyncContext
from tap_loop_returns.errors import IncompleteSyncError, LoopError
from tap_loop_returns.streams import STREAMS
from tap_loop_returns.streams.audits import SyncAudits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# Value of the option `--test` that this tap adds to those of the SDK.
CHECKUP = "checkup"


class TapLoopReturns(Tap):
    """Singer tap for Loop Returns."""

    name = "tap-loop-returns"
    # This is a copy, because the SDK adds its own settings to the dictionary.
    config_jsonschema = copy.deepcopy(settings.SETTINGS)

    @override
    def discover_streams(self) -> list[Stream]:
        return [stream(tap=self) for stream in STREAMS]

    @functools.cached_property
    def context(self) -> SyncContext:
        """The context that the streams share: one client, which paces requests, and one sync id."""
        client = self.connect()
        entries = self.input_catalog.items() if self.input_catalog else ()
        roots = {name: entry.metadata.root for name, entry in entries}
        # The file of --discover selects what is selected by default; nobody chose that.
        is_unchanged = all(
            bool(root.selected) == bool(root.selected_by_default)
            for root in roots.values()
        )
        chosen = [n for n, root in roots.items() if root.selected and not is_unchanged]
        audits = cast("SyncAudits", self.streams[SyncAudits.name])
        return SyncContext(
            client,
            audits.new_sync_id(),
            settings.sync_scope(self.config),
            audits,
            frozenset(chosen),
        )

    def connect(self, **changed: str) -> LoopClient:
        """Return a client with the tap's settings, some of them replaced."""
        config = {**self.config, **changed}
        return LoopClient(
            f"{config['api_url'].rstrip('/')}/{config['api_version']}",
            config["api_key"],
            config["requests_per_minute"],
            f"{self.name}/{self.plugin_version}",
        )

    def check_up(self) -> None:
        """Run the check-up: print its answers and write them to a file."""
        tap = f"{self.name} {self.plugin_version}"
        report = check_up(self.connect, self.config, tap)
        click.echo(report.table())
        click.echo(f"Written to {report.write()}; this file contains no customer data.")

    @property
    @override
    def streams(self) -> dict[str, Stream]:
        # The SDK syncs in this order: returns first, audits last.
        streams = super().streams
        if next(reversed(streams)) != SyncAudits.name:
            for stream in STREAMS:
                streams[stream.name] = streams.pop(stream.name)
        return streams

    @override  # type: ignore[misc]  # Final, but no hook runs after all streams.
    def sync_all(self) -> None:
        for stream in self.streams.values():
            if stream.selected:
                files.check_types(stream.name, stream.schema, stream.effective_schema)
        try:
            super().sync_all()
        finally:
            self.context.client.close()
        if failures := self.context.failures:
            raise IncompleteSyncError(" ".join(map(str, failures)))

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        # The SDK's own error would quote a key of the wrong type.
        self.append_builtin_config(self.config_jsonschema)
        # Meltano passes an emptied setting as null, for which the SDK uses no default.
        for name, setting in self.config_jsonschema["properties"].items():
            if self._config.get(name) is None and "default" in setting:
                self._config[name] = setting["default"]
        known = self.config_jsonschema["properties"]
        problems = [
            *settings.unknown_settings(self.config, os.environ, known),
            *settings.problems(self.config),
            *settings.sdk_problems(self.config, known),
            *settings.unknown_maps(self.config, [one.name for one in STREAMS]),
        ]
        if problems and raise_errors:
            raise ConfigValidationError(" ".join(problems), errors=problems)
        return problems

    @classproperty
    @override
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805
        cls.append_builtin_config(cls.config_jsonschema)
        known = cls.config_jsonschema["properties"]
        if problems := settings.unreadable_variables(os.environ, known):
            raise ConfigValidationError(" ".join(problems), errors=problems)
        found: dict[str, Any] = super()._env_var_config
        return found

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(files.bookmarks(state))

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        # The SDK exits with 0, which schedulers read as a finished sync. The last STATE
        # is already written; a STATE written here could split a page.
        sys.exit(128 + signum)

    @classmethod
    @override
    def invoke(cls, **kwargs: Any) -> None:
        with _one_line_errors():
            for option in ("state", "catalog"):
                if kwargs.get(option) is not None:
                    kwargs[option] = files.checked(option, kwargs[option])
            super().invoke(**kwargs)

    @classmethod
    @override
    def cb_config(
        cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]
    ) -> Any:
        with _one_line_errors():
            for path in value:
                if path != "ENV":
                    with Path(path).open() as file:
                        files.checked("config", file)
        return super().cb_config(ctx, param, value)

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        with _one_line_errors():
            if value == CHECKUP:
                given = ctx.params.get("config")
                cls(
                    config=given.config if given else None,
                    parse_env_config=bool(given and given.parse_env),
                ).check_up()
                ctx.exit()
            super().cb_test(ctx, param, value)

    @classmethod
    @override
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        for option in command.params:
            if isinstance(option, click.Option) and option.name == "test":
                option.help = (
                    f"{option.help} Use --test={CHECKUP} to find out how this shop's "
                    f"Loop behaves, which writes {FILE}."
                )
        return command


# Reasons why standard output cannot be written, and what to do.
OUTPUT = {
    errno.EPIPE: "the program that reads it has ended; see its log.",
    **dict.fromkeys(
        (errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "the disk is full; free some space."
    ),
}


@contextlib.contextmanager
def _one_line_errors() -> Iterator[None]:
    """Print the error without a stack trace, and exit with 1."""
    # The SDK logs "unhandled error" before the line with the actual error.
    for stream in STREAMS:
        logger = logging.getLogger(f"{TapLoopReturns.name}.{stream.name}")
        logger.addFilter(lambda record: "unhandled error" not in str(record.msg))
    try:
        yield
    except (LoopError, ConfigValidationError) as error:
        logging.getLogger(TapLoopReturns.name).error("%s", error)  # noqa: TRY400
        sys.exit(1)
    except (MapExpressionError, StreamMapConfigError) as error:
        logging.getLogger(TapLoopReturns.name).error(  # noqa: TRY400
            "Correct the setting `stream_maps`. %s", error
        )
        sys.exit(1)
    except OSError as error:
        if error.errno not in OUTPUT:
            raise
        logging.getLogger(TapLoopReturns.name).error(  # noqa: TRY400
            "The output cannot be written: %s Then run the sync again: it resumes.",
            OUTPUT[error.errno],
        )
        # Otherwise Python tries to write the rest again at exit, and prints another
        # error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
