"""Steps of the check-up: functions that answer questions from a sample of the shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tap_loop_returns.checkup.question import CannotTellError, Finding, Question
from tap_loop_returns.checkup.sample import Sample

# What the code of a question raises on values that nobody thought of.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Step:
    """A part of the check-up: it answers its questions from a sample of the shop."""

    questions: tuple[Question, ...]
    answer: Callable[[Sample], Iterator[Finding]]

    def findings(self, sample: Sample) -> list[Finding]:
        """Return a finding for each question, in their order."""
        found: dict[str, Finding] = {}
        reason = ""
        try:
            for finding in self.answer(sample):
                found[finding.question.name] = finding
        except CannotTellError as error:
            reason = str(error)
        except UNFORESEEN as error:
            # Its text could hold a value.
            reason = f"an answer of unforeseen shape ({type(error).__name__})"
        nothing = sample.probe.stopped or "no such returns in the sample"
        return [
            found.get(question.name) or question.cannot_tell(reason or nothing)
            for question in self.questions
        ]


def answers(
    *questions: Question,
) -> Callable[[Callable[[Sample], Iterator[Finding]]], Step]:
    """Make a step of a function that answers these questions."""
    return lambda function: Step(questions, function)
