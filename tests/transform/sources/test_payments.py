"""Money of payments and refunds, in the rows of each of the three shapes of Shopify."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import pytest

from tests.transform.conftest import Warehouse
from tests.transform.forked_dbt import WITHOUT_TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.worlds.crooked import Json

pytestmark = pytest.mark.slow


class Payment(NamedTuple):
    """A payment step of an order, made some seconds after noon."""

    order: int
    kind: str
    status: str
    amount: str
    second: int = 0
    refund: int | None = None
    gateway: str = "shopify_payments"


SHOPPER_CURRENCY = {2: ("2280000", "12000.00"), 4: (None, "60.00")}
"""Orders paid in JPY in a shop with GBP, with totals in both currencies or only in GBP.

The product of the first order's totals has more digits than an amount may have.
"""
REFUNDS = {
    51: (1, 100),
    52: (2, 100),
    53: (3, 100),
    54: (4, 100),
    55: (5, 100),
    56: (5, 108),
    57: (6, 100),
    58: (7, 100),
}
"""Order and second of each refund."""
PAYMENTS = [
    Payment(1, "sale", "success", "100.00"),
    Payment(1, "sale", "failure", "100.00"),
    Payment(1, "capture", "pending", "100.00"),
    Payment(1, "sale", "error", "100.00"),
    Payment(1, "refund", "failure", "50.00", 100, 51),
    Payment(1, "refund", "success", "50.00", 101, 51),
    Payment(2, "sale", "success", "2280000"),
    Payment(2, "refund", "success", "2280000", 100, 52),
    Payment(3, "sale", "pending", "30.00"),
    Payment(3, "refund", "pending", "30.00", 100, 53),
    Payment(4, "sale", "success", "5000"),
    Payment(4, "refund", "success", "5000", 100, 54),
    Payment(5, "refund", "success", "60.00", 105, 55),
    Payment(5, "refund", "success", "5.00", 109, 56),
    Payment(7, "refund", "success", "30.00", 100, 58),
    Payment(7, "refund", "success", "20.00", 100, 58, "gift_card"),
]


CHARGES = {
    "usd": ("1250", "12.50"),
    "jpy": ("1250", "1250"),
    "kwd": ("12500", "12.500"),
}
"""Stripe's amount of a charge, in the smallest unit of its currency, and the amount."""


def at(second: int) -> str:
    return f"2025-03-01 12:{second // 60:02}:{second % 60:02}"


def graphql() -> dict[str, list[Json]]:
    def money(order: int, paid: str, shop: str | None) -> str:
        sides = {"presentmentMoney": {"amount": paid, "currencyCode": shopper(order)}}
        if shop:
            sides["shopMoney"] = {"amount": shop, "currencyCode": "GBP"}
        return json.dumps(sides)

    return {
        "orders": [
            {
                "id": f"gid://shopify/Order/{order}",
                "currencycode": "GBP",
                "presentmentcurrencycode": shopper(order),
                "createdat": at(0),
            }
            for order in range(1, 8)
        ],
        "order_refunds": [
            {
                "id": f"gid://shopify/Refund/{number}",
                "order": json.dumps({"id": f"gid://shopify/Order/{order}"}),
                "createdat": at(second),
            }
            for number, (order, second) in REFUNDS.items()
        ],
        "transactions": [
            {
                "id": f"gid://shopify/OrderTransaction/{number}",
                "order": json.dumps({"id": f"gid://shopify/Order/{one.order}"}),
                "kind": one.kind.upper(),
                "status": one.status.upper(),
                "gateway": one.gateway,
                "amountset": money(
                    one.order,
                    one.amount,
                    {2: "12000.00", 4: None}.get(one.order, one.amount),
                ),
                "createdat": at(one.second),
            }
            for number, one in enumerate(PAYMENTS, 1)
        ],
    }


def rest() -> dict[str, list[Json]]:
    def payment(number: int, one: Payment) -> Json:
        return {
            "id": number,
            "order_id": one.order,
            "kind": one.kind,
            "status": one.status,
            "gateway": one.gateway,
            "amount": one.amount,
            "currency": shopper(one.order),
            "created_at": at(one.second),
        }

    return {
        "orders": [
            {
                "id": order,
                "currency": "GBP",
                "presentment_currency": shopper(order),
                "total_price": total(order)[1],
                "total_price_set": json.dumps(
                    {"presentment_money": {"amount": total(order)[0]}}
                ),
                "refunds": json.dumps(
                    [
                        {
                            "id": refund,
                            "created_at": at(second),
                            "transactions": [
                                payment(number, one)
                                for number, one in enumerate(PAYMENTS, 1)
                                if one.refund == refund
                            ],
                        }
                        for refund, (of, second) in REFUNDS.items()
                        if of == order
                    ]
                ),
                "created_at": at(0),
            }
            for order in range(1, 8)
        ],
        "transactions": [
            payment(number, one) for number, one in enumerate(PAYMENTS, 1)
        ],
    }


def fivetran() -> dict[str, list[Json]]:
    return {
        '"order"': [
            {
                "id": order,
                "currency": "GBP",
                "presentment_currency": shopper(order),
                "total_price": total(order)[1],
                "total_price_set": json.dumps(
                    {"presentment_money": {"amount": total(order)[0]}}
                ),
                "created_at": at(0),
            }
            for order in range(1, 8)
        ],
        "refund": [
            {"id": number, "order_id": order, "created_at": at(second)}
            for number, (order, second) in REFUNDS.items()
        ],
        "transaction": [
            {
                "id": number,
                "order_id": one.order,
                "refund_id": one.refund,
                "kind": one.kind,
                "status": one.status,
                "gateway": one.gateway,
                "amount": one.amount,
                "currency": shopper(one.order),
                # Two hours after its refund, as when a payment is retried.
                "created_at": at(one.second).replace("12:", "14:"),
            }
            for number, one in enumerate(PAYMENTS, 1)
        ],
    }


def shopper(order: int) -> str:
    return "JPY" if order in SHOPPER_CURRENCY else "GBP"


def total(order: int) -> tuple[str | None, str]:
    return SHOPPER_CURRENCY.get(order, ("100.00", "100.00"))


SHAPES: dict[str, Callable[[], dict[str, list[Json]]]] = {
    "tap_shopify_graphql": graphql,
    "tap_shopify_rest": rest,
    "fivetran_shopify": fivetran,
}


@pytest.fixture(scope="module", params=SHAPES)
def shape(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any]:
    """Build the payments of one shape; return its name and how to read a table."""
    world = Warehouse(tmp_path_factory.mktemp(request.param))
    load(world, SHAPES[request.param]() | {"charges": charges()})
    world.build(
        *("--select", "+int_refunds_paid", "+int_order_payments_summed_to_orders"),
        "+stg_charges",
        # So that the schema of the marts exists.
        "+dim_metric_definitions",
        *WITHOUT_TESTS,
        shopify_source=request.param,
        shopify_schema="shop",
        charge_source="stripe",
        stripe_schema="shop",
    )
    return request.param, world.rows


def charges() -> list[Json]:
    return [
        {
            "id": f"ch_{currency}",
            "amount": amount,
            "amount_refunded": "0",
            "currency": currency,
            "status": "succeeded",
            # Noon, as a loader may write it, or as Stripe's API does.
            "created": at(0) if currency == "usd" else "1740830400",
            "metadata": json.dumps({"return_id": "1"}),
        }
        for currency, (amount, _) in CHARGES.items()
    ]


def load(world: Warehouse, tables: dict[str, list[Json]]) -> None:
    """Write rows as text columns of raw tables; the models read JSON from text."""
    with duckdb.connect(str(world.raw)) as raw:
        raw.execute("create schema shop")
        for name, rows in tables.items():
            raw.execute(
                f"create table shop.{name} ("
                + ", ".join(f'"{column}" varchar' for column in rows[0])
                + ")"
            )
            for row in rows:
                raw.execute(
                    f"insert into shop.{name} values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )


def refunds(shape: tuple[str, Any]) -> dict[int, Decimal | None]:
    return {
        int(refund): amount
        for refund, amount in shape[1](
            "select refund_id, refund_amount from analytics_intermediate.int_refunds_paid"
        )
    }


def new_money(shape: tuple[str, Any]) -> dict[int, Decimal | None]:
    return {
        int(order): amount
        for order, amount in shape[1](
            "select order_id, new_money_amount"
            " from analytics_intermediate.int_order_payments_summed_to_orders"
        )
    }


def test_the_smallest_unit_of_a_charge_is_that_of_its_currency(
    shape: tuple[str, Any],
) -> None:
    assert dict(
        shape[1](
            "select lower(currency_code), charged_amount from analytics_staging.stg_charges"
        )
    ) == {currency: Decimal(amount) for currency, (_, amount) in CHARGES.items()}


def test_a_charge_is_dated_by_a_time_or_by_stripes_seconds(
    shape: tuple[str, Any],
) -> None:
    assert shape[1](
        "select distinct created_at::varchar from analytics_staging.stg_charges"
    ) == [(at(0),)]


def test_only_payments_that_went_through_are_money(shape: tuple[str, Any]) -> None:
    assert refunds(shape)[51] == Decimal(50)
    assert new_money(shape)[1] == Decimal(100)


def test_a_refund_that_is_pending_is_unknown(shape: tuple[str, Any]) -> None:
    assert refunds(shape)[53] is None
    assert 3 not in new_money(shape)


def test_a_refund_without_a_payment_is_unknown(shape: tuple[str, Any]) -> None:
    assert refunds(shape)[57] is None


def test_money_of_the_shoppers_currency_is_converted(shape: tuple[str, Any]) -> None:
    assert refunds(shape)[52] == Decimal(12000)
    assert new_money(shape)[2] == Decimal(12000)


def test_money_of_the_shoppers_currency_without_a_rate_is_unknown(
    shape: tuple[str, Any],
) -> None:
    assert refunds(shape)[54] is None
    assert new_money(shape)[4] is None


def test_refunds_seconds_apart_keep_their_own_money_or_are_unknown(
    shape: tuple[str, Any],
) -> None:
    found = refunds(shape)
    known = {55: Decimal(60), 56: Decimal(5)}
    # GraphQL names no refund of a payment: both are nearest to the second refund.
    unknown = {55: None, 56: None}
    name, _ = shape
    assert {key: found[key] for key in known} == (
        unknown if name == "tap_shopify_graphql" else known
    )


def test_a_refund_paid_in_two_ways_is_their_sum(shape: tuple[str, Any]) -> None:
    assert refunds(shape)[58] == Decimal(50)


def test_refunds_never_exceed_the_payments_of_their_order(
    shape: tuple[str, Any],
) -> None:
    assert not shape[1](
        "select order_id from analytics_intermediate.int_refunds_paid group by 1"
        " having sum(refund_amount) > (select sum(coalesce(amount, 0))"
        " from analytics_staging.stg_order_payments as payments where payment_kind = 'refund'"
        " and payment_status = 'success' and payments.order_id = int_refunds_paid.order_id)"
    )
