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
    """Whether it is a key, which is not useful for grouping."""


def short_name(name: str) -> str:
    """Return a dimension's short name from any of its spellings."""
    return str(name).strip().lower().replace(" ", "_").rsplit("__", 1)[-1]
