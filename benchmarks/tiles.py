"""Builds the raw tables of a large shop by copying the tables of a small shop in SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb

RENAMED = {
    "tap_loop_returns.returns": {
        "id": "number",
        "order_id": "number",
        "order_name": "name",
        "provider_order_id": "number",
        "customer": "email",
        "gift_card_order_id": "number",
        "gift_card_order_name": "name",
    },
    "tap_loop_returns.return_line_items": {
        "return_id": "number",
        "line_item_id": "number",
        "provider_line_item_id": "number",
    },
    "tap_loop_returns.return_exchanges": {
        "return_id": "number",
        "exchange_id": "number",
        "exchange_order_id": "number",
        "exchange_order_name": "name",
    },
    "tap_loop_returns.return_labels": {"return_id": "number"},
    "tap_loop_returns.return_refunds": {
        "return_id": "number",
        "id": "number",
        "provider_refund_id": "number",
    },
    "tap_shopify.orders": {
        "id": "number",
        "name": "name",
        "email": "email",
        "customer": "nested",
        "lineitems": "nested",
    },
    "tap_shopify.customers": {"id": "number", "email": "email"},
    "tap_shopify.order_refunds": {
        "id": "number",
        "order": "nested",
        "refundlineitems": "nested",
        "orderadjustments": "nested",
    },
    "tap_shopify.transactions": {"id": "number", "order": "nested"},
    "tap_shopify.products": {},
    "tap_shopify.product_variants": {},
    "tap_shopify.inventory_items": {},
}
"""Key columns, with the way in which they differ between tiles; all tiles sell the same
products."""
SHARED = (
    "tap_shopify.products",
    "tap_shopify.product_variants",
    "tap_shopify.inventory_items",
)
FORMS = {
    "number": "{column} || {tag}",
    "name": "regexp_replace({column}, '[0-9]+', '\\0' || {tag})",
    "email": "'t' || {tag} || '.' || {column}",
    "nested": (
        'cast(regexp_replace(replace(cast({column} as varchar), \'"email":"\','
        " '\"email\":\"t' || {tag} || '.'),"
        " '(/(?:Customer|LineItem|Order|RefundLineItem|OrderAdjustment)/[0-9]+)',"
        " '\\1' || {tag}, 'g') as json)"
    ),
}
APART = 7
"""Minutes by which each tile is earlier than the previous one."""
CHILDREN = ("line_items", "exchanges", "labels", "refunds")
LOADED_AT = "_sdc_batched_at"
"""The time when the loader wrote a row; changed rows get the time of a later load."""

Connection = duckdb.DuckDBPyConnection


def tile(base: Path, raw: Path, count: int) -> int:
    """Write `count` copies of a shop's raw tables; return the returns in all of them.

    Keys include the tile's number, and each tile is a few minutes earlier than the
    previous one. Keys are therefore unique, and the distribution over time stays the
    same.
    """
    with duckdb.connect(str(raw)) as connection:
        connection.execute("set memory_limit = '4GB'; set threads = 2")
        connection.execute(f"attach '{base}' as base (read_only)")
        connection.execute("set preserve_insertion_order = false")
        for table in RENAMED:
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            copies = 1 if table in SHARED else count
            connection.execute(
                f"create table {table} as select {_columns(connection, table)}"
                f" from base.{table} as source"
                f" cross join (select lpad(range::varchar, 4, '0') as tag,"
                f" to_minutes({APART} * range) as earlier from range({copies}))"
            )
        return _one(connection, "select count(*) from tap_loop_returns.returns")


def _columns(connection: Connection, table: str) -> str:
    schema, name = table.split(".")
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'base'"
        f" and schema_name = '{schema}' and table_name = '{name}' order by column_index"
    ).fetchall()
    told = RENAMED[table]
    parts = []
    for column, kind in columns:
        quoted = f'source."{column}"'
        if column in told:
            quoted = FORMS[told[column]].format(column=quoted, tag="tag")
        elif kind == "TIMESTAMP" and column != LOADED_AT:
            quoted = f"{quoted} - earlier"
        parts.append(f'{quoted} as "{column}"')
    return ", ".join(parts)


def change_a_day(raw: Path) -> dict[str, int]:
    """Apply the changes of one day; return the number of rows of each part.

    As many new orders and returns are added as there were on the last day. Returns that
    changed in the last two days, and orders that changed in the last day, change again:
    returns close, some lose a unit, orders are refunded. A few rows arrive with an old
    update time.
    """
    with duckdb.connect(str(raw)) as connection:
        connection.execute("set memory_limit = '4GB'; set threads = 2")
        connection.execute("""
            create temp table end_of as
                select max(created_at) as returned, max(updated_at) as changed
                from tap_loop_returns.returns;
            create temp table new_orders as
                select id from tap_shopify.orders, end_of
                where createdat > returned - interval 1 day;
            create temp table new_returns as
                select id from tap_loop_returns.returns, end_of
                where created_at > returned - interval 1 day;
            create temp table changed_returns as
                select id, row_number() over (order by id) as position
                from tap_loop_returns.returns, end_of
                where updated_at > changed - interval 2 days;
            create temp table changed_orders as
                select id from tap_shopify.orders
                where updatedat > (select max(updatedat) from tap_shopify.orders)
                    - interval 1 day
        """)
        changes = {
            name: _one(connection, f"select count(*) from {name}")
            for name in (
                "new_orders",
                "new_returns",
                "changed_returns",
                "changed_orders",
            )
        }
        for sql in _changes():
            connection.execute(sql)
        return changes


def _changes() -> list[str]:
    later = "+ interval 1 day"
    load = "cast(now() as timestamp)"
    loop, shop = "tap_loop_returns", "tap_shopify"
    # Changes are made first, so that the new copies are not changed.
    sql = [
        (
            f"update {loop}.returns set updated_at = updated_at {later}, state = 'closed',"
            f" {LOADED_AT} = {load}"
            " where id in (from changed_returns select id)"
        ),
        (
            f"update {shop}.orders set updatedat = updatedat {later},"
            f" displayfinancialstatus = 'PARTIALLY_REFUNDED', {LOADED_AT} = {load}"
            " where id in (from changed_orders)"
        ),
        # Late rows: their content changes, but their update time does not.
        (
            f"update {shop}.orders set displayfulfillmentstatus = 'PARTIALLY_FULFILLED',"
            f" {LOADED_AT} = {load}"
            f" where id in (select id from {shop}.orders order by id limit 5)"
        ),
    ]
    sql += [
        f"update {loop}.return_{child} set return_updated_at = return_updated_at {later},"
        f" {LOADED_AT} = {load} where return_id in (select id from changed_returns"
        f" where {'position % 20 > 0' if child == 'line_items' else 'true'})"
        for child in CHILDREN
    ]
    sql.append(
        f"insert into {loop}.returns by name select * replace (id || '9' as id,"
        f" {load} as {LOADED_AT},"
        f" created_at {later} as created_at, updated_at {later} as updated_at)"
        f" from {loop}.returns where id in (from new_returns)"
    )
    keys = {
        "line_items": ", line_item_id || '9' as line_item_id",
        "exchanges": ", exchange_id || '9' as exchange_id,"
        " null as exchange_order_id, null as exchange_order_name",
        "refunds": ", id || '9' as id, null as provider_refund_id",
    }
    sql += [
        f"insert into {loop}.return_{child} by name"
        f" select * replace (return_id || '9' as return_id,"
        f" {load} as {LOADED_AT},"
        f" return_updated_at {later} as return_updated_at{keys.get(child, '')})"
        f" from {loop}.return_{child} where return_id in (from new_returns)"
        for child in CHILDREN
    ]
    quoted = '"order"'
    nested = (
        "cast(regexp_replace(cast({0} as varchar), '(/(?:LineItem|Order)/[0-9]+)',"
        " '\\19', 'g') as json) as {0}"
    )
    sql += [
        (
            f"insert into {shop}.orders by name select * replace (id || '9' as id,"
            f" {load} as {LOADED_AT}, name || '9' as name, {nested.format('lineitems')},"
            f" createdat {later} as createdat, processedat {later} as processedat,"
            f" updatedat {later} as updatedat)"
            f" from {shop}.orders where id in (from new_orders)"
        ),
        (
            f"insert into {shop}.transactions by name select * replace (id || '9' as id,"
            f" {load} as {LOADED_AT}, {nested.format(quoted)}, createdat {later} as createdat)"
            f" from {shop}.transactions"
            f" where json_extract_string({quoted}, '$.id') in (from new_orders)"
        ),
    ]
    return sql


def mart_hashes(warehouse: Path) -> dict[str, tuple[int, str]]:
    """Return the number of rows of every mart and a hash of their content, independent of order."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set memory_limit = '4GB'; set threads = 2")
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'analytics'"
        ).fetchall()
        found = {}
        for (name,) in tables:
            rows, total = connection.execute(
                "select count(*), coalesce(sum(hash(mart)), 0)::varchar from"
                f" (select columns(each -> each <> 'built_at') from analytics.{name}) as mart"
            ).fetchall()[0]
            found[name] = (int(rows), str(total))
        return found


def _one(connection: Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
