"""The tap: its settings and its streams."""

from __future__ import annotations

import contextlib
import copy
import errno
import functools
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from singer_sdk import Stream, Tap
from singer_sdk.exceptions import ConfigValidationError
from typing_extensions import override

from tap_loop_returns import settings
from tap_loop_returns.client import LoopClient
from tap_loop_returns.errors import LoopError
from tap_loop_returns.streams import STREAMS
from tap_loop_returns.streams.audits import SyncAudits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import click

    from tap_loop_returns.bookmark import Wanted


class TapLoopReturns(Tap):
    """Singer tap for Loop Returns."""

    name = "tap-loop-returns"
    # A copy: the SDK adds its own settings to whatever stands here.
    config_jsonschema = copy.deepcopy(settings.SETTINGS)

    @override
    def discover_streams(self) -> list[Stream]:
        return [stream(tap=self) for stream in STREAMS]

    @functools.cached_property
    def client(self) -> LoopClient:
        """The one client of all streams, which paces their requests."""
        base = f"{self.config['api_url'].rstrip('/')}/{self.config['api_version']}"
        return LoopClient(
            base,
            self.config["api_key"],
            self.config["requests_per_minute"],
            f"{self.name}/{self.plugin_version}",
        )

    @functools.cached_property
    def sync_id(self) -> str:
        """Id of this sync: the moment, so that later ones sort behind."""
        return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")

    @property
    def audits(self) -> SyncAudits:
        """The stream that tells what the others sent."""
        return cast("SyncAudits", self.streams[SyncAudits.name])

    @property
    @override
    def streams(self) -> dict[str, Stream]:
        streams = super().streams
        # The SDK syncs by name; what was sent is known when all was.
        if next(reversed(streams)) != SyncAudits.name:
            streams[SyncAudits.name] = streams.pop(SyncAudits.name)
        return streams

    @property
    def wanted(self) -> Wanted:
        """What the settings ask to be read."""
        return settings.wanted(self.config)

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        # The SDK's own texts would quote a key of the wrong type.
        self.append_builtin_config(self.config_jsonschema)
        # Meltano hands on an emptied setting as null; the SDK has no default for it.
        for name, setting in self.config_jsonschema["properties"].items():
            if self._config.get(name) is None and "default" in setting:
                self._config[name] = setting["default"]
        problems = settings.problems(self.config)
        if problems and raise_errors:
            raise ConfigValidationError(" ".join(problems), errors=problems)
        return problems

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        # The SDK exits with 0, which a scheduler takes for a finished sync. The
        # last STATE is already out; one written here could cut a page in two.
        sys.exit(128 + signum)

    @classmethod
    @override
    def invoke(cls, **kwargs: Any) -> None:
        with _one_line_errors():
            super().invoke(**kwargs)

    @classmethod
    @override
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        with _one_line_errors():
            super().cb_test(ctx, param, value)


# Why standard output takes no more, and what to do about it.
OUTPUT = {
    errno.EPIPE: "what reads it has ended, and its own lines say why.",
    **dict.fromkeys(
        (errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "there is no room; make some."
    ),
}


@contextlib.contextmanager
def _one_line_errors() -> Iterator[None]:
    """Print what the user must change, without a stack trace, and exit with 1."""
    # The SDK announces the error line that follows with one that says nothing.
    for stream in STREAMS:
        logger = logging.getLogger(f"{TapLoopReturns.name}.{stream.name}")
        logger.addFilter(lambda record: "unhandled error" not in str(record.msg))
    try:
        yield
    except (LoopError, ConfigValidationError) as error:
        logging.getLogger(TapLoopReturns.name).error("%s", error)  # noqa: TRY400
        sys.exit(1)
    except OSError as error:
        if error.errno not in OUTPUT:
            raise
        logging.getLogger(TapLoopReturns.name).error(  # noqa: TRY400
            "The output cannot be written: %s Run the sync again, it resumes.",
            OUTPUT[error.errno],
        )
        # Python would try once more to write what waits, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
