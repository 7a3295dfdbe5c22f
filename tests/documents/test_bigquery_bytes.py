"""The bill of the benchmarks follows BigQuery's published rules."""

from __future__ import annotations

import pytest

from benchmarks.bigquery_bytes import MINIMUM, Bill, Table

GB = 10**9
ORDERS = "shop.sales.orders"
MERGE = (
    "merge into {} as target using (select 'one' as id) as source"
    " on target.id = source.id"
)


@pytest.fixture
def bill() -> Bill:
    columns = {"id": GB, "name": 2 * GB, "loaded_at": GB}
    newest = dict.fromkeys(columns, 20_000_000.0)
    return Bill({"sales.orders": Table(columns, "loaded_at", newest)})


@pytest.mark.parametrize(
    ("statement", "size"),
    [
        ("select id from {}", GB),
        ("with all_of_it as (select * from {}) select name from all_of_it", 2 * GB),
        ("select a.id from {} as a inner join {} as b on a.id = b.id", GB),
        ("select count(*) from {}", 0),
        ("select * from (select * from {}) as one where false limit 0", 0),
        ("select id from {} where loaded_at >= timestamp '2026-01-01'", 40_000_000),
        (
            "select id from {} where loaded_at >= (select max(loaded_at) from {})",
            2 * GB,
        ),
        ("create or replace table shop.sales.copy as select id from {}", GB),
        ("insert into shop.sales.copy select id from {}", GB),
        ("delete from {} where id = 'one'", 4 * GB),
        (MERGE + " when matched then update set name = source.id", 4 * GB),
        (MERGE + " when not matched then insert (id) values (source.id)", GB),
        ("select id from shop.sales.unknown", MINIMUM),
        ("drop table {}", 0),
    ],
)
def test_a_statement_is_billed_for_what_it_reads(
    bill: Bill, statement: str, size: float
) -> None:
    assert sum(bill.of(statement.replace("{}", ORDERS)).values()) == size


def test_a_view_is_billed_where_it_is_read(bill: Bill) -> None:
    assert bill.of(f"create view shop.sales.names as select name from {ORDERS}") == {}
    assert bill.of("select name from shop.sales.names") == {"sales.orders": 2 * GB}


def test_ten_megabytes_are_the_least_for_a_table() -> None:
    bill = Bill({"sales.orders": Table({"id": 5.0})})
    assert bill.of(f"select id from {ORDERS}") == {"sales.orders": MINIMUM}
