"""Dimensions that metrics can be grouped and filtered by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    """A dimension that metrics can be grouped and filtered by."""

    name: str
    """Short name, such as ``product_category``."""
    path: str
    """MetricFlow's name, such as ``order_line__product_category``."""
    description: str
    is_time: bool
    is_hidden: bool = False
    """Whether lists leave it out, because it is of no use for grouping (such as a key)."""


def short_name(name: str) -> str:
    """Return a dimension's short name from any of its spellings."""
    return str(name).strip().lower().replace(" ", "_").rsplit("__", 1)[-1]
