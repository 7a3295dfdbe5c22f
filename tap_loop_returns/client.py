"""Requests to Loop: address, key, pace, retries and error messages."""

from __future__ import annotations

import itertools
import logging
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from tap_loop_returns import network
from tap_loop_returns.decoding import decode, has_nul, repaired
from tap_loop_returns.errors import (
    AccessRefusedError,
    AnswerTooLargeError,
    LoopError,
    LoopUnreachableError,
    RequestRefusedError,
    UnreadableAnswerError,
)
from tap_loop_returns.pacing import Pacer

T = TypeVar("T")

RETRYABLE_STATUSES = frozenset({408, 425, 429, *range(500, 600)})
AUTH_STATUSES = frozenset({401, 403})
# Timeouts in seconds: to connect, and between two bytes of a response.
TIMEOUT = (10, 60)
# The tap gives up when its waits between tries exceed these seconds. The second value
# applies if Loop has never responded: then a setting is probably wrong.
RETRY_DEADLINE, FIRST_CONTACT_DEADLINE = 900.0, 6.0
# Upper limits in seconds: for growing waits, and for a Retry-After.
LONGEST_WAIT, LONGEST_RETRY_AFTER = 30.0, 300.0
UNREADABLE_TRIES = 5
IF_HTML_STAYS = "Run the sync again later; if it stays so, check `api_url`."

# Limits of one response: decompressed bytes, and seconds until its last byte.
LARGEST_ANSWER = 256 * 1024 * 1024
LONGEST_ANSWER = 300.0


@dataclass(frozen=True)
class Answer:
    """A response as Loop sent it, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    date: datetime | None
    """Loop's clock."""
    retry_after: float | None
    """Seconds to wait before the next request."""


class LoopClient:
    """Reads Loop's API with one key; safe to share between threads."""

    def __init__(
        self, base_url: str, api_key: str, requests_per_minute: int, agent: str
    ) -> None:
        """Prepare requests below ``base_url``, which ends in the API version."""
        self._base_url = base_url
        self._headers = {
            "X-Authorization": api_key,
            "Accept": "application/json",
            "User-Agent": agent,
        }
        self._pacer = Pacer(requests_per_minute)
        self._threads = threading.local()
        self._made_at = time.monotonic()
        # The functions of the module share one state with the rest of the process.
        self._jitter = random.Random()  # noqa: S311
        self._answered = False
        self._accepted = False
        self._is_closed = False
        self._log = logging.getLogger("tap-loop-returns")
        if network.is_open_to_others(base_url):
            self._log.warning(
                "The address in `api_url` begins with http, so that others on the "
                "network can read the key and all answers; use https."
            )
        self._counting = threading.Lock()
        self.request_count = 0
        self.clock_at_start: datetime | None = None
        """Loop's clock when the client was created, before any request; None until a
        response has a date."""

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        scope: str = "Returns",
        parse: Callable[[bytes], T],
        tries: int | None = None,
    ) -> T:
        """Return Loop's response as ``parse`` reads it; retry until it can be read.

        Args:
            path: Path below the API version.
            params: Query parameters.
            scope: Name of the scope that the path needs, for the error text.
            parse: Reads the body; raises ``ValueError`` (or a subclass, as msgspec
                does) if the body is not as requested.
            tries: Number of unreadable responses after which to give up; five by
                default. If given, five failures of any kind end the request too.

        Raises:
            AccessRefusedError: HTTP 401 or 403.
            RequestRefusedError: Another refusal that a retry cannot change.
            UnreadableAnswerError: ``parse`` rejected the response several times, the
                response is too large, or Loop, which has responded before, gave no
                usable response before the deadline for retries.
            LoopUnreachableError: Loop has never responded, or the client is closed.
        """
        waited = 0.0
        unreadable = failed = 0
        for attempt in itertools.count():
            self._pacer.wait()
            self._raise_if_closed(path)
            try:
                return self._try(path, params, scope, parse)
            except _Trouble as found:
                trouble = found
            self._raise_if_closed(path)
            unreadable += trouble.is_unreadable
            is_refused = trouble.problem == "HTTP 429"
            failed += not is_refused
            if unreadable >= (tries or UNREADABLE_TRIES):
                msg = (
                    f"GET {path} returned {trouble.problem}, {unreadable} times. "
                    "Nothing was skipped; check `api_url` and try again."
                )
                raise UnreadableAnswerError(msg) from None
            if tries and failed >= UNREADABLE_TRIES:
                msg = (
                    f"GET {path} failed {failed} times: {trouble.problem}. The next sync "
                    "tries again; if it stays so, ask Loop."
                )
                raise UnreadableAnswerError(msg) from None
            spread = self._jitter.uniform(0.8, 1.2)
            pause = min(2.0**attempt / 2, LONGEST_WAIT) * spread
            # Retry-After: 0 would make the tap ask without a pause.
            pause = trouble.after or pause
            waited += pause
            self._give_up_after(waited, path, trouble)
            self._log.warning(
                "GET %s: %s; again in %.1f s", path, trouble.problem, pause
            )
            self._pacer.hold(pause) if is_refused else time.sleep(pause)
        raise AssertionError  # pragma: no cover

    def ask(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """Return the response to one request, whatever its status; there are no retries.

        Raises:
            LoopUnreachableError: No complete response.
        """
        self._pacer.wait()
        try:
            response, body = self._send(path, params)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            hint = network.advice(error) or "Check `api_url` and the network."
            msg = f"No answer to GET {path}: {type(error).__name__}. {hint}"
            raise LoopUnreachableError(msg) from None
        return Answer(
            response.status_code,
            response.headers,
            body,
            _date(response),
            _retry_after(response),
        )

    def hold(self, seconds: float) -> None:
        """Start no request for the given number of seconds."""
        self._pacer.hold(seconds)

    def close(self) -> None:
        """Start no further request, so that threads that a failed sync left behind end."""
        self._is_closed = True

    def _raise_if_closed(self, path: str) -> None:
        if self._is_closed:
            msg = (
                f"GET {path} was not sent or not repeated, because the sync has ended."
            )
            raise LoopUnreachableError(msg)

    @property
    def host(self) -> str:
        """Host and port of the API."""
        return urlsplit(self._base_url).netloc.rpartition("@")[2]

    def _try(
        self,
        path: str,
        params: Mapping[str, str | int] | None,
        scope: str,
        parse: Callable[[bytes], T],
    ) -> T:
        """Make one request.

        Raises:
            _Trouble: A retry may succeed.
            LoopError: A retry cannot succeed.
        """
        try:
            response, body = self._send(path, params)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _Trouble(type(error).__name__, hint=network.advice(error)) from None
        except OSError as error:
            # The certificate bundle does not exist, so a retry cannot help.
            if (hint := network.advice(error)) is None:
                raise
            msg = f"GET {path} failed. {hint}"
            raise LoopUnreachableError(msg) from None
        after = _retry_after(response)
        if response.status_code != requests.codes.ok:
            self._raise_if_final(response.status_code, body, path, scope)
            raise _Trouble(f"HTTP {response.status_code}", after=after)
        try:
            content = parse(body)
        except ValueError as error:
            if body.lstrip()[:1] == b"<":
                # A proxy in front of Loop sends such pages, as it sends a 502.
                problem = "an HTML page, which is not as documented"
                raise _Trouble(problem, hint=IF_HTML_STAYS, after=after) from None
            problem = f"an answer that is not as documented ({error})"
            raise _Trouble(problem, after=after, is_unreadable=True) from None
        self._accepted = True
        if self.clock_at_start is None:
            self.clock_at_start = _clock_before(response, self._made_at)
        return content

    def prove_key(self) -> None:
        """Check that the key can at least read the returns list, so that it only lacks a scope.

        Raises:
            AccessRefusedError: The key cannot even read the returns list.
        """
        if not self._accepted:
            newest: dict[str, str | int] = {"paginate": "true", "pageSize": 1}
            self.get("/warehouse/return/list", newest, parse=decode)

    def _send(
        self, path: str, params: Mapping[str, str | int] | None
    ) -> tuple[requests.Response, bytes]:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = requests.Session()
            # No .netrc may replace the key; proxies are still taken from the
            # environment by requests' own rule.
            session.auth = _no_auth
        with self._counting:
            self.request_count += 1
        with session.get(
            self._base_url + path,
            params=params,
            headers=self._headers,
            timeout=TIMEOUT,
            # A redirect would carry the key to another address.
            allow_redirects=False,
            stream=True,
        ) as response:
            self._answered = True
            self._pacer.learn(response.headers.get("x-ratelimit-remaining"))
            # urllib3 reads the body, because requests would read it in pieces of 10
            # KiB, which takes twice the CPU time.
            body = _body(response, path)
            return response, repaired(body) if has_nul(body) else body

    def _raise_if_final(self, status: int, body: bytes, path: str, scope: str) -> None:
        if status in AUTH_STATUSES:
            msg = (
                f"Loop refused the key for GET {path} (HTTP {status}). Check "
                f"`api_key`, and in Loop's admin that the key has the scope {scope}."
            )
            raise AccessRefusedError(msg)
        if status not in RETRYABLE_STATUSES:
            hint = {
                network.PROXY_REFUSAL: network.PROXY,
                404: "Check `api_url` and `api_version`.",
                410: "Loop no longer supports this version; set a later `api_version`.",
                422: "Loop found the request invalid: check `page_size` and the dates.",
            }.get(status, "Check `api_url`.")
            msg = f"Loop refused GET {path} (HTTP {status}). {hint}"
            raise RequestRefusedError(msg, status, body)

    def _give_up_after(self, waited: float, path: str, trouble: _Trouble) -> None:
        if waited <= (RETRY_DEADLINE if self._answered else FIRST_CONTACT_DEADLINE):
            return
        if self._answered:
            kind: type[LoopError] = UnreadableAnswerError
            hint = "Loop has a problem. Run the sync again later: it resumes."
        else:
            kind = LoopUnreachableError
            hint = f"Check `api_url` ({_without_password(self._base_url)}) and the network."
        msg = f"No answer to GET {path}: {trouble.problem}. {trouble.hint or hint}"
        raise kind(msg)


class _Trouble(Exception):  # noqa: N818 (no error yet: the next try may succeed)
    """A request without a usable response, which is retried."""

    def __init__(
        self,
        problem: str,
        *,
        hint: str | None = None,
        after: float | None = None,
        is_unreadable: bool = False,
    ) -> None:
        """Describe the failure.

        Args:
            problem: What happened instead of a usable response.
            hint: What to do if the problem persists; None if nothing special is known.
            after: Seconds that Loop asks to wait.
            is_unreadable: Loop itself responded, but not as documented.
        """
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.after = after
        self.is_unreadable = is_unreadable


def _body(response: requests.Response, path: str) -> bytes:
    """Read a response completely, within limits of size and time.

    Raises:
        AnswerTooLargeError: The response is larger than the limit.
        urllib3.exceptions.HTTPError: It was cut off, or took too long.
    """
    # The timeout between bytes is not enough: one byte a second would take days.
    too_late = threading.Timer(LONGEST_ANSWER, response.raw.shutdown)
    too_late.daemon = True
    too_late.start()
    # urllib3 copies what it is told to decode, even if there is nothing to decode.
    is_encoded = "Content-Encoding" in response.headers
    body, left = b"", LARGEST_ANSWER + 1
    try:
        # The empty read at the end raises an error if the response was cut off.
        while piece := response.raw.read(left, decode_content=is_encoded):
            body += piece
            left = LARGEST_ANSWER + 1 - len(body)
    finally:
        too_late.cancel()
    if len(body) > LARGEST_ANSWER:
        msg = (
            f"The answer to GET {path} is larger than {LARGEST_ANSWER:,} bytes. Check "
            "`api_url`, or set a smaller `page_size`."
        )
        raise AnswerTooLargeError(msg)
    return body


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//***@", url)


def _retry_after(response: requests.Response) -> float | None:
    """Return ``Retry-After`` in seconds, from a number or a date; Loop documents neither."""
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
        now = _date(response) or datetime.now(UTC)
        seconds = (moment - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _date(response: requests.Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _clock_before(response: requests.Response, moment: float) -> datetime | None:
    """Return the earliest time that Loop's clock can have shown at an earlier moment."""
    date = _date(response)
    if date is None:
        return None
    seconds = date.timestamp() - (time.monotonic() - moment) - 1
    return datetime.fromtimestamp(seconds, UTC)
