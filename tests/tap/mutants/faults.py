# Breaking private parts is the point here.
# ruff: noqa: SLF001
"""Broken retries, limits and errors."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import requests

from tap_loop_returns import (
    client,
    pacing,
)
from tap_loop_returns import tap as tap_module
from tap_loop_returns.client import LoopClient
from tap_loop_returns.reading import reader

from .registry import mutant


@mutant("test_an_answer_that_stays_unreadable_fails", "test_a_target_holds_the_truth")
def wrong_shape_is_an_empty_page() -> None:
    """Reads any body without returns as an empty list."""
    read = reader._read

    def _read(body: bytes) -> Any:
        try:
            return read(body)
        except ValueError:
            return [], [], ""

    reader._read = _read


@mutant("test_an_impossible_answer_is_refused")
def takes_whatever_comes() -> None:
    """Accepts an empty page that has a next page."""

    def _read(body: bytes) -> Any:
        content = reader._open(body)
        if isinstance(content, list):
            return content, [reader._timestamps(one) for one in content], ""
        timestamped = [reader._timestamps(one) for one in content.returns]
        return (
            content.returns,
            timestamped,
            content.next_page_url or "" if timestamped else "",
        )

    reader._read = _read


@mutant("test_trouble_once_is_recovered_from", "test_twelve_requests_at_once")
def no_retry() -> None:
    """Never retries."""
    client.RETRY_DEADLINE = client.FIRST_CONTACT_DEADLINE = -1.0
    client.UNREADABLE_TRIES = 1


@mutant("test_twelve_times_in_a_row", "test_two_minutes_of_429")
def five_tries() -> None:
    """Gives up after half a minute, as the SDK does."""
    client.RETRY_DEADLINE = 32.0


@mutant("test_trouble_without_an_end_fails_at_last")
def never_gives_up() -> None:
    """Never gives up retrying."""
    LoopClient._give_up_after = lambda *_: None


@mutant("test_an_address_where_nobody_answers")
def patient_with_a_wrong_address() -> None:
    """Retries for a quarter of an hour if the address has never responded."""
    client.FIRST_CONTACT_DEADLINE = 900.0


@mutant("test_retry_after_is_heeded")
def ignores_retry_after() -> None:
    """Ignores Retry-After."""
    client._retry_after = lambda _response: None


@mutant("test_retry_after_is_heeded")
def retry_after_in_seconds_only() -> None:
    """Does not read Retry-After as a date."""
    read = client._retry_after

    def _retry_after(response: Any) -> Any:
        text = response.headers.get("Retry-After", "")
        return read(response) if text.isdecimal() else None

    client._retry_after = _retry_after


@mutant("test_a_retry_after_of_a_day")
def waits_a_day() -> None:
    """Waits for any Retry-After, however long."""
    client.LONGEST_RETRY_AFTER = 1e9


@mutant("test_nought_as_retry_after")
def hammers() -> None:
    """Retries immediately after Retry-After: 0."""
    read = client._retry_after

    def _retry_after(response: Any) -> Any:
        found = read(response)
        return 1e-9 if found == 0 else found

    client._retry_after = _retry_after


@mutant("test_a_first_sync_under_an_enforced_limit")
def no_pacing() -> None:
    """Sends requests without pacing."""
    client.Pacer.wait = lambda self: self._started.append(time.monotonic())


@mutant("test_a_key_shared_with_another_program")
def ignores_the_limit_headers() -> None:
    """Ignores x-ratelimit-remaining."""
    client.Pacer.learn = lambda _self, _remaining: None


@mutant("test_no_request_waits_for_ever")
def no_timeout() -> None:
    """Has no timeout for a silent server."""
    client.TIMEOUT = (None, None)


@mutant("test_the_key_never_goes_to_another_host")
def follows_redirects() -> None:
    """Sends the key to any redirect target."""
    get = requests.Session.get

    def _get(self: Any, url: str, **kwargs: Any) -> Any:
        return get(self, url, **kwargs | {"allow_redirects": True})

    requests.Session.get = _get


@mutant(
    "test_a_refusal_in_the_middle",
    "test_a_wrong_path",
    "test_a_page_size_beyond",
    "test_a_wrong_key_is_not_tried",
)
def retries_refusals() -> None:
    """Retries refusals, such as 401, 403 and redirects."""
    LoopClient._raise_if_final = lambda *_: None


@mutant("test_twelve_times_in_a_row_is_recovered_from")
def tells_the_key() -> None:
    """Logs the headers of a failed request."""
    give_up = LoopClient._give_up_after

    def _give_up_after(self: Any, *args: Any) -> None:
        self._log.warning("Headers: %s", self._headers)
        give_up(self, *args)

    LoopClient._give_up_after = _give_up_after


@mutant(
    "test_a_wrong_key_is_one_line",
    "test_an_unreadable_state",
    "test_a_dry_run_with_a_wrong_key",
)
def stack_traces() -> None:
    """Prints a stack trace for errors."""
    tap_module._one_line_errors = contextlib.nullcontext


@mutant("test_a_full_disk_is_one_line", "test_a_target_that_ends_early_is_one_line")
def lets_a_full_disk_be_a_traceback() -> None:
    """Does not explain why standard output cannot be written."""
    tap_module.OUTPUT.clear()


@mutant("test_an_unknown_authority_names", "test_a_bundle_that_is_not_there")
def knows_no_company_network() -> None:
    """Has no advice about certificates and proxies."""
    client.network.advice = lambda _error: None


@mutant("test_html_without_an_end", "test_twelve_times_in_a_row")
def takes_html_for_an_answer() -> None:
    """Treats an HTML page of a proxy as an unreadable response of Loop."""
    made = client._Trouble.__init__

    def _init(self: Any, problem: str, **known: Any) -> None:
        made(self, problem, **known)
        self.is_unreadable |= "HTML" in problem

    client._Trouble.__init__ = _init


@mutant("test_a_limit_at_its_end_in_every_answer")
def waits_without_a_word() -> None:
    """Does not warn that the rate limit is always used up."""
    made = pacing.Pacer.__init__

    def _init(self: Any, requests_per_minute: int) -> None:
        made(self, requests_per_minute)
        self._is_told = True

    pacing.Pacer.__init__ = _init


@mutant("test_a_silent_server")
def never_times_out() -> None:
    """Does not pass the timeout to the request."""
    get = requests.Session.get

    def _get(self: Any, url: str, **kwargs: Any) -> Any:
        return get(self, url, **kwargs | {"timeout": None})

    requests.Session.get = _get
