"""Invalid raw values never fail a build; they are counted and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import land_world

if TYPE_CHECKING:
    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

JUNK = """
insert into tap_loop_returns.returns (id, state, outcome, refund) values
    (null, 'closed', 'refund', '10.00'),
    ('J1', 'limbo', 'teleport', 'ten'),
    ('J2', 'closed', 'teleport', '0.00'),
    ('J3', null, null, null);
insert into tap_loop_returns.returns (
    id, state, outcome, refund, return_total, provider_order_id, created_at, updated_at
)
    select 'J4', 'closed', 'refund', '5.00', '1.00', provider_order_id,
        timestamp '2001-01-01', timestamp '2001-01-02'
    from tap_loop_returns.returns where order_name = '#1001';
insert into tap_loop_returns.return_line_items (
    return_id, line_item_id, provider_line_item_id, price, return_updated_at
)
    select lines.return_id, 'over' || number, lines.provider_line_item_id, '-1.00',
        lines.return_updated_at
    from tap_loop_returns.return_line_items as lines, range(3) as numbers(number)
    where lines.return_id = (
        select id from tap_loop_returns.returns where order_name = '#1003'
    );
insert into tap_loop_returns.returns (
    id, state, outcome, gift_card, return_total, currency
) values ('J5', 'closed', 'credit', '5.00', '5.00', 'US Dollar');
insert into tap_loop_returns.return_line_items (return_id, line_item_id, price) values
    (null, null, null), ('J1', null, null), ('nowhere', 'X', null), ('J5', 'U5', '5.00');
update tap_loop_returns.return_line_items set return_reason = 'Too small'
    where line_item_id = 'U5';
insert into tap_loop_returns.return_exchanges (return_id, exchange_id, exchange_order_id) values
    ('J1', 'E1', 'not a number'), ('J2', null, null);
insert into tap_loop_returns.return_labels (return_id, label_position, rate) values
    ('J1', 1, 'free'), ('J1', 2, '830'), ('J1', 3, '830.0'), ('J1', 4, '7.00'),
    ('J1', 5, '7.5'), ('J1', 6, '12.345');
insert into tap_shopify.orders (id, name, createdat, lineitems, totalpriceset, tags) values
    (null, '#none', null, '[]', null, null),
    ('gid://shopify/Order/777', '#1001', null,
        '[{"id": null}, {"id": "gid://x/778"}]', 'null', '[]'),
    ('gid://shopify/Order/779', null, null, null, '{}', null);
update tap_shopify.orders set fulfillments = '[
    {"status": "SUCCESS", "createdAt": "2025-03-01T10:00:00Z", "deliveredAt": null},
    {"status": "SUCCESS", "createdAt": "2025-03-02T10:00:00Z",
        "deliveredAt": "2025-03-04T10:00:00Z"},
    {"status": "CANCELLED", "deliveredAt": "2025-03-03T10:00:00Z"}
]' where id = 'gid://shopify/Order/779';
insert into tap_shopify.transactions (id, kind, "order") values
    ('gid://shopify/OrderTransaction/1', null, null);
insert into tap_recharge.orders (id, line_items) values (1, null), (null, '[{}]');
"""


@pytest.fixture(scope="module")
def junk(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    world = land_world(
        tmp_path_factory.mktemp("junk"),
        "tiny",
        tap_settings={
            "personal_data": "hash",
            "personal_data_salt": "sixteen letters of salt",
        },
    )
    with duckdb.connect(str(world.raw)) as raw:
        raw.execute(JUNK)
        # An order as ReCharge's tap 1.x names it.
        raw.execute(
            "alter table tap_recharge.orders add column shopify_order_id varchar"
        )
        raw.execute(
            "insert into tap_recharge.orders (id, shopify_order_id, type, line_items)"
            """ values (9, '81', 'RECURRING', '[{"subscription_id": 5}, {}]')"""
        )
    return world.build(
        "--exclude-resource-type",
        "unit_test",
        shopify_source="tap_shopify_graphql",
        subscription_source="tap_recharge",
    )


@pytest.mark.parametrize(
    ("check", "rows"),
    [
        ("row_without_key", 6),
        ("unknown_return_state", 2),
        ("unknown_outcome_word", 3),
        ("outcome_without_group", 1),
        ("return_before_its_order", 1),
        ("amounts_do_not_add_up", 1),
        ("unit_over_line_quantity", 3),
        ("negative_line_price", 3),
        ("return_without_date", 4),
        ("currency_unknown", 7),
        ("order_without_date", 2),
    ],
)
def test_junk_is_counted_and_named(junk: Warehouse, check: str, rows: int) -> None:
    found = junk.rows(
        f"select row_count, example_id from rpt_data_quality where check_name = '{check}'"
    )
    assert [count for count, _ in found] == [rows]
    assert found[0][1]


def test_a_reason_without_a_first_level_is_its_own(junk: Warehouse) -> None:
    assert junk.rows(
        "select parent_return_reason, return_reason, reason_group"
        " from fct_return_lines where loop_line_item_id = 'U5'"
    ) == [("Too small", "Too small", "Too small")]


def test_a_graphql_order_is_delivered_with_its_first_delivered_parcel(
    junk: Warehouse,
) -> None:
    assert junk.rows(
        "select delivered_at::varchar from analytics_staging.stg_orders"
        " where order_id = '779'"
    ) == [("2025-03-04 10:00:00",)]


def test_a_label_rate_with_a_fraction_is_no_number_of_cents(junk: Warehouse) -> None:
    rates = junk.rows(
        "select label_cost from analytics_staging.stg_loop_returns__return_labels"
        " where return_id = 'J1' order by label_position"
    )
    assert [text and str(text) for (text,) in rates] == [
        *(None, "8.3000", "8.3000", "7.0000", "7.5000", "12.3450")
    ]


def test_no_row_without_key_reaches_a_fact(junk: Warehouse) -> None:
    assert junk.rows(
        "select count(*) from fct_return_lines where loop_line_item_id is null"
        " or loop_return_id not in (select loop_return_id from fct_returns)"
    ) == [(0,)]


def test_a_return_without_a_type_counts_in_the_rates(junk: Warehouse) -> None:
    assert junk.rows(
        "select return_type, is_rate_return from fct_returns where loop_return_id = 'J4'"
    ) == [("standard", True)]


def test_hashed_addresses_make_no_return_a_gift(junk: Warehouse) -> None:
    assert junk.rows("select distinct is_gift_return from fct_returns") == [(None,)]


def test_recharge_1_and_3_fill_the_same_columns(junk: Warehouse) -> None:
    assert junk.rows(
        "select order_id, subscription_id, order_kind"
        " from analytics_staging.stg_subscription_orders"
    ) == [("81", "5", "recurring")]
