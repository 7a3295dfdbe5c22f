"""The fenced blocks of a page, by heading."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.project import ROOT

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+ .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block as the page shows it."""

    page: str
    heading: str
    language: str
    text: str


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page that name a language, from top to bottom."""
    text = (ROOT / page).read_text(encoding="utf-8")
    # Blocks are blanked, because a shell comment in one looks like a heading.
    bare = FENCE.sub(lambda found: "\n" * len(found[0]), text)
    headings = [(found.start(), found[1]) for found in HEADING.finditer(bare)]
    return [
        Block(
            page,
            next(
                name.lstrip("# ")
                for at, name in reversed(headings)
                if at < found.start()
            ),
            found[1],
            found[2],
        )
        for found in FENCE.finditer(text)
    ]


def block(page: str, heading: str, language: str = "sh") -> Block:
    """Return the one block of a language under a heading."""
    [found] = [
        one
        for one in blocks(page)
        if (one.heading, one.language) == (heading, language)
    ]
    return found
