"""The explorer's page in a real browser: the engine's figures, links, CSV."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from metrics import Engine
from metrics.__main__ import main
from metrics.explorer.chart import chart
from metrics.question.question import Question
from tests.metrics.conftest import ROOT, environment
from tests.report.conftest import Watch
from tests.report.test_pages import barriers
from tests.transform.conftest import Warehouse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

BY_CATEGORY = {"metric": "exchange_order_rate", "by": "product_category"}


@pytest.fixture(scope="module")
def address(shop: Warehouse) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "metrics", "explore", "--port", "0"],
        cwd=ROOT,
        env=os.environ | environment(shop),
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        said = server.stdout.readline()
        yield re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        server.terminate()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    page = browser.new_page()
    yield page, Watch(page)
    page.close()


@pytest.fixture
def view(tab: tuple[Page, Watch], address: str) -> Iterator[Page]:
    """Return the page; the test fails if it logs an error or asks another server."""
    page, watch = tab
    watch.requests.clear()
    watch.complaints.clear()
    page.goto(address)
    yield page
    assert watch.complaints == []
    assert [
        url for url in watch.requests if not url.startswith((address, "data:"))
    ] == []


def table(page: Page) -> list[list[str]]:
    """Return the headings and the rows of the figures."""
    return [
        row.locator("th, td").all_inner_texts()
        for row in page.locator("#answer tr").all()
    ]


def printed(words: list[str], shop: Warehouse, capsys, monkeypatch) -> list[list[str]]:
    """Return the table that the command line prints, cell by cell."""
    for name, value in environment(shop).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "400")
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in lines]


def test_a_person_picks_metric_group_and_filter_and_sees_the_printed_figures(
    view: Page, shop: Warehouse, capsys, monkeypatch
) -> None:
    view.get_by_label("Metric").select_option("exchange_order_rate")
    view.get_by_label("Group by").select_option("product_category")
    view.get_by_label("Dimension").select_option("product_category")
    view.get_by_label("Values").fill("Dresses, tops")
    view.get_by_label("From").fill("2025-Q4")
    view.get_by_label("To").fill("2026-Q1")
    view.get_by_role("button", name="Show figures").click()
    shown = table(view)
    assert [row[0] for row in shown[1:]] == ["Dresses", "Tops"]
    command = shlex.split(view.locator("#command").inner_text())
    assert command[:4] == ["python", "-m", "metrics", "query"]
    assert "product_category=Dresses, tops" in command
    lines = printed(command[3:], shop, capsys, monkeypatch)
    assert lines[: len(shown)] == shown
    # The chart, the definition and the SQL belong to the same figures.
    bars = view.locator("svg text.value").all_text_contents()
    assert bars == [row[1] for row in shown[1:]]
    assert (
        "Of the eligible orders with the goods" in view.locator("#answer").inner_text()
    )
    view.get_by_text("SQL of the value").click()
    rows = shop.rows(view.locator("details code").first.inner_text())
    parts = {row[2:4] for row in map(tuple, shown[1:])}
    assert {tuple(f"{one:,}" for one in row[1:3]) for row in rows} == parts


def test_a_link_restores_the_choice(view: Page, address: str) -> None:
    choice = [
        ("metric", "order_return_rate"),
        ("by", "acquisition_channel"),
        ("dimension", "is_mature"),
        ("op", "="),
        ("value", "true"),
        ("grain", "quarter"),
        ("from", "2025-Q4"),
        ("order", "-period"),
        ("limit", "7"),
        ("compare", "yes"),
    ]
    view.goto(f"{address}?{urlencode(choice)}")
    before = table(view)
    assert len(before) == 8
    assert view.locator("polyline").count() > 0
    view.get_by_role("button", name="Show figures").click()
    # The address has empty fields too; the chosen fields are those of the link.
    assert view.url != f"{address}?{urlencode(choice)}"
    assert table(view) == before
    assert view.get_by_label("Metric").input_value() == "order_return_rate"
    assert view.get_by_label("Group by").input_value() == "acquisition_channel"
    assert view.get_by_label("Values").first.input_value() == "true"
    assert view.get_by_label("Compare").is_checked()


def test_the_csv_has_the_rows_of_the_table(view: Page, address: str) -> None:
    view.goto(f"{address}?{urlencode(BY_CATEGORY)}")
    with view.expect_download() as download:
        view.get_by_text("Download as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    shown = [
        [row[0], row[1], row[2].replace(",", ""), re.sub(r"\D", "", row[3]), row[6]]
        for row in table(view)[1:]
    ]
    assert len(shown) > 3
    assert shown == [
        [
            row["product_category"],
            f"{float(row['value']):.1%}",
            row["numerator"],
            row["denominator"],
            row["maturity"],
        ]
        for row in rows
    ]


def test_the_csv_has_all_rows_unless_a_number_is_chosen(
    address: str, shop: Warehouse
) -> None:
    [(skus,)] = shop.rows("select count(distinct sku) from fct_order_lines")
    assert skus > 100
    for limit, wanted in (("", False), ("5", True)):
        choice = {"metric": "sold_units", "by": "sku", "limit": limit}
        with urlopen(f"{address}figures.csv?{urlencode(choice)}") as response:  # noqa: S310
            text = response.read().decode("utf-8-sig")
        rows = list(csv.DictReader(text.splitlines()))
        assert (len(rows) == 5) == wanted
        assert wanted or len(rows) > 100
        assert {row["is_complete"] for row in rows} == {str(not wanted)}


def test_a_line_runs_through_the_periods_in_order(view: Page, address: str) -> None:
    choice = {"metric": "eligible_orders", "grain": "month", "order": "-value"}
    view.goto(f"{address}?{urlencode(choice)}")
    points = view.locator("polyline").first.get_attribute("points").split()
    places = [float(one.split(",")[0]) for one in points]
    assert len(places) > 6
    assert places == sorted(places)


def test_a_line_breaks_where_a_period_has_no_row(engine: Engine) -> None:
    answer = engine.query(Question(["eligible_orders"], time_grain="month"))
    [whole] = chart(answer, "month").lines
    assert len(whole.paths) == 1
    del answer.rows[3]
    [broken] = chart(answer, "month").lines
    assert [len(path.split()) for path in broken.paths] == [3, len(answer.rows) - 3]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (
            {"metric": "net_cost", "by": "product_category"},
            'net_cost cannot be grouped or filtered by "product_category"',
        ),
        ({"metric": "order_return_rat"}, "Similar names are order_return_rate"),
        (
            BY_CATEGORY | {"dimension": "product_category", "op": "=", "value": ""},
            'The filter on "product_category" has no value',
        ),
        (BY_CATEGORY | {"limit": "many"}, '"many" is not a number of rows'),
        (BY_CATEGORY | {"from": "<script>alert(1)</script>"}, "is not a date"),
    ],
)
def test_a_refused_choice_shows_the_engines_sentence_and_stays_in_the_form(
    view: Page, address: str, choice: dict[str, str], sentence: str
) -> None:
    view.goto(f"{address}?{urlencode(choice)}")
    assert sentence in view.get_by_role("alert").inner_text()
    assert view.locator("#answer").count() == 0
    assert view.get_by_label("Metric").input_value() == choice["metric"]
    assert barriers(view) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(
    view: Page, address: str, scheme: str
) -> None:
    view.emulate_media(color_scheme=scheme)
    view.set_viewport_size({"width": 360, "height": 740})
    for choice in (
        {},
        BY_CATEGORY,
        {"metric": "order_return_rate", "grain": "month", "by": "acquisition_channel"},
    ):
        view.goto(f"{address}?{urlencode(choice)}")
        assert view.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert barriers(view) == []


def test_each_example_of_the_first_page_has_an_answer(view: Page, address: str) -> None:
    links = view.locator("main li a")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert len(addresses) == 4
    for one in addresses:
        view.goto(address + one.lstrip("/"))
        assert len(table(view)) > 1


def test_a_page_of_another_site_cannot_read_or_write(address: str) -> None:
    elsewhere = Request(address, headers={"Host": "example.com"})  # noqa: S310
    writing = Request(address, data=b"metric=x", method="POST")  # noqa: S310
    for request, code in ((elsewhere, 400), (writing, 405)):
        with pytest.raises(HTTPError) as refused:
            urlopen(request)  # noqa: S310
        with refused.value as response:
            assert response.code == code
    with urlopen(address) as page:  # noqa: S310
        policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_a_port_in_use_is_told_with_what_to_do(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    port = address.rstrip("/").rpartition(":")[2]
    assert main(["explore", "--port", port]) == 1
    assert "choose another with --port" in capsys.readouterr().err
