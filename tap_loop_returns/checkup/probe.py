"""Makes the requests of the check-up one by one, and counts and limits them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from tap_loop_returns.checkup.question import CannotTellError
from tap_loop_returns.client import RETRYABLE_STATUSES, Answer, LoopClient
from tap_loop_returns.decoding import decode
from tap_loop_returns.errors import LoopError, LoopUnreachableError
from tap_loop_returns.reading.reader import PATH
from tap_loop_returns.rows import Raw

MOST_REQUESTS: Final = 60
TRIES = 3
OK, TOO_MANY = 200, 429
# Seconds to wait until a limit per minute allows requests again.
FULL_MINUTE = 61.0
# Seconds before a retry after any other status that may be retried.
PAUSE = 2.0


@dataclass(frozen=True)
class ListAnswer:
    """A response of the returns list."""

    rows: list[Raw]
    is_wrapped: bool
    link: str = ""
    """The link to the next page; empty if there is none."""


@dataclass
class Probe:
    """Makes one request at a time, and collects facts from all responses."""

    connect: Callable[..., LoopClient]
    """Makes a client with the tap's settings, some of them replaced."""
    made: int = 0
    """Requests so far, retries included."""
    paths: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    """Values of ``x-ratelimit-limit``; empty text where the header is missing."""
    pauses: Counter[str] = field(default_factory=Counter)
    """Forms of ``Retry-After`` on answers with status 429."""
    encodings: Counter[str] = field(default_factory=Counter)
    clock_differences: list[int | None] = field(default_factory=list)
    """Seconds by which Loop's clock is ahead of this computer's, for each response; None
    if it has no ``Date``."""
    is_over: bool = False
    """Loop kept answering 429; no further request is made."""

    def __post_init__(self) -> None:
        """Connect with the unchanged settings."""
        self.client = self.connect()

    @property
    def stopped(self) -> str:
        """Why no further request may be made; empty if another request may be made."""
        if self.is_over:
            return "Loop refused further requests"
        is_spent = self.made >= MOST_REQUESTS
        return f"all {MOST_REQUESTS} requests were used" if is_spent else ""

    def get(
        self,
        path: str,
        params: dict[str, str | int] | None = None,
        *,
        client: LoopClient | None = None,
    ) -> Answer:
        """Return Loop's response, whatever its status.

        Raises:
            CannotTellError: No request is left, or Loop gave no usable answer.
        """
        client = client or self.client
        problem = ""
        for _ in range(TRIES):
            if self.stopped:
                raise CannotTellError(self.stopped)
            self.made += 1
            try:
                answer = client.ask(path, params)
            except LoopUnreachableError:
                problem = f"no answer from {path}"
                continue
            except LoopError as error:
                msg = f"no usable answer from {path}"
                raise CannotTellError(msg) from error
            self._note(answer)
            if answer.status not in RETRYABLE_STATUSES:
                return answer
            problem = f"HTTP {answer.status} from {path}"
            is_limit = answer.status == TOO_MANY
            client.hold(answer.retry_after or (FULL_MINUTE if is_limit else PAUSE))
        self.is_over = problem.startswith(f"HTTP {TOO_MANY} ")
        raise CannotTellError(problem)

    def returns(self, params: dict[str, str | int]) -> ListAnswer:
        """Return a response of the returns list.

        Raises:
            CannotTellError: The status is not 200, or the body is no returns list.
        """
        answer = self.get(PATH, params)
        if answer.status != OK:
            msg = f"HTTP {answer.status} from {PATH}"
            raise CannotTellError(msg)
        content = content_of(answer)
        if isinstance(content, list):
            return ListAnswer(_objects(content), is_wrapped=False)
        if isinstance(content, dict) and isinstance(content.get("returns"), list):
            link = content.get("nextPageUrl")
            return ListAnswer(
                _objects(content["returns"]),
                is_wrapped=True,
                link=link if isinstance(link, str) else "",
            )
        msg = f"no list of returns from {PATH}"
        raise CannotTellError(msg)

    def follow(self, link: str) -> ListAnswer:
        """Return the page that a link asks for, from ``api_url`` whatever the link's host."""
        return self.returns(dict(parse_qsl(urlsplit(link).query)))

    def _note(self, answer: Answer) -> None:
        headers = answer.headers
        self.limits[headers.get("x-ratelimit-limit", "")] += 1
        self.encodings[headers.get("Content-Encoding", "")] += 1
        if answer.status == TOO_MANY:
            self.pauses[_form(headers.get("Retry-After", ""))] += 1
        date = answer.date
        self.clock_differences.append(
            None if date is None else round(date.timestamp() - time.time())
        )


def content_of(answer: Answer) -> Any:
    """Return the decoded body.

    Raises:
        CannotTellError: The body is not JSON.
    """
    try:
        return decode(answer.body)
    except ValueError as error:
        msg = "the response is not JSON"
        raise CannotTellError(msg) from error


def _objects(rows: list[Any]) -> list[Raw]:
    return [row for row in rows if isinstance(row, dict)]


def _form(header: str) -> str:
    if not header:
        return "none"
    return "seconds" if header.strip().isdecimal() else "date"
