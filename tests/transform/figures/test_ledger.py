"""The ledger: entries add up to what Loop and Shopify say, and differences are named."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.transform.conftest import ROOT, Warehouse
from tests.transform.oracle.ledger import ledger
from tests.transform.oracle.shop import month
from tests.transform.worlds.table import (
    STRAIGHT,
    build_world,
    oracle_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny(warehouse: Callable[..., Warehouse]) -> Warehouse:
    return build_world(warehouse, "tiny")


def test_entries_add_up_to_the_amounts_of_the_return(tiny: Warehouse) -> None:
    columns = {
        "refund": "refund_amount",
        "store_credit_issued": "gift_card_amount",
        "handling_fee": "handling_fee",
    }
    for entry_type, column in columns.items():
        assert (
            tiny.rows(
                f"select loop_return_id, {column}, booked from fct_returns"
                " left join (select loop_return_id, -sum(amount) as booked"
                f" from fct_return_ledger where entry_type = '{entry_type}' group by all)"
                " using (loop_return_id) where is_realised_return and loop_return_id in"
                " (select loop_return_id from fct_return_ledger)"
                f" and {column} <> coalesce(booked, 0)"
            )
            == []
        )


@pytest.mark.parametrize(
    ("return_id", "balances"),
    [
        # A refund less the handling fee.
        ("90000001", {"payments": "-93.05", "return_fees": "-5.95"}),
        # An even exchange moves no money.
        ("90000002", {"exchange_sales": "-100.00", "sales_returns": "100.00"}),
        # An upsell is paid outside Shopify.
        (
            "90000003",
            {"exchange_sales": "-150.00", "payments_outside_shopify": "64.50"},
        ),
        # Store credit with a bonus.
        ("90000004", {"store_credit": "-109.00", "bonus_credit": "10.00"}),
        # A cheaper exchange, and the rest as refund.
        ("90000005", {"exchange_sales": "-60.00", "payments": "-33.60"}),
    ],
)
def test_a_documented_case_is_booked(
    tiny: Warehouse, return_id: str, balances: dict[str, str]
) -> None:
    found = dict(
        tiny.rows(
            "select account_class, sum(amount) from fct_return_ledger"
            f" where loop_return_id = '{return_id}' group by all"
        )
    )
    assert {name: found[name] for name in balances} == {
        name: Decimal(value) for name, value in balances.items()
    }
    assert sum(found.values()) == 0


@pytest.mark.parametrize("name", STRAIGHT)
def test_nothing_is_unexplained(warehouse: Callable[..., Warehouse], name: str) -> None:
    built = build_world(warehouse, name)
    assert built.rows("select count(*) > 0 from rpt_ledger_tie") == [(True,)]
    assert built.rows("from rpt_ledger_tie where unexplained_amount <> 0") == []


def test_stripe_and_shopifys_sales_report_are_compared_where_they_are_loaded(
    warehouse: Callable[..., Warehouse],
) -> None:
    lines = (
        "select tie_line, count(*) > 50 from rpt_ledger_tie"
        " where tie_line in ('charge', 'sales_report') group by 1 order by 1"
    )
    loaded = build_world(warehouse, "a shop in New York")
    assert loaded.rows(lines) == [("charge", True), ("sales_report", True)]
    assert build_world(warehouse, "tiny").rows(lines) == []


@pytest.fixture(scope="module")
def world() -> str:
    return "a shop in New York"


def test_the_page_names_the_entry_types_of_each_side_of_an_account(
    warehouse: Callable[..., Warehouse], world: str
) -> None:
    page = (ROOT / "docs/ledger.md").read_text("utf-8")
    section = page.partition("## Account classes")[2].partition("## ")[0]
    named = {
        (account, entry_type, side)
        for line in section.splitlines()
        if line.startswith("| `")
        for accounts, _, *sides in [line.strip("| ").split(" |")]
        for account in re.findall(r"`(\w+)`", accounts)
        for side, types in zip(("debit", "credit"), sides, strict=False)
        for entry_type in re.findall(r"`(\w+)`", types)
    }
    booked = build_world(warehouse, world).rows(
        "select distinct account_class, entry_type,"
        " case when amount > 0 then 'debit' else 'credit' end"
        " from fct_return_ledger where amount <> 0 and not is_correction"
    )
    assert len(booked) > 15
    assert set(booked) <= named


def test_rows_are_ranked_by_their_difference(
    warehouse: Callable[..., Warehouse],
) -> None:
    built = build_world(warehouse, "a shop in New York")
    group = "period, tie_line, reason_class, currency_code"
    assert (
        built.rows("from rpt_ledger_tie where strftime(tie_date, '%Y-%m') <> period")
        == []
    )
    assert (
        built.rows(
            "select * from rpt_ledger_tie as larger join rpt_ledger_tie as smaller"
            f" using ({group}) where larger.difference_rank < smaller.difference_rank"
            " and abs(larger.difference_amount) < abs(smaller.difference_amount)"
        )
        == []
    )
    assert (
        built.rows(
            f"select {group} from rpt_ledger_tie where difference_amount <> 0"
            " group by all having"
            " min(difference_rank) <> 1 or max(difference_rank) <> count(*)"
            " or count(distinct difference_rank) <> count(*)"
        )
        == []
    )


@pytest.mark.parametrize("name", STRAIGHT)
def test_loop_adds_up_in_every_return(
    warehouse: Callable[..., Warehouse], name: str
) -> None:
    built = build_world(warehouse, name)
    assert (
        built.rows("from fct_return_ledger where entry_type = 'loop_difference'") == []
    )


@pytest.fixture(scope="module")
def booked(
    world: str, warehouse: Callable[..., Warehouse]
) -> tuple[Warehouse, list[dict[str, Any]]]:
    """A world, and the entries that the oracle computes for it."""
    entries = [
        row
        | {
            "return_id": return_id,
            "entry_type": entry_type,
            "account": account,
            "month": month(row["posting_date"]),
        }
        for (return_id, entry_type, account, _), row in ledger(oracle_of(world)).items()
    ]
    return build_world(warehouse, world), entries


def test_the_journal_adds_up_the_entries_of_each_account_and_month(
    booked: tuple[Warehouse, list[dict[str, Any]]],
) -> None:
    built, entries = booked
    sums: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    cleared: dict[Any, Decimal] = defaultdict(Decimal)
    for row in entries:
        if row["entry_type"] == "to_come":
            continue
        key = row["currency_code"], row["month"]
        sums[*key, row["account"]][row["amount"] < 0] += abs(row["amount"])
        cleared[*key, row["return_id"]] -= row["amount"]
    # The clearing account balances each return in each month.
    for (*key, _), amount in cleared.items():
        if amount:
            sums[*key, "returns_clearing"][amount < 0] += abs(amount)
    assert built.rows(
        "select currency_code, period_start_date, account_class, debit_amount,"
        " credit_amount, net_amount from rpt_ledger_journal order by 1, 2, 3"
    ) == [
        (*key, debit, credit, debit - credit)
        for key, (debit, credit) in sorted(sums.items())
    ]
    assert built.rows(
        "select distinct balance from (select sum(net_amount) as balance"
        " from rpt_ledger_journal group by currency_code, period_start_date)"
    ) == [(Decimal(0),)]


def test_store_credit_rolls_forward_from_month_to_month(
    booked: tuple[Warehouse, list[dict[str, Any]]],
) -> None:
    built, entries = booked
    moved: dict[Any, Decimal] = defaultdict(Decimal)
    for row in entries:
        if row["account"] == "store_credit":
            moved[row["currency_code"], row["month"], row["entry_type"]] += row[
                "amount"
            ]
    balances: dict[str, Decimal] = defaultdict(Decimal)
    months = built.rows(
        "select currency_code, period_start_date, opening_amount, issued_amount,"
        " refunded_amount, redeemed_amount, closing_amount"
        " from rpt_store_credit_roll_forward order by 1, 2"
    )
    assert {row[:2] for row in months} == {key[:2] for key in moved}
    for currency, start, opening, issued, refunded, redeemed, closing in months:
        assert opening == balances[currency]
        assert issued == -moved[currency, start, "store_credit_issued"]
        assert refunded == -sum(
            moved[currency, start, kind] for kind in ("refund", "shipping_refund")
        )
        assert redeemed == moved[currency, start, "store_credit_redeemed"]
        assert closing == opening + issued + refunded - redeemed
        balances[currency] = closing
    assert built.rows(
        "select currency_code, sum(issued_amount) from rpt_store_credit_roll_forward"
        " group by 1 order by 1"
    ) == built.rows(
        "select currency_code, sum(issued_amount) from fct_store_credits"
        " group by 1 order by 1"
    )


@pytest.mark.parametrize("return_id", ["90000008", "90000009", "90000010", "90000012"])
def test_a_return_of_which_nothing_has_happened_has_no_entry(
    tiny: Warehouse, return_id: str
) -> None:
    assert (
        tiny.rows(
            f"select * from fct_return_ledger where loop_return_id = '{return_id}'"
        )
        == []
    )
