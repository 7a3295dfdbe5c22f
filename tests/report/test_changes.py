"""What changed: the sentences of the first page and of the command, and each figure's
difference to the period before."""

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
    assert done.stdout.splitlines() == said
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
        select currency_code, sum(closing_amount), sum(closing_requested_amount)
        from rpt_refund_liability inner join dim_currencies using (currency_code)
        where as_of_date = (select max(as_of_date) from rpt_refund_liability)
        group by currency_code, is_main_currency order by is_main_currency desc
    """)
    shown(view, made, "glance")
    said = view.locator(".changed li").last.inner_text()
    if not rows:
        pytest.fail("the world has no liability")
    assert " and ".join(f"{row[1]:,.0f} {row[0]}" for row in rows) in said
    assert " and ".join(f"{row[2]:,.0f} {row[0]}" for row in rows) in said


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


def test_a_young_period_is_not_compared(report, view, shown):
    shown(view, report("shop"), "glance", "period=2026-06")
    assert "have a return so far: " in view.locator(".answer").inner_text()
    tile = view.locator(".tile", has_text="Return rate").first
    assert tile.locator(".before").count() == 1
    assert "not known yet" in tile.locator(".change").inner_text()


def test_a_young_month_is_told_its_expected_rate_and_the_newest_that_compares(
    report, view, shown
):
    made = report("shop")
    rows = made.rows("""
        select unit_return_rate_expected, unit_return_rate_expected_lower_80,
            unit_return_rate_expected_upper_80, period
        from rpt_return_nowcast
        where dimension_type = 'all' and period in ('2026-05', '2026-06')
        order by period desc
    """)
    ((newest,),) = made.rows("""
        select max(period) from rpt_return_changes
        where compared_metric_name = 'order_return_rate' and dimension_type = 'all'
            and period_type = 'month'
    """)
    shown(view, made, "glance", "period=2026-06")
    said = view.locator(".warning").inner_text()
    expected = [
        f"{share(row[0])} of the units of {row[3]} ({share(row[1])} to {share(row[2])})"
        for row in rows
    ]
    (_, lower, upper, _), (_, *bounds, _) = rows
    overlap = lower <= bounds[1] and bounds[0] <= upper
    assert (
        f"in the end (80% intervals): {' and '.join(expected)}; the intervals "
        f"{'' if overlap else 'do not '}overlap." in said
    )
    assert said.endswith(f"Newest period that can be compared: {newest}")
    view.locator(".warning a").click()
    view.wait_for_selector(f".answer:has-text('({newest})')")
    assert view.locator(".warning").count() == 0
