"""Paths of the files that the demo reads and writes."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUTPUT = ROOT / "output"
RAW = OUTPUT / "raw.duckdb"
WAREHOUSE = OUTPUT / "warehouse.duckdb"
LOGS = OUTPUT / "logs"
MARKER = OUTPUT / "demo.json"
# The folder of the programs that are installed with this Python.
PROGRAMS = Path(sys.executable).parent
