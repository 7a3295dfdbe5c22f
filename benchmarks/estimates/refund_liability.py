"""How far off is the refund liability, on average?

Question: how large is the liability in `rpt_refund_liability` at month ends minus the
amounts refunded later (the bias), and how large is the mean absolute difference? Both
are shares of the amounts refunded later.

Method: the shops are those of the nowcast benchmark, whose later returns are all known.
The models run on the data of one day. The report then has the ends of the twelve months
before that day, each calculated from the data known at that month end. Each returned
unit is refunded or credited with 50.00, or exchanged, on the day of its return, so the
benchmark measures only the expected returns and their outcomes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean

import duckdb

from benchmarks.estimates.compiled_models import build, compiled
from benchmarks.estimates.nowcast import MODELS as NOWCAST
from benchmarks.estimates.nowcast import nowcast
from benchmarks.estimates.shops_with_ends import Shop, drawn
from benchmarks.measuring import publish

SHOPS = 200
TODAY = date(2025, 10, 31)
MODELS = ("int_refunds_expected", "int_goods_cost_shares", "rpt_refund_liability")
REFUND = 50
AMOUNT = (
    f"(case when ending = '{{ending}}' then {REFUND} * returned_units else 0 end)"
    "::decimal(18, 4)"
)
SETTLED = f"""
create or replace table int_returns_joined_to_orders as
select
    row_number() over ()::text as return_id,
    date_trunc('month', order_date)::date as root_order_month_date,
    order_date + days_to_return::integer as return_date, 'USD' as currency_code,
    {AMOUNT.format(ending="refund")} as refund_amount,
    {AMOUNT.format(ending="credit")} as gift_card_amount,
    {AMOUNT.format(ending="exchange")} as exchange_total,
    0::decimal(18, 4) as upsell_amount, ending = 'exchange' as has_exchange,
    true as is_counted_return, false as is_warranty, 'customer' as return_order_role,
    null::varchar as root_loop_exclusion_reason
from units where returned_units > 0 and order_date + days_to_return::integer <= $today;
create or replace table int_returns_booked as
select
    return_id, return_date as refunded_at, return_date as credited_at,
    return_date as exchanged_at, 0 as shipping_beside_refund
from int_returns_joined_to_orders;
create or replace table int_returns_owed as
select
    return_id, currency_code, refund_amount, gift_card_amount as credit_amount,
    exchange_total as exchange_amount
from int_returns_joined_to_orders where false;
create or replace table fct_return_ledger as
select
    return_id as loop_return_id, currency_code, return_date as posting_date,
    case
        when refund_amount > 0 then 'refund'
        when gift_card_amount > 0 then 'store_credit_issued'
        else 'exchange_goods'
    end as entry_type,
    -refund_amount - gift_card_amount - exchange_total as amount
from int_returns_joined_to_orders;
create or replace table int_return_lines (
    variant_id varchar, currency_code varchar, return_date date,
    root_order_month_date date, net_amount decimal(18, 4), is_rate_unit boolean
);
create or replace table int_orders (currency_code varchar, is_customer_order boolean);
create or replace table stg_variant_costs (
    variant_id varchar, unit_cost_amount decimal(18, 4), currency_code varchar
);
create or replace table stg_loop_returns__return_exchanges (
    return_id varchar, exchange_id varchar, variant_id varchar, product_id varchar,
    total_amount decimal(18, 4)
);
create or replace table int_exchange_items_paired (
    return_id varchar, exchange_id varchar, from_variant_id varchar,
    from_product_id varchar, pairing varchar
)
"""


@dataclass(frozen=True)
class Liability:
    """Refunds and credit that were expected at a month end, and those that were given later."""

    kind: str
    day: date
    expected: float
    came: int


def liabilities(
    connection: duckdb.DuckDBPyConnection,
    texts: dict[str, str],
    shop: Shop,
    today: date,
) -> list[Liability]:
    """Return the liability at each month end; `nowcast` must have run for the same day."""
    for statement in SETTLED.replace("$today", f"date '{today}'").split(";"):
        connection.execute(statement)
    build(connection, texts, MODELS)
    found = connection.execute(
        "select as_of_date, sum(closing_amount)::double"
        " from rpt_refund_liability where is_month_end group by all order by all"
    ).fetchall()
    return [
        Liability(
            shop.kind,
            day,
            expected,
            sum(
                REFUND * units
                for (ordered, _, delay, ending, _), units in shop.items_returned.items()
                if ordered <= day < ordered + timedelta(delay) and ending != "exchange"
            ),
        )
        for day, expected in found
    ]


def measured(texts: dict[str, str], seeds: Iterable[int]) -> list[Liability]:
    """Return the liabilities of shops at the month ends before a day."""
    owed = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for seed in seeds:
            shop = drawn(seed)
            nowcast(connection, texts, shop, TODAY)
            owed += liabilities(connection, texts, shop, TODAY)
    return owed


def bias(owed: list[Liability]) -> float:
    """Return the expected refunds minus the later ones, as a share of the later ones."""
    came = sum(one.came for one in owed)
    return (sum(one.expected for one in owed) - came) / came


def liability_line(name: str, owed: list[Liability]) -> str:
    """Return a line of the table of liabilities."""
    off = [abs(one.expected - one.came) / one.came for one in owed if one.came]
    return f"| {name} | {len(owed):,} | {bias(owed):+.1%} | {mean(off):.1%} |"


def table(owed: list[Liability]) -> str:
    """Return the table of the README."""
    kinds = sorted({one.kind for one in owed})
    days = sorted({one.day for one in owed})
    return "\n".join(
        [
            "| refund liability of | month ends | bias | mean error |",
            "| --- | ---: | ---: | ---: |",
            liability_line("all shops", owed),
            *(
                liability_line(kind, [one for one in owed if one.kind == kind])
                for kind in kinds
            ),
            *(
                liability_line(f"{day:%B %Y}", [one for one in owed if one.day == day])
                for day in days
            ),
            "",
        ]
    )


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shops", type=int, default=SHOPS)
    arguments = parser.parse_args()
    owed = measured(compiled(*NOWCAST, *MODELS), range(arguments.shops))
    found = {"shops": arguments.shops, "month_ends": len(owed), "bias": bias(owed)}
    publish("refund_liability", found, table(owed))


if __name__ == "__main__":
    main()
