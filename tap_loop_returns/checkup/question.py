"""The classes of a question about Loop, and of its answer for a shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tap_loop_returns.errors import LoopError


class Verdict(StrEnum):
    """An answer to a question."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


class CannotTellError(LoopError):
    """A question cannot be answered; the text says why."""


@dataclass(frozen=True)
class Finding:
    """The answer to one question, with its evidence."""

    question: Question
    verdict: Verdict
    evidence: str
    """Counts, types and names of fields; never a value of a return."""
    settings: dict[str, str] = field(default_factory=dict)
    """Switches that make the simulator behave like this shop."""
    advice: str = ""
    """What to do, if it differs from the question's own advice."""

    @property
    def contradicts(self) -> bool:
        """The answer contradicts what the tap relies on."""
        expected = self.question.expects
        return self.verdict is not Verdict.CANNOT_TELL and expected not in (
            None,
            self.verdict,
        )

    @property
    def what_to_do(self) -> str:
        """What to do if the answer contradicts the tap; else empty."""
        return (self.advice or self.question.advice) if self.contradicts else ""


@dataclass(frozen=True)
class Question:
    """A question that Loop's documentation leaves open."""

    name: str
    text: str
    assumes: str
    """What the tap or the models do; the tap is the subject of a sentence that has none."""
    expects: Verdict | None = None
    """The answer that the tap relies on; None if it works with any."""
    advice: str = "Open an issue with this file before you rely on the data."
    switches: tuple[str, ...] = ()
    """The simulator's switches for this behaviour."""

    def yes(self, evidence: str, **settings: str) -> Finding:
        """Answer yes."""
        return Finding(self, Verdict.YES, evidence, settings)

    def no(self, evidence: str, *, advice: str = "", **settings: str) -> Finding:
        """Answer no."""
        return Finding(self, Verdict.NO, evidence, settings, advice)

    def cannot_tell(self, evidence: str) -> Finding:
        """Return the finding "cannot tell"."""
        return Finding(self, Verdict.CANNOT_TELL, evidence)

    def is_it(self, answer: bool, evidence: str, **settings: str) -> Finding:  # noqa: FBT001
        """Answer yes or no."""
        return Finding(self, Verdict.YES if answer else Verdict.NO, evidence, settings)
