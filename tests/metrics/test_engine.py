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
from tests.metrics.conftest import changed, engine_of
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


def test_a_rate_beside_an_amount_is_of_all_currencies(two_currencies: Engine) -> None:
    both = two_currencies.query(Question(["order_return_rate", "refund_amount"]))
    for row in both.rows:
        [alone] = two_currencies.query(Question([row.metric])).rows
        assert row == alone
    assert "currency_code = USD in refund_amount" in both.filters


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


@pytest.mark.parametrize(
    ("metric", "dimension"),
    [
        ("units_sent_back", "sales_channel"),
        ("labels_of_returns", "new_or_returning"),
        ("milestones_reached", "acquisition_channel"),
        ("exchanged_items", "order_channel"),
        ("exchanged_items", "acquisition_channel"),
    ],
)
def test_a_dimension_of_another_table_groups_and_filters(
    engine: Engine, metric: str, dimension: str
) -> None:
    groups = engine.query(Question([metric], group_by=[dimension])).rows
    values = engine.dimension_values(dimension, metric).values
    named = [row for row in groups if row.group[dimension] is not None]
    assert named
    for row in named:
        value = row.group[dimension]
        assert value in values
        one = Filter(dimension=dimension, value=value)
        [found] = engine.query(Question([metric], where=[one])).rows
        assert found.value == row.value


def test_returned_units_have_the_channel_of_their_order_also_without_a_sold_line(
    engine: Engine, shop: Warehouse
) -> None:
    wanted = shop.rows(
        "select orders.new_or_returning, count(*) from fct_return_lines as units"
        " left join (select sm_order_key, case when is_first_customer_order then 'new'"
        " when sm_customer_key is null then 'guest' else 'returning' end"
        " as new_or_returning from fct_orders) as orders using (sm_order_key)"
        " where is_counted_return and is_merchandise and not is_over_line_quantity"
        " group by 1"
    )
    rows = engine.query(
        Question(["units_sent_back"], group_by=["new_or_returning"])
    ).rows
    assert {row.group["new_or_returning"]: row.value for row in rows} == dict(wanted)


def test_a_day_is_listed_as_a_filter_reads_it(engine: Engine) -> None:
    for metric, name in (
        ("eligible_orders", "order_date"),
        ("counted_returns", "first_order_date"),
    ):
        day = engine.dimension_values(name, metric, limit=1).values[0]
        one = Filter(dimension=name, op=">=", value=day)
        assert engine.query(Question([metric], where=[one])).rows


def test_a_filter_is_checked_however_many_values_there_are(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku = str(engine.dimension_values("sku", "sold_units").values[-1])

    def of(value: str, op: str = "=") -> Answer:
        one = Filter(dimension="sku", op=op, value=value)
        return engine.query(Question(["sold_units"], where=[one]))

    wanted = of(sku).rows, of(sku, "!=").rows
    monkeypatch.setattr(runner, "MOST_VALUES", 5)
    assert (of(sku.lower()).rows, of(sku.lower(), "!=").rows) == wanted
    with pytest.raises(MetricsError, match="no value"):
        of(f"{sku}-gone", "!=")


def test_a_value_is_found_by_its_words_in_any_order(engine: Engine) -> None:
    title = next(
        str(one)
        for one in engine.dimension_values("product_title").values
        if " " in str(one)
    )
    words = " ".join(reversed(title.lower().split()))
    assert title in engine.dimension_values("product_title", search=words).values


def test_cases_without_a_date_are_in_no_period(engine: Engine, shop: Warehouse) -> None:
    [(undated,)] = shop.rows(
        "select count(*) from dim_customers where first_order_date is null"
    )
    assert undated
    [every] = engine.query(Question(["customers"])).rows
    for compare in (False, True):
        answer = engine.query(
            Question(
                ["customers"],
                time_grain="month",
                compare_to_previous=compare,
                limit=1000,
            )
        )
        assert sum(row.value for row in answer.rows) == every.value - undated
        if not compare:
            assert "cases without first_order_date" in " ".join(answer.warnings)
    for metric in ("customer_return_rate", "timed_returns"):
        rows = engine.query(Question([metric], time_grain="week")).rows
        assert all(row.period for row in rows)


def test_a_share_of_two_dates_names_both(engine: Engine) -> None:
    told = engine.describe_metric("net_return_cost_pct_gross_by_return")
    assert told.date == "settled_date, divided by amounts by order_date"
    assert engine.describe_metric("net_return_cost_pct_gross").date == "order_date"


def test_a_group_without_settled_returns_has_no_net_cost(engine: Engine) -> None:
    question = Question(
        ["net_return_cost_pct_gross_by_return"], time_grain="day", limit=1000
    )
    rows = engine.query(question).rows
    assert all(row.value is not None for row in rows if float(row.denominator or 0))
    assert any(row.numerator == "0.00" for row in rows)


def test_a_share_of_a_second_level_reason_is_of_all_reasons_or_of_its_first_level(
    engine: Engine, shop: Warehouse
) -> None:
    small = Filter(dimension="return_reason", value="Too small")
    size = Filter(dimension="parent_return_reason", value="Size")
    alone = engine.query(Question(["return_reason_share"], where=[small]))
    [every] = engine.query(Question(["units_sent_back"])).rows
    assert alone.rows[0].denominator == every.value
    assert "group by parent_return_reason too" in " ".join(alone.warnings)
    [wanted] = shop.rows(
        "select returned_units, group_units from rpt_return_reasons where reason_level"
        " = 'child' and dimension_type = 'all' and period_type = 'all'"
        " and parent_return_reason = 'Size' and return_reason = 'Too small'"
    )
    for question in (
        Question(["return_reason_share"], where=[small, size]),
        Question(
            ["return_reason_share"], group_by=["parent_return_reason"], where=[small]
        ),
    ):
        [row] = [
            one
            for one in engine.query(question).rows
            if one.group.get("parent_return_reason", "Size") == "Size"
        ]
        assert (row.numerator, row.denominator) == wanted


def test_rows_of_a_group_are_in_the_order_of_time(engine: Engine) -> None:
    question = Question(
        ["counted_returns"],
        group_by=["outcome_group"],
        time_grain="month",
        order="-outcome_group",
    )
    rows = [
        (row.group["outcome_group"], row.period) for row in engine.query(question).rows
    ]
    groups = list(dict.fromkeys(group for group, _ in rows))
    assert rows == sorted(rows, key=lambda row: (groups.index(row[0]), row[1]))


def test_groups_that_are_periods_are_not_compared(engine: Engine) -> None:
    question = Question(
        ["counted_returns"],
        group_by=["return_date"],
        start_date="2026-01",
        end_date="2026-03",
        compare_to_previous=True,
    )
    with pytest.raises(MetricsError, match="give time_grain"):
        engine.query(question)


def test_orders_after_the_last_day_of_data_are_not_compared(
    shop: Warehouse, tmp_path: Path, oracle: Shop
) -> None:
    # The returns were synced some days before the orders.
    through = oracle.data_through - dt.timedelta(4)
    engine = engine_of(
        changed(
            shop,
            tmp_path,
            f"update rpt_data_through set data_through_date = date '{through}'",
        )
    )

    def of(start: dt.date, end: dt.date, **more: Any) -> Answer:
        days = {"start_date": str(start), "end_date": str(end)}
        return engine.query(Question(["eligible_orders"], **days, **more))

    start = oracle.data_through - dt.timedelta(13)
    for grain in (None, "day"):
        answer = of(
            start, oracle.data_through, time_grain=grain, compare_to_previous=True
        )
        [wanted] = of(start, through).rows
        assert sum(row.value for row in answer.rows) == wanted.value
        assert any(row.previous for row in answer.rows)


def test_a_shop_that_ended_does_not_end_the_others(
    shop: Warehouse, tmp_path: Path, oracle: Shop
) -> None:
    engine = engine_of(
        changed(
            shop,
            tmp_path,
            "alter table rpt_data_through add column sm_store_id varchar",
            "update rpt_data_through set sm_store_id = (select min(sm_store_id) from fct_orders)",
            "insert into rpt_data_through by name select * replace ('closed' as sm_store_id,"
            " date '2025-11-30' as data_through_date, 'GBP' as main_currency_code)"
            " from rpt_data_through",
            "update fct_orders set sm_store_id = 'closed' where order_date < date '2025-09-01'",
            "insert into dim_currencies values ('GBP', 'closed', 1, 1, true)",
        )
    )

    def of(*shops: str, metric: str = "eligible_orders", start: str = "2026") -> Answer:
        where = [Filter(dimension="sm_store_id", value=list(shops))] if shops else []
        return engine.query(Question([metric], where=where, start_date=start))

    live = next(
        str(one)
        for one in engine.dimension_values("sm_store_id", "eligible_orders").values
        if one != "closed"
    )
    answer = of(live.upper())
    assert answer.data_through == oracle.data_through
    assert answer.rows == of().rows
    assert "on different days" in " ".join(of().warnings)
    assert of(live, metric="gross_revenue_of_cost").currency == "USD"
    with pytest.raises(MetricsError, match="data end on 2025-11-30"):
        of("closed")
    with pytest.raises(MetricsError, match="never added"):
        of(metric="gross_revenue_of_cost")


def test_a_filter_of_a_report_keeps_what_is_unlike_its_value(engine: Engine) -> None:
    every = engine.get_answer("outstanding", limit=1000).rows
    carrier = next(row["carrier"] for row in every if row["carrier"])
    others = [row for row in every if row["carrier"] != carrier]
    assert any(row["carrier"] is None for row in others)
    for op, value in (("!=", carrier), ("not in", [carrier])):
        where = [Filter(dimension="carrier", op=op, value=value)]
        assert engine.get_answer("outstanding", where, limit=1000).rows == others


def test_an_empty_report_names_the_default_filters(engine: Engine) -> None:
    rows = engine.get_answer(
        "sizes", [Filter(dimension="option_name", value="colour")], limit=1
    ).rows
    one = Filter(dimension="option_value", value=rows[0]["option_value"])
    answer = engine.get_answer("sizes", [one])
    assert answer.rows == []
    assert "include maturity = to_date" in answer.warnings[0]
    assert "option_name = size" in answer.warnings[0]


def test_a_filter_of_a_report_has_its_columns_type(engine: Engine) -> None:
    # BigQuery compares no number with a text.
    for dimension, op, value, wanted in (
        ("sold_units", ">", "20", "sold_units > 20"),
        ("unit_return_rate", ">=", "0.5", "unit_return_rate >= 0.5"),
        ("is_ranked", "=", "TRUE", "is_ranked = true"),
        ("product_title", ">", 20, "product_title > '20'"),
    ):
        where = [Filter(dimension=dimension, op=op, value=value)]
        assert wanted in engine.get_answer("products", where).sql


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


@pytest.mark.parametrize("text", ["2026-W10", "2026-W10-1", "2026-6-1"])
def test_a_week_or_a_short_date_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(MetricsError, match="write 2026-06-30"):
        read_period(text, text)


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
    with pytest.raises(MetricsError, match="meltano run dbt-duckdb:build"):
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
