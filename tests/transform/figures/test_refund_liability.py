"""The refund liability: roll-forward, agreement with the ledger, independent computation."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.transform.oracle.ledger import settlements
from tests.transform.oracle.questions import eligible
from tests.transform.oracle.shop import Shop, digits, month
from tests.transform.worlds.table import build_world, oracle_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from tests.transform.conftest import Warehouse
    from tests.transform.oracle.shop import Key

pytestmark = pytest.mark.slow

ROUNDED = Decimal("0.0005")
ENTRY_TYPES = "('refund', 'shipping_refund', 'store_credit_issued')"


class World(NamedTuple):
    """A built shop, and the oracle's view of it."""

    built: Warehouse
    shop: Shop


@pytest.fixture(
    scope="module", params=["a shop in New York", "a shop of two currencies"]
)
def world(request, warehouse: Callable[..., Warehouse]) -> Iterator[World]:
    with build_world(warehouse, request.param).opened() as built:
        yield World(built, oracle_of(request.param))


def test_the_roll_forward_closes_to_the_cent(world: World) -> None:
    rows = world.built.rows(
        "select opening_amount, added_amount, used_refund_amount, used_credit_amount,"
        " reestimated_amount, closing_amount from rpt_refund_liability"
    )
    assert len(rows) > 12
    assert {
        opening + added - refund - credit + again - closing
        for opening, added, refund, credit, again, closing in rows
    } == {Decimal(0)}


def test_an_opening_is_the_closing_of_the_date_before(world: World) -> None:
    rows = world.built.rows(
        "select as_of_date, sum(opening_amount), sum(closing_amount)"
        " from rpt_refund_liability group by all order by all"
    )
    assert [opening for _, opening, _ in rows[1:]] == [
        closing for _, _, closing in rows[:-1]
    ]


def test_what_was_used_is_what_the_ledger_booked(world: World) -> None:
    [(first, last)] = world.built.rows(
        "select min(as_of_date) filter (nth = 1), max(as_of_date) from (select"
        " as_of_date, row_number() over (order by as_of_date) as nth"
        " from (select distinct as_of_date from"
        " analytics_intermediate.int_returns_nowcast))"
    )
    booked = dict(
        world.built.rows(
            "select currency_code, -sum(amount) from fct_return_ledger where entry_type"
            f" in {ENTRY_TYPES} and posting_date > '{first}'"
            f" and posting_date <= '{last}' group by all"
        )
    )
    assert booked
    assert booked == dict(
        world.built.rows(
            "select currency_code, sum(used_refund_amount + used_credit_amount)"
            " from rpt_refund_liability group by all"
        )
    )


def test_sales_of_a_month_are_added_in_that_month_alone(world: World) -> None:
    assert (
        world.built.rows(
            "select as_of_date, order_month_date from rpt_refund_liability"
            " where (date_trunc('month', as_of_date) = order_month_date)"
            " <> (added_amount <> 0 and reestimated_amount = 0)"
            " and (added_amount <> 0 or opening_amount <> 0)"
        )
        == []
    )


def test_what_was_expected_was_used_or_re_estimated_or_is_still_expected(
    world: World,
) -> None:
    assert (
        world.built.rows(
            "select * from (select *, coalesce(sum(reestimated_amount) over ("
            " partition by order_month_date, currency_code order by as_of_date"
            " rows between 1 following and unbounded following), 0) as later"
            " from rpt_refund_liability where order_month_date is not null)"
            " where closing_amount + later <> used_since_amount + still_expected_amount"
        )
        == []
    )


def test_what_was_requested_is_what_is_outstanding(world: World) -> None:
    """Amounts paid after the data-through date are left out."""
    assert (
        world.built.rows(
            "select currency_code, requested - coalesce(later, 0), owed from ("
            " select currency_code, sum(closing_requested_amount) as requested"
            " from rpt_refund_liability where as_of_date ="
            " (select data_through_date from rpt_data_through) group by all)"
            " left join (select currency_code, -sum(amount) as later"
            " from fct_return_ledger join fct_returns using (loop_return_id,"
            " currency_code), rpt_data_through where entry_type in"
            f" {ENTRY_TYPES} and posting_date > data_through_date"
            " and return_date <= data_through_date group by all) using (currency_code)"
            " join (select currency_code, sum(owed_refund_amount + owed_credit_amount)"
            " as owed from rpt_returns_outstanding, rpt_data_through"
            " where return_date <= data_through_date group by all)"
            " using (currency_code) where requested - coalesce(later, 0) <> owed"
        )
        == []
    )


def test_a_liability_is_no_less_than_what_was_requested(world: World) -> None:
    assert (
        world.built.rows(
            "from rpt_refund_liability where closing_amount < closing_requested_amount"
        )
        == []
    )


def test_exchanges_for_other_goods_are_as_frequent_as_among_the_pairs(
    world: World,
) -> None:
    rows = world.built.rows(
        "select expected_exchange_amount, expected_other_exchange_amount, (select"
        " coalesce(sum(if(flow_kind = 'other product', total_amount, 0))"
        " / sum(total_amount), 1) from fct_exchange_flows join fct_return_exchanges"
        " using (loop_return_id, loop_exchange_id) join fct_returns"
        " using (loop_return_id) where flow_kind <> 'not paired'"
        " and fct_returns.currency_code = owed.currency_code"
        " and fct_returns.return_date <= as_of_date and root_order_month_date"
        " in (select order_month_date from analytics_intermediate.int_returns_nowcast"
        " as months where months.as_of_date = owed.as_of_date)) from rpt_refund_liability as owed"
    )
    wrong = [
        row for row in rows if abs(float(row[0]) * row[2] - float(row[1])) > ROUNDED
    ]
    assert wrong == []
    assert any(0 < other < every for every, other, _ in rows)


def test_the_return_asset_has_the_unit_costs_of_the_goods_that_came_back(
    world: World,
) -> None:
    """The simulator states costs without a currency, so they are in the shop's, USD."""
    items = {one["id"]: one["unitCost"] for one in world.shop.raw["inventory_items"]}
    costs = {
        digits(one["id"]): items[one["inventoryItem"]["id"]]
        for one in world.shop.raw["product_variants"]
    }
    assert None in costs.values()
    back = [
        (record.day, month(order.day), costs.get(digits(unit.raw["variant_id"])), unit)
        for order in world.shop.orders
        for record in order.returns
        if order.role == "customer" and record.is_rated and record.currency == "USD"
        for unit in record.units
        if unit.is_counted and (unit.line is None or unit.line.is_sold)
    ]
    rows = world.built.rows(
        "select as_of_date, cast(as_of_date - interval 15 months as date),"
        " currency_code, expected_returned_amount, return_asset_amount,"
        " goods_cost_share, cost_known_share from rpt_refund_liability"
    )
    assets = 0
    for day, since, currency, goods, asset, share, known in rows:
        if currency != "USD":
            assert (asset, share, known) == (None, None, 0)
            continue
        made = [
            (cost and Decimal(cost["amount"]), unit.net)
            for returned, ordered, cost, unit in back
            if returned <= day and ordered > since
        ]
        costed = sum(net for cost, net in made if cost is not None)
        total = sum(cost for cost, _ in made if cost is not None)
        assert share == pytest.approx(float(total / costed))
        assert known == pytest.approx(float(costed / sum(net for _, net in made)))
        assert 0 < known < 1
        assert float(asset) == pytest.approx(float(goods) * share, abs=1e-4)
        assets += asset > 0
    assert assets > 12


def test_every_closing_equals_a_second_computation(world: World) -> None:
    wanted = closings(world)
    found = {
        row[:3]: row[3:]
        for row in world.built.rows(
            "select as_of_date, order_month_date, currency_code, closing_refund_amount,"
            " closing_credit_amount, expected_exchange_amount, closing_requested_amount"
            " from rpt_refund_liability"
        )
    }
    dates = {key[0] for key in found}
    assert len(found) > 12
    wrong = [
        (key, wanted.get(key), found.get(key))
        for key in found.keys() | {key for key in wanted if key[0] in dates}
        if any(
            abs(one - other) > ROUNDED
            for one, other in zip(
                wanted.get(key, (0,) * 4), found.get(key, (0,) * 4), strict=True
            )
        )
    ]
    assert wrong == []


def closings(world: World) -> dict[Key, tuple[Decimal, ...]]:
    """Expected refunds, credits and exchanges, and the requested part.

    Shares of returns made by each age, and rates of months and their outcomes, are read
    from the models.
    """
    shares: dict[date, dict[int, float]] = defaultdict(dict)
    for day, age, share in world.built.rows(
        "select as_of_date, age_days, share_returned"
        " from analytics_intermediate.int_return_delays"
    ):
        shares[day][age] = share
    rates: dict[Key, Any] = {
        row[:2]: row[2]
        for row in world.built.rows(
            "select as_of_date, order_month_date, future_rate"
            " from analytics_intermediate.int_returns_nowcast"
            " where dimension_type = 'all'"
        )
    }
    factors = ", ".join(
        f"coalesce({outcome}_share_to_come / nullif(sum({outcome}_units) over today"
        " / sum(returned_units) over today, 0), 1)"
        for outcome in ("refund", "credit", "exchange")
    )
    for day, of_month, *ends in world.built.rows(
        f"select as_of_date, order_month_date, {factors}"
        " from analytics_intermediate.int_returns_expected_by_outcome"
        " where dimension_type = 'all' window today as (partition by as_of_date)"
    ):
        rates[day, of_month] = [rates[day, of_month] * end for end in ends]
    found: dict[Key, tuple[Decimal, ...]] = {}
    for today, made_by in shares.items():
        found |= _closings_on(world.shop, today, made_by, rates)
    return found


def _closings_on(
    shop: Shop, today: date, made_by: dict[int, float], rates: dict[Key, list[float]]
) -> dict[Key, tuple[Decimal, ...]]:
    sold: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for order in eligible(shop):
        key = month(order.day), order.currency
        if order.day > today or _months(order.day, today) > 14:
            continue
        for line in order.lines:
            if line.is_sold:
                sold[key][0] += line.quantity
                sold[key][1] += float(line.net)
                share = made_by[(today - order.day).days]
                sold[key][2] += float(line.net) * (1 - share)
        for record in order.returns:
            if record.is_rated and record.day <= today:
                sold[key][3] += sum(
                    unit.is_counted and (unit.line is None or unit.line.is_sold)
                    for unit in record.units
                )
    price: dict[str, float] = defaultdict(float)
    for (_, currency), (units, value, _, returned) in sold.items():
        price[currency] += returned * value / units if units else 0
    made: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    owed: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for one in settlements(shop):
        if one.return_day > today:
            continue
        key = one.order_month, one.currency
        if key in sold:
            made[one.currency][one.outcome] += one.amount
        if one.posting_day is None or one.posting_day > today:
            owed[key][one.outcome] += one.amount
    future = {
        key: [
            rate * unknown * float(one) / price[key[1]]
            for rate, one in zip(rates[today, key[0]], made[key[1]], strict=True)
        ]
        for key, (_, _, unknown, _) in sold.items()
    }
    return {
        (today, *key): (
            *(
                requested + Decimal(expected).quantize(Decimal("0.0001"))
                for requested, expected in zip(
                    owed[key], future.get(key, [0.0] * 3), strict=True
                )
            ),
            owed[key][0] + owed[key][1],
        )
        for key in sold.keys() | owed.keys()
    }


def _months(day: date, today: date) -> int:
    return (today.year - day.year) * 12 + today.month - day.month
