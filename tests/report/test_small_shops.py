"""Sentences and charts fit a shop in which every count that they name is one."""

from __future__ import annotations

import re

import pytest

from tests.report.figures import table_box


def opened(view, page: str, name: str):
    view.goto("about:blank")
    view.goto(f"{page}#/{name}")
    view.wait_for_selector(f"main[data-page={name.partition('?')[0]}]")
    return view.locator("main")


def test_no_axis_is_drawn_while_every_window_of_repurchase_is_running(altered, view):
    page = altered(
        "update rpt_return_retention set immature_customers = index_customers,"
        " mature_customers = 0, repurchase_rate_90d = null, is_ranked = false"
    )
    shown = opened(view, page, "repurchase").inner_text()
    assert "Not yet counted" in shown
    assert "Bought again within 90 days" not in shown.split("compared with")[0]


def test_a_shop_of_which_nothing_counts_is_not_called_empty(altered, view):
    page = altered(
        *(
            f"delete from {report}"
            for report in (
                "rpt_return_metrics",
                "rpt_outcome_split",
                "rpt_net_return_cost",
            )
        )
    )
    for name in ("glance", "cost"):
        shown = opened(view, page, name)
        answer = shown.locator(".answer").inner_text()
        assert answer == "No order and no return counts yet."


def test_a_single_exchange_is_told_in_the_singular(altered, view):
    page = altered(
        "delete from rpt_exchange_flows where period <> 'all' or flow_kind = 'not paired'",
        "delete from rpt_exchange_flows where rowid <> (select min(rowid) from rpt_exchange_flows)",
        "update rpt_exchange_flows set exchanged_units = 1, from_units = 1,"
        " from_product_units = 1, from_sku = 'A', to_sku = 'B'",
    )
    answer = opened(view, page, "exchanges").locator(".answer").inner_text()
    assert answer == "One unit was exchanged: A went back and B was taken."


def test_months_after_the_running_one_are_not_compared(altered, view):
    page = altered(
        "update rpt_data_through set months_complete_through_date = '2026-02-28'",
        "delete from rpt_ledger_journal where period < '2025-12'",
        world="shop",
    )
    shown = opened(view, page, "cost")
    assert "Parts of the cost, 2026-02 and 2026-01" in shown.inner_text()
    journal = table_box(view, "Journal of returns, 2026-06")
    assert journal.locator("tbody .flag").first.inner_text() == "running"
    shown = opened(view, page, "cost?period=2025-10")
    assert shown.get_by_text("There are no entries in 2025-10.").count() == 1


def test_a_share_that_rounds_to_nothing_has_no_sign(altered, view):
    page = altered(
        "update rpt_net_return_cost set cost_share_of_gross = -0.0003, net_cost = -0.3"
    )
    answer = opened(view, page, "cost").locator(".answer").inner_text()
    assert answer.startswith("Returns cost US$0 (all time): 0.0% of ")


def test_a_range_with_a_month_without_revenue_or_with_a_negative_cost(altered, view):
    page = altered(
        "update rpt_net_return_cost set net_cost = 200, order_gross_revenue = 1000,"
        " cost_share_of_gross = 0.2",
        "update rpt_net_return_cost set order_gross_revenue = null,"
        " cost_share_of_gross = null where period = '2026-03'",
        "update rpt_net_return_cost set cost_share_of_gross = -0.03"
        " where period = '2026-Q1'",
        world="shop",
    )
    shown = opened(view, page, "cost?period=2026-02..2026-04")
    answer = shown.locator(".answer").inner_text()
    assert "30.0% of US$2,000 gross revenue" in answer
    heights = shown.locator("svg path.dot").evaluate_all(
        "dots => dots.map(dot => dot.transform.baseVal[0].matrix.f)"
    )
    assert len(set(heights)) == 2
    assert all(0 < height < 210 for height in heights)


def test_a_size_comes_back_most_only_if_its_interval_says_so(altered, view):
    page = altered(
        """
        update rpt_return_rate_by_sku set sold_units = 100, returned_units =
            case when sku like '%-M' or sku like 'BS14-%-L' then 80 else 10 end
        """,
        """
        update rpt_return_rate_by_sku set sold_units = 5, returned_units = 8
        where sku like 'CJ13-%-M'
        """,
        world="shop",
    )
    for style, said in (
        ("Barrel Jean", "Of its sizes, M comes back most: 160 of 200 units, 80.0% ("),
        ("Bootcut Stretch", ""),
        ("Bucket Bag", ""),
        # More units can come back than were sold in a period.
        ("Carpenter Jean", "16 of 10 units, 160.0% (72.2% to 100.0%)."),
    ):
        shown = opened(view, page, f"skus?period=all&style={style}")
        answer = shown.locator(".answer").inner_text()
        assert said in answer
        assert ("Of its sizes" in answer) == bool(said)


def test_a_sku_of_which_nothing_came_back_is_not_said_to_come_back(altered, view):
    returned = (
        "update rpt_return_rate_by_sku set returned_units = {} where return_rank {}"
    )
    page = altered(returned.format(0, "= 1"), returned.format(1, "= 2"), world="shop")
    answer = opened(view, page, "skus?period=all").locator(".answer").inner_text()
    assert " comes back most: 1 of " in answer
    page = altered(returned.format(0, "> 0"))
    answer = opened(view, page, "skus?period=all").locator(".answer").inner_text()
    assert answer == "Nothing that was sold in this period has come back."


def test_the_only_channel_with_enough_orders_is_not_called_the_best(altered, view):
    page = altered(
        "update rpt_return_rate_by_channel set is_ranked = channel = (select channel"
        " from rpt_return_rate_by_channel where channel not in ('unattributed', 'guest')"
        " and channel_type = 'acquisition_channel' and maturity = 'mature_only'"
        " and period = 'all' order by order_count desc limit 1)",
        world="shop",
    )
    answer = opened(view, page, "channels").locator(".answer").inner_text()
    assert answer.startswith("Only ")
    assert "has enough orders in this period to be ranked: " in answer


def test_skus_without_sales_are_told_only_where_there_are_some(altered, view):
    ranked = "update rpt_return_rate_by_sku set is_ranked = {}, return_rank = 1"
    said = "the others had no sales"
    text = opened(view, altered(ranked.format("true")), "skus").inner_text()
    assert said not in text


ONES = (
    "update rpt_return_metrics set numerator = 1, denominator = 1",
    "update rpt_outcome_split set numerator = 1, denominator = 1",
    "update rpt_return_rate_by_sku set returned_units = 1, sold_units = 1",
    "update rpt_return_rate_by_channel set order_count = 1, is_ranked = true",
    (
        "delete from rpt_returned_units where rowid <> (select min(rowid)"
        " from rpt_returned_units where date_basis = 'return')"
    ),
    "update rpt_returned_units set returned_units = 1",
    "update rpt_return_reasons set returned_units = 1, group_units = 1",
    (
        "update rpt_exchange_flows set exchanged_units = 1, from_units = 1,"
        " from_product_units = 1"
    ),
    "update rpt_return_timing set median_days = 1",
    "update rpt_return_timing_bands set group_return_count = 1",
    "update rpt_return_durations set return_count = 1, median_days = 1",
    "update rpt_data_through set return_maturity_days = 1",
    (
        "delete from rpt_match_coverage where coverage = 'returns with their order'"
        " and finding <> (select min(finding) from rpt_match_coverage where is_found"
        " and coverage = 'returns with their order')"
    ),
    "update rpt_match_coverage set row_count = 1, all_row_count = 1",
)
"""Statements after which every count that a sentence speaks of is one."""
PLURAL = re.compile(
    r"(?<![\d.,])1 (?:returned )?(?:days|orders|refunds|returns|units)\b|1 \w+ have\b"
)


SINGULAR = {
    "tiny": {
        "glance": (
            "1 of 1 return has its order",
            "1 of 1 order (",
            ") has a return so far: ",
            " of 1 return\n",
        ),
        "outcomes": ("Of 1 return, ",),
        "outcomes?unit=outcome_share_units": ("Of 1 returned unit, ",),
        "exchanges": (": 1 unit\n",),
        "skus?period=all": ("1 of 1 unit sold (",),
        "skus": ("less than 1 day old",),
        "reasons?period=all": ("1 of 1 returned unit, ",),
        "channels?maturity=to_date": (") of 1 order",),
        "timing?maturity=to_date": (" within 1 day (", ", 1 return\n"),
    },
    "loop_alone": {
        "glance?period=all": ("1 return was started (all time).",),
        "skus?period=all": (" came back most often: 1 unit. ",),
        "timing": ("One refund (all time) was paid within 1 day of the request.",),
    },
}


@pytest.mark.parametrize("world", SINGULAR)
def test_one_of_something_is_told_in_the_singular(altered, view, world):
    page = altered(*ONES, world=world)
    for address, said in SINGULAR[world].items():
        shown = opened(view, page, address)
        titles = shown.locator("svg title").all_text_contents()
        text = "\n".join([view.locator("body").inner_text(), *titles, ""])
        assert [words for words in said if words not in text] == []
        assert PLURAL.findall(text) == []
