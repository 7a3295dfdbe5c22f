"""What a metric can be cut by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    """What a metric can be cut by."""

    name: str
    """Short name, such as ``product_category``."""
    path: str
    """MetricFlow's name, such as ``order_line__product_category``."""
    description: str
    is_time: bool
    is_hidden: bool = False
    """Keys of rows; they cut nothing that a person reads."""


def short_name(name: str) -> str:
    """Return a dimension's short name, as asked for in any spelling."""
    return str(name).strip().lower().replace(" ", "_").rsplit("__", 1)[-1]
