"""The page on repurchase compares customers who exchange with those who get a refund."""

from __future__ import annotations

import pytest

from tests.report.figures import points, share, table

CLEAR, UNCLEAR = (0.165, 0.04, 0.295), (-0.02, -0.119, 0.102)
VERDICTS = [
    (CLEAR, UNCLEAR, "Yes: "),
    (UNCLEAR, CLEAR, "No, less often: "),
    (CLEAR, CLEAR, "No clear difference: "),
]


def answer(view) -> str:
    return view.locator(".answer").inner_text()


def test_customers_are_compared_with_those_of_the_same_history(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select matched_customers, repurchased_customers, repurchase_rate_matched,
            repurchase_rate_expected, repurchase_difference_90d,
            repurchase_difference_90d_lower, repurchase_difference_90d_upper
        from rpt_repurchase_comparison
        order by outcome_group = 'any return', repurchase_difference_90d desc
    """)
    shown(view, made, "repurchase")
    cells = table(
        view, "Bought again within 90 days, compared with customers without a return"
    )
    assert len(rows) > 1
    assert [cell[1:] for cell in cells] == [
        [
            *(f"{number:,}" for number in row[:2]),
            *map(share, row[2:4]),
            *map(points, row[4:]),
        ]
        for row in rows
    ]


@pytest.mark.parametrize(("exchange", "refund", "verdict"), VERDICTS)
def test_the_answer_is_about_customers_of_the_same_history(
    altered, view, exchange, refund, verdict
):
    """Rates alone differ in favour of exchanges in each case."""
    page = altered(
        *rates("rpt_return_retention"),
        *(
            f"""
            update rpt_repurchase_comparison set is_ranked = true,
                repurchase_difference_90d = {value},
                repurchase_difference_90d_lower = {lower},
                repurchase_difference_90d_upper = {upper}
            where outcome_group = '{outcome}'
            """
            for outcome, (value, lower, upper) in (
                ("exchange", exchange),
                ("refund", refund),
            )
        ),
        world="shop",
    )
    view.goto(f"{page}#/repurchase")
    view.wait_for_selector("main[data-page=repurchase]")
    assert answer(view).startswith(verdict)


def test_ranges_that_overlap_can_differ_by_more_than_noise(altered, view):
    """27 of 61 and 17 of 67: the interval of the difference is 2.4 to 34.2 points."""
    page = altered(*rates("rpt_return_retention_by_period"), world="shop")
    view.goto(f"{page}#/repurchase?period=2026-Q1")
    view.wait_for_selector("main[data-page=repurchase]")
    assert answer(view).startswith("Yes: within 90 days, 44.3% (32.5% to 56.7%)")


def rates(table: str) -> list[str]:
    """Return statements that give both outcomes a rate and enough customers."""
    return [
        f"""
        update {table} set is_ranked = true, repurchase_rate_90d = {rate},
            repurchase_rate_90d_lower = {lower}, repurchase_rate_90d_upper = {upper}
        where outcome_group = '{outcome}'
        """
        for outcome, rate, lower, upper in (
            ("exchange", 0.4426, 0.3251, 0.5669),
            ("refund", 0.2537, 0.1649, 0.3692),
        )
    ]
