"""Ranks of goods in simulated shops whose true return rates are known.

`pytest tests/transform/statistics/test_ranking.py -k found -rP` prints the figures that decision
0113 compares.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest

from demo.answers import QUESTIONS
from loop_simulator.world import make_world
from tests.transform.conftest import Warehouse
from tests.transform.worlds.table import build_world, simulated

from .compiled import Models

CATEGORIES = {
    "Dresses": 0.34,
    "Jeans": 0.29,
    "Shoes": 0.27,
    "Tops": 0.15,
    "Accessories": 0.09,
    "Care": 0.02,
}
SIZES = {"XS": 0.5, "S": 1.0, "M": 1.4, "L": 1.0, "XL": 0.6}
"""Relative sales of the sizes of a style."""
COLOURS = ("Black", "Sage")
SHOPS = 20
TOP = 10


class Good(NamedTuple):
    """A SKU with its true rate and its sold and returned units."""

    sku: str
    product: str
    category: str
    option: str
    rate: float
    sold: int
    returned: int


def drawn(
    dice: random.Random, name: tuple[str, str, str, str], rate: float, sold: float
) -> Good:
    units = int(sold + dice.random())
    return Good(*name, rate, units, sum(dice.random() < rate for _ in range(units)))


def shifted(rate: float, by: float) -> float:
    """Move a rate on the scale of log odds."""
    return 1 / (1 + math.exp(-math.log(rate / (1 - rate)) - by))


def sized_shop(dice: random.Random, units: float) -> list[Good]:
    """Forty styles in five sizes and two colours: a SKU's rate follows its style and size."""
    goods = []
    for style in range(40):
        category = list(CATEGORIES)[style % len(CATEGORIES)]
        popular, habit = dice.lognormvariate(0, 0.8) / 1.38, dice.gauss(0, 0.35)
        for size, share in SIZES.items():
            fit = dice.gauss(0, 0.3)
            for colour in COLOURS:
                name = (f"{style}-{size}-{colour}", f"{style}", category, size)
                rate = shifted(CATEGORIES[category], habit + fit + dice.gauss(0, 0.1))
                sold = units * popular * share / 0.9 * dice.lognormvariate(0, 0.3)
                goods.append(drawn(dice, name, rate, sold))
    return goods


def unsized_shop(dice: random.Random, units: float) -> list[Good]:
    """Three hundred products of one SKU each."""
    goods = []
    for number in range(300):
        category = list(CATEGORIES)[number % len(CATEGORIES)]
        rate = shifted(CATEGORIES[category], dice.gauss(0, 0.45))
        name = (f"{number}", f"{number}", category, "(none)")
        sold = units * dice.lognormvariate(0, 1) / 1.65
        goods.append(drawn(dice, name, rate, sold))
    return goods


@pytest.fixture(scope="module")
def models(warehouse: Callable[..., Warehouse]) -> Models:
    return Models(build_world(warehouse, "golden"))


def lay(models: Models, shops: list[list[Good]]) -> None:
    """Lay out each shop as a month of its own, so that one query ranks them all."""
    months = [
        date(1990 + number // 12, number % 12 + 1, 1) for number in range(len(shops))
    ]
    models.table(
        "dim_currencies",
        "currency_code text, is_main_currency boolean",
        [("USD", True)],
    )
    models.table(
        "int_periods",
        "month_date date, period_type text, period text, period_start_date date,"
        " is_current_period boolean",
        [
            (month, "month", str(number), month, False)
            for number, month in enumerate(months)
        ],
    )
    models.table(
        "int_order_lines_returned",
        "order_id text, sm_order_line_key text, product_id text, variant_id text,"
        " sku text, product_title text,"
        " product_category text, sold_units bigint, returned_units bigint,"
        " sold_amount decimal(18, 4), returned_amount decimal(18, 4),"
        " currency_code text, order_date date, order_month_date date, is_mature boolean,"
        " is_only_line_of_order boolean, is_only_line_of_item boolean",
        [
            (
                *(f"{month} {good.sku}", f"{month} {good.sku}"),
                good.product,
                *(good.sku, good.sku, good.product, good.category),
                *(good.sold, good.returned, good.sold, good.returned),
                *("USD", month, month, True, True, True),
            )
            for month, goods in zip(months, shops, strict=True)
            for good in goods
            if good.sold
        ],
    )
    models.table(
        "int_variant_options",
        "variant_id text, size text, colour text",
        {(good.sku, good.option, None) for goods in shops for good in goods},
    )


@pytest.mark.parametrize("units", [5, 12, 30, 100])
@pytest.mark.parametrize("shop", [sized_shop, unsized_shop])
def test_more_of_the_true_top_ten_is_found_than_with_a_minimum_of_units(
    models: Models, shop: Callable[[random.Random, float], list[Good]], units: int
) -> None:
    shops = [
        [good for good in shop(random.Random(seed), units) if good.sold]
        for seed in range(SHOPS)
    ]
    lay(models, shops)
    models.build("rpt_return_rate_by_sku")
    found = {"pooled": 0.0, "minimum of 30": 0.0, "lower bound alone": 0.0}
    covered: list[bool] = []
    hidden = total = 0
    for number, goods in enumerate(shops):
        rows = models.rows(
            "select sku, return_rank, sold_units, unit_return_rate_lower,"
            " unit_return_rate_pooled_lower, unit_return_rate_pooled_upper"
            f" from rpt_return_rate_by_sku where maturity = 'to_date' and period = '{number}'"
        )
        truth = {good.sku: good.rate for good in goods}
        best = set(sorted(truth, key=truth.__getitem__, reverse=True)[:TOP])
        by_bound = sorted(rows, key=lambda row: -row[3])
        orders = {
            "pooled": sorted(rows, key=lambda row: row[1]),
            "minimum of 30": [row for row in by_bound if row[2] >= 30],
            "lower bound alone": by_bound,
        }
        for way, ordered in orders.items():
            named = {row[0] for row in ordered[:TOP]}
            found[way] += len(named & best) / TOP / SHOPS
        covered += [row[4] <= truth[row[0]] <= row[5] for row in rows]
        hidden += sum(row[2] for row in rows if row[2] < 30)
        total += sum(row[2] for row in rows)
    coverage = sum(covered) / len(covered)
    figures = {way: f"{share:.0%}" for way, share in found.items()}
    sys.stdout.write(
        f"{shop.__name__} {units} {figures} interval holds {coverage:.1%},"
        f" below 30 units {hidden / total:.0%} of units\n"
    )
    assert found["pooled"] > found["minimum of 30"]
    assert 0.88 <= coverage <= 0.99


def test_small_numbers_cannot_win_and_large_ones_are_not_excluded(
    models: Models,
) -> None:
    goods = [
        Good(f"usual {n}", f"usual {n}", "Dresses", "(none)", 0, 60, 9 + n % 3)
        for n in range(20)
    ]
    goods += [
        Good("one of one", "a", "Dresses", "(none)", 0, 1, 1),
        Good("two of two", "b", "Care", "(none)", 0, 2, 2),
        Good("bad", "c", "Dresses", "(none)", 0, 25, 14),
        Good("large and bad", "d", "Dresses", "(none)", 0, 900, 400),
    ]
    lay(models, [goods])
    models.build("rpt_return_rate_by_sku")
    rows = models.rows(
        "select sku, is_ranked, ranked_unit_share from rpt_return_rate_by_sku"
        " where maturity = 'to_date' order by return_rank"
    )
    assert {row[0] for row in rows[:2]} == {"bad", "large and bad"}
    assert all(row[1] for row in rows)
    assert {row[2] for row in rows} == {1}


def test_one_return_of_one_unit_is_no_certainty(models: Models) -> None:
    lay(models, [[Good("only", "only", "Care", "(none)", 0, 1, 1)]])
    models.build("rpt_return_rate_by_sku")
    [(rate, lower, upper)] = models.rows(
        "select unit_return_rate_pooled, unit_return_rate_pooled_lower,"
        " unit_return_rate_pooled_upper from rpt_return_rate_by_sku"
        " where maturity = 'to_date'"
    )
    assert rate < 0.9
    assert upper - lower > 0.5


def test_planted_bad_styles_and_sizes_are_found(models: Models) -> None:
    dice = random.Random(4)
    goods = []
    for style in range(36):
        category = list(CATEGORIES)[style % 4]
        for size, share in SIZES.items():
            for colour in COLOURS:
                rate = CATEGORIES[category]
                if style in {2, 7}:
                    rate = shifted(rate, 0.9)
                if (category, size) == ("Jeans", "XS"):
                    rate = shifted(rate, 0.9)
                name = (f"{style}-{size}-{colour}", f"style {style}", category, size)
                goods.append(drawn(dice, name, rate, 12 * share))
    lay(models, [goods])
    models.build("int_order_lines_returned_by_option")
    for report in ("product", "option"):
        models.build(f"rpt_return_rate_by_{report}")
    above = (
        "unit_return_rate_pooled_lower > (select sum(returned_units) / sum(sold_units)"
        " from rpt_return_rate_by_product as other where other.maturity = 'to_date'"
        " and other.product_category = rated.product_category)"
    )
    styles = models.rows(
        f"select product_key from rpt_return_rate_by_product as rated"
        f" where maturity = 'to_date' and {above} order by return_rank"
    )
    sizes = models.rows(
        "select product_category, option_value from rpt_return_rate_by_option as rated"
        f" where maturity = 'to_date' and option_name = 'size' and {above}"
        " order by return_rank"
    )
    assert {style for (style,) in styles} == {"style 2", "style 7"}
    assert sizes == [("Jeans", "XS")]
    [(share, hidden)] = models.rows(
        "select max(ranked_unit_share), count(*) filter (where is_ranked)"
        " from rpt_return_rate_by_option where option_name = 'colour'"
    )
    assert (share, hidden) == (0, 0)


def test_the_demos_answer_names_the_styles_and_sizes_that_were_planted(
    warehouse: Callable[..., Warehouse],
) -> None:
    name = "a shop in New York"
    [question] = [one for one in QUESTIONS if one.text.startswith("Which SKUs")]
    rows = build_world(warehouse, name).rows(question.query)
    named = {
        level: [row[2:4] for row in rows if row[0] == level]
        for level in ("style", "size", "SKU")
    }
    settings = simulated(name)
    planted = make_world(settings.pop("world"), **settings).planted
    assert {(style.title, style.kind) for style in planted.styles} <= set(
        named["style"]
    )
    assert {(size, kind) for kind, size in planted.sizes} <= set(named["size"])
    assert len(named["SKU"]) == 4
