"""The page stays correct with odd currencies, names, folders and faults."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from report.__main__ import default_output
from report.html import PAGE

ROOT = PAGE.parents[1]


@pytest.mark.parametrize("code", ["US Dollar", "", "U$", "dollars"])
def test_an_amount_of_no_iso_currency_stands_with_the_text_as_it_is(
    altered, view, code
):
    page = altered(
        "update rpt_net_return_cost set currency_code = ?",
        "update dim_currencies set currency_code = (select any_value(currency_code) "
        "from rpt_net_return_cost)",
        values=[code],
    )
    for name in ("cost", "glance"):
        view.goto(f"{page}#/{name}")
        view.wait_for_selector(f"main[data-page={name}]")
        text = view.locator("main").inner_text()
        assert "failed" not in text
        assert re.search(rf"\d {re.escape(code)}".rstrip(), text)


def test_a_page_that_fails_says_so_and_clears_the_former_one(report, browser, tmp_path):
    whole = report("tiny").page.read_text("utf-8")
    data = 'id="data-exchange_flows">'
    start = whole.index(data) + len(data)
    end = whole.index("</script>", start)
    page = tmp_path / "index.html"
    page.write_text(f"{whole[:start]}AAAA{whole[end:]}", encoding="utf-8")
    tab = browser.new_page()
    tab.goto(f"{page.as_uri()}#/outcomes")
    tab.wait_for_selector("main[data-page=outcomes]")
    former = tab.locator(".answer").inner_text()
    tab.locator("#menu").get_by_text("Exchanges").click()
    tab.wait_for_selector("main[data-page=exchanges]")
    assert tab.locator(".answer").inner_text() == "This page failed."
    assert former not in tab.locator("main").inner_text()
    tab.locator("#menu").get_by_text("Outcomes").click()
    tab.wait_for_selector("main[data-page=outcomes]")
    assert tab.locator(".answer").inner_text() == former
    tab.close()


def test_the_usual_currency_is_the_one_with_most_orders(report, view, shown):
    made = report("two_currencies")
    codes = made.rows("""
        select currency_code, count(*) from fct_orders where is_customer_order
        group by currency_code order by count(*) desc
    """)
    assert len(codes) > 1
    assert min(codes)[0] != codes[0][0]
    for name in ("cost", "glance"):
        shown(view, made, name)
        assert view.locator("#filter-currency").input_value() == codes[0][0]


LONG = {
    "one word": "Ultralangerkategorienname" * 9,
    "words": "A very long name of a category " * 7,
    "right to left": "\u05e7\u05d8\u05d2\u05d5\u05e8\u05d9\u05d4" * 30,
}


@pytest.mark.parametrize("name", LONG.values(), ids=LONG)
@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_are_cut_in_charts_and_never_widen_the_page(
    altered, view, name, width
):
    page = altered(
        "update rpt_return_rate_by_category set product_category = ?",
        "update rpt_return_rate_by_sku set product_category = (select "
        "any_value(product_category) from rpt_return_rate_by_category), product_title ="
        " (select any_value(product_category) from rpt_return_rate_by_category)",
        "update rpt_return_rate_by_product set product_category = (select "
        "any_value(product_category) from rpt_return_rate_by_category), product_title ="
        " (select any_value(product_category) from rpt_return_rate_by_category)",
        "update rpt_returned_units set product_category = (select "
        "any_value(product_category) from rpt_return_rate_by_category), "
        "parent_return_reason = (select any_value(product_category) from "
        "rpt_return_rate_by_category), size = (select any_value(product_category) from"
        " rpt_return_rate_by_category)",
        values=[name],
    )
    view.set_viewport_size({"width": width, "height": 900})
    for question in ("skus", "reasons"):
        view.goto(f"{page}#/{question}?period=all")
        view.wait_for_selector(f"main[data-page={question}]")
        over = "document.documentElement.scrollWidth - innerWidth"
        assert view.evaluate(over) <= 0, question
        if question == "skus":
            cut = view.locator("main svg text > title").all_text_contents()
            assert any(name in text for text in cut)


def test_timing_bars_have_areas_of_their_shares(report, view, shown):
    shown(view, report("shop"), "timing")
    for drawing in view.locator(".panels svg").all():
        bars = drawing.locator("rect.bar").evaluate_all("""
            bars => bars.map(bar => [
                Number(bar.dataset.share),
                (bar.width.baseVal.value + 1) * bar.height.baseVal.value,
                bar.width.baseVal.value,
            ])
        """)
        areas = [area / value for value, area, _ in bars if value]
        assert max(areas) == pytest.approx(min(areas), rel=0.01)
        assert len({round(width) for *_, width in bars}) > 1


def test_timing_bars_of_all_outcomes_have_the_same_axes(report, view, shown):
    shown(view, report("two_currencies"), "timing")
    axes = [
        chart.locator(".axis").all_text_contents()
        for chart in view.locator(".panels svg").all()
    ]
    assert len(axes) > 1
    assert axes == [axes[0]] * len(axes)


@pytest.mark.skipif(
    os.name != "posix", reason="permissions of folders are those of POSIX"
)
def test_a_folder_that_cannot_be_written_is_named_in_one_line(report, tmp_path):
    # Even root cannot write a folder where a file has the same name.
    (tmp_path / "taken").write_text("")
    done = run("--output", str(tmp_path / "taken"), warehouse=report("tiny").warehouse)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"cannot be written to the folder {tmp_path / 'taken'}" in done.stderr


def test_the_report_is_written_beside_the_warehouse_it_read(report, tmp_path):
    warehouse = tmp_path / "own" / "warehouse.duckdb"
    warehouse.parent.mkdir()
    warehouse.symlink_to(report("tiny").warehouse)
    done = run(cwd=tmp_path, environment={"DUCKDB_PATH": "own/warehouse.duckdb"})
    assert done.returncode == 0, done.stderr
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("index.html")] == [
        Path("own/report/index.html")
    ]


def test_each_shop_in_a_warehouse_has_a_report_of_its_own(monkeypatch):
    monkeypatch.delenv("DBT_TARGET", raising=False)
    file = Path("own/warehouse.duckdb")
    assert default_output(file) == Path("own/report")
    monkeypatch.setenv("DBT_SCHEMA", "analytics_uk")
    assert default_output(file) == Path("own/report/analytics_uk")
    monkeypatch.setenv("DBT_TARGET", "bigquery")
    assert default_output(None) == Path("output/bigquery/report")
    monkeypatch.setenv("BIGQUERY_DATASET", "analytics_us")
    assert default_output(None) == Path("output/bigquery/report/analytics_us")
    monkeypatch.setenv("DBT_TARGET", "postgres")
    assert default_output(None) == Path("output/postgres/report/analytics_uk")


def test_the_report_of_one_of_several_shops_names_it(report, altered, view, shown):
    shown(view, report("tiny"), "glance")
    assert view.locator(".brand").inner_text() == "Returns report"
    view.goto(altered("update fct_returns set sm_store_id = '<b>uk</b>'"))
    view.wait_for_selector("main[data-page=glance]")
    assert view.locator(".brand").inner_text() == "Returns report: <b>uk</b>"
    assert view.title().endswith(" · Returns report: <b>uk</b>")


def test_a_report_that_fails_to_be_written_leaves_the_former_one(report, tmp_path):
    page = tmp_path / "index.html"
    page.write_text("former")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
    script = (
        f"{limit} import sys; sys.argv = ['report', '--warehouse', "
        f"{str(report('tiny').warehouse)!r}, '--output', {str(tmp_path)!r}];"
        "from report.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert page.read_text() == "former"
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize(
    ("days", "said", "is_stale"),
    [(1, "Data through 30 Jun 2026", False), (9, "30 Jun 2026, 9 days ago", True)],
)
def test_the_age_of_data_is_said_in_words(report, browser, days, said, is_stale):
    made = report("shop")
    assert made.rows("select data_through_date::varchar from rpt_data_through") == [
        ("2026-06-30",)
    ]
    tab = browser.new_page()
    tab.clock.set_fixed_time(
        f"2026-07-{days:02}T12:00:00Z" if days > 1 else "2026-07-01T12:00:00Z"
    )
    tab.goto(made.address())
    tab.wait_for_selector("main[data-page=glance]")
    bar = tab.locator("#coverage")
    assert "Report made " in bar.inner_text()
    assert ("stale" in (bar.get_attribute("class") or "")) == is_stale
    assert said in bar.inner_text()
    tab.close()


def run(
    *options: str,
    warehouse: Path | None = None,
    cwd: Path = ROOT,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    named = ("--warehouse", str(warehouse)) if warehouse else ()
    return subprocess.run(
        [sys.executable, "-m", "report", *named, *options],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)} | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
