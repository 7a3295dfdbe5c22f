"""Prints the check-up as a table, and writes it as a file that may be published."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tap_loop_returns.checkup.question import Finding, Verdict
from tap_loop_returns.checkup.questions.fields import Field
from tap_loop_returns.errors import FileError

FILE = Path("loop-checkup.json")
HEADINGS = ("Question", "Answer", "Evidence", "The tap")
# Shares of the three columns other than the answers in the remaining width; width of the
# answers' column and least width of the table, in characters.
SHARES, ANSWER_WIDTH, LEAST_WIDTH = (0.36, 0.32, 0.32), 11, 100


@dataclass(frozen=True)
class Report:
    """Every question with its answer, without any value of a return."""

    tap: str
    api_version: str
    requests: int
    findings: list[Finding]
    fields: Mapping[str, Mapping[str, Field]]

    @property
    def contradictions(self) -> list[Finding]:
        """The answers that contradict what the tap relies on."""
        return [finding for finding in self.findings if finding.contradicts]

    @property
    def settings(self) -> dict[str, str]:
        """Switches that make the simulator behave like this shop."""
        found: dict[str, str] = {}
        for finding in self.findings:
            found |= finding.settings
        return found

    def to_json(self) -> str:
        """Return the file's text."""
        content: dict[str, Any] = {
            "tap": self.tap,
            "api_version": self.api_version,
            "requests": self.requests,
            "questions": [
                {
                    "name": finding.question.name,
                    "question": finding.question.text,
                    "answer": finding.verdict,
                    "evidence": finding.evidence,
                    "tap": finding.question.assumes,
                    "contradicts_the_tap": finding.contradicts,
                    "what_to_do": finding.what_to_do,
                }
                for finding in self.findings
            ],
            "simulator_switches": self.settings,
            "fields": {
                stream: {path: dict(one.kinds) for path, one in fields.items()}
                for stream, fields in self.fields.items()
            },
        }
        return json.dumps(content, indent=2) + "\n"

    def write(self) -> Path:
        """Write the file into the current folder, for its owner only; return its path.

        Raises:
            FileError: It cannot be written there.
        """
        new = FILE.with_suffix(".new")
        try:
            new.unlink(missing_ok=True)
            with os.fdopen(
                os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w"
            ) as out:
                out.write(self.to_json())
            return new.replace(FILE).resolve()
        except OSError as error:
            msg = (
                f"{FILE} cannot be written into {Path.cwd()} ({error.strerror}). Run the "
                "check-up in a folder where you may write."
            )
            raise FileError(msg) from None

    def table(self) -> str:
        """Return the table, followed by the answers that contradict the tap."""
        width = max(shutil.get_terminal_size((140, 24)).columns, LEAST_WIDTH)
        rest = width - ANSWER_WIDTH - 6
        question, evidence, tap = (int(share * rest) for share in SHARES)
        widths = (question, ANSWER_WIDTH, evidence, tap)
        lines = [_line(HEADINGS, widths), _line(["-" * w for w in widths], widths)]
        for one in self.findings:
            asked = one.question
            cells = (asked.text, one.verdict, one.evidence, asked.assumes)
            lines += _wrapped(cells, widths)
        return "\n".join([*lines, "", *self._summary()])

    def _summary(self) -> Iterator[str]:
        counts = ", ".join(
            f"{verdict}: {sum(f.verdict is verdict for f in self.findings)}"
            for verdict in Verdict
        )
        yield f"{len(self.findings)} questions, {self.requests} requests. {counts}."
        for one in self.contradictions:
            yield (
                f"Contradicts the tap: {one.question.text} {one.verdict.capitalize()} "
                f"({one.evidence}). {one.what_to_do}"
            )
        if not self.contradictions:
            yield "No answer contradicts what the tap relies on."


def _wrapped(cells: tuple[str, ...], widths: tuple[int, ...]) -> Iterator[str]:
    columns = [
        textwrap.wrap(cell, width) for cell, width in zip(cells, widths, strict=True)
    ]
    for row in zip_longest(*columns, fillvalue=""):
        yield _line(row, widths)


def _line(cells: Any, widths: tuple[int, ...]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
