"""The command line: the engine's commands, printed as tables and as JSON."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest

from metrics import Engine
from metrics.__main__ import main
from metrics.question.question import Question
from metrics.tables import answer_csv
from tests.metrics.conftest import environment
from tests.transform.conftest import Warehouse
from tests.transform.oracle import Shop

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def here(shop: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(shop).items():
        monkeypatch.setenv(name, value)


def test_a_question_is_answered_as_a_table_with_its_definition_and_date(
    capsys: pytest.CaptureFixture[str], oracle: Shop
) -> None:
    words = ["query", "exchange_order_rate", "--by", "product_category"]
    assert main([*words, "--period", "2026-Q1"]) == 0
    said = capsys.readouterr().out
    assert "Dresses" in said
    assert "Share of the orders with the goods" in said
    assert f"Data through {oracle.data_through}" in said


def test_the_last_month_is_that_of_the_data(
    capsys: pytest.CaptureFixture[str], oracle: Shop
) -> None:
    assert main(["query", "counted_returns", "--last-month", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    # The last month that the data covers completely.
    end = (oracle.data_through + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    assert answer["start_date"] == str(end.replace(day=1))
    assert answer["end_date"] == str(end)


def test_json_is_what_the_server_gives(capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--where", "product_category=Dresses,Tops", "--where", "is_mature=true"]
    assert main(["query", "unit_return_rate", *where, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["rows"]
    assert row["maturity"]["status"] == "as filtered"
    assert row["numerator"] < row["denominator"]


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--search", "exchange"],
        ["describe", "order_return_rate"],
        ["dimensions", "unit_return_rate"],
        ["values", "acquisition_channel"],
        [
            "query",
            "order_return_rate",
            "--grain",
            "month",
            "--from",
            "2026",
            "--compare",
        ],
        ["answers"],
        ["answer", "repurchase"],
        ["orders", "order_return_rate", "--limit", "3"],
    ],
    ids=lambda words: words[0],
)
def test_every_verb_prints_a_table(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_csv_keeps_amounts_exact_and_starts_no_formula(engine: Engine) -> None:
    answer = engine.query(
        Question(
            ["refund_amount", "net_cost"], group_by=["acquisition_channel"], limit=5
        )
    )
    amounts = [row.value for row in answer.rows]
    answer.rows[0].group["acquisition_channel"] = "=cmd()"
    answer.rows[1].value = "-12.50"
    rows = list(csv.DictReader(answer_csv(answer).splitlines()))
    assert rows[0]["acquisition_channel"] == "'=cmd()"
    assert rows[1]["value"] == "-12.50"
    assert [row["value"] for row in rows[2:]] == amounts[2:]
    assert {row["currency"] for row in rows} == {"USD"}


def test_a_refusal_is_a_sentence_and_an_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["query", "order_return_rat"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Near ones are order_return_rate" in said.err
