"""The comparison of repurchase on invented order histories whose effects are known."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from tests.transform.conftest import Warehouse
from tests.transform.worlds.table import build_world

from .compiled import Models

FIRST_DAY = date(2024, 1, 1)
DAYS = 540
WINDOW = 90
CUSTOMERS = 2500
WORLDS = 12
NULL = {"exchange": 1.0, "refund": 1.0, "credit": 1.0}
PLANTED = {"exchange": 1.8, "refund": 0.5, "credit": 1.0}
"""Factor of the rate of buying in the 90 days after a first return."""
ORDER_COLUMNS = (
    "order_id text, sm_customer_key text, order_date date, order_processed_at timestamp,"
    " currency_code text, order_net_revenue_before_refunds decimal(18, 4),"
    " is_customer_order boolean, is_recurring_subscription_order boolean"
)


@pytest.fixture(scope="module")
def models(warehouse: Callable[..., Warehouse]) -> Models:
    return Models(build_world(warehouse, "golden"))


def live(
    models: Models, dice: random.Random, effects: dict[str, float]
) -> dict[str, float]:
    """Create a shop with random returns; return the true difference of each outcome.

    Customers differ in how often they buy, so a customer who bought once will probably
    place few further orders, whether something was returned or not.
    """
    orders: list[tuple[object, ...]] = []
    returns: list[tuple[object, ...]] = []
    indexed: list[tuple[object, ...]] = []
    true: dict[str, list[float]] = {outcome: [] for outcome in effects}
    for customer in range(CUSTOMERS):
        rate = dice.gammavariate(0.6, 1 / 120)
        day = dice.uniform(0, DAYS)
        index: tuple[float, str] | None = None
        while day < DAYS:
            at = datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(days=day)
            price = dice.choice([30, 60, 120])
            orders.append(
                (f"{len(orders)}", customer, at.date(), at, "USD", price, True, False)
            )
            back = day + dice.uniform(3, 30)
            if dice.random() < 0.25 and back < DAYS:
                when = FIRST_DAY + timedelta(days=int(back))
                returns.append((f"{len(returns)}", customer, when, True))
                if index is None or back < index[0]:
                    outcome = dice.choice(list(effects))
                    index = (back, outcome)
            day = _next(dice, day, rate, index, effects)
        if index is not None:
            when = FIRST_DAY + timedelta(days=int(index[0]))
            observed = int(index[0]) + WINDOW <= DAYS
            indexed.append((customer, f"R{customer}", index[1], when, observed))
            if observed:
                plain, moved = (
                    1 - math.exp(-rate * factor * WINDOW)
                    for factor in (1, effects[index[1]])
                )
                true[index[1]].append(moved - plain)
    models.table(
        "int_orders",
        ORDER_COLUMNS,
        orders,
    )
    models.table(
        "int_returns_joined_to_orders",
        "return_id text, sm_customer_key text, return_date date, is_counted_return boolean",
        returns,
    )
    models.table(
        "int_return_maturity",
        "data_through_date date",
        [(FIRST_DAY + timedelta(days=DAYS),)],
    )
    models.table(
        "fct_customer_index_returns",
        "sm_customer_key text, index_return_id text, outcome_group text,"
        " anchor_date date, is_window_observed boolean",
        indexed,
    )
    for name in ("int_repurchase_spells", "rpt_repurchase_comparison"):
        models.build(name)
    return {outcome: sum(held) / len(held) for outcome, held in true.items()}


def _next(
    dice: random.Random,
    day: float,
    rate: float,
    index: tuple[float, str] | None,
    effects: dict[str, float],
) -> float:
    """Draw the day of the next order, at a rate that a return changes for 90 days."""
    while True:
        start, end = (index[0], index[0] + WINDOW) if index else (math.inf, math.inf)
        factor = effects[index[1]] if index and start <= day < end else 1.0
        edge = start if day < start else end if day < end else math.inf
        wait = dice.expovariate(rate * factor) if rate > 0 else math.inf
        if day + wait < edge:
            return day + wait
        day = edge


def differences(models: Models) -> dict[str, tuple[float, float, float]]:
    return {
        outcome: (value, lower, upper)
        for outcome, value, lower, upper in models.rows(
            "select outcome_group, repurchase_difference_90d,"
            " repurchase_difference_90d_lower, repurchase_difference_90d_upper"
            " from rpt_repurchase_comparison where outcome_group <> 'any return'"
        )
    }


@pytest.mark.parametrize("effects", [NULL, PLANTED], ids=["by dice", "planted"])
def test_the_comparison_finds_the_effect_of_a_return_and_none_where_there_is_none(
    models: Models, effects: dict[str, float]
) -> None:
    covered: list[bool] = []
    errors: dict[str, list[float]] = {outcome: [] for outcome in effects}
    told = 0
    for seed in range(WORLDS):
        true = live(models, random.Random(seed), effects)
        for outcome, (value, lower, upper) in differences(models).items():
            covered.append(lower <= true[outcome] <= upper)
            errors[outcome].append(value - true[outcome])
            told += outcome != "credit" and not lower <= 0 <= upper
    assert sum(covered) / len(covered) >= 0.88
    assert all(abs(sum(held) / WORLDS) < 0.03 for held in errors.values())
    assert told >= WORLDS if effects is PLANTED else told <= 0.15 * 2 * WORLDS


def test_orders_are_divided_into_thirds_by_value_within_their_currency(
    models: Models,
) -> None:
    at = datetime(2024, 1, 1, 12)  # noqa: DTZ001
    values = {
        "USD": [1, 2, 2, 3, 4, 5],
        "JPY": [100, 100, 100, 100, 200, 300],
        None: [7],
    }
    models.table(
        "int_orders",
        ORDER_COLUMNS,
        [
            (f"{currency} {index}", "one", at.date(), at, currency, value, True, False)
            for currency, held in values.items()
            for index, value in enumerate(held)
        ],
    )
    models.table(
        "int_returns_joined_to_orders",
        "return_id text, sm_customer_key text, return_date date, is_counted_return boolean",
        [("1", "two", at.date(), True)],
    )
    models.table("int_return_maturity", "data_through_date date", [(date(2025, 1, 4),)])
    models.build("int_repurchase_spells")
    bands = models.rows(
        "select string_agg(value_band, ' ' order by order_id) from int_repurchase_spells"
        " group by split_part(order_id, ' ', 1) order by 1"
    )
    assert bands == [
        ("high",),
        ("low middle middle middle high high",),
        ("middle middle middle middle high high",),
    ]


def test_who_is_compared_has_the_same_index_the_same_value_and_not_yet_bought(
    models: Models,
) -> None:
    start = datetime(2024, 1, 1, 12)  # noqa: DTZ001

    def order(number: int, customer: str, day: int) -> tuple[object, ...]:
        at = start + timedelta(days=day)
        return (f"{number}", customer, at.date(), at, "USD", 50, True, False)

    models.table(
        "int_orders",
        ORDER_COLUMNS,
        [
            order(1, "returner", 0),
            order(2, "returner", 40),
            order(3, "buys before day 10", 0),
            order(4, "buys before day 10", 9),
            order(5, "buys in the window", 0),
            order(6, "buys in the window", 100),
            order(7, "buys after the window", 0),
            order(8, "buys after the window", 101),
            order(9, "returned before day 10", 0),
            order(10, "not followed for long enough", 301),
        ],
    )
    models.table(
        "int_returns_joined_to_orders",
        "return_id text, sm_customer_key text, return_date date, is_counted_return boolean",
        [
            ("1", "returner", date(2024, 1, 11), True),
            ("2", "returned before day 10", date(2024, 1, 5), True),
        ],
    )
    models.table("int_return_maturity", "data_through_date date", [(date(2025, 1, 4),)])
    models.table(
        "fct_customer_index_returns",
        "sm_customer_key text, index_return_id text, outcome_group text,"
        " anchor_date date, is_window_observed boolean",
        [("returner", "1", "refund", date(2024, 1, 11), True)],
    )
    for name in ("int_repurchase_spells", "rpt_repurchase_comparison"):
        models.build(name)
    assert models.rows(
        "select matched_customers, repurchased_customers, repurchase_rate_matched,"
        " repurchase_rate_expected from rpt_repurchase_comparison"
        " where outcome_group = 'refund'"
    ) == [(1, 1, 1.0, 0.5)]
