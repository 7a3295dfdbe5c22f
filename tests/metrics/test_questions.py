"""The evaluation set: questions give the oracle's figures, or are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.metrics.conftest import Assistant
from tests.metrics.expected import expected, ratio
from tests.transform.conftest import Warehouse
from tests.transform.oracle.shop import Shop

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
QUESTIONS = yaml.safe_load((HERE / "questions.yml").read_text("utf-8"))
REFUSED = yaml.safe_load((HERE / "refused.yml").read_text("utf-8"))


def id_of(case: dict[str, Any]) -> str:
    return case["question"]


@pytest.fixture(scope="module")
def by_hand(shop: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection without the engine; opening the file takes longer than most queries."""
    with duckdb.connect(str(shop.database), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("case", QUESTIONS, ids=id_of)
def test_a_question_gives_the_figure_of_the_oracle_however_its_call_is_spelt(
    assistant: Assistant,
    oracle: Shop,
    by_hand: duckdb.DuckDBPyConnection,
    case: dict[str, Any],
) -> None:
    wanted = expected(oracle, case["oracle"])
    assert wanted
    answers = [assistant.call("query_metrics", **call) for call in forms(case["call"])]
    for answer in answers:
        assert answer["is_complete"]
        assert answer["data_through"] == oracle.data_through.isoformat()
        figures = figures_of(answer, case["oracle"].get("by", []))
        assert figures == {key: parts(one) for key, one in wanted.items()}
        for row in answer["rows"]:
            assert_follows_from_its_parts(row)
    assert_sql_gives_the_rows(by_hand, answers[0])


def figures_of(answer: dict[str, Any], by: list[str]) -> dict[tuple[Any, ...], Any]:
    """Return the parts of the figures by group, without immature rows and empty ones."""
    found = {}
    for row in answer["rows"]:
        groups = row["group"] | {"month": row["period"], "quarter": row["period"]}
        key = tuple(groups[name] for name in by)
        if row["maturity"]["status"] == "immature":
            assert row["value"] is None
            assert row["to_date"] is not None
            continue
        above = row["value"] if row["numerator"] is None else row["numerator"]
        if above != 0 or row["denominator"] is not None:
            found[key] = parts((above, row["denominator"]))
    return found


def parts(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    above, below = (None if one is None else Decimal(str(one)) for one in pair)
    return above, below


def assert_follows_from_its_parts(row: dict[str, Any]) -> None:
    if row["numerator"] is not None and row["value"] is not None:
        pair = (row["numerator"], row["denominator"])
        assert row["value"] == pytest.approx(ratio(pair), abs=1e-9)
    if row["interval"]:
        ends = row["interval"]
        assert ends["lower"] - 1e-12 <= row["value"] <= ends["upper"] + 1e-12


def assert_sql_gives_the_rows(
    by_hand: duckdb.DuckDBPyConnection, answer: dict[str, Any]
) -> None:
    """Run the SQL of an answer as a person would, without the engine."""
    [value] = [one for one in answer["sql"] if one["purpose"] == "value"]
    found = by_hand.execute(value["sql"])
    place = [one[0] for one in found.description].index(value["metric"])
    rows = sorted(float(row[place]) for row in found.fetchall() if row[place])
    told = sorted(float(row["value"]) for row in answer["rows"] if row["value"])
    assert [float(one) for one in told if one] == pytest.approx(
        [one for one in rows if one], abs=1e-9
    )


def forms(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a call in three spellings of the same question."""
    spelt = dict(call)
    spelt["metrics"] = [name.upper().replace("_", " ") for name in call["metrics"]]
    spelt["group_by"] = [f"any__{name}" for name in call.get("group_by", [])]
    spelt["where"] = [
        {**one, "dimension": one["dimension"].upper(), **as_list(one)}
        for one in reversed(call.get("where", []))
    ]
    dated = dict(call)
    dated["where"] = [
        {**one, "value": lowered(one["value"])} for one in call.get("where", [])
    ]
    if "start_date" in call:
        dated["start_date"] = day(call["start_date"], is_end=False)
    if "end_date" in call:
        dated["end_date"] = day(call["end_date"], is_end=True)
    return [call, spelt, dated]


def as_list(one: dict[str, Any]) -> dict[str, Any]:
    op = {"=": "IN", "!=": "not_in"}.get(one["op"], one["op"].upper())
    value = one["value"]
    return {"op": op, "value": value if isinstance(value, list) else [value]}


def lowered(value: Any) -> Any:
    if isinstance(value, list):
        return [lowered(one) for one in value]
    return value.lower() if isinstance(value, str) else value


def day(text: str, *, is_end: bool) -> str:
    """Spell a month, quarter or year as its first or last day."""
    text = str(text)
    year, _, part = text.partition("-")
    if text.count("-") > 1:
        return text
    first, months = 1, 12
    if part:
        first = int(part[1]) * 3 - 2 if part[0] == "Q" else int(part)
        months = 3 if part[0] == "Q" else 1
    if not is_end:
        return dt.date(int(year), first, 1).isoformat()
    after = int(year) * 12 + first - 1 + months
    return (dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(1)).isoformat()


def test_the_set_is_large_enough() -> None:
    assert len({case["question"] for case in QUESTIONS}) >= 80
    assert len({case["question"] for case in REFUSED}) >= 30


@pytest.mark.parametrize("case", REFUSED, ids=id_of)
def test_what_is_out_of_scope_is_refused_with_what_is_possible(
    assistant: Assistant, shop: Warehouse, case: dict[str, Any]
) -> None:
    before = shop.database.stat().st_mtime_ns
    tool = case.get("tool", "query_metrics")
    sentence = assistant.refusal(tool, **case["call"])
    assert case["says"] in sentence
    assert shop.database.stat().st_mtime_ns == before
