"""Every page of every world opens, has an answer, and is accessible."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest

from report.html import page_names

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
PAGES = page_names()
HEADINGS = {
    "glance": "The shop's returns at a glance",
    "outcomes": "What share of returns becomes an exchange, a refund or credit?",
    "exchanges": "What do customers take in exchange for what they send back?",
    "skus": "Which SKUs have the highest return rate this quarter?",
    "reasons": "What are the top reasons for returns in each product category?",
    "repurchase": "Do customers who exchange buy again more often than those who refund?",
    "channels": "Which acquisition channels bring the orders that are returned least?",
    "timing": "How does the time from order to return differ by outcome?",
    "cost": "What do returns cost, as a share of gross revenue?",
    "definitions": "What does each figure mean, and what is missing?",
}
WORLDS = ("shop", "tiny", "empty", "loop_alone")
SIDEWAYS = """
    () => [...document.querySelectorAll(':root, .scroll')]
        .filter(box => box.scrollWidth > box.clientWidth)
        .map(box => box.ariaLabel ?? 'page')
"""
EVERYWHERE = [(world, name) for world in WORLDS for name in PAGES]


def test_the_pages_are_those_of_the_questions():
    assert set(PAGES) == set(HEADINGS)


def barriers(page) -> list[str]:
    """Return the accessibility violations of a page that axe finds."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    # axe checks every rule, but details only violations, which is faster.
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['id']}: {node['html'][:90]}" for rule in found for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("world", "name"), EVERYWHERE)
def test_page_is_complete_and_accessible(report, view, shown, world, name):
    shown(view, report(world), name)
    assert view.locator("h1").all_inner_texts() == [HEADINGS[name]]
    assert view.locator(".answer").inner_text().endswith(".")
    fresh = "No data yet" if world == "empty" else "Data through "
    assert view.locator("#coverage").inner_text().startswith(fresh)
    for drawing in view.locator("main svg").all():
        assert drawing.get_attribute("aria-label")
    text = view.locator("body").inner_text()
    assert not [
        word for word in ("undefined", "NaN", "null", "[object") if word in text
    ]
    assert view.evaluate(SIDEWAYS) == []
    assert barriers(view) == []


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("skus", "period=all"),
        ("channels", "type=order_channel&maturity=to_date"),
        ("timing", "maturity=to_date"),
        ("cost", "basis=order"),
        ("cost", "period=2026-02"),
    ],
)
def test_tables_and_lists_fit_a_desktop(report, view, shown, name, choices):
    shown(view, report("shop"), name, choices)
    assert view.evaluate(SIDEWAYS) == []
    view.locator("table button.drill-down").first.click()
    view.wait_for_selector("dialog[open]")
    assert view.evaluate(SIDEWAYS) == []
    view.keyboard.press("Escape")


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone_in_the_dark(report, view, shown, name):
    for width in (390, 360):
        view.set_viewport_size({"width": width, "height": 740})
        view.emulate_media(color_scheme="dark")
        shown(view, report("shop"), name)
        # A table scrolls inside its own box.
        assert "page" not in view.evaluate(SIDEWAYS)
    assert barriers(view) == []


def test_a_warehouse_without_data_says_what_to_do(report, view, shown):
    for name in PAGES[:-1]:
        shown(view, report("empty"), name)
        assert "no orders and no returns yet" in view.locator(".answer").inner_text()
        assert "make demo" in view.locator(".empty").inner_text()


def test_a_warehouse_without_a_mart_says_which(report, view, shown, tmp_path):
    whole = report("tiny").page.read_text("utf-8")
    start = whole.index('<script type="text/plain" id="data-reasons">')
    end = whole.index("</script>", start) + len("</script>")
    page = tmp_path / "index.html"
    page.write_text(whole[:start] + whole[end:], encoding="utf-8")
    view.goto(f"{page.as_uri()}#/reasons")
    view.wait_for_selector("main[data-page=reasons]")
    assert "Missing data sets: reasons" in view.locator(".empty").inner_text()


def test_a_small_world_compares_no_classes_and_says_so(report, view, shown):
    shown(view, report("tiny"), "repurchase")
    assert "too few customers" in view.locator(".answer").inner_text()


def test_the_keyboard_reaches_menu_filters_and_orders(report, view, shown):
    shown(view, report("shop"), "outcomes")
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "Skip to the answer"
    view.locator("table button.drill-down").first.focus()
    view.keyboard.press("Enter")
    assert view.locator("dialog[open] h2").inner_text().startswith("Returns behind")
    assert barriers(view) == []
    view.keyboard.press("Enter")
    view.wait_for_selector("dialog[open]", state="hidden")
    view.locator("#filter-period").focus()
    view.keyboard.press("ArrowDown")
    view.wait_for_function("location.hash.includes('period=')")
    view.wait_for_function("document.activeElement.id === 'filter-period'")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_page_links_to_its_parts(report, view, shown, width):
    view.set_viewport_size({"width": width, "height": 740})
    shown(view, report("shop"), "cost")
    headings = view.locator("main > h2").all_inner_texts()
    assert len(headings) > 3
    assert view.locator(".parts a").all_inner_texts() == headings
    bar = view.locator("#coverage").bounding_box()
    for _ in range(2):
        view.locator(".parts a", has_text="still owed").click()
        # The heading may be drawn anew between two requests to the browser.
        top = view.wait_for_function("""
            location.hash.includes("part=what-is-still-owed")
            && document.querySelector("h2:focus")?.getBoundingClientRect().y
        """).json_value()
        assert bar["height"] <= top < 300
    # After a choice, its filter is still in view.
    view.locator("#filter-form").focus()
    view.locator("#filter-form").select_option(index=1)
    view.wait_for_selector("#filter-form:focus")
    assert view.locator("#filter-form").bounding_box()["y"] > 0
