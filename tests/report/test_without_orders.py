"""With only Loop's returns, pages say that orders are not loaded, and show nothing
wrong."""

from __future__ import annotations

import pytest

from report.html import page_names

ANSWERABLE = {
    *("glance", "outcomes", "exchanges", "skus", "reasons", "timing", "cost"),
}
FALSE_WITHOUT_ORDERS = (
    "was sold",
    "old enough",
    "gross revenue",
    "us$0 gross",
    "return rate is",
    "too few customers",
    "no order",
)


@pytest.mark.parametrize("name", [*page_names()][:-1])
def test_without_orders_a_page_says_so_and_how_to_load_them(report, view, shown, name):
    shown(view, report("loop_alone"), name)
    text = view.locator("main").inner_text()
    assert "Orders are not loaded" in text
    assert "shopify_source" in text
    question = view.locator("h1").inner_text()
    said = text.replace(question, "").lower()
    assert not [words for words in FALSE_WITHOUT_ORDERS if words in said]
    answered = "cannot be answered" not in view.locator(".answer").inner_text()
    assert answered == (name in ANSWERABLE)
    assert "Orders are not loaded" in view.locator("#coverage").inner_text()


def test_without_orders_skus_are_listed_by_returned_units(report, view, shown):
    made = report("loop_alone")
    rows = made.rows("""
        select sku, count(*) from fct_return_lines
        where is_counted_return and not is_over_line_quantity
        group by sku order by count(*) desc, sku
    """)
    shown(view, made, "skus", "period=all")
    cells = view.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].innerText, +row.cells[1].innerText])"
    )
    assert cells == [list(row) for row in rows][: len(cells)]
    assert len(cells) > 1
