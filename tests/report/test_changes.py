"""What changed: the sentences of the first page and of the command, and each figure's
difference from the period before."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from report.html import PAGE
from tests.report.figures import share

ROOT = PAGE.parents[1]
NOBODY = "delete from rpt_return_alerts"
NOTHING = "update rpt_return_changes set mover_rank = null"
VERDICTS = "rpt_return_changes where compared_metric_name = 'unit_return_rate_expected'"
SETTLED = "delete from rpt_refund_liability"


def sentences(view, page: str) -> list[str]:
    view.goto(page)
    view.wait_for_selector("main[data-page=glance]")
    return view.locator(".changed li").all_inner_texts()


def alert(noticed: str, evidence: int, text: str) -> str:
    return f"""
        insert into rpt_return_alerts by name
        select 'product' as dimension_type, '{text}' as dimension_value,
            'all' as reason_group, 'Dresses' as peer_group, '{text}' as product_title,
            date '{noticed}' as noticed_date, {evidence} as evidence,
            '{text}: 62 of 240 units' as alert_text
    """


def test_the_command_prints_the_sentences_of_the_page(report, view, shown):
    made = report("shop")
    shown(view, made, "glance")
    said = view.locator(".changed li").evaluate_all(
        "items => items.map(item => item.firstChild.textContent.trim())"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "report", "sentences"),
            *("--warehouse", str(made.warehouse)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    verdict = view.locator(".answer").inner_text()
    assert done.stdout.splitlines() == [verdict, *said]
    assert len(said) == 3
    heading = view.locator(".changed h2").inner_text()
    assert heading == "What changed in the week to 30 Jun 2026"


def test_each_sentence_leads_to_its_page(report, view, shown):
    made = report("shop")
    shown(view, made, "glance")
    links = view.locator(".changed a").evaluate_all("all => all.map(one => one.hash)")
    assert len(links) == 3
    for link in links:
        name = re.match(r"#/(\w+)", link)[1]
        view.goto(f"{made.page.as_uri()}{link}")
        view.wait_for_selector(f"main[data-page={name}]")
        if part := re.search(r"part=([\w-]+)", link):
            assert view.evaluate("document.activeElement.id") == part[1]
            heading = view.locator(f"#{part[1]}").bounding_box()
            assert heading["y"] < 120


def test_the_clearest_warning_of_the_last_week_comes_first(altered, view):
    page = altered(
        NOBODY,
        alert("2026-05-01", 900, "Old"),
        alert("2026-06-29", 200, "Fresh"),
        alert("2026-06-25", 500, "Clear\n<b>x</b>"),
        world="shop",
    )
    said = sentences(view, page)[0]
    # A line break in a name would make two lines of a mail.
    assert said.startswith(
        "New early warning (1 more warning): Clear <b>x</b>: 62 of 240 units."
    )


def test_older_warnings_are_counted(altered, view):
    page = altered(NOBODY, alert("2026-06-23", 900, "Old"), world="shop")
    assert sentences(view, page)[0].startswith(
        "No new early warning in the 7 days to 30 Jun 2026; 1 earlier one still stands, "
        "the clearest for Old, noticed on 23 Jun 2026."
    )


def test_where_nothing_stands_out_the_sentences_say_so(report, view):
    made = report("tiny")
    assert made.rows("select * from rpt_return_alerts") == []
    first, second, _ = sentences(view, made.address())
    assert first.startswith("No early warning: no product, size or reason is returned")
    assert second.startswith("No month can be compared with the month before yet.")


def test_the_largest_change_beyond_noise_is_said_with_its_interval(altered, view):
    page = altered(
        NOTHING,
        """
        insert into rpt_return_changes by name
        select 'unit_return_rate' as compared_metric_name, 'category' as dimension_type,
            'Dresses' as dimension_value, 'month' as period_type, '2026-03' as period,
            date '2026-03-01' as period_start_date, '2026-02' as previous_period,
            0.331 as metric_value, 0.25 as previous_value, 0.081 as metric_change,
            0.009 as metric_change_lower, 0.152 as metric_change_upper,
            true as is_notable, 1 as mover_rank
        """,
        world="shop",
    )
    assert sentences(view, page)[1].startswith(
        "From February 2026 to March 2026 the return rate of Dresses rose from 25.0% to "
        "33.1%: +8.1 points (95% interval +0.9 to +15.2)"
    )
    view.locator(".changed a").nth(1).click()
    view.wait_for_selector("main[data-page=skus]")
    assert view.locator("#filter-period").input_value() == "2026-03"
    assert view.locator("#filter-category").input_value() == "Dresses"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("google / cpc", "the return rate of orders from google / cpc rose from 10.0%"),
        ("(none) / (none)", "the return rate of orders of no known source rose from"),
    ],
)
def test_a_change_of_a_channel_leads_to_the_channel(altered, view, channel, said):
    page = altered(
        NOTHING,
        f"""
        insert into rpt_return_changes by name
        select 'order_return_rate' as compared_metric_name, 'channel' as dimension_type,
            '{channel}' as dimension_value, 'month' as period_type, '2026-03' as period,
            date '2026-03-01' as period_start_date, '2026-02' as previous_period,
            0.2 as metric_value, 0.1 as previous_value, 0.1 as metric_change,
            0.05 as metric_change_lower, 0.15 as metric_change_upper,
            true as is_notable, 1 as mover_rank
        """,
        world="shop",
    )
    assert said in sentences(view, page)[1]
    view.locator(".changed a").nth(1).click()
    view.wait_for_selector("main[data-page=channels]")
    assert view.locator("#filter-type").input_value() == "order_channel"
    assert view.locator("#filter-channel").input_value() == channel
    assert view.locator("#filter-period").input_value() == "2026-03"


def test_what_is_owed_is_said_by_currency_the_main_one_first(report, view, shown):
    made = report("two_currencies")
    rows = made.rows("""
        select currency_code, sum(closing_amount), sum(closing_requested_amount),
            sum(closing_amount - closing_requested_amount)
        from rpt_refund_liability inner join dim_currencies using (currency_code)
        where as_of_date = (select max(as_of_date) from rpt_refund_liability)
        group by currency_code, is_main_currency order by is_main_currency desc
    """)
    shown(view, made, "glance")
    said = view.locator(".changed li").last.inner_text()
    if not rows:
        pytest.fail("the world has no liability")
    total, requested, expected = (
        " and ".join(f"{row[part]:,.2f} {row[0]}" for row in rows) for part in (1, 2, 3)
    )
    assert said.startswith(
        f"Still owed to customers on 30 Jun 2026: {total}, of which {requested} for "
        f"returns that they have requested and {expected} expected for goods already"
    )


def test_without_a_liability_only_requested_money_is_owed(altered, view):
    page = altered(
        SETTLED,
        "update rpt_returns_outstanding set owed_refund_amount = 0, "
        "owed_credit_amount = 0",
        world="shop",
    )
    assert sentences(view, page)[2].startswith("Nothing is owed to customers")


def test_without_orders_no_warning_and_no_return_rate_is_spoken_of(report, view, shown):
    made = report("loop_alone")
    shown(view, made, "glance")
    said = view.locator(".changed li").all_inner_texts()
    assert len(said) == 2
    assert "early warning" not in " ".join(said)
    assert said[1].startswith("Owed to customers for returns that were requested: ")


def test_a_figure_shows_its_difference_and_whether_it_is_noise(report, altered, view):
    of_the_rate = "compared_metric_name = 'order_return_rate' and period_type = 'month'"
    changes = dict(
        report("shop").rows(
            f"select period, metric_change from rpt_return_changes where {of_the_rate}"
        )
    )
    page = altered(
        "update rpt_return_changes set is_notable = (period = '2026-02')"
        f" where {of_the_rate}",
        world="shop",
    )
    for period, noise in (("2026-02", "more than noise"), ("2026-03", "within noise")):
        view.goto(f"{page}#/glance?period={period}")
        tile = view.locator(".tile", has_text="Return rate").first
        told = f"Difference: {changes[period] * 100:+.1f} points, {noise}"
        tile.locator(".change", has_text=told).wait_for()
        cost = view.locator(".tile", has_text="Net cost").locator(".change")
        assert "noise" not in cost.inner_text()


def test_without_a_change_beyond_noise_both_rates_are_said(report, altered, view):
    *_, row = report("shop").rows("""
        select previous_value, metric_value, metric_change, metric_change_lower,
            metric_change_upper, period
        from rpt_return_changes
        where compared_metric_name = 'order_return_rate' and dimension_type = 'all'
            and period_type = 'month' order by period
    """)
    said = sentences(view, altered(NOTHING, world="shop"))[1]
    assert said.startswith("No rate or share differs from the month before by more")
    rates = [f"{value:.1%} in " for value in row[:2]]
    assert all(rate in said for rate in rates)
    points = [f"{value * 100:+.1f}" for value in row[2:5]]
    assert f"{points[0]} points (95% interval {points[1]} to {points[2]})" in said
    view.locator(".changed a").nth(1).click()
    view.wait_for_function(
        "month => document.querySelector('#filter-period').value === month", arg=row[5]
    )


def test_the_first_page_opens_on_the_last_month_that_is_over(altered, view):
    for through, month, before, quarter in (
        ("2026-06-30", "2026-06", "2026-05", "2026 Q2"),
        ("2026-05-31", "2026-05", "2026-04", "2026 Q1"),
    ):
        page = altered(
            f"update rpt_data_through set months_complete_through_date = '{through}'",
            world="shop",
        )
        view.goto("about:blank")
        view.goto(page)
        view.wait_for_selector("main[data-page=glance]")
        chosen = view.locator("#filter-period")
        assert chosen.input_value() == month
        assert before in view.locator(".tile .before").first.inner_text()
        running = [
            text for text in chosen.locator("option").all_inner_texts() if "run" in text
        ]
        over = month == "2026-06"
        assert running == ([] if over else ["2026 Q2 (running)", "2026-06 (running)"])
        # The quarter is one click away.
        view.locator(".scope").get_by_role("link", name=quarter).click()
        view.wait_for_function(
            "name => document.querySelector('#filter-period').value === name",
            arg=quarter.replace(" ", "-"),
        )
        assert view.locator(".answer").inner_text().count(f"({quarter})") == 1


def test_the_cost_of_the_last_month_is_explained_in_one_click(report, view, shown):
    shown(view, report("shop"), "glance")
    view.locator(".tile", has_text="Net cost").get_by_role("link", name="why?").click()
    view.wait_for_selector("main[data-page=cost]")
    told = view.locator("#why-did-the-cost-change + p").inner_text()
    assert told.startswith("From 2026-05 to 2026-06 net cost ")


def test_the_cost_of_a_month_that_is_not_over_is_not_explained(altered, view):
    page = altered(
        "update rpt_data_through set months_complete_through_date = '2026-05-31'",
        world="shop",
    )
    view.goto(f"{page}#/glance?period=2026-06")
    tile = view.locator(".tile", has_text="Net cost")
    tile.locator(".before").wait_for()
    assert tile.get_by_text("why?").count() == 0


def test_whether_a_month_is_better_is_said_with_expected_rates(report, view, shown):
    made = report("shop")
    [row] = made.rows(f"""
        select metric_value, previous_value, metric_change, metric_change_lower,
            metric_change_upper from {VERDICTS} and period = '2026-06'
    """)
    shown(view, made, "glance")
    rates = [f"{value:.1%}" for value in row[:2]]
    points = [f"{value * 100:+.1f}" for value in row[2:]]
    said = view.locator(".answer").inner_text()
    assert f"{rates[0]} of the units sold in June 2026 are expected to come" in said
    assert f"in the end, {rates[1]} of those sold in May 2026" in said
    assert f"{points[0]} points (95% interval {points[1]} to {points[2]})" in said
    tile = view.locator(".tile").first
    assert tile.locator(".figure").inner_text() == rates[0]
    assert f"{rates[1]} expected" in tile.locator(".before").inner_text()
    # The rate to date of an immature month is not shown.
    [(to_date,)] = made.rows("""
        select unit_return_rate from rpt_return_nowcast
        where dimension_type = 'all' and period = '2026-06'
    """)
    assert share(to_date) not in f"{said} {tile.inner_text()}"


@pytest.mark.parametrize(
    ("change", "stage", "start", "end"),
    [
        (
            -0.05,
            "immature",
            "June 2026 is better than May 2026, by more than",
            "-2.0).",
        ),
        (0.05, "finished", "June 2026 is worse than May 2026, by more than", "+8.0)."),
        (0.01, "immature", "It is too early to say whether June 2026 is", "chance."),
        (0.01, "mature", "June 2026 is neither better nor worse than May", "chance."),
        (0.01, "finished", "June 2026 is neither better nor worse than May", "chance."),
    ],
)
def test_a_verdict_is_given_if_chance_does_not_explain_it(
    altered, view, change, stage, start, end
):
    page = altered(
        f"update rpt_return_changes set metric_change = {change},"
        f" metric_change_lower = {change} - 0.03,"
        f" metric_change_upper = {change} + 0.03, is_notable = {abs(change) > 0.03}"
        " where compared_metric_name = 'unit_return_rate_expected'",
        f"update rpt_return_nowcast set is_period_finished = {stage == 'finished'},"
        f" is_period_mature = {stage != 'immature'}",
        world="shop",
    )
    view.goto(page)
    view.wait_for_selector("main[data-page=glance]")
    said = view.locator(".answer").inner_text()
    assert said.startswith(start)
    assert said.endswith(end)
    assert ("came back" in said) == (stage == "finished")


def test_an_immature_quarter_is_not_compared(report, view, shown):
    shown(view, report("shop"), "glance", "period=2026-Q2")
    assert "have a return so far: " in view.locator(".answer").inner_text()
    tile = view.locator(".tile", has_text="Return rate").first
    assert "not known yet" in tile.locator(".change").inner_text()
    assert "2026 Q2 is immature" in view.locator(".warning").inner_text()
