"""Steps of the check-up: functions that answer questions from a sample of the shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tap_loop_returns.checkup.question import CannotTellError, Finding, Question
from tap_loop_returns.checkup.sample import Sample

# Exceptions that a step may raise on unexpected values.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Step:
    """Questions that one function answers from a sample of the shop."""

    questions: tuple[Question, ...]
    answer: Callable[[Sample], Iterator[Finding]]

    def findings(self, sample: Sample) -> list[Finding]:
        """Run the step; return one finding per question, in their order."""
        found: dict[str, Finding] = {}
        reason = ""
        try:
            for finding in self.answer(sample):
                found[finding.question.name] = finding
        except CannotTellError as error:
            reason = str(error)
        except UNFORESEEN as error:
            # Do not show the text of the exception: it could contain a value.
            reason = f"a response of unexpected format ({type(error).__name__})"
        nothing = sample.probe.stopped or "no such returns in the sample"
        return [
            found.get(question.name) or question.cannot_tell(reason or nothing)
            for question in self.questions
        ]


def answers(
    *questions: Question,
) -> Callable[[Callable[[Sample], Iterator[Finding]]], Step]:
    """Turn a function that answers these questions into a step."""
    return lambda function: Step(questions, function)
