"""Guards of the engine: maturity, currency, size, comparison, reading only."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics import Engine, MetricsError
from metrics.definitions.dimensions import Dimension
from metrics.query import figures, runner
from metrics.query.intervals import newcombe, wilson
from metrics.question.filters import Filter, literals, read_filter, written
from metrics.question.periods import Period, first_day, last_month, read_period
from metrics.question.question import Question
from metrics.results import Answer
from metrics.warehouse import DuckDB
from tests.transform.conftest import Warehouse
from tests.transform.oracle.shop import Shop

pytestmark = pytest.mark.slow


def test_the_value_counts_mature_orders_and_the_young_ones_stand_beside_it(
    engine: Engine, shop: Warehouse
) -> None:
    answer = engine.query(Question(["order_return_rate"], time_grain="month"))
    for maturity, figure in (("mature_only", "value"), ("to_date", "to_date")):
        wanted = dict(
            shop.rows(
                "select period_start_date, metric_value from rpt_return_metrics"
                f" where metric_name = 'order_return_rate' and maturity = '{maturity}'"
                " and period_type = 'month'"
            )
        )
        assert len(wanted) > 6
        for row in answer.rows:
            day = dt.date.fromisoformat(str(row.period))
            found = (
                row.to_date.value if figure == "to_date" and row.to_date else row.value
            )
            assert found == pytest.approx(wanted.get(day))
    newest = answer.rows[-1]
    assert newest.maturity.status == "immature"
    assert newest.value is None
    assert "young orders" in " ".join(answer.warnings)


def test_a_filter_on_maturity_takes_the_place_of_the_guard(engine: Engine) -> None:
    both = Filter(dimension="is_mature", op="in", value=[True, False])
    [every] = engine.query(Question(["order_return_rate"], where=[both])).rows
    [guarded] = engine.query(Question(["order_return_rate"])).rows
    assert every.maturity.status == "as filtered"
    assert guarded.to_date is not None
    assert every.numerator == guarded.to_date.numerator
    assert every.denominator == guarded.to_date.denominator


def test_amounts_are_of_the_main_currency_and_say_so(two_currencies: Engine) -> None:
    question = Question(["refund_amount"])
    answer = two_currencies.query(question)
    assert answer.currency == "USD"
    assert "CAD is left out" in " ".join(answer.warnings)
    apart = two_currencies.query(
        Question(["refund_amount"], group_by=["currency_code"])
    )
    by_currency = {row.group["currency_code"]: row.value for row in apart.rows}
    assert by_currency.keys() == {"USD", "CAD"}
    assert answer.rows[0].value == by_currency["USD"]
    other = two_currencies.query(Question(["refund_amount"], currency="cad"))
    assert other.rows[0].value == by_currency["CAD"]
    named = Filter(dimension="currency_code", value="CAD")
    assert (
        two_currencies.query(Question(["refund_amount"], where=[named])).rows[0].value
        == (by_currency["CAD"])
    )


def test_counts_are_of_all_currencies_unless_one_is_named(
    two_currencies: Engine,
) -> None:
    [every] = two_currencies.query(Question(["eligible_orders"])).rows
    apart = two_currencies.query(
        Question(["eligible_orders"], group_by=["currency_code"])
    )
    assert every.value == sum(row.value for row in apart.rows)
    [one] = two_currencies.query(Question(["eligible_orders"], currency="CAD")).rows
    assert one.value in [row.value for row in apart.rows]
    assert one.value < every.value


def test_a_period_without_a_case_says_where_to_look(engine: Engine) -> None:
    answer = engine.query(Question(["counted_returns"], end_date="2020"))
    assert answer.rows == []
    assert "Nothing was counted" in " ".join(answer.warnings)


def test_a_rate_of_orders_has_values_of_goods_to_filter_by(engine: Engine) -> None:
    found = engine.dimension_values("product_category", "exchange_order_rate")
    assert found == engine.dimension_values("product_category")
    assert "Dresses" in found.values


def test_a_filters_values_may_contain_commas_in_quotes() -> None:
    for value in ("Dress, long", 'The "best"', "plain", True, None):
        assert read_filter("product_title", "=", written(value)).values() == [value]
    several = read_filter("product_title", "=", '"Dress, long", Top,null')
    assert several.values() == ["Dress, long", "Top", None]
    assert several.operator() == "in"


def test_two_currencies_are_never_added(two_currencies: Engine) -> None:
    both = Filter(dimension="currency_code", op="in", value=["USD", "CAD"])
    with pytest.raises(MetricsError, match="never added"):
        two_currencies.query(Question(["net_cost"], where=[both]))


def test_the_period_before_a_month_is_the_month_before(engine: Engine) -> None:
    def of(month: str, *, compare: bool = False) -> Question:
        return Question(
            ["order_return_rate"],
            start_date=month,
            end_date=month,
            compare_to_previous=compare,
        )

    [march] = engine.query(of("2026-03", compare=True)).rows
    [february] = engine.query(of("2026-02")).rows
    assert march.previous is not None
    assert march.previous.value == february.value
    assert march.previous.difference == pytest.approx(march.value - february.value)
    ends = march.previous.difference_interval
    assert ends is not None
    assert ends.lower < march.previous.difference < ends.upper


def test_each_month_is_compared_with_the_one_before_the_first_one_too(
    engine: Engine,
) -> None:
    question = Question(
        ["counted_returns"],
        time_grain="month",
        start_date="2026-01",
        end_date="2026-04",
        compare_to_previous=True,
    )
    rows = engine.query(question).rows
    [december] = engine.query(
        Question(["counted_returns"], start_date="2025-12", end_date="2025-12")
    ).rows
    former = [row.previous.value for row in rows if row.previous]
    assert former == [december.value, *(row.value for row in rows[:-1])]


@pytest.mark.parametrize("grain", ["week", "month", "quarter"])
def test_a_grain_does_not_widen_the_period(engine: Engine, grain: str) -> None:
    days = {"start_date": "2026-02-15", "end_date": "2026-03-10"}
    [whole] = engine.query(Question(["eligible_orders"], **days)).rows
    rows = engine.query(Question(["eligible_orders"], time_grain=grain, **days)).rows
    assert sum(row.value for row in rows) == whole.value


def test_a_period_is_compared_with_the_same_days_of_the_one_before(
    engine: Engine,
) -> None:
    def of(start: str, end: str, **more: Any) -> Answer:
        return engine.query(
            Question(["eligible_orders"], start_date=start, end_date=end, **more)
        )

    months = of(
        "2026-02-15", "2026-04-10", time_grain="month", compare_to_previous=True
    )
    for row, (start, end) in zip(
        months.rows,
        [
            ("2026-01-15", "2026-01-31"),
            ("2026-02-01", "2026-02-28"),
            ("2026-03-01", "2026-03-10"),
        ],
        strict=True,
    ):
        assert row.previous is not None
        assert row.previous.value == of(start, end).rows[0].value
    assert "2026-04-01 to 2026-04-10 are compared with" in " ".join(months.warnings)


def test_a_running_period_is_compared_with_as_many_days(
    engine: Engine, oracle: Shop
) -> None:
    through = oracle.data_through
    quarter = f"{through.year}-Q{(through.month + 2) // 3}"
    # The data end in another month than the quarter, or on its last day.
    end = Period(first_day(through, "quarter"), through).before("quarter").end
    start = first_day(end, "quarter")
    [wanted] = engine.query(
        Question(["eligible_orders"], start_date=str(start), end_date=str(end))
    ).rows
    for grain in (None, "quarter"):
        [row] = engine.query(
            Question(
                ["eligible_orders"],
                start_date=quarter,
                end_date=quarter,
                time_grain=grain,
                compare_to_previous=True,
            )
        ).rows
        assert row.previous is not None
        assert row.previous.value == wanted.value


@pytest.mark.parametrize(
    ("period", "through", "wanted"),
    [
        (("2026", "2026"), "2026-06-30", "2025-01-01 to 2025-06-30"),
        (("2026-06", "2026-06"), "2026-06-29", "2026-05-01 to 2026-05-29"),
        (("2026-Q2", "2026-Q2"), "2026-04-30", "2026-01-01 to 2026-01-31"),
        (("2026-03", "2026-03"), "2026-03-30", "2026-02-01 to 2026-02-28"),
        (("2026-06-08", "2026-06-14"), "2026-06-10", "2026-06-01 to 2026-06-03"),
        (("2026-05", "2026-05"), "2026-06-10", "2026-04-01 to 2026-04-30"),
    ],
)
def test_the_period_before_ends_on_the_day_that_the_data_end_on(
    period: tuple[str, str], through: str, wanted: str
) -> None:
    days = read_period(*period)
    assert days.previous(dt.date.fromisoformat(through)).text == wanted


def test_orders_and_shares_are_whole_however_many_groups_they_come_from(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = Question(["exchange_order_rate"], end_date="2025-12")
    small = Filter(dimension="return_reason", value="Too small")
    share = Question(
        ["return_reason_share"],
        group_by=["sku", "return_reason"],
        where=[small],
        limit=1000,
    )
    orders, rows = engine.orders_behind(behind).orders, engine.query(share).rows
    monkeypatch.setattr(figures, "MOST_GROUPS", len(rows) + 10)
    assert engine.query(share).rows == rows
    monkeypatch.setattr(figures, "MOST_GROUPS", 3)
    assert len(orders) > 3
    assert engine.orders_behind(behind).orders == orders
    with pytest.raises(MetricsError, match="more than 3 groups"):
        engine.query(share)


def test_a_value_is_spelled_as_in_the_warehouse_or_unlike_all_others() -> None:
    category = Dimension("category", "category", "", is_time=False)

    def read(value: str) -> list[str]:
        known = ["Dresses", "dresses", "Knit Tops", None]
        return literals(
            Filter(dimension="category", value=value), category, known, repr
        )

    assert read("Dresses") == ["'Dresses'"]
    assert read("dresses") == ["'dresses'"]
    assert read("knit  tops") == ["'Knit Tops'"]
    with pytest.raises(MetricsError, match='may be "Dresses" or "dresses"'):
        read("DRESSES")
    with pytest.raises(MetricsError, match='no value "None"'):
        read("None")


def test_a_filter_may_have_more_than_a_thousand_values(engine: Engine) -> None:
    first, last = engine.dimension_values("sku", "sold_units", limit=2).values
    few, many = (
        engine.query(
            Question(["sold_units"], where=[Filter(dimension="sku", value=values)])
        ).rows
        for values in ([first, last], [first] * 1000 + [last])
    )
    assert few == many


def test_the_search_for_a_value_reads_all_of_them(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    skus = engine.dimension_values("sku", "sold_units").values
    monkeypatch.setattr(runner, "MOST_VALUES", 5)
    for sku in (skus[0], skus[-1]):
        found = engine.dimension_values("sku", "sold_units", search=str(sku).lower())
        assert sku in found.values
    assert not engine.dimension_values("sku", "sold_units").is_complete


def test_groups_are_ordered_by_the_numbers_in_their_names(engine: Engine) -> None:
    for sign in ("", "-"):
        answer = engine.query(
            Question(
                ["timed_returns"],
                group_by=["return_week_bucket"],
                order=f"{sign}return_week_bucket",
            )
        )
        names = [row.group["return_week_bucket"] for row in answer.rows]
        assert None not in names[:-1]
        first = [int(re.match(r"\d+", name)[0]) for name in names if name]
        assert len(first) > 5
        assert first == sorted(first, reverse=bool(sign))


def test_a_note_on_young_orders_is_for_the_current_quarter_only(
    engine: Engine,
) -> None:
    assert "are young" in " ".join(engine.get_answer("products").warnings)
    before = Filter(dimension="period", value="2025-Q4")
    assert engine.get_answer("products", [before]).warnings == []


@pytest.mark.parametrize(
    ("dimension", "op", "value", "sentence"),
    [
        ("is_ranked", "=", "maybe", "does not fit its column"),
        ("sold_units", ">", "abc", "does not fit its column"),
        ("period_start_date", "=", "2026-13-01", "does not fit its column"),
        ("sold_units", ">", float("inf"), "is no number"),
    ],
)
def test_a_value_of_another_type_is_refused_with_a_sentence(
    engine: Engine, dimension: str, op: str, value: str | float, sentence: str
) -> None:
    where = [Filter(dimension=dimension, op=op, value=value)]
    with pytest.raises(MetricsError, match=sentence):
        engine.get_answer("products", where)


def test_a_text_is_not_compared_with_a_flag(engine: Engine) -> None:
    where = [Filter(dimension="is_mature", op=">", value="abc")]
    with pytest.raises(MetricsError, match="does not fit its column"):
        engine.query(Question(["sold_units"], where=where))


@pytest.mark.parametrize("year", ["9999", "0001"])
def test_a_year_out_of_the_calendar_is_refused_with_a_sentence(year: str) -> None:
    with pytest.raises(MetricsError, match="leave the date out"):
        read_period(year, year)


def test_shares_are_ranked_by_the_cautious_end_and_small_ones_are_marked(
    engine: Engine,
) -> None:
    answer = engine.query(Question(["unit_return_rate"], group_by=["sku"], limit=1000))
    lower = [row.interval.lower for row in answer.rows if row.interval]
    assert lower == sorted(lower, reverse=True)
    assert any(row.is_small for row in answer.rows)
    assert all(row.is_small == (int(row.denominator or 0) < 30) for row in answer.rows)
    assert "few cases" in " ".join(answer.warnings)


def test_a_class_without_a_case_has_a_share_of_zero(engine: Engine) -> None:
    none = Filter(dimension="outcome_group", value="none")
    answer = engine.query(
        Question(["outcome_share_returns"], where=[none], time_grain="month")
    )
    zeros = [row for row in answer.rows if row.value == 0]
    assert zeros
    assert all(row.numerator == 0 and row.denominator for row in zeros)


def test_the_warehouse_cannot_be_written_and_no_other_file_read(
    shop: Warehouse,
) -> None:
    warehouse = DuckDB(shop.database)
    for sql in (
        "create table analytics.mine (one int)",
        "delete from analytics.fct_orders",
        "copy (select 1) to '/tmp/stolen.csv'",
        "select * from read_text('/etc/hostname')",
        "attach ':memory:' as other",
        "set enable_external_access = true",
    ):
        with pytest.raises(MetricsError):
            warehouse.query(sql)


def test_a_build_can_write_between_two_questions(
    shop: Warehouse, tmp_path: Path
) -> None:
    # Other workers read the shop's own file meanwhile.
    own = shutil.copy(shop.database, tmp_path / "warehouse.duckdb")
    engine = Engine(DuckDB(own), shop.folder / "target" / "semantic_manifest.json")
    engine.query(Question(["counted_returns"]))
    with duckdb.connect(str(own)) as build:
        build.execute("begin; create table analytics.mine (one int); rollback")
    engine.query(Question(["counted_returns"]))


def test_what_is_missing_is_told_with_what_to_run(
    shop: Warehouse, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere.duckdb"
    manifest = shop.folder / "target" / "semantic_manifest.json"
    with pytest.raises(MetricsError, match="make demo"):
        Engine(DuckDB(nowhere), manifest).query(Question(["counted_returns"]))
    with pytest.raises(MetricsError, match="Is a directory"):
        DuckDB(tmp_path).query("select 1")
    with pytest.raises(MetricsError, match="meltano run build"):
        DuckDB(shop.database).query(
            "select of_the_next_version from analytics.fct_orders"
        )
    with pytest.raises(MetricsError, match="dbt writes it"):
        Engine(DuckDB(shop.database), tmp_path / "no.json").list_metrics()


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2026-06", "2026-06", ("2026-06-01", "2026-06-30")),
        ("2026-Q1", "2026-q2", ("2026-01-01", "2026-06-30")),
        ("2024", "2024-02", ("2024-01-01", "2024-02-29")),
        ("2026-06-03", "2026-06-09", ("2026-06-03", "2026-06-09")),
    ],
)
def test_a_period_reads_days_months_quarters_and_years(
    start: str, end: str, wanted: tuple[str, str]
) -> None:
    period = read_period(start, end)
    assert (str(period.start), str(period.end)) == wanted


def test_the_last_month_is_the_last_whole_one_of_the_data() -> None:
    june = Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert last_month(dt.date(2026, 6, 30)) == june
    assert last_month(dt.date(2026, 7, 30)) == june


def test_intervals_are_those_of_the_textbook() -> None:
    # Wilson 1927 and Newcombe 1998, method 10: 56 of 70 less 48 of 80.
    assert wilson(56, 70) == pytest.approx((0.6916, 0.8768), abs=1e-3)
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-3)
    assert wilson(0, 0) is None
