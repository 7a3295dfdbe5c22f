"""Tables can be sorted, searched and downloaded, and have tooltips."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tests.report.figures import table_box

SKUS = "Return rate by SKU"


def column(view, caption: str, place: int) -> list[str]:
    return (
        table_box(view, caption)
        .locator("tbody")
        .evaluate(
            "(body, place) => [...body.rows].map(row => row.cells[place].innerText)",
            place,
        )
    )


def downloaded(view, caption: str) -> list[dict[str, str]]:
    return saved(view, table_box(view, caption))


def saved(view, box) -> list[dict[str, str]]:
    with view.expect_download() as waiting:
        box.get_by_role("button", name="Download as CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_is_sorted_by_any_column_in_both_directions(report, view, shown):
    shown(view, report("shop"), "skus", "period=all")
    header = table_box(view, SKUS).locator("th", has_text="Units sold")
    header.get_by_role("button").click()
    largest = [int(text.replace(",", "")) for text in column(view, SKUS, 3)]
    assert largest == sorted(largest, reverse=True)
    assert header.get_attribute("aria-sort") == "descending"
    header.get_by_role("button").click()
    smallest = [int(text.replace(",", "")) for text in column(view, SKUS, 3)]
    assert smallest == sorted(smallest)
    assert smallest[0] < largest[0]
    product = table_box(view, SKUS).locator("thead th", has_text="Product")
    product.get_by_role("button").press("Enter")
    products = column(view, SKUS, 1)
    assert products == sorted(products, key=str.lower)
    assert header.get_attribute("aria-sort") is None


def test_a_table_is_searched_by_text(report, view, shown):
    shown(view, report("shop"), "skus", "period=all")
    last = column(view, SKUS, 0)[-1].removesuffix("immature")
    box = table_box(view, SKUS)
    box.get_by_role("searchbox").fill(last.lower())
    first = box.locator("tbody tr").first.locator("th")
    first.filter(has_text=last).wait_for()
    assert all(last in sku for sku in column(view, SKUS, 0))
    assert " of " in box.locator(".found").inner_text()
    rows = downloaded(view, SKUS)
    assert [row["sku"] for row in rows] == [
        sku.removesuffix("immature") for sku in column(view, SKUS, 0)
    ]
    assert {row["filter_text"] for row in rows} == {last.lower()}


def test_exact_values_are_shown_on_hover(report, view, shown):
    made = report("shop")
    shown(view, made, "cost")
    (cost, exact_share) = made.rows("""
        select net_cost, cost_share_of_gross from rpt_net_return_cost
        where cost_form = 'net_return_cost' and date_basis = 'return'
            and maturity = 'to_date' and period = 'all'
    """)[0]
    row = view.locator("tbody tr", has_text="all time").first
    hovered = row.locator("td").last.get_attribute("title")
    assert float(hovered.rstrip("%")) == pytest.approx(exact_share * 100, abs=1e-8)
    exact = row.locator("td").first.get_attribute("title")
    assert float(exact.replace("US$", "").replace(",", "")) == float(cost)


@pytest.mark.parametrize(
    ("name", "choices", "mark"),
    [
        ("skus", "period=all", "rect.bar"),
        ("outcomes", "", "rect.bar"),
        ("glance", "", "path.dot"),
        ("timing", "", "rect.bar"),
        ("exchanges", "", "path.ribbon"),
    ],
)
def test_marks_of_a_chart_have_tooltips(report, view, shown, name, choices, mark):
    shown(view, report("shop"), name, choices)
    titles = view.locator(f"main svg {mark} > title").all_text_contents()
    assert len(titles) == view.locator(f"main svg {mark}").count() > 0
    assert all(any(letter.isdigit() for letter in title) for title in titles)


def test_a_csv_file_holds_period_filters_and_flags(report, view, shown):
    shown(view, report("shop"), "skus", "period=2026-Q2&category=Dresses")
    rows = downloaded(view, SKUS)
    assert {row["filter_period"] for row in rows} == {"2026 Q2"}
    assert {row["filter_category"] for row in rows} == {"Dresses"}
    assert {row["filter_maturity"] for row in rows} == {"all orders, to date"}
    immature = report("shop").rows("""
        select sku from rpt_return_rate_by_sku
        where period = '2026-Q2' and maturity = 'to_date'
            and product_category = 'Dresses' and not is_period_mature
    """)
    flagged = [(row["sku"],) for row in rows if "immature" in row["flags"]]
    assert sorted(flagged) == sorted(immature)
    assert flagged
    rows = downloaded(view, "Demand by size, orders from")
    assert {row["product_title"] for row in rows} == {
        title
        for (title,) in report("shop").rows(
            "select product_title from rpt_demand_by_size"
            " where product_category = 'Dresses'"
        )
    }
    young = {row["size"] for row in rows if float(row["share_known"] or 1) < 0.8}
    assert {row["size"] for row in rows if row["flags"] == "immature"} == young
    assert {row["table"] for row in rows} == {
        "Demand by size, orders from 1 Jul 2025 to 30 Jun 2026"
    }
    shown(view, report("shop"), "cost")
    rows = downloaded(view, "Net cost of returns")
    assert {row["currency_code"] for row in rows} == {"USD"}
    assert {row["filter_currency"] for row in rows} == {"USD"}
    assert {row["data_through_date"] for row in rows} == {"2026-06-30"}
    assert "filter_text" not in rows[0]


@pytest.mark.parametrize(
    ("name", "choices", "captions"),
    [
        (
            "cost",
            "period=2025-Q4",
            {
                "Net cost of returns": {"form", "basis", "maturity", "currency"},
                "Refund liability by month end": {"currency"},
                "Journal of returns": {"period", "currency"},
            },
        ),
        (
            "reasons",
            "category=Dresses",
            {"Top reasons by category": {"period", "outcome", "channel", "country"}},
        ),
        (
            "skus",
            "category=Dresses",
            {"Return rate by category": {"period", "maturity"}},
        ),
        ("timing", "", {"Expected returns by week": set()}),
        ("glance", "", {"Units that come back, by month of the order": set()}),
    ],
)
def test_a_csv_file_names_only_the_filters_that_select_its_rows(
    report, view, shown, name, choices, captions
):
    shown(view, report("shop"), name, choices)
    for caption, filters in captions.items():
        rows = downloaded(view, caption)
        named = {key for key in rows[0] if key.startswith("filter_")}
        assert named == {f"filter_{one}" for one in filters}, caption
        assert {row["data_through_date"] for row in rows} == {"2026-06-30"}
    if name == "cost":
        assert {row["period"] for row in rows} == {"2025-10", "2025-11", "2025-12"}


def test_columns_of_reasons_are_named_in_a_csv_file(report, view, shown):
    shown(view, report("shop"), "skus", "period=all")
    caption = "Returned units by size and reason"
    labels = table_box(view, caption).locator("thead th").all_text_contents()
    row = downloaded(view, caption)[0]
    assert list(row)[: len(labels)] == ["size", *labels[1:-1], "units"]
    assert len(labels) > 5


FORMULAS = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@a": "'@a",
    "\ttab": "'\ttab",
    "\rreturn": "'\rreturn",
    "\nfeed": "'\nfeed",
    "\n=1": "'\n'=1",
    " =1": "' =1",
    "\uff1d1": "'\uff1d1",
    "\uff0b1": "'\uff0b1",
    "\uff201": "'\uff201",
    "\u22121": "'\u22121",
    "\u200b=1": "'\u200b=1",
    "\ufeff=1": "'\ufeff=1",
    "\u00a0=1": "'\u00a0=1",
    "\u3164=1": "'\u3164=1",
    "a;=1": "a;'=1",
    "a;\u200b=1": "a;'\u200b=1",
    "a|=1": "a|'=1",
    "a\t=1": "a\t'=1",
    "a\n=1": "a\n'=1",
    "a=1": "a=1",
    "a; b": "a; b",
    "A-1": "A-1",
}


def test_no_cell_of_a_csv_file_is_run_by_a_spreadsheet(altered, view):
    names = list(FORMULAS)
    page = altered(
        "create table names as select * from (values "
        + ", ".join(f"({place}, ?)" for place in range(1, len(names) + 1))
        + ") as names (place, name)",
        """
        create or replace table rpt_returned_units as
        select units.* replace (names.name as parent_return_reason)
        from (
            select * from rpt_returned_units where date_basis = 'return' limit 1
        ) as units cross join names
        """,
        values=names,
    )
    view.goto(f"{page}#/reasons?period=all")
    view.wait_for_selector("main[data-page=reasons]")
    rows = downloaded(view, "")
    assert sorted(row["parent_return_reason"] for row in rows) == sorted(
        FORMULAS.values()
    )


def test_a_downloaded_list_is_what_the_marts_hold(report, view, shown):
    made = report("shop")
    shown(view, made, "skus", "period=all")
    view.locator("table button.drill-down").first.click()
    view.wait_for_selector("dialog[open]")
    with view.expect_download() as waiting:
        view.locator("dialog").get_by_role("button", name="Download as CSV").click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    view.keyboard.press("Escape")
    with duckdb.connect(str(made.warehouse), read_only=True) as marts:
        orders = {
            name
            for (name,) in marts.execute(
                "select order_name from analytics.fct_orders"
            ).fetchall()
        }
    assert rows
    assert {row["order_name"] for row in rows} <= orders
