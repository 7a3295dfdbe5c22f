"""Questions about links to the next page.

The check-up follows them on the host of ``api_url``; the tap never does.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tap_loop_returns.checkup.probe import ListAnswer
from tap_loop_returns.checkup.question import Finding, Question
from tap_loop_returns.checkup.sample import Sample, Window, ids, period, second, seconds
from tap_loop_returns.checkup.step import answers
from tap_loop_returns.rows import Raw

# Returns to follow, one per page; a cycle can be seen from the third page on.
STEPS_OF_WALK = 4
# Number of returns, one per page, from the newest to the requested start.
PAGES_BEFORE_START = 2
# Empty pages that may come between two pages with returns.
GAPS = 2

LINKS = Question(
    "links",
    "Does each full page link to a new page on the host of `api_url`?",
    assumes="Follows no link; requests more returns after a full page without one.",
    switches=("next_url",),
)
LINK_PARAMETERS = Question(
    "link_parameters",
    "Do next links repeat `from` and `state`?",
    assumes="Follows no link.",
    switches=("next_url",),
)
REMEMBERS_START = Question(
    "remembers_start",
    "Do followed pages leave out returns from before `from`?",
    assumes="Follows no link.",
)
REMEMBERS_STATE = Question(
    "remembers_state",
    "Do followed pages show only the requested state?",
    assumes="Follows no link.",
)
EMPTY_PAGE = Question(
    "empty_page",
    "Are there empty pages with a link to a next one?",
    assumes="Treats an empty first page with a next link as an unreadable response.",
    switches=("empty_page_with_next",),
)
CURSOR = Question(
    "cursor",
    "Is the cursor of a link readable (base64 of JSON)?",
    assumes="Reads the sort column from it if it can; otherwise may need more requests.",
    switches=("cursor",),
)
TIES = Question(
    "ties",
    "Do followed pages show all returns in the last second of the previous page?",
    assumes="Follows no link, since such returns may be skipped.",
    switches=("ties",),
)


@dataclass
class Walk:
    """Pages of one return each, and the links between them."""

    window: Window
    state: str
    pages: list[ListAnswer] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    is_repeated: bool = False
    is_cycle: bool = False

    @property
    def followed(self) -> list[Raw]:
        """The returns of the pages after the first."""
        return [row for page in self.pages[1:] for row in page.rows]

    @property
    def gaps(self) -> int:
        """Number of empty pages that have a link."""
        return sum(bool(page.link) and not page.rows for page in self.pages)


@answers(LINKS, LINK_PARAMETERS, REMEMBERS_STATE, EMPTY_PAGE, CURSOR)
def links(sample: Sample) -> Iterator[Finding]:
    """Follow the pages of four returns, one return per page."""
    walk = _first_page(sample)
    if walk is None:
        return
    first = walk.pages[0]
    if not first.link:
        if first.is_wrapped and len(first.rows) == 1:
            text = f"none on a page of 1, with {STEPS_OF_WALK} returns in the period"
            yield LINKS.no(text, next_url="missing")
        return
    _go_on(sample, walk)
    yield from _links(sample, walk)
    yield from _memory(sample, walk)
    yield EMPTY_PAGE.is_it(
        walk.gaps > 0,
        f"{walk.gaps} of {len(walk.pages)} pages",
        empty_page_with_next="on" if walk.gaps else "off",
    )
    names = _cursor(walk.links[0])
    text = "holds " + ", ".join(f"`{n}`" for n in names) if names else "not readable"
    yield CURSOR.is_it(bool(names), text, cursor="documented" if names else "opaque")


def _first_page(sample: Sample) -> Walk | None:
    """Request the first page of the newest four returns in a state that has at least four."""
    sizes = {state: len(rows) for state, rows in sample.by_state.items()}
    # Choose the rarest state: pages that ignore the filter then soon show another state.
    fit = sorted((n, state) for state, n in sizes.items() if n >= STEPS_OF_WALK)
    if not fit:
        return None
    state = fit[0][1]
    newest = sorted(seconds(sample.by_state[state], "created_at"), reverse=True)
    if len(newest) < STEPS_OF_WALK:
        return None
    last = sample.window("created_at").end
    first = newest[STEPS_OF_WALK - 1] - 1
    window = Window("created_at", first, last, [])
    page = sample.page(window.params() | {"state": state}, size=1)
    return Walk(window, state, [page])


def _go_on(sample: Sample, walk: Walk) -> None:
    """Follow at most five links, until they end or lead to an earlier page."""
    most = STEPS_OF_WALK + GAPS
    while (link := walk.pages[-1].link) and len(walk.pages) < most:
        if link in walk.links:
            walk.is_repeated = link == walk.links[-1]
            walk.is_cycle = not walk.is_repeated
            return
        walk.links.append(link)
        walk.pages.append(sample.probe.follow(link))


def _links(sample: Sample, walk: Walk) -> Iterator[Finding]:
    query = parse_qs(urlsplit(walk.links[0]).query)
    kept = [name for name in ("from", "state") if name in query]
    setting = "keeps_params" if len(kept) == len(("from", "state")) else "drops_params"
    parameters = ", ".join(f"`{name}`" for name in sorted(query) if name.isalpha())
    hosts = {urlsplit(link).netloc for link in walk.links}
    text = f"{len(walk.links)} links followed"
    if hosts != {sample.probe.client.host}:
        yield LINKS.no("another host", next_url="other_host")
    elif walk.is_repeated:
        yield LINKS.no(f"{text}, the last leads to its own page", next_url="repeats")
    elif walk.is_cycle:
        yield LINKS.no(
            f"{text}, the last leads back to an earlier one", next_url="cycles"
        )
    else:
        yield LINKS.yes(text, next_url=setting)
    yield LINK_PARAMETERS.is_it(setting == "keeps_params", f"they hold {parameters}")


def _memory(sample: Sample, walk: Walk) -> Iterator[Finding]:
    """Look on the pages after the first for returns in a state that was not requested."""
    rows = walk.followed
    if not rows:
        return
    other = sum(row.get("state") != walk.state for row in rows)
    text = f"{other} of {len(rows)} returns are in another state"
    between = [
        row
        for row in sample.returns
        if row.get("state") != walk.state
        and walk.window.start < (second(row, "created_at") or 0) <= walk.window.end
    ]
    if other or between:
        yield REMEMBERS_STATE.is_it(not other, text)
    else:
        yield REMEMBERS_STATE.cannot_tell(text)


@answers(REMEMBERS_START)
def start(sample: Sample) -> Iterator[Finding]:
    """Request the newest two returns, one per page, and follow the links beyond them."""
    window = sample.window("created_at")
    newest = sorted(set(seconds(window.rows, "created_at")), reverse=True)
    if sample.order != "desc" or len(newest) <= PAGES_BEFORE_START:
        yield REMEMBERS_START.cannot_tell(
            "the list is too short or is not sorted from new to old"
        )
        return
    first = newest[PAGES_BEFORE_START - 1]
    page = sample.page(period("created_at", first - 1, window.end), size=1)
    before = seen = 0
    while page.link and seen <= PAGES_BEFORE_START + GAPS and not before:
        page = sample.probe.follow(page.link)
        seen += 1
        before = sum(moment < first - 1 for moment in seconds(page.rows, "created_at"))
    text = f"returns from before it: {before} on {seen} pages"
    if seen and (before or not page.link):
        yield REMEMBERS_START.is_it(not before, text)
    else:
        yield REMEMBERS_START.cannot_tell(text)


def _cursor(link: str) -> list[str]:
    """Return the field names in a readable cursor."""
    text = parse_qs(urlsplit(link).query).get("cursor", [""])[0]
    try:
        content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return []
    is_plain = isinstance(content, dict)
    return [n for n in content if n.replace("_", "").isalpha()] if is_plain else []


@answers(TIES)
def ties(sample: Sample) -> Iterator[Finding]:
    """Request a second with several returns, one per page, and follow the links."""
    if sample.order not in {"asc", "desc"}:
        yield TIES.cannot_tell("the list is not sorted by the requested date")
        return
    found = _tie(sample)
    if found is None:
        yield TIES.cannot_tell("no two returns have the same timestamp")
        return
    column, at, keys = found
    page = sample.page(period(column, at - 1, at + 1), size=1)
    if not page.link or keys <= ids(page.rows):
        yield TIES.cannot_tell("one answer shows the whole second")
        return
    seen, gaps = ids(page.rows), 0
    while page.link and not keys <= seen and gaps <= GAPS:
        before = len(seen)
        page = sample.probe.follow(page.link)
        seen |= ids(page.rows) & keys
        gaps += len(seen) == before
        if page.rows and len(seen) == before:
            break
    shown = len(seen & keys)
    yield TIES.is_it(
        keys <= seen,
        f"{shown} of {len(keys)} returns in a second of `{column}`",
        ties="keep" if keys <= seen else "drop",
    )


def _tie(sample: Sample) -> tuple[str, int, set[str]] | None:
    """Return column, timestamp and ids of the smallest group of returns that share a timestamp."""
    found = []
    for column, page in sample.pages.items():
        groups: dict[int, list[Raw]] = defaultdict(list)
        for row in page.rows:
            if (moment := second(row, column)) is not None:
                groups[moment].append(row)
        found += [
            (len(ids(rows)), column, moment, ids(rows))
            for moment, rows in groups.items()
            if len(ids(rows)) > 1
        ]
    if not found:
        return None
    _, column, moment, keys = min(found, key=lambda tie: tie[:3])
    return column, moment, keys
