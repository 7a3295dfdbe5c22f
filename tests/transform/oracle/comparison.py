"""Compares the tables of a warehouse with the oracle, row by row and column by column."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.request import urlopen

from .demand import DEMAND
from .expected import EXPECTED
from .facts import FACTS, key_of
from .reports import REPORTS
from .shop import Json, Key, Order, Shop, digits

Read = Callable[[str], list[tuple[Any, ...]]]
"""Runs a query on the warehouse; its default schema is that of the marts."""

STREAMS = {
    "returns": "returns",
    "orders": "shopify/orders",
    "products": "shopify/products",
    "product_variants": "shopify/product_variants",
    "inventory_items": "shopify/inventory_items",
    "refunds": "shopify/order_refunds",
    "transactions": "shopify/transactions",
    "subscription_orders": "recharge/orders",
}
TABLES = REPORTS | FACTS | DEMAND | EXPECTED
ROUNDED = {"retained_revenue_ratio_ex_tax", "refund_value_rate"}
"""Ratios of amounts that are rounded return by return."""


def records(control: str) -> dict[str, list[Json]]:
    """Return the records that the oracle reads, from a simulator's control plane."""
    return {
        name: [
            json.loads(line, parse_float=Decimal)
            for line in urlopen(f"{control}/{path}").read().splitlines()  # noqa: S310
        ]
        for name, path in STREAMS.items()
    }


def differences(shop: Shop, table: str, read: Read) -> list[tuple[Any, ...]]:
    """Return the differences: key, column, expected and found value, and unusual traits.

    For a key that only one side has, that side's name takes the place of the column.
    """
    keys, compute = TABLES[table]
    expected = compute(shop)
    known = columns(table, read)
    values = sorted({name for row in expected.values() for name in row} & known)
    found = {
        row[: len(keys)]: dict(zip(values, row[len(keys) :], strict=True))
        for row in read(_query(table, keys, values))
    }
    lacking = [(key, "only the oracle") for key in expected.keys() - found.keys()]
    lacking += [(key, "only the table") for key in found.keys() - expected.keys()]
    wrong = [
        (key, name, expected[key][name], found[key][name])
        for key in expected.keys() & found.keys()
        for name in values
        if not same(
            expected[key][name],
            found[key][name],
            1e-6 if {key[0], name} & ROUNDED else 1e-9,
        )
    ]
    traits = _traits_by_key(shop, table) if lacking or wrong else {}
    return [(*row, *traits.get(row[0], ())) for row in [*lacking, *wrong]]


def columns(table: str, read: Read) -> set[str]:
    """Return the columns of a table."""
    query = (
        "select column_name from information_schema.columns"
        f" where table_schema = 'analytics' and table_name = '{table}'"
    )
    return {name for (name,) in read(query)}


def _query(table: str, keys: tuple[str, ...], values: list[str]) -> str:
    """Return the query of a table; match coverage is added up over the methods."""
    named = ", ".join(keys)
    if table == "rpt_match_coverage":
        return (
            f"select {named}, cast(sum(row_count) as bigint) from {table}"
            f" group by {named}"
        )
    return f"select {', '.join([named, *values])} from {table}"


def same(wanted: Any, found: Any, tolerance: float = 1e-9) -> bool:
    """Compare counts exactly, money to the cent and shares to the ninth digit."""
    if wanted is None or found is None:
        return wanted is found
    if isinstance(found, float):
        return math.isclose(float(wanted), found, rel_tol=0, abs_tol=tolerance)
    if isinstance(wanted, Fraction):
        return abs(wanted - Fraction(found)) < Fraction(1, 100)
    if hasattr(wanted, "tzinfo"):
        return bool(wanted.replace(tzinfo=None) == found.replace(tzinfo=None))
    return bool(wanted == found)


def wrong_rows(
    expected: Mapping[Key, tuple[Any, ...]], found: Mapping[Key, tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Return key, expected and found values of rows that differ by more than 1e-6."""
    return [
        (key, values, found[key])
        for key, values in expected.items()
        if not all(
            same(wanted, value, 1e-6)
            for wanted, value in zip(values, found[key], strict=True)
        )
    ]


def traits(order: Order, shop: Shop) -> list[str]:
    """Return the unusual traits of an order, each a class of cases."""
    found = {
        "types missing": any(line.category == "(none)" for line in order.lines),
        "edits": any(
            not line.is_exchange and line.quantity < int(line.raw["quantity"])
            for line in order.lines
        ),
        "several currencies": order.currency != shop.main_currency,
        "refunds by staff": order.has_refund_outside_loop,
        "test orders": order.role == "test",
        "prices with tax": bool(order.raw["taxesIncluded"]),
    }
    return [name for name, has in found.items() if has]


def _traits_by_key(shop: Shop, table: str) -> dict[Key, list[str]]:
    """Return the traits of the order behind each row, for tables that name one."""
    if table == "fct_order_lines":
        return {
            (key_of(line.id),): traits(order, shop)
            for order in shop.orders
            for line in order.lines
        }
    if table == "rpt_order_returns_v1":
        return {(order.id,): traits(order, shop) for order in shop.orders}
    matched = [(one, one.order) for one in shop.returns if one.order is not None]
    if table == "fct_returns":
        return {(one.id,): traits(order, shop) for one, order in matched}
    if table == "fct_return_lines":
        return {
            (one.id, str(digits(unit.raw["line_item_id"]))): traits(order, shop)
            for one, order in matched
            for unit in one.units
        }
    return {}
