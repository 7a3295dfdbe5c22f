"""Sources without a simulated tap: small handwritten raw tables fulfil the contract."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import Warehouse, land_world
from tests.transform.forked_dbt import WITHOUT_TESTS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

FIVETRAN = """
create schema fivetran;
create table fivetran."order" as select
    11 as id, '#1001' as name, 71 as customer_id, 'PAID' as display_financial_status,
    'USD' as currency_code, 108.5 as total_price_set_shop_amount,
    19.1 as total_tax_set_shop_amount, true as taxes_included,
    timestamp '2025-01-05 12:00:00' as created_at, false as _fivetran_deleted;
create table fivetran.order_line as select
    21 as id, 11 as order_id, 31 as product_id, 41 as variant_id, 'SHIRT-S' as sku,
    'Shirt' as title, 'S' as variant_title, 2 as quantity,
    100.0 as original_total_set_shop_amount, false as is_gift_card,
    1 as unfulfilled_quantity, '{"shop_money": {"amount": "50.00"}}'::json as price_set,
    'no JSON' as properties,
    false as _fivetran_deleted;
create table fivetran.discount_allocation as
    select 21 as order_line_id, index, 2.25 as allocated_amount_set_shop_amount
    from range(2) as rows(index);
create table fivetran.tax_line as
    select 21 as order_line_id, index, 9.55 as price from range(2) as rows(index);
create table fivetran.order_tag as select 11 as order_id, index, value
    from (values (1, 'Subscription'), (2, 'Gift Card ')) as tags(index, value);
create table fivetran.order_discount_code as select 11 as order_id, index, code
    from (values (1, 'Welcome10'), (2, 'VIP ')) as codes(index, code);
create table fivetran.customer_visit as select
    1 as id, 11 as order_id, 'https://shop.test/?utm_source=Meta' as landing_page,
    'paid' as utm_parameters_medium, timestamp '2025-01-05' as occurred_at;
create table fivetran.refund as select
    51 as id, 11 as order_id, 8.5 as total_refunded_set_shop_amount,
    false as _fivetran_deleted;
create table fivetran.order_line_refund as select
    61 as id, 51 as refund_id, 21 as order_line_id, 1 as quantity,
    'CANCEL' as restock_type, false as _fivetran_deleted;
insert into fivetran."order" by name
    select * replace (12 as id, true as _fivetran_deleted) from fivetran."order";
insert into fivetran.order_line by name
    select * replace (22 as id, true as _fivetran_deleted) from fivetran.order_line;
insert into fivetran.refund by name
    select * replace (52 as id, true as _fivetran_deleted) from fivetran.refund;
insert into fivetran.order_line_refund by name
    select * replace (62 as id, true as _fivetran_deleted) from fivetran.order_line_refund;
"""
STAY = """
create schema tap_stay_ai;
create table tap_stay_ai.subscriptions as select
    'S1' as id, 'gid://shopify/SubscriptionContract/91' as subscriptionid;
create table tap_stay_ai.orders as select
    'gid://shopify/Order/' || number as orderid,
    'gid://shopify/SubscriptionContract/91' as subscriptionid,
    timestamp '2025-01-01' + to_months(number::int) as createdat
from range(2) as numbers(number);
insert into tap_stay_ai.orders
    select 'gid://shopify/Order/11', 'gid://shopify/SubscriptionContract/' || contract,
        timestamp '2025-03-01' from range(91, 93) as contracts(contract);
"""
GORGIAS = """
create schema tap_gorgias;
create table tap_gorgias.tickets as select
    1 as id, 'open' as status, 'Where is my refund for #1001?' as subject,
    '{"id": 5, "email": "A@example.org"}'::json as customer,
    '[{"name": "Return"}, {"name": "urgent"}]'::json as tags;
create table tap_gorgias.satisfaction_surveys as select
    1 as id, 1 as ticket_id, 4 as score, timestamp '2025-02-01' as scored_datetime;
insert into tap_gorgias.satisfaction_surveys values (2, 1, 5, null);
"""


@pytest.fixture(scope="module")
def handmade(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    world = land_world(
        tmp_path_factory.mktemp("handmade"), "tiny", ("tap_loop_returns",)
    )
    with duckdb.connect(str(world.raw)) as raw:
        raw.execute(FIVETRAN + STAY + GORGIAS)
    return world.build(
        "--exclude-resource-type",
        "unit_test",
        shopify_source="fivetran_shopify",
        shopify_schema="fivetran",
        subscription_source="stay_ai",
        ticket_source="tap_gorgias",
        sourcemedium_views=True,
        pass_through_columns={
            "orders": [{"name": "total_tax_set_shop_amount", "type": "money"}],
            "order_lines": [
                {"name": "unfulfilled_quantity", "type": "integer"},
                {
                    "name": "price_set.shop_money.amount",
                    "type": "money",
                    "alias": "raw_price",
                },
                {"name": "price_set"},
                {"name": "properties.engraving"},
                {"name": "never_loaded"},
            ],
        },
    )


def staged(handmade: Warehouse, model: str, columns: str) -> list[tuple[object, ...]]:
    return handmade.rows(
        f"select {columns} from analytics_staging.{model} order by all"
    )


def test_fivetran_orders_fill_the_contract(handmade: Warehouse) -> None:
    assert staged(
        handmade,
        "stg_orders",
        "order_id, financial_status, fulfillment_status, currency_code, total_amount,"
        " utm_source, utm_medium, order_tags",
    ) == [
        (
            "11",
            "paid",
            "unfulfilled",
            "USD",
            Decimal("108.5"),
            "meta",
            "paid",
            ",subscription,gift card,",
        )
    ]
    assert staged(
        handmade, "stg_order_lines", "order_line_id, unit_price_amount, discount_amount"
    ) == [("21", Decimal(50), Decimal("4.5"))]
    assert staged(handmade, "stg_refunds", "refund_id, refund_amount") == [
        ("51", Decimal("8.5"))
    ]


def test_fivetran_discount_codes_reach_the_orders(handmade: Warehouse) -> None:
    assert handmade.rows("select discount_codes from fct_orders") == [
        ("WELCOME10, VIP",)
    ]


def test_fields_of_fivetran_pass_through(handmade: Warehouse) -> None:
    assert handmade.rows("select total_tax_set_shop_amount from fct_orders") == [
        (Decimal("19.1"),)
    ]
    # The order is older than Loop, so its lines are in no fact.
    columns = [
        f"pass_through_{name}"
        for name in (
            *("unfulfilled_quantity", "raw_price", "price_set"),
            *("engraving", "never_loaded"),
        )
    ]
    assert staged(handmade, "stg_order_lines", ", ".join(columns)) == [
        (1, Decimal(50), '{"shop_money": {"amount": "50.00"}}', None, None)
    ]


def test_fivetran_refund_lines_and_taxes_tell_what_was_sold(
    handmade: Warehouse,
) -> None:
    assert staged(
        handmade, "stg_refund_lines", "refund_line_id, order_id, restock_type, quantity"
    ) == [("61", "11", "cancel", 1)]
    # One of two units was cancelled, and a fifth of the price is tax.
    assert handmade.rows(
        "select product_title, variant_title, product_category, quantity, gross_amount,"
        " net_amount from analytics_intermediate.int_order_lines"
    ) == [("Shirt", "S", "(none)", 1, Decimal(40), Decimal("38.2"))]


def test_what_fivetran_did_not_load_is_named(handmade: Warehouse) -> None:
    [(missing,)] = handmade.rows(
        "select row_count from rpt_data_quality where check_name = 'raw_table_missing'"
    )
    assert missing == 3


def test_stay_tells_first_orders_from_renewals(handmade: Warehouse) -> None:
    assert staged(
        handmade, "stg_subscription_orders", "order_id, subscription_id, order_kind"
    ) == [
        ("0", "S1", "first"),
        ("1", "S1", "recurring"),
        ("11", "92", "first"),
        ("11", "S1", "recurring"),
    ]


def test_an_order_that_starts_a_subscription_is_no_renewal_of_another(
    handmade: Warehouse,
) -> None:
    assert handmade.rows(
        "select subscription_order_sequence, is_first_subscription_order,"
        " is_recurring_subscription_order from obt_orders"
    ) == [("1st_sub_order", True, False)]


def test_tags_tell_first_orders_from_renewals(
    handmade: Warehouse, tmp_path: Path
) -> None:
    world = Warehouse(tmp_path)
    shutil.copy(str(handmade.raw), str(world.raw))
    with duckdb.connect(str(world.raw)) as raw:
        for order, tag in {13: "First", 14: "Recurring"}.items():
            raw.execute(
                f'insert into fivetran."order" by name select * replace ({order} as id)'
                ' from fivetran."order" where id = 11;'
                f" insert into fivetran.order_tag values ({order}, 1, 'Subscription'),"
                f" ({order}, 2, 'Subscription {tag} Order')"
            )
    world.build(
        # So that the schema of the marts exists.
        *("--select", "+stg_subscription_orders", "+dim_metric_definitions"),
        *WITHOUT_TESTS,
        shopify_source="fivetran_shopify",
        shopify_schema="fivetran",
        subscription_source="tags",
    )
    assert staged(world, "stg_subscription_orders", "order_id, order_kind") == [
        ("11", "unknown"),
        ("13", "first"),
        ("14", "recurring"),
    ]


def test_tickets_name_the_order_they_speak_of(handmade: Warehouse) -> None:
    assert staged(
        handmade,
        "stg_tickets",
        "ticket_id, ticket_tags, order_name_in_text, csat_score",
    ) == [("1", ",return,urgent,", "#1001", 4)]
