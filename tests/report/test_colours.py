"""Outcomes can be distinguished with every kind of colour vision, and without
colour."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from report.html import PAGE

COLOURS = ("exchange", "refund", "credit", "mixed", "other", "no-return")
# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
VISIONS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def palette(theme: str) -> dict[str, list[float]]:
    """Return the linear RGB of a theme's colours by name, with the paper's."""
    style = (PAGE / "style.css").read_text("utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    part = light if theme == "light" else dark
    found = dict(re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", part.split("* {")[0]))
    return {name: linear(found[name]) for name in (*COLOURS, "paper")}


def linear(code: str) -> list[float]:
    code = code if len(code) == 6 else "".join(2 * letter for letter in code)
    parts = [int(code[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    return [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]


def lab(colour: list[float]) -> tuple[float, float, float]:
    rows = (
        (0.4124, 0.3576, 0.1805, 0.95047),
        (0.2126, 0.7152, 0.0722, 1),
        (0.0193, 0.1192, 0.9505, 1.08883),
    )
    x, y, z = (
        root(sum(a * b for a, b in zip(row[:3], colour, strict=True)) / row[3])
        for row in rows
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def root(value: float) -> float:
    return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116


def seen(colour: list[float], vision: str) -> tuple[float, float, float]:
    mixed = (
        sum(a * b for a, b in zip(row, colour, strict=True)) for row in VISIONS[vision]
    )
    return lab([min(1, max(0, value)) for value in mixed])


def luminance(colour: list[float]) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_colours_of_outcomes_are_told_apart(theme, vision):
    colours = palette(theme)
    apart = {
        (one, other): math.dist(
            seen(colours[one], vision), seen(colours[other], vision)
        )
        for one, other in itertools.combinations(COLOURS, 2)
    }
    assert {pair: apart[pair] for pair in apart if apart[pair] < 25} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_outcomes_stand_out_from_the_paper(theme):
    colours = palette(theme)
    paper = luminance(colours["paper"])
    for name in COLOURS:
        low, high = sorted((luminance(colours[name]), paper))
        assert (high + 0.05) / (low + 0.05) >= 3, name


@pytest.mark.parametrize("name", ["repurchase", "timing"])
def test_an_interval_has_an_outline_that_is_seen_on_dark_bars(
    report, view, shown, name
):
    shown(view, report("shop"), name)
    outlines, lines = (
        view.locator(f"svg .whisker{kind}").evaluate_all(
            "all => all.map(one => [one.getAttribute('d'), getComputedStyle(one).stroke])"
        )
        for kind in (".outline", ":not(.outline)")
    )
    assert [path for path, _ in outlines] == [path for path, _ in lines] != []
    paper = view.evaluate("getComputedStyle(document.body).backgroundColor")
    assert {colour for _, colour in outlines} == {paper}


@pytest.mark.parametrize("name", ["outcomes", "repurchase"])
def test_lines_and_parts_of_bars_are_named_beside_or_inside(report, view, shown, name):
    shown(view, report("shop"), name)
    marks = "svg .inside" if name == "outcomes" else "svg .line-name"
    texts = " ".join(view.locator(f"main {marks}").all_text_contents())
    assert "exchange" in texts
    assert "refund" in texts
