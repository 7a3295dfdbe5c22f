"""Compare what the simulator serves with what arrived in DuckDB.

A check that is independent of `reconcile`: it counts distinct keys of every stream and
adds up money as decimals, and compares with the simulator's returns instead of the
tap's audits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
from tap.expected import KEYS

from demo.shop import Shop

Json = dict[str, Any]
Sums = dict[str, Decimal]


class ShortageError(Exception):
    """A row that was sent did not arrive, or arrived with other values."""


@dataclass
class Content:
    """The content of a stream: rows, and money by field."""

    rows: int = 0
    money: Sums = field(default_factory=dict)

    def add(self, values: Json) -> None:
        """Count a row and add its amounts."""
        self.rows += 1
        for name, value in values.items():
            self.money[name] = self.money.get(name, Decimal(0)) + _amount(value)


RETURN_MONEY = (
    "total",
    "return_total",
    "refund",
    "gift_card",
    "exchange_total",
    "upsell",
    "handling_fee",
)
LINE_MONEY = ("price", "discount", "tax", "refund")
ITEM_MONEY = ("price", "discount", "tax", "total")
OUTCOMES = {
    "exchange": "exchange_total",
    "upsell": "upsell",
    "refund": "refund",
    "credit": "gift_card",
}
COUNT = "select count(*) from tap_loop_returns.returns"
JOINED = {
    "shopify": (
        "orders",
        "customers",
        "products",
        "product_variants",
        "inventory_items",
        "transactions",
    ),
    "recharge": ("orders", "subscriptions", "customers"),
}


def compare_returns(shop: Shop, raw: Path) -> dict[str, int]:
    """Compare the tap's streams, state by state; return the rows of each.

    Raises:
        ShortageError: A stream differs.
    """
    found = dict.fromkeys(KEYS, 0)
    differences: list[str] = []
    for state, returns in _by_state(shop.returns()).items():
        for stream, sent in expected(returns).items():
            arrived = _arrived(raw, stream, state, sent)
            differences += _differences(f"{stream} of {state} returns", sent, arrived)
            found[stream] += arrived.rows
    if found["returns"] != (kept := _ask(raw, COUNT)[0]):
        differences.append(
            f"returns: {kept:,} kept, {found['returns']:,} of them at Loop"
        )
    _raise_for(differences)
    return found


def compare_all(shop: Shop, raw: Path) -> dict[str, int]:
    """Compare every stream of every source; return the rows of the tap's streams.

    Raises:
        ShortageError: A stream differs.
    """
    for source in JOINED:
        compare_joined(shop, raw, source)
    return compare_returns(shop, raw)


def compare_joined(shop: Shop, raw: Path, source: str) -> dict[str, int]:
    """Compare the streams of the shop or of the subscription app.

    Raises:
        ShortageError: A stream differs.
    """
    found = {}
    differences = []
    for stream in JOINED[source]:
        rows = shop.count(source, stream)
        table = f"tap_{source}.{stream}"
        query = f"select count(distinct id) from {table}"
        found[stream] = _ask(raw, query)[0]
        if found[stream] != rows:
            differences.append(
                f"{table}: {rows:,} rows at the source, {found[stream]:,} arrived"
            )
    _raise_for(differences)
    return found


def expected(returns: list[Json]) -> dict[str, Content]:
    """Return what the tap's streams must hold, computed without the tap."""
    found = {name: Content() for name in KEYS}
    for one in returns:
        found["returns"].add({name: one.get(name) for name in RETURN_MONEY})
        for line in _rows(one, "line_items"):
            found["return_line_items"].add({n: line.get(n) for n in LINE_MONEY})
            if line.get("return_reason") or line.get("parent_return_reason"):
                found["return_reasons"].add({})
        for item in _rows(one, "exchanges"):
            found["return_exchanges"].add({n: item.get(n) for n in ITEM_MONEY})
        for label in _rows(one, "labels"):
            found["return_labels"].add({"rate": label.get("rate")})
        for _refund in _rows(one, "shopify_refund_object"):
            found["return_refunds"].add({})
        for amount in _outcomes(one):
            found["return_outcomes"].add({"amount": amount})
    return found


def _outcomes(one: Json) -> Iterator[Any]:
    words = str(one.get("outcome") or "").lower().replace("gift card", "credit")
    for outcome, field_name in OUTCOMES.items():
        amount = one.get(field_name)
        sent_goods = outcome == "exchange" and _rows(one, "exchanges")
        if outcome in words.split("+") or sent_goods or _amount(amount) > 0:
            yield amount


def _by_state(returns: list[Json]) -> dict[str, list[Json]]:
    states: dict[str, list[Json]] = {}
    for one in returns:
        states.setdefault(str(one.get("state")), []).append(one)
    return states


def _arrived(raw: Path, stream: str, state: str, sent: Content) -> Content:
    """Query DuckDB, without the rows of an older version of their return."""
    keys = ", ".join(f"this.{key}" for key in KEYS[stream])
    sums = [f"sum(cast(this.{name} as decimal(18, 4)))" for name in sent.money]
    asked = ", ".join([f"count(distinct ({keys}))", *sums])
    same_version = (
        "whole.id = this.id"
        if stream == "returns"
        else "whole.id = this.return_id"
        " and whole.updated_at is not distinct from this.return_updated_at"
    )
    query = f"""
        select {asked} from tap_loop_returns.{stream} as this
        join tap_loop_returns.returns as whole on {same_version}
        where whole.state = '{state}'
    """
    row = _ask(raw, query)
    amounts = zip(sent.money, row[1:], strict=True)
    return Content(row[0], {name: Decimal(value or 0) for name, value in amounts})


def _differences(name: str, sent: Content, arrived: Content) -> Iterator[str]:
    if arrived.rows != sent.rows:
        yield f"{name}: {sent.rows:,} rows at the source, {arrived.rows:,} arrived"
    for amount, value in sent.money.items():
        if arrived.money[amount] != value:
            found = arrived.money[amount]
            yield f"{name}, {amount}: {value} at the source, {found} arrived"


def _raise_for(differences: list[str]) -> None:
    if differences:
        message = "What arrived in DuckDB is not what was sent:\n  "
        raise ShortageError(message + "\n  ".join(differences))


def _ask(raw: Path, query: str) -> tuple[Any, ...]:
    with duckdb.connect(str(raw), read_only=True) as connection:
        return tuple(connection.execute(query).fetchone() or ())


def _rows(body: Json, name: str) -> list[Json]:
    value = body.get(name)
    rows = list(value.values()) if isinstance(value, dict) else value
    return [row for row in rows or () if isinstance(row, dict)]


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except InvalidOperation:
        return Decimal(0)
