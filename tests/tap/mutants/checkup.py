# Breaking private parts is the point here.
"""A broken check-up."""

from __future__ import annotations

from tap_loop_returns.checkup import probe, question

from .registry import mutant


@mutant("test_a_contradiction_says", "test_rates_in_whole_units_contradict")
def contradicts_nothing() -> None:
    """Reports no contradiction, whatever Loop does."""
    question.Finding.contradicts = False


@mutant("test_the_setting_of_each_switch", "test_rates_in_whole_units_contradict")
def every_answer_is_yes() -> None:
    """Answers each question with yes."""
    question.Question.is_it = lambda self, _is_so, *said, **named: self.yes(
        *said, **named
    )


@mutant("test_the_documented_loop_contradicts_nothing")
def doubts_everything() -> None:
    """Treats each answer as a contradiction."""
    question.Finding.contradicts = True


@mutant("test_the_setting_of_each_switch")
def stops_after_ten_requests() -> None:
    """Leaves most questions open."""
    probe.MOST_REQUESTS = 10
