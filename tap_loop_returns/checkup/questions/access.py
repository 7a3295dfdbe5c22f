"""Questions about the key, its scopes, API versions, refusals and response headers."""

from __future__ import annotations

from collections.abc import Iterator

from tap_loop_returns.checkup.probe import OK, content_of
from tap_loop_returns.checkup.question import Finding, Question, Verdict
from tap_loop_returns.checkup.sample import Sample
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.client import AUTH_STATUSES
from tap_loop_returns.reading.reader import PATH

# A key that no shop has.
MADE_UP_KEY = "not-a-key"
VERSIONS = ("2026-07", "2026-10")
# Clocks that differ by at most this many seconds count as equal.
SAME_CLOCK = 60

OPTIONAL = {
    "/destinations": "Destinations (read)",
    "/blocklists": "Orders",
    "/allowlists": "Orders",
    "/label-requests": "Label Requests (read)",
    "/happy-returns/shipments": "Happy Returns Shipments (read)",
    "/webhooks": "Developer Tools",
}
SCOPES = {
    path: Question(
        f"opens{path.replace('/', '_').replace('-', '_')}",
        f"Does the key open `{path}` (scope {scope})?",
        assumes="Skips a stream that the key does not open.",
    )
    for path, scope in OPTIONAL.items()
}
WRONG_KEY = Question(
    "wrong_key",
    "Is a wrong key refused with status 401 or 403?",
    assumes="Recognizes a refused key by these two statuses.",
    expects=Verdict.YES,
)
REFUSAL_BODY = Question(
    "refusal_body",
    "When Loop refuses a key, does the body hold an object in the field `error`?",
    assumes="Reads only the status.",
    switches=("unauthorized",),
)
OTHER_VERSION = Question(
    "other_version",
    f"Does Loop answer under each of the versions {' and '.join(VERSIONS)}?",
    assumes="Uses the setting `api_version`.",
)
LIMIT_HEADERS = Question(
    "limit_headers",
    "Do responses have the header `x-ratelimit-limit`?",
    assumes="Obeys `requests_per_minute`, and pauses if `x-ratelimit-remaining` is 0.",
)
LIMIT = Question(
    "limit",
    "Is the limit in `x-ratelimit-limit` at least `requests_per_minute`?",
    assumes="Relies on it; otherwise Loop answers 429, and the tap must pause.",
    expects=Verdict.YES,
)
RETRY_AFTER = Question(
    "retry_after",
    "Does a response with status 429 (too many requests) have `Retry-After`?",
    assumes="Waits that long; without the header, longer after each 429.",
    switches=("retry_after",),
)
COMPRESSION = Question(
    "compression",
    "Are responses compressed?",
    assumes="Reads both.",
    switches=("gzip",),
)
DATE = Question(
    "date",
    "Do responses have the header `Date`?",
    assumes="Takes the bookmark from it; without it, from this computer's clock, a day earlier.",
    switches=("date_header",),
)
CLOCKS = Question(
    "clocks",
    f"Does `Date` agree with this computer's clock to {SAME_CLOCK} seconds?",
    assumes="Uses the earlier of the two times for the bookmark.",
    switches=("date_header",),
)


@answers(*SCOPES.values())
def scopes(sample: Sample) -> Iterator[Finding]:
    """Request each endpoint whose scope is not Returns once."""
    for path, question in SCOPES.items():
        answer = sample.probe.get(path)
        status = f"HTTP {answer.status}"
        if answer.status == OK or answer.status in AUTH_STATUSES:
            yield question.is_it(answer.status == OK, status)
        else:
            yield question.cannot_tell(status)


@answers(WRONG_KEY, REFUSAL_BODY)
def refusals(sample: Sample) -> Iterator[Finding]:
    """Make one request with a key that does not exist."""
    other = sample.probe.connect(api_key=MADE_UP_KEY)
    answer = sample.probe.get(PATH, {"pageSize": 1, "paginate": "true"}, client=other)
    yield WRONG_KEY.is_it(answer.status in AUTH_STATUSES, f"HTTP {answer.status}")
    if answer.status not in AUTH_STATUSES:
        return
    content = content_of(answer)
    found = content if isinstance(content, dict) else {}
    is_object = isinstance(found.get("error"), dict)
    kind = "`error` with an object" if is_object else "another shape"
    if isinstance(found.get("errors"), str):
        yield REFUSAL_BODY.no("`errors` with a text", unauthorized="string")
    else:
        known = {"unauthorized": "object"} if is_object else {}
        yield REFUSAL_BODY.is_it(is_object, kind, **known)


@answers(OTHER_VERSION)
def versions(sample: Sample) -> Iterator[Finding]:
    """Make one request with each API version other than the one in the settings."""
    status = {sample.api_version: OK}
    for version in VERSIONS:
        if version != sample.api_version:
            other = sample.probe.connect(api_version=version)
            params: dict[str, str | int] = {"pageSize": 1, "paginate": "true"}
            status[version] = sample.probe.get(PATH, params, client=other).status
    shown = ", ".join(f"{version} HTTP {code}" for version, code in status.items())
    yield OTHER_VERSION.is_it(all(code == OK for code in status.values()), shown)


@answers(LIMIT_HEADERS, LIMIT, RETRY_AFTER, COMPRESSION, DATE, CLOCKS)
def headers(sample: Sample) -> Iterator[Finding]:
    """Answer from the headers of all responses so far, without a request."""
    probe, made = sample.probe, sum(sample.probe.limits.values())
    found = made - probe.limits[""]
    yield LIMIT_HEADERS.is_it(found > 0, f"{found} of {made} answers")
    limits = [int(text) for text in probe.limits if text.strip().isdecimal()]
    if limits:
        least, wanted = min(limits), sample.requests_per_minute
        shown = f"{least}, with `requests_per_minute` {wanted}"
        yield (
            LIMIT.yes(shown)
            if least >= wanted
            else LIMIT.no(shown, advice=f"Set `requests_per_minute` to {least}.")
        )
    yield _retry_after(sample)
    packed = probe.encodings.get("gzip", 0)
    yield COMPRESSION.is_it(
        packed > 0, f"{packed} of {made} answers", gzip="on" if packed else "off"
    )
    yield from _clocks(probe.clock_differences)


def _retry_after(sample: Sample) -> Finding:
    pauses = sample.probe.pauses
    if not pauses:
        return RETRY_AFTER.cannot_tell("no request was refused")
    form = next(iter(pauses))
    shown = ", ".join(f"{kind}: {number}" for kind, number in pauses.items())
    return RETRY_AFTER.is_it(form != "none", shown, retry_after=form)


def _clocks(differences: list[int | None]) -> Iterator[Finding]:
    known = [difference for difference in differences if difference is not None]
    shown = f"{len(known)} of {len(differences)} answers"
    if not known:
        yield DATE.no(shown, date_header="off")
        return
    yield DATE.yes(shown, date_header="on")
    ahead = sorted(known)[len(known) // 2]
    same = abs(ahead) <= SAME_CLOCK
    side = "ahead" if ahead > 0 else "behind"
    setting = "on" if same else f"skewed:{ahead}"
    yield CLOCKS.is_it(
        same, f"Loop is {abs(ahead):,} seconds {side}", date_header=setting
    )
