"""Each of the analysts' questions is one short query that gives the oracle's figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.oracle.comparison import wrong_rows
from tests.transform.oracle.questions import COMPARED_ELSEWHERE
from tests.transform.oracle.questions import QUESTIONS as OTHERS
from tests.transform.oracle.questions_of_events import QUESTIONS as OF_EVENTS
from tests.transform.oracle.shop import Shop
from tests.transform.worlds.table import build_world, oracle_of
from tools import tables

pytestmark = pytest.mark.slow

WORLD = "a shop in New York"
QUESTIONS = OTHERS | OF_EVENTS
FILES = sorted(tables.QUESTIONS.rglob("*.sql"))
MOST_LINES = 10
LABELS = {"returns_by_destination": 1}
"""Number of columns after the key that only describe it."""


@pytest.fixture(scope="module")
def world(warehouse: Callable[..., Warehouse]) -> Iterator[tuple[Warehouse, Shop]]:
    with build_world(warehouse, WORLD).opened() as built:
        yield built, oracle_of(WORLD)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_question_is_a_short_query(file: Path) -> None:
    question, *query = file.read_text().splitlines()
    assert question.startswith("-- ")
    assert question.endswith("?")
    assert len(query) <= MOST_LINES


def test_every_question_is_computed_a_second_time() -> None:
    assert {file.stem for file in FILES} == QUESTIONS.keys() | COMPARED_ELSEWHERE


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_question_comes_to_what_the_oracle_says(
    world: tuple[Warehouse, Shop], file: Path
) -> None:
    built, shop = world
    rows = built.rows(tables.plain(file.read_text()))
    if file.stem in COMPARED_ELSEWHERE:
        assert rows
        return
    expected = QUESTIONS[file.stem](shop)
    keys = len(next(iter(expected), ()))
    skipped = keys + LABELS.get(file.stem, 0)
    found = {row[:keys]: row[skipped:] for row in rows}
    assert found.keys() == expected.keys()
    assert wrong_rows(expected, found) == []


def test_every_table_answers_a_question() -> None:
    told = "".join(file.read_text() for file in FILES)
    names = {model["name"] for model in tables.models()}
    assert {name for name in names if f"'{name}'" not in told} == set()
