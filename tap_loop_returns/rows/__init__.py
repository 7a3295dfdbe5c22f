"""Builds rows from Loop's objects: the field tree, the value converters, the builder."""

from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]
"""An object as Loop sent it, decoded."""
Row = dict[str, Any]
"""A row of a stream, by column."""
