"""Completion of the command line in bash and zsh."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import shtab

if TYPE_CHECKING:
    import argparse

COMMAND = "metrics"
"""The shell function that the script defines; shells cannot complete `python -m`."""
SHELLS = ("bash", "zsh")


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return a script that defines the command and completes its words.

    Args:
        parser: The command line, with the names to complete as its choices.
        shell: One of ``SHELLS``.
    """
    python = shlex.quote(sys.executable)
    function = f'{COMMAND}() {{ {python} -m metrics "$@"; }}\n'
    return function + shtab.complete(parser, shell)
