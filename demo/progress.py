"""Runs a long program and shows its progress."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console

from demo import paths

console = Console(highlight=False)
if not console.is_terminal:
    console.width = 100

LAST_LINES = 25
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class StepError(Exception):
    """A step failed; the message gives the reason and the log file."""


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Show a step with its running time; yield a function that shows details."""
    started = time.monotonic()
    if not console.is_terminal:
        console.print(f"... {title}")
    with console.status(title) as status:

        def tell(detail: str) -> None:
            width = max(console.width - len(title) - 8, 10)
            status.update(f"{title} [dim]{detail[:width]}[/]")

        yield tell
    seconds = time.monotonic() - started
    console.print(f"[green]ok[/]  {title} [dim]({seconds:.0f} s)[/]")


def run(
    name: str, command: list[str], env: Mapping[str, str], tell: Callable[[str], None]
) -> str:
    """Run a program and write its output to a file under output/logs.

    Args:
        name: Name of the log file.
        command: Program and arguments.
        env: The environment.
        tell: Called with each line of output.

    Returns:
        The output.

    Raises:
        StepError: The program failed.
    """
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f"{name}.log"
    lines = []
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            command,
            cwd=paths.ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for raw in process.stdout or ():
            line = _COLOUR.sub("", raw)
            file.write(line)
            lines.append(line)
            tell(line.strip())
    if process.returncode:
        where = log.relative_to(paths.ROOT)
        message = f"{name} failed; all of its output is in {where}. It ended with:\n\n"
        raise StepError(message + "".join(lines[-LAST_LINES:]))
    return "".join(lines)
