"""Pages show the figures of the marts, for every filter and in every list behind a
figure."""

from __future__ import annotations

import csv
import shutil
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from report.__main__ import build
from tests.report.figures import between, dollars, share, table, table_box


def answer(view) -> str:
    return view.locator(".answer").inner_text()


def test_outcomes(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select outcome, numerator, share, share_lower, share_upper
        from rpt_outcome_split
        where metric_name = 'outcome_share_returns' and date_basis = 'return'
            and stage = 'initiated' and maturity = 'to_date' and period = 'all'
        order by share desc
    """)
    shown(view, made, "outcomes")
    assert all(between(*row[2:]) in answer(view) for row in rows)
    cells = table(view, "Outcomes, all time")
    assert [cell[1:] for cell in cells] == [
        [f"{row[1]:,.0f}", *map(share, row[2:])] for row in rows
    ]


def test_exchanges(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select from_sku, from_product_title, to_sku, flow_kind, exchanged_units,
            from_units, exchange_flow_share, returned_again_units, from_product_units
        from rpt_exchange_flows
        where period = 'all' and from_product_title = (
            select from_product_title from rpt_exchange_flows
            where period = 'all' and flow_kind <> 'not paired'
            order by from_product_units desc, exchanged_units desc, from_sku, to_sku
            limit 1
        )
        order by exchanged_units desc, from_sku, to_sku
    """)
    shown(view, made, "exchanges")
    first = rows[0]
    assert f"Of {first[8]} units of {first[1]}" in answer(view)
    if first[4] > 1:
        assert (
            f"{first[0]} went back and {first[2]} was taken: {first[4]} of {first[5]} "
            f"units exchanged from that variant, {share(first[6])}" in answer(view)
        )
    # The legend explains only what is drawn.
    kinds = {row[3] for row in rows[:24]} - {"not paired"}
    assert {*view.locator(".legend li").all_inner_texts()} == kinds
    assert table(view, "Flows of exchanges, all time") == [
        [*row[:4], str(row[4]), str(row[5]), share(row[6]), str(row[7])] for row in rows
    ]


def test_skus(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select sku, sold_units, returned_units, unit_return_rate,
            unit_return_rate_lower, unit_return_rate_upper, value_return_rate,
            unit_return_rate_pooled, unit_return_rate_pooled_lower,
            unit_return_rate_pooled_upper
        from rpt_return_rate_by_sku
        where maturity = 'to_date' and period_type = 'all'
        order by is_ranked desc, return_rank
    """)
    shown(view, made, "skus", "period=all")
    first = rows[0]
    assert f"({first[0]}) comes back most: {first[2]} of {first[1]:,} units" in answer(
        view
    )
    assert between(*first[7:10]) in answer(view)
    cells = table(view, "Return rate by SKU, all time")
    assert sorted([cell[0], *cell[3:]] for cell in cells) == sorted(
        [row[0], f"{row[1]:,}", f"{row[2]:,}", *map(share, [*row[3:7], row[7]])]
        for row in rows
    )


def test_styles_sizes_and_colours(report, view, shown):
    made = report("shop")
    first, *units = made.rows("""
        select product_title, sold_units, returned_units from rpt_return_rate_by_product
        where maturity = 'to_date' and period = 'all' order by return_rank limit 1
    """)[0]
    shown(view, made, "skus", "period=all")
    assert f"Of the styles, {first} comes back most: " in answer(view)
    for option in ("size", "colour"):
        rows = made.rows(f"""
            select option_value, product_category, sold_units, returned_units,
                unit_return_rate, unit_return_rate_lower, unit_return_rate_upper
            from rpt_return_rate_by_option
            where maturity = 'to_date' and period = 'all' and option_name = '{option}'
            order by is_ranked desc, return_rank
        """)
        cells = table(view, f"Return rate by {option}, all time")
        assert cells == [
            [*row[:2], f"{row[2]:,}", f"{row[3]:,}", *map(share, row[4:])]
            for row in rows
        ]
    view.get_by_role("link", name=first, exact=True).click()
    view.wait_for_function(
        "name => document.querySelector('#filter-style')?.value === name", arg=first
    )
    for option in ("size", "colour"):
        sums = made.rows(f"""
            select coalesce(lines.{option}, '(none)'), sum(lines.sold_units),
                sum(lines.returned_units)
            from fct_order_lines as lines inner join fct_orders using (sm_order_key)
            where lines.product_title = '{first}' and is_loop_eligible_order
            group by 1
        """)
        cells = table(view, f"Return rate by {option}, all time")
        assert {tuple(cell[:3]) for cell in cells} == {
            (name, f"{sold:,}", f"{back:,}") for name, sold, back in sums
        }
        assert [
            sum(parts) for parts in zip(*(row[1:] for row in sums), strict=True)
        ] == units


def test_reasons(report, view, shown):
    made = report("shop")
    where = """
        from rpt_return_reasons where dimension_type = {} and reason_level = {}
            and period_type = 'quarter' and is_current_period
    """
    figures = """
        returned_units, group_units, return_reason_share, return_reason_share_lower,
        return_reason_share_upper
    """
    parents, children, tops = (
        [
            [
                *(str(one) for one in row[:-5]),
                *(f"{one:,}" for one in row[-5:-3]),
                *map(share, row[-3:]),
            ]
            for row in made.rows(f"select {names}, {figures}{where.format(*of)}{order}")
        ]
        for names, of, order in [
            ("parent_return_reason", ("'all'", "'parent'"), "order by reason_rank"),
            ("parent_return_reason, return_reason", ("'all'", "'child'"), ""),
            (
                "dimension_value, reason_rank, parent_return_reason",
                ("'category'", "'parent' and reason_rank <= 2"),
                "order by dimension_value, reason_rank",
            ),
        ]
    )
    shown(view, made, "reasons")
    first = parents[0]
    said = f"“{first[0]}” is the most frequent reason: {first[1]} of {first[2]} returned units"
    assert f"{said}, {first[3]}" in answer(view)
    assert all(f"{row[0]}: {row[2]}" in answer(view) for row in tops if row[1] == "1")
    assert table(view, "Reasons, ") == parents
    assert sorted(table(view, "Reasons in detail, ")) == sorted(children)
    assert table(view, "Top reasons by category, ") == tops


def test_units_of_no_known_category_are_listed_and_are_no_category(report, view, shown):
    shown(view, report("two_currencies"), "reasons")
    assert "(none)" in {row[0] for row in table(view, "Top reasons by category, ")}
    assert "(none)" not in answer(view)


CROSSED = "category=Dresses&channel=google / cpc&country=US&period=2026-Q1"


def test_filters_are_crossed(report, view, shown):
    made = report("shop")
    units = """
        from fct_return_lines inner join fct_returns using (loop_return_id)
        inner join fct_orders on fct_returns.sm_order_key = fct_orders.sm_order_key
        where fct_return_lines.is_counted_return
            and fct_return_lines.is_merchandise
            and not fct_return_lines.is_over_line_quantity
            and fct_return_lines.product_category = 'Dresses'
            and fct_orders.order_channel = 'google / cpc'
            and fct_returns.origin_country_code = 'US'
            and fct_return_lines.return_date >= '2026-01-01'
            and fct_return_lines.return_date < '2026-04-01'
    """
    shown(view, made, "outcomes", CROSSED)
    assert view.locator("#filter-unit").count() == 0
    cells = table(view, "Outcomes, 2026 Q1")
    names = {"credit": "store credit"}
    counts = made.rows(f"select line_outcome, count(*) {units} group by 1")
    assert {row[0]: row[1] for row in cells} == {
        names.get(outcome, outcome): f"{number}" for outcome, number in counts
    }
    shown(view, made, "reasons", f"{CROSSED}&outcome=refund")
    cells = table(view, "Reasons in detail, 2026 Q1")
    assert sorted(row[:3] for row in cells) == sorted(
        [*reasons, f"{number}"]
        for *reasons, number in made.rows(
            "select fct_return_lines.parent_return_reason,"
            f" fct_return_lines.return_reason, count(*) {units}"
            " and line_outcome = 'refund' group by 1, 2"
        )
    )


def test_repurchase(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select index_customers, mature_customers, repurchased_customers,
            repurchase_rate_90d, repurchase_rate_90d_lower, repurchase_rate_90d_upper,
            repurchase_rate_90d_km, repurchase_new_money_rate, second_return_rate
        from rpt_return_retention where not is_baseline
        order by repurchase_rate_90d desc
    """)
    shown(view, made, "repurchase")
    cells = table(view, "Repurchase after 90 days")
    assert [cell[1:-1] for cell in cells] == [
        [*(f"{number:,}" for number in row[:3]), *map(share, row[3:])] for row in rows
    ]


def test_repurchase_is_answered_with_both_ranges(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select repurchase_rate_90d, repurchase_rate_90d_lower, repurchase_rate_90d_upper,
            is_ranked
        from rpt_return_retention where outcome_group in ('exchange', 'refund')
    """)
    shown(view, made, "repurchase")
    if all(row[3] for row in rows):
        assert all(between(*row[:3]) in answer(view) for row in rows)
    else:
        assert "too few customers" in answer(view)


def test_the_curve_of_repurchase(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select days_since_return, customers_at_risk, repurchase_share, share_lower,
            share_upper
        from rpt_repurchase_curve where outcome_group = 'refund'
        order by days_since_return
    """)
    shown(view, made, "repurchase", "outcome=refund")
    assert [cell[1:] for cell in table(view, "Bought again by day")] == [
        [str(row[0]), f"{row[1]:,}", *map(share, row[2:])] for row in rows
    ]
    curve = view.locator("figure", has_text="Bought again by day").locator("svg")
    assert f"refund {share(rows[-1][2])}" in curve.get_attribute("aria-label")
    assert curve.locator("path.stroke").count() == 1


def test_channels(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select order_count, returned_order_count, order_return_rate,
            order_return_rate_lower, order_return_rate_upper, is_ranked
        from rpt_return_rate_by_channel
        where channel_type = 'acquisition_channel' and maturity = 'mature_only'
            and period_type = 'all'
        order by is_ranked desc, lowest_rate_rank
    """)
    shown(view, made, "channels")
    if rows[0][5]:
        assert f"{between(*rows[0][2:5])} of {rows[0][0]:,} orders" in answer(view)
    cells = table(view, "Return rate by channel, all time")
    assert [cell[1:6] for cell in cells] == [
        [f"{row[0]:,}", f"{row[1]:,}", *map(share, row[2:5])] for row in rows
    ]


def test_a_chosen_channel_is_not_called_the_only_one(report, view, shown):
    made = report("shop")
    ((channel,),) = made.rows("""
        select channel from rpt_return_rate_by_channel
        where channel_type = 'sales_channel' and maturity = 'mature_only'
            and period = 'all' and is_ranked order by order_count desc limit 1
    """)
    shown(view, made, "channels", f"type=sales_channel&channel={channel}")
    assert answer(view).startswith(f"{channel}: ")


def test_timing(report, view, shown):
    made = report("shop")
    rows = made.rows("""
        select return_count, first_quartile_days, median_days, third_quartile_days,
            share_within_7_days, share_within_14_days, share_within_28_days
        from rpt_return_timing
        where metric_name = 'days_to_return' and maturity = 'mature_only'
            and period_type = 'all'
        order by median_days, outcome_group
    """)
    shown(view, made, "timing")
    assert all(f"{row[2]} days (" in answer(view) for row in rows)
    assert [cell[1:] for cell in table(view, "Days, all time")] == [
        [*(f"{number:,}" for number in row[:4]), *map(share, row[4:])] for row in rows
    ]


COSTS = """
    select period, net_cost, order_gross_revenue, cost_share_of_gross
    from rpt_net_return_cost
    where cost_form = '{form}' and date_basis = '{basis}' and maturity = 'to_date'
        and period_type <> 'month'
    order by period_start_date
"""


@pytest.mark.parametrize("basis", ["return", "order"])
@pytest.mark.parametrize("form", ["net_return_cost", "net_return_cost_landed"])
def test_cost(report, view, shown, form, basis):
    made = report("shop")
    rows = made.rows(COSTS.format(form=form, basis=basis))
    shown(view, made, "cost", f"form={form}&basis={basis}")
    assert [cell[1:] for cell in table(view, "Net cost of returns")] == [
        [dollars(row[1]), dollars(row[2]), share(row[3])] for row in rows
    ]
    whole = next(row for row in rows if row[0] == "all")
    assert f"US${whole[1].quantize(Decimal(1), ROUND_HALF_UP):,} " in answer(view)
    assert share(whole[3]) in answer(view)


def test_the_parts_of_the_cost_are_compared_with_the_period_before(report, view, shown):
    made = report("shop")
    costs = {
        (form, period): (cost, gross)
        for form, period, cost, gross in made.rows("""
            select cost_form, period, net_cost, order_gross_revenue
            from rpt_net_return_cost
            where date_basis = 'return' and maturity = 'to_date'
        """)
    }
    periods = ("2025-Q4", "2026-Q1")
    net, cash, landed = (
        [costs[f"net_return_cost{form}", period][0] for period in periods]
        for form in ("", "_cash", "_landed")
    )
    gross = [costs["net_return_cost", period][1] for period in periods]
    parts = [
        cash,
        [one - other for one, other in zip(net, cash, strict=True)],
        net,
        [one - other for one, other in zip(landed, net, strict=True)],
        gross,
    ]
    shown(view, made, "cost", "period=2026-Q1")
    assert [row[1:] for row in table(view, "Parts of the cost, ")] == [
        [*map(dollars, amounts), dollars(amounts[1] - amounts[0])] for amounts in parts
    ]
    words = [f"US${amount:,.0f}" for pair in (net, cash, gross) for amount in pair]
    told = view.locator("#why-did-the-cost-change + p").inner_text()
    assert told.startswith(
        f"From 2025 Q4 to 2026 Q1 net cost rose from {words[0]} to {words[1]}: refunds "
        f"less upsell payments rose from {words[2]} to {words[3]} and store credit "
    )
    shares = [share(float(one / whole)) for one, whole in zip(net, gross, strict=True)]
    assert (
        f"As a share of gross revenue the cost rose from {shares[0]} to {shares[1]}, "
        "because the cost rose by a larger share than gross revenue; gross revenue rose "
        f"from {words[4]} to {words[5]}." in told
    )
    # The orders of an immature month are not compared.
    shown(view, made, "cost", "basis=order")
    assert view.get_by_text("Parts of the cost, ").count() == 0


def test_each_currency_is_told_apart(report, view, tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(report("shop").warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("""
            insert into analytics.rpt_net_return_cost
            select * replace ('EUR' as currency_code, 4711 as net_cost)
            from analytics.rpt_net_return_cost
        """)
    page = build(warehouse, tmp_path).as_uri()
    for name, place in (("cost", ".answer"), ("glance", ".tile >> nth=2")):
        view.goto(f"{page}#/{name}")
        view.wait_for_selector(f"main[data-page={name}]")
        view.locator("#filter-currency").select_option("USD")
        assert "4,711" not in view.locator(place).inner_text()
        view.locator("#filter-currency").select_option("EUR")
        view.wait_for_function("location.hash.includes('currency=EUR')")
        view.wait_for_selector(f"{place.split(' ')[0]}:has-text('€4,711')")


def test_glance_stands_beside_the_period_before(report, view, shown):
    made = report("shop")
    rates = {
        row[0]: between(*row[1:])
        for row in made.rows("""
            select period, metric_value, metric_value_lower, metric_value_upper
            from rpt_return_metrics
            where metric_name = 'order_return_rate' and maturity = 'to_date'
        """)
    }
    shown(view, made, "glance", "period=2026-Q1")
    assert rates["2026-Q1"] in answer(view)
    tile = view.locator(".tile", has_text="Return rate").first.inner_text()
    assert f"2025 Q4: {rates['2025-Q4']}" in tile
    assert view.locator(".tile").count() == 6
    assert view.locator(".tile a.definition").count() == 6


@pytest.mark.parametrize(
    ("page", "filter_", "value"),
    [
        ("glance", "period", "all"),
        ("outcomes", "period", "2025-Q4"),
        ("outcomes", "unit", "outcome_share_units"),
        ("outcomes", "unit", "outcome_share_value"),
        ("outcomes", "stage", "realised"),
        ("outcomes", "category", "Jeans"),
        ("outcomes", "channel", "google / cpc"),
        ("outcomes", "country", "US"),
        ("exchanges", "period", "2026-Q1"),
        ("exchanges", "category", "Jeans"),
        ("exchanges", "product", "all"),
        ("skus", "category", "Dresses"),
        ("skus", "style", "Harbour Wrap Dress"),
        ("reasons", "category", "Shoes"),
        ("reasons", "outcome", "refund"),
        ("reasons", "channel", "google / cpc"),
        ("reasons", "country", "US"),
        ("repurchase", "period", "2026-Q1"),
        ("channels", "type", "order_channel"),
        ("channels", "channel", "google / cpc"),
        ("timing", "outcome", "refund"),
        ("timing", "clock", "days_return_to_close"),
        ("cost", "period", "2026-Q1"),
        ("cost", "form", "net_return_cost_cash"),
        ("cost", "basis", "order"),
    ],
)
def test_a_filter_changes_the_page_and_its_address(
    report, view, shown, page, filter_, value
):
    shown(view, report("shop"), page)
    before = view.locator("main").inner_text()
    view.locator(f"#filter-{filter_}").select_option(value)
    view.wait_for_function(
        "text => document.querySelector('main').innerText !== text", arg=before
    )
    after = view.locator("main").inner_text()
    view.reload()
    view.wait_for_selector(f"main[data-page={page}]")
    assert view.locator("main").inner_text() == after


COUNTED = [
    ("outcomes", ""),
    ("outcomes", "unit=outcome_share_units&period=2026-Q1"),
    ("outcomes", "basis=order&maturity=mature_only&stage=realised&period=2026-Q1"),
    ("outcomes", "unit=outcome_share_units&period=2026-02..2026-04"),
    ("exchanges", ""),
    ("exchanges", "product=all&period=2026-Q1"),
    ("exchanges", "product=all&period=2026-02..2026-04"),
    ("reasons", ""),
    ("reasons", "category=Dresses&period=all"),
    ("reasons", "period=2026-02..2026-04"),
    ("outcomes", CROSSED),
    ("outcomes", f"{CROSSED}&basis=order&maturity=mature_only&stage=realised"),
    ("reasons", f"{CROSSED}&outcome=refund"),
    ("repurchase", ""),
    ("channels", ""),
    ("channels", "type=order_channel&maturity=to_date&period=2026-Q1"),
    ("timing", ""),
    ("timing", "clock=days_return_to_close&maturity=to_date&period=2026-Q1"),
    ("definitions", ""),
]


@pytest.mark.parametrize(("page", "choices"), COUNTED)
def test_as_many_orders_are_listed_as_the_figure_says(
    report, view, shown, page, choices
):
    shown(view, report("shop"), page, choices)
    buttons = view.locator("main td button.drill-down").all()
    assert buttons
    for button in buttons[:10]:
        assert len(behind(view, button)) == number(button.inner_text())


def test_as_many_orders_are_listed_as_a_size_has_units_of_a_reason(report, view, shown):
    shown(view, report("shop"), "skus", "style=Harbour Wrap Dress&period=all")
    cells = table_box(view, "Returned units by size and reason").locator("td button")
    assert cells.count() > 5
    for button in cells.all()[:8]:
        assert len(behind(view, button)) == number(button.inner_text())


SUMMED = [
    ("skus", "period=all", -1),
    ("skus", "style=Harbour Wrap Dress&period=all", -1),
    ("skus", "maturity=mature_only&period=2026-Q1", -1),
    ("cost", "", -1),
    ("cost", "basis=order", -1),
    ("cost", "basis=order&period=2026-02..2026-04", -1),
]


@pytest.mark.parametrize(("page", "choices", "column"), SUMMED)
def test_the_orders_listed_add_up_to_the_figure(
    report, view, shown, page, choices, column
):
    shown(view, report("shop"), page, choices)
    amounts = "main td button.drill-down:not([aria-label*=Cases])"
    for button in view.locator(amounts).all()[:8]:
        listed = behind(view, button)
        assert sum(number(cells[column]) for cells in listed) == number(
            button.inner_text()
        )


def behind(view, button) -> list[list[str]]:
    """Open the list of orders behind a figure, return all of its rows, and close it."""
    button.click()
    view.wait_for_selector("dialog[open]")
    more = view.locator("dialog").get_by_role("button", name="Show all")
    if more.count():
        more.click()
    rows = view.locator("dialog tbody").evaluate(
        "body => [...body.rows].map(row => [...row.cells].map(cell => cell.innerText))"
    )
    view.keyboard.press("Escape")
    return rows


def number(text: str) -> Decimal:
    return Decimal(text.replace("US$", "").replace(",", ""))


def test_a_table_is_downloaded_whole_with_unrounded_figures(report, view, shown):
    made = report("shop")
    shown(view, made, "skus", "period=all")
    with view.expect_download() as waiting:
        box = table_box(view, "Return rate by SKU")
        box.get_by_role("button", name="Download as CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rates = made.rows("""
        select unit_return_rate from rpt_return_rate_by_sku
        where maturity = 'to_date' and period_type = 'all'
    """)
    assert waiting.value.suggested_filename == "return-rate-by-sku.csv"
    assert sorted(float(row["unit_return_rate"]) for row in rows) == sorted(
        rate for (rate,) in rates
    )


def figures(view) -> list[list[str]]:
    """Return the answer and the rows of every table, with the unrounded figures.

    The parts of the cost are left out: a chosen range of months does not show them.
    """
    for more in view.get_by_role("button", name="Show all").all():
        if more.is_visible():
            more.click()
    return [
        [answer(view)],
        *sorted(
            view.locator("main tbody tr").evaluate_all(
                "rows => rows.filter(row => !row.closest('table').caption.textContent"
                ".startsWith('Parts of the cost')).map(row => [...row.cells].flatMap(cell => ["
                " (cell.querySelector('button') ?? cell.firstChild).textContent,"
                " cell.title]))"
            )
        ),
    ]


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("outcomes", ""),
        ("outcomes", "unit=outcome_share_units&stage=realised&basis=order"),
        ("outcomes", "unit=outcome_share_value"),
        ("outcomes", "maturity=mature_only&basis=order"),
        ("outcomes", "category=Dresses&country=US"),
        ("reasons", ""),
        ("reasons", "category=Dresses"),
        ("exchanges", "product=all"),
        ("cost", ""),
        ("cost", "basis=order&maturity=mature_only"),
    ],
)
def test_the_months_of_a_quarter_add_up_to_it(report, view, shown, name, choices):
    made = report("shop")
    shown(view, made, name, f"{choices}&period=2026-Q1")
    quarter = figures(view)
    shown(view, made, name, f"{choices}&period=2026-01..2026-03")
    months = [
        [text.replace("2026-01 to 2026-03", "2026 Q1") for text in row]
        for row in figures(view)
    ]
    assert months[0] == quarter[0]
    assert {*map(tuple, months)} == {*map(tuple, quarter)}


def test_any_first_and_last_month_can_be_chosen(report, view, shown):
    made = report("shop")
    shown(view, made, "outcomes", "period=2026-02")
    view.locator("#filter-to").focus()
    view.locator("#filter-to").select_option("2026-04")
    view.wait_for_function("location.hash.includes('period=2026-02..2026-04')")
    view.wait_for_function("document.activeElement.id === 'filter-to'")
    ((returns, refunds),) = made.rows("""
        select count(*), count(*) filter (outcome_group = 'refund') from fct_returns
        where is_counted_return and return_date >= '2026-02-01'
            and return_date < '2026-05-01'
    """)
    assert answer(view).startswith(f"Of {returns} returns, ")
    caption = "Outcomes, 2026-02 to 2026-04"
    cells = {row[0]: row[1] for row in table(view, caption)}
    assert cells["refund"] == str(refunds)
    with view.expect_download() as waiting:
        table_box(view, caption).get_by_role("button", name="Download").click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["filter_period"] for row in rows} == {"2026-02 to 2026-04"}
    view.get_by_role("link", name="Reasons").click()
    view.wait_for_selector("main[data-page=reasons]")
    assert view.locator("#filter-from").input_value() == "2026-02"
    # A range of the three months of a quarter is the quarter.
    view.locator("#filter-from").select_option("2026-01")
    view.locator("#filter-to").select_option("2026-03")
    view.wait_for_function("location.hash.includes('period=2026-Q1')")


def test_a_range_with_an_immature_month_is_immature(report, view, shown):
    made = report("shop")
    months = made.rows("""
        select period, is_period_mature from rpt_net_return_cost
        where cost_form = 'net_return_cost' and date_basis = 'order'
            and maturity = 'to_date' and period_type = 'month' order by period
    """)
    mature = [period for period, is_mature in months if is_mature]
    for last, is_mature in ((mature[-1], True), (months[-1][0], False)):
        shown(view, made, "cost", f"basis=order&period={mature[-2]}..{last}")
        assert view.locator(".warning").count() == (0 if is_mature else 1)


@pytest.mark.parametrize("name", ["glance", "skus", "repurchase", "channels", "timing"])
def test_a_page_whose_figures_do_not_add_up_says_so(report, view, shown, name):
    shown(view, report("shop"), name, "period=2026-02..2026-04")
    said = view.locator(".warning").first.inner_text()
    assert "cannot be added up over months" in said
    assert "no figures for 2026-02 to 2026-04" in said
    assert view.locator("#filter-from").count() == 0
