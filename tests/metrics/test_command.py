"""The command line: the engine's commands, printed as tables and as JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from metrics import Engine, tables
from metrics.__main__ import EXAMPLES, main
from metrics.completion import SHELLS
from metrics.question.filters import Filter
from metrics.question.question import Question
from metrics.tables import answer_csv
from tests.metrics.conftest import ROOT, changed, environment
from tests.transform.conftest import Warehouse
from tests.transform.oracle.shop import Shop

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
    assert "Of the eligible orders with the goods" in said
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


@pytest.mark.parametrize(
    "days",
    [
        ["--period", "2026-Q1", "--from", "2026-02"],
        ["--last-month", "--to", "2026-02"],
        ["--last-month", "--period", "2026"],
    ],
)
def test_no_option_for_days_is_ignored(
    days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", "counted_returns", *days]) == 1
    assert "give one of them" in capsys.readouterr().err


def test_a_month_whose_last_day_is_not_over_is_not_the_last_month(
    shop: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = changed(
        shop,
        tmp_path,
        "update rpt_data_through set data_through_date = date '2026-04-30',"
        " months_complete_through_date = date '2026-03-31'",
    )
    monkeypatch.setenv("DUCKDB_PATH", str(own.database))
    assert main(["query", "counted_returns", "--last-month", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["start_date"] == "2026-03-01"


def test_a_list_of_values_says_that_there_are_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["values", "sku", "--limit", "3"]) == 0
    assert "There are more values" in capsys.readouterr().out


def test_json_is_what_the_server_gives(capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--where", "product_category=Dresses,Tops", "--where", "is_mature=true"]
    assert main(["query", "unit_return_rate", *where, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["rows"]
    assert row["maturity"]["status"] == "as filtered"
    assert row["numerator"] < row["denominator"]


@pytest.mark.parametrize("verb", EXAMPLES)
def test_the_help_of_every_verb_has_examples(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ([], [verb]):
        with pytest.raises(SystemExit):
            main([*words, "--help"])
        said = capsys.readouterr().out
        assert all(f"  python -m metrics {one}\n" in said for one in EXAMPLES[verb])


@pytest.mark.parametrize(
    "example",
    [
        example
        for verb, examples in EXAMPLES.items()
        for example in examples
        if verb not in {"explore", "serve", "completion", "ossie"}
    ],
)
def test_every_example_of_the_help_prints_a_table(
    example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(example)) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_the_ossie_document_has_every_metric_of_the_semantic_layer(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ossie"]) == 0
    [model] = json.loads(capsys.readouterr().out)["semantic_model"]
    documented = {one["name"] for one in model["metrics"]}
    shares = {one.name for one in engine.catalog.metrics.values() if one.whole}
    assert engine.catalog.metrics.keys() - shares <= documented
    assert all(one["source"] for one in model["datasets"])


@pytest.fixture(scope="module")
def scripts(shop: Warehouse) -> dict[str, str]:
    """Return what `completion` prints for each shell."""
    return {
        shell: subprocess.run(
            [sys.executable, "-m", "metrics", "completion", shell],
            cwd=ROOT,
            env=os.environ | environment(shop),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for shell in SHELLS
    }


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("metrics exp", {"explore"}),
        ("metrics query exchange_order_r", {"exchange_order_rate"}),
        ("metrics query order_return_rate --gra", {"--grain"}),
        (
            "metrics query order_return_rate --grain ",
            {"day", "week", "month", "quarter", "year"},
        ),
        ("metrics query order_return_rate --by product_cat", {"product_category"}),
        ("metrics values acquisition_ch", {"acquisition_channel"}),
        ("metrics answer repurchase_c", {"repurchase_curve"}),
        ("metrics orders order_return_rate --side n", {"numerator"}),
    ],
)
def test_bash_completes_verbs_options_and_the_names_of_the_warehouse(
    scripts: dict[str, str], line: str, offered: set[str]
) -> None:
    words = line.split(" ")
    asking = (
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1};"
        f" _shtab_metrics metrics {shlex.quote(words[-1])} {shlex.quote(words[-2])};"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{scripts['bash']}\n{asking}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) == offered


def test_both_scripts_define_the_command_that_they_complete(
    scripts: dict[str, str], shop: Warehouse
) -> None:
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{scripts['bash']}\nmetrics list --search upsell"],
        cwd=ROOT,
        env=os.environ | environment(shop),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "upsell_rate" in done.stdout
    assert scripts["zsh"].startswith(scripts["bash"].splitlines()[0])
    assert "compdef _shtab_metrics -N metrics" in scripts["zsh"]
    assert "exchange_order_rate" in scripts["zsh"]


def test_completion_works_before_the_first_build(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    assert main(["completion", "bash"]) == 0
    said = capsys.readouterr()
    assert "repurchase" in said.out
    assert "make demo" in said.err


def test_a_named_answer_prints_every_column_that_has_a_value(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("products", "changes", "demand_by_size"):
        rows = engine.get_answer(name, limit=5).rows
        assert main(["answer", name, "--limit", "5"]) == 0
        words = set(re.findall(r"\w+", capsys.readouterr().out))
        columns = {one for row in rows for one in row if row[one] is not None}
        assert columns <= words


def test_square_brackets_are_printed_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    titles = ("Breton Tee [sale]", "[/b]", ":smile:")
    where = [word for one in titles for word in ("--where", f"product_title>{one}")]
    assert main(["query", "sold_units", *where]) == 0
    said = capsys.readouterr().out
    assert all(f"Shown: product_title > {one}\n" in said for one in titles)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (12345.6, "12,345.6"),
        (74570.0, "74,570"),
        (-39395.878, "-39,395.88"),
        (0.36538, "0.3654"),
        (1234, "1,234"),
    ],
)
def test_numbers_are_written_without_powers_of_ten(value: float, wanted: str) -> None:
    assert tables.text(value) == wanted


def test_a_difference_of_amounts_is_exact(engine: Engine) -> None:
    answer = engine.query(
        Question(["refund_amount"], time_grain="month", compare_to_previous=True)
    )
    pairs = [(row.value, row.previous) for row in answer.rows if row.previous]
    assert len(pairs) > 3
    for value, before in pairs:
        assert Decimal(before.difference) == Decimal(value) - Decimal(before.value)
    printed = tables.answer(answer).rows[-1][-1]
    assert printed.lstrip("+") == pairs[-1][1].difference


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "\uff1d1+1",
        "\u200b=1",
        "\ufeff=1",
        "\u3164=1",
        "\n=1",
        "a;=1+1",
        "\t1",
        "-x",
    ],
)
def test_csv_starts_no_formula_anywhere_in_a_cell(engine: Engine, text: str) -> None:
    answer = engine.query(Question(["sold_units"], group_by=["sku"], limit=1))
    answer.rows[0].group["sku"] = text
    [row] = csv.DictReader(io.StringIO(answer_csv(answer), newline=""))
    assert "'" in row["sku"]
    assert row["sku"].replace("'", "") == text


def test_csv_says_what_was_asked_and_whether_it_has_all_rows(engine: Engine) -> None:
    question = Question(
        ["sold_units"],
        group_by=["sku"],
        where=[Filter(dimension="product_category", value="Dresses")],
        start_date="2026-Q1",
        limit=1,
    )
    [row] = csv.DictReader(answer_csv(engine.query(question)).splitlines())
    assert row["filters"] == "product_category = Dresses"
    assert (row["start_date"], row["end_date"]) == ("2026-01-01", "")
    assert row["is_complete"] == "False"


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
    assert "Similar names are order_return_rate" in said.err
