"""Errors whose text says what to ask instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

NEAR = 5
"""Maximum number of similar names that an error lists."""


class MetricsError(Exception):
    """A question that cannot be answered as asked."""


def unknown(kind: str, name: str, known: Iterable[str], advice: str) -> MetricsError:
    """Return the error for an unknown name, with similar names.

    Args:
        kind: What the name stands for, such as ``metric``.
        name: The unknown name.
        known: All known names.
        advice: Where to find the other names.
    """
    near = similar(name, known)
    listed = f" Similar names are {', '.join(near)}." if near else ""
    return MetricsError(f"There is no {kind} {short(name)}.{listed} {advice}")


def similar(name: str, known: Iterable[str]) -> list[str]:
    """Return the most similar names, the nearest first."""
    lowered = {str(one).lower(): str(one) for one in known}
    asked = name.lower()
    words = set(asked.replace("_", " ").split())
    near = difflib.get_close_matches(asked, lowered, n=NEAR, cutoff=0.6)
    near += [one for one in lowered if asked and (asked in one or one in asked)]
    near += [one for one in lowered if words & set(one.replace("_", " ").split())]
    return [lowered[one] for one in dict.fromkeys(near)][:NEAR]


def short(text: object) -> str:
    """Return a text in quotes, shortened if it is long."""
    plain = " ".join(str(text).split())
    return f'"{plain[:60]}…"' if len(plain) > 60 else f'"{plain}"'  # noqa: PLR2004
