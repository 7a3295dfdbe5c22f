"""Expected rates, early warnings, and the money that is owed."""

from __future__ import annotations

import math
from urllib.parse import quote

import pytest

from tests.report.figures import dollars, share, table, table_box

EXPECTED = """
    select period, {value} sold_units, unit_return_rate, unit_return_rate_expected,
        unit_return_rate_expected_lower_80, unit_return_rate_expected_upper_80
    from rpt_return_nowcast
    where dimension_type = '{kind}' and not is_period_finished
    order by period_start_date desc, dimension_value
"""


@pytest.mark.parametrize(
    ("name", "choices", "kind"),
    [
        ("glance", "", "all"),
        ("skus", "period=all", "category"),
        ("channels", "type=order_channel", "channel"),
    ],
)
def test_young_months_show_the_expected_rate_beside_the_rate_to_date(
    report, view, shown, name, choices, kind
):
    made = report("shop")
    value = "" if kind == "all" else "dimension_value,"
    rows = made.rows(EXPECTED.format(kind=kind, value=value))
    assert len(rows) > 1
    shown(view, made, name, choices)
    names = {"(none) / (none)": "no known source", "(guest)": "guests"}
    cells = table(view, "Units that come back, by month of the order")
    assert cells == [
        [
            *(names.get(cell, cell) for cell in row[:-5]),
            f"{row[-5]:,}",
            *map(share, row[-4:]),
        ]
        for row in rows
    ]
    note = view.locator(".note", has_text="The expected rate is").inner_text()
    assert "80% interval" in note
    assert "cannot be compared yet" in note


def test_expected_rates_follow_period_and_category(report, view, shown):
    made = report("shop")
    shown(view, made, "skus", "period=2026-06&category=Dresses")
    rows = table(view, "Units that come back, by month of the order")
    assert [row[:2] for row in rows] == [["2026-06", "Dresses"]]
    [(style,)] = made.rows(
        "select product_title from rpt_return_nowcast where dimension_type = 'product'"
        " group by all order by sum(sold_units) desc, product_title limit 1"
    )
    shown(view, made, "skus", f"period=all&style={quote(style)}")
    assert table(view, "Units that come back, by month of the order") == [
        [period, f"{sold:,}", *map(share, rates)]
        for period, sold, *rates in made.rows(
            EXPECTED.format(kind="product", value="").replace(
                "where", f"where product_title = '{style}' and"
            )
        )
    ]
    shown(view, made, "skus", "period=2025-Q3")
    assert view.get_by_text("Expected final rates").count() == 0
    shown(view, made, "channels", "type=sales_channel")
    assert view.get_by_text("Expected final rates").count() == 0


def test_early_warnings_stand_above_the_products(altered, view):
    page = altered(
        "delete from rpt_return_alerts",
        """
        insert into rpt_return_alerts by name
        select kind as dimension_type, category as product_category, value as dimension_value,
            reason as reason_group, 'Dresses' as peer_group,
            'Linen <b>Dress</b>' as product_title, date '2026-06-03' as noticed_date,
            date '2026-04-01' as orders_from_date, 240 as sold_units,
            62 as returned_units, 31.4 as expected_returned_units,
            ratio as return_ratio, weight as evidence,
            'Too small (40 units, 12 expected)' as reasons_grown,
            'Linen Dress: 62 of 240 units' as alert_text
        from (values
            ('size', 'M', 'all', 2.04, 500, 'Dresses'),
            ('product', '7', 'all', 1.97, 900, '(none)'),
            ('sku', 'LD-M', 'all', null, 450, '(none)'),
            ('reason', '7', 'Too small', 3.0, 400, '(none)')
        ) as alerts (kind, value, reason, ratio, weight, category)
        """,
        world="shop",
    )
    view.goto(f"{page}#/skus")
    view.wait_for_selector("main[data-page=skus]")
    assert view.locator("main h2").first.inner_text() == "Early warnings"
    assert table(view, "Returned more often than peers") == [
        [
            *("Linen <b>Dress</b>", kind, "3 Jun 2026", "1 Apr 2026", "240", "62"),
            *("31", ratio, "Too small (40 units, 12 expected)"),
        ]
        for kind, ratio in [
            ("product", "2.0 times"),
            ("size M", "2.0 times"),
            ("SKU LD-M", "no returns among its peers"),
            ("reason Too small", "3.0 times"),
        ]
    ]
    assert "Linen Dress: 62 of 240 units." in view.locator("main").inner_text()
    view.locator("#filter-category").select_option("Dresses")
    warnings = table_box(view, "Returned more often than peers").locator("tbody tr")
    warnings.nth(1).wait_for(state="detached")
    assert "size M" in warnings.inner_text()
    view.locator("#filter-category").select_option("Jeans")
    view.get_by_text("There is no early warning for these goods.").wait_for()


def test_without_a_warning_the_products_say_so(report, view, shown):
    shown(view, report("tiny"), "skus")
    said = view.locator("h2", has_text="Early warnings").locator("+ p").inner_text()
    assert said.startswith("There is no early warning: no product, size, SKU or reason")


def test_demand_by_size_is_that_of_the_mart(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select product_title, size, sold_units, returned_units, exchanged_out_units,
            exchanged_in_units, demand_units, net_demand_units, unit_return_rate_pooled,
            share_known, median_days_to_return, resale_share, median_days_to_resale
        from rpt_demand_by_size
    """)
    expected = sorted(
        [
            *row[:2],
            *map(whole, row[2:8]),
            *map(share, row[8:10]),
            whole(row[10]),
            share(row[11]),
            whole(row[12]),
        ]
        for row in rows
    )
    shown(view, made, "skus", "period=2026-Q2")
    assert sorted(table(view, "Demand by size, orders from")) == expected
    style = expected[0][0]
    shown(view, made, "skus", f"period=2026-Q2&style={style}")
    of_style = table(view, "Demand by size, orders from")
    assert sorted(of_style) == [row for row in expected if row[0] == style]
    view.get_by_role("link", name="Which size is exchanged for which").click()
    view.wait_for_selector("main[data-page=exchanges]")


def whole(value) -> str:
    return "\u2013" if value is None else f"{math.floor(value + 0.5):,}"


def test_the_liability_of_each_month_end_is_its_sum(report, view, shown):
    made = report("two_currencies")
    codes = [
        code
        for (code,) in made.rows("""
        select currency_code from rpt_refund_liability
        group by currency_code order by currency_code
    """)
    ]
    assert len(codes) == 2
    for code in codes:
        rows = made.rows(f"""
            select sum(opening_amount), sum(added_amount), sum(used_refund_amount),
                sum(used_credit_amount), sum(reestimated_amount), sum(closing_amount),
                sum(closing_requested_amount),
                sum(closing_amount - closing_requested_amount), sum(used_since_amount),
                sum(still_expected_amount), sum(expected_returned_amount),
                sum(return_asset_amount)
            from rpt_refund_liability where currency_code = '{code}'
            group by as_of_date order by as_of_date desc
        """)
        shown(view, made, "cost", f"currency={code}")
        cells = table(view, "Refund liability by month end")
        assert [[plain(cell) for cell in row[1:]] for row in cells] == [
            [plain(dollars(value)) for value in row[:7]] for row in rows
        ]
        owed = view.locator("#what-is-still-owed-to-customers + p").inner_text()
        assert owed.startswith("On 30 Jun 2026 the shop owes customers ")
        amounts = [plain(word).rstrip(".,") for word in owed.split() if "." in word]
        assert amounts[:3] == [plain(dollars(value)) for value in rows[0][5:8]]
        cells = table(view, "Each liability compared with later payments")
        assert [[plain(cell) for cell in row[1:]] for row in cells] == [
            [plain(dollars(value)) for value in (row[5], *row[8:10])]
            for row in rows[1:]
        ]
        assert (rows[0][11] is None) == (code == "CAD")
        cells = table(view, "Goods expected back at each month end")
        assert [[plain(cell) for cell in row[1:]] for row in cells] == [
            [plain(dollars(value) if value else "") for value in row[10:]]
            for row in rows
        ]


def plain(text: str) -> str:
    """Return an amount without the sign of its currency."""
    return "".join(letter for letter in text if letter in "-0123456789.,")


def test_what_was_requested_is_listed_by_age(report, view, shown):
    made = report("loop_alone")
    rows = made.rows("""
        select age_band, sum(owed_refund_amount), sum(owed_credit_amount)
        from rpt_returns_outstanding
        where owed_refund_amount > 0 or owed_credit_amount > 0
        group by age_band, age_band_sort order by age_band_sort
    """)
    assert rows
    shown(view, made, "cost")
    assert table(view, "Requested and not paid yet") == [
        [band, dollars(refund), dollars(credit)] for band, refund, credit in rows
    ]
    assert "cannot be estimated" in view.locator(".empty").first.inner_text()
    # Without orders every amount would look like one that Shopify lacks.
    assert view.get_by_text("Does the ledger agree").count() == 0


@pytest.mark.parametrize(
    ("choices", "first", "last"),
    [
        ("", "2000-01", "2100-01"),
        ("period=2026-03", "2026-03", "2026-03"),
        ("period=2026-Q1", "2026-01", "2026-03"),
        ("period=2026-02..2026-04", "2026-02", "2026-04"),
    ],
)
def test_the_books_are_compared_by_month_and_reason(
    report, view, shown, choices, first, last
):
    made = report("shop")
    rows = made.rows(f"""
        select strftime(tie_date, '%Y-%m'), replace(reason_class, '_', ' '),
            replace(tie_line, '_', ' '), sum(ledger_amount), sum(shopify_amount),
            sum(difference_amount), count(*)
        from rpt_ledger_tie where reason_class <> 'none' and
            strftime(tie_date, '%Y-%m') between '{first}' and '{last}'
        group by all
    """)
    assert rows
    shown(view, made, "cost", choices)
    assert sorted(table(view, "Differences by month")) == sorted(
        [*row[:3], *map(dollars, row[3:6]), str(row[6])] for row in rows
    )


def test_three_clicks_lead_from_the_report_to_the_orders_of_a_difference(
    report, view, shown
):
    made = report("shop")
    [(month, reason, line)] = made.rows("""
        select period, reason_class, tie_line from rpt_ledger_tie
        where reason_class <> 'none' and period < '2026-04'
        group by all having count(*) between 3 and 40
        order by sum(abs(difference_amount)) desc, period, reason_class, tie_line
        limit 1
    """)
    orders = made.rows(f"""
        select order_name, difference_amount, ledger_amount, shopify_amount,
            shopify_order_id
        from rpt_ledger_tie where reason_class = '{reason}' and tie_line = '{line}'
            and strftime(tie_date, '%Y-%m') = '{month}'
        order by abs(difference_amount) desc, tie_date, shopify_order_id
    """)
    names = [name.replace("_", " ") for name in (reason, line)]
    shown(view, made, "glance")
    view.set_viewport_size({"width": 390, "height": 740})
    view.locator("nav").get_by_role("link", name="Money").click()
    view.wait_for_selector("main[data-page=cost]")
    view.locator("#filter-period").select_option(month)
    box = table_box(view, f"Differences by month and reason, {month}")
    box.wait_for()
    row = box.locator("tr", has_text="".join(names))
    row.get_by_role("button", name="Cases: show the orders").focus()
    view.keyboard.press("Enter")
    heading = f"Orders behind: {names[0]}, {names[1]}, {month}"
    assert view.locator("dialog[open] h2").inner_text() == heading
    assert [[cells[0], *cells[2:]] for cells in table(view, heading)] == [
        [order[0], *map(dollars, order[1:4]), *names, order[4]] for order in orders
    ]
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    view.keyboard.press("Escape")
    view.wait_for_selector("dialog[open]", state="hidden")


def test_a_long_list_of_differences_says_how_many_there_are(altered, view):
    page = altered("update rpt_ledger_tie set difference_rank = difference_rank + 48")
    view.goto(f"{page}#/cost")
    box = table_box(view, "Differences by month")
    button = box.locator("button.drill-down").first
    total = int(button.inner_text())
    assert total > 2
    button.click()
    view.wait_for_selector("dialog[open]")
    assert view.locator("dialog tbody tr").count() == 2
    assert f"The 2 largest of {total}." in view.locator("dialog").inner_text()
    view.keyboard.press("Escape")


def test_the_journal_is_that_of_the_chosen_months_else_of_the_newest(
    report, view, shown
):
    made = report("shop")
    newest, *_, oldest = [
        month
        for (month,) in made.rows("""
        select distinct period from rpt_ledger_journal order by period desc
    """)
    ]
    for choices, months in (
        ("", [newest]),
        (f"period={oldest}", [oldest]),
        ("period=2026-Q1", ["2026-01", "2026-02", "2026-03"]),
        ("period=2026-02..2026-03", ["2026-02", "2026-03"]),
    ):
        rows = made.rows(f"""
            select period, replace(account_class, '_', ' '), debit_amount,
                credit_amount, net_amount
            from rpt_ledger_journal where period in {(*months, "")}
            order by period desc, account_class
        """)
        assert {row[0] for row in rows} == {*months}
        shown(view, made, "cost", choices)
        assert table(view, "Journal of returns, ") == [
            [*row[:2], *map(dollars, row[2:])] for row in rows
        ]


def test_the_next_eight_weeks_have_units_parcels_and_refunds(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select strftime(week_start_date, '%-d %b %Y'), expected_returned_units,
            expected_returned_units_lower_80, expected_returned_units_upper_80,
            expected_parcels, expected_refund_amount
        from rpt_returns_expected_by_week
        where as_of_date = (select data_through_date from rpt_data_through)
        order by week_start_date
    """)
    assert len(rows) == 8
    shown(view, made, "timing")
    assert table(view, "Expected returns by week") == [
        [day, *(f"{int(value + 0.5):,}" for value in units), dollars(refund)]
        for day, *units, refund in rows
    ]
    headers = table_box(view, "Expected returns by week").locator("th")
    assert headers.get_by_text("Refunds").inner_text() == "Refunds"
    shown(view, report("two_currencies"), "timing")
    assert headers.get_by_text("Refunds").inner_text() == "Refunds, in USD only"
    shown(view, report("loop_alone"), "timing")
    assert view.get_by_text("The next eight weeks").count() == 0


@pytest.mark.parametrize("world", ["shop", "loop_alone"])
def test_the_days_of_each_step_are_those_of_the_mart(report, view, shown, world):
    made = report(world)
    rows = made.rows("""
        select replace(from_milestone, '_', ' '), replace(to_milestone, '_', ' '),
            from_count, return_count, median_days, third_quartile_days,
            ninetieth_percentile_days
        from rpt_return_durations
        where dimension_type = 'all' and period = 'all' and return_count > 0
        order by return_count desc, 1, 2
    """)
    assert len(rows) > 5
    shown(view, made, "timing")
    assert sorted(table(view, "Days from milestone to milestone, all time")) == sorted(
        [*row[:2], *(f"{number:,}" for number in row[2:])] for row in rows
    )
    if world == "loop_alone":
        [refunds] = [row for row in rows if row[:2] == ("requested", "refunded")]
        assert view.locator(".answer").inner_text() == (
            f"Half of {refunds[3]:,} refunds (all time) were paid within {refunds[4]} "
            f"days of the request, nine of ten within {refunds[6]}."
        )
