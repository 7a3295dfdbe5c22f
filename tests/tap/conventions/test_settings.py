"""Wrong settings are refused at the start, in one sentence each, without secrets."""

from __future__ import annotations

import pytest

from tap_loop_returns.settings import SETTINGS, problems

GOOD = {"api_key": "k"} | {
    name: prop["default"]
    for name, prop in SETTINGS["properties"].items()
    if "default" in prop
}


def test_the_defaults_and_a_key_are_enough() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("api_key", None, "missing"),
        ("api_key", "", "must be your Loop API key"),
        ("api_key", "line\nbreak", "must be your Loop API key"),
        ("api_key", "key-of-a-file\n", "no line break"),
        ("api_version", "2026-10\n", "a version such as"),
        ("api_url", "api.loopreturns.com", "http or https"),
        ("api_url", "https://[x/api", "http or https"),
        ("api_url", "https://loop.test:99999/api", "http or https"),
        ("start_date", "yesterday", "a date or date-time"),
        ("start_date", "2999-01-01", "future"),
        ("end_date", "2020-13-01", "a date or date-time"),
        ("states", [], "one or more of open, closed"),
        ("states", ["opened"], "one or more of open, closed"),
        ("page_size", 0, "from 1 to 750"),
        ("page_size", 751, "from 1 to 750"),
        ("page_size", "100", "from 1 to 750"),
        ("page_size", True, "from 1 to 750"),
        ("lookback_minutes", -1, "from 0 up"),
        ("requests_per_minute", 0, "from 1 up"),
        ("parallel_requests", 33, "from 1 to 32"),
        ("personal_data", "erase", "keep, hash or drop"),
        ("personal_data", "hash", "personal_data_salt"),
        ("personal_data_salt", "x", "at least 16 characters"),
        ("api_key", "two words", "no blanks"),
        ("page_size", 100.0, "from 1 to 750"),
    ],
)
def test_a_wrong_value_gives_one_sentence(name, value, said) -> None:
    (problem,) = problems({**GOOD, name: value})
    assert said in problem
    assert f"`{name}" in problem
    assert problem.endswith(".")


def test_dates_must_be_in_order() -> None:
    (problem,) = problems(
        {**GOOD, "start_date": "2025-02-01", "end_date": "2025-01-01"}
    )
    assert "`end_date` is before `start_date`" in problem


def test_a_key_of_the_wrong_type_is_not_quoted() -> None:
    (problem,) = problems({**GOOD, "api_key": 123456789})
    assert "123456789" not in problem
