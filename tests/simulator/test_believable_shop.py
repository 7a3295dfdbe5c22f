"""The generated shop: reproducible, consistent, and with every case that breaks
pipelines."""

import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

import loop_simulator
from loop_simulator.money import cents
from loop_simulator.wire import return_to_json, to_bytes
from loop_simulator.world import make_world
from loop_simulator.world.generated.odds import markdown

ROOT = Path(loop_simulator.__file__).parents[1]
DIGEST = """
import hashlib
from loop_simulator.wire import to_bytes
from loop_simulator.wire import return_to_json
from loop_simulator.world import make_world
world = make_world("shop", seed=5, returns=120)
print(hashlib.sha256(b"".join(to_bytes(return_to_json(r)) for r in world.returns)).hexdigest())
"""


@pytest.fixture(scope="module")
def world():
    return make_world("shop", seed=3, returns=4_000)


@pytest.fixture(scope="module")
def bodies(world):
    return [return_to_json(record) for record in world.returns]


def test_same_seed_same_bytes():
    def written(seed):
        return [
            to_bytes(return_to_json(r))
            for r in make_world("shop", seed=seed, returns=80).returns
        ]

    assert written(4) == written(4)
    assert written(4) != written(5)


def test_the_bytes_do_not_depend_on_hash_randomisation():
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_world_has_exactly_the_returns_asked_for(world):
    assert len(world.returns) == 4_000
    assert len({record.id for record in world.returns}) == 4_000


def test_nothing_happens_after_now_or_before_its_cause(world):
    for record in world.returns:
        assert record.order.created <= record.created <= record.updated <= world.now
        if record.closed:
            assert record.created <= record.closed <= record.updated


def test_return_total_is_product_less_discount_plus_tax(bodies):
    for row in bodies:
        parts = [
            cents(row[f"return_{name}_total"])
            for name in ("product", "discount", "tax")
        ]
        assert cents(row["return_total"]) == parts[0] - parts[1] + parts[2]
        units = row["line_items"]
        assert parts[1] == sum(cents(unit["discount"]) for unit in units)
        assert parts[2] == sum(cents(unit["tax"]) for unit in units)


def test_line_refunds_are_item_plus_tax_and_add_up_to_the_header(bodies):
    for row in bodies:
        units = row["line_items"]
        assert all(
            cents(u["refund"]) == cents(u["refund_item"]) + cents(u["refund_tax"])
            for u in units
        )
        assert sum(cents(unit["refund"]) for unit in units) == cents(row["refund"])


def test_the_value_goes_to_exchange_refund_credit_and_fee_except_for_planted_bonus(
    world,
):
    broken = 0
    for record in world.returns:
        given = record.exchange_credit + record.refund + record.gift_card + record.fee
        if record.outcome_text == "":
            assert given == 0
        elif given != record.value:
            broken += 1
            assert 0 < given - record.value <= record.bonus
    assert 0 < broken < 0.05 * len(world.returns)


def test_upsell_is_what_the_exchange_costs_beyond_the_credit(bodies):
    for row in bodies:
        rest = cents(row["exchange_total"]) - cents(row["exchange_credit_total"])
        assert cents(row["upsell"]) == rest >= 0
        assert cents(row["exchange_total"]) == sum(
            cents(i["total"]) for i in row["exchanges"]
        )


def test_returned_units_never_exceed_what_was_bought(world):
    for order in world.orders:
        gone = Counter(
            id(unit.line)
            for r in order.returns
            if r.state != "cancelled"
            for unit in r.lines
        )
        for refund in order.staff_refunds:
            gone.update({id(line): units for line, units in refund.units})
        assert all(gone[id(line)] <= line.quantity for line in order.lines)


def test_exchange_orders_cost_exactly_the_upsell(world):
    for record in world.returns:
        if record.exchange_order is not None:
            assert record.exchange_order.total == record.upsell
            assert record.exchange_order.name.startswith("EXC-")


def test_all_outcomes_and_states_occur_in_believable_shares(world):
    states = Counter(record.state for record in world.returns)
    count = len(world.returns)
    assert 0.06 < states["cancelled"] / count < 0.10
    assert 0.01 < states["review"] / count < 0.03
    assert set(states) == {"open", "closed", "cancelled", "expired", "review"}
    words = {record.outcome_text for record in world.returns}
    assert words == {
        "exchange",
        "upsell",
        "refund",
        "credit",
        "exchange+refund",
        "exchange+credit",
        "credit+refund",
        "",
        "donation",
    }
    assert 4 < sum(order.role == "customer" for order in world.orders) / count < 7


def test_the_awkward_cases_are_all_there(world, bodies):
    rows = list(zip(world.returns, bodies, strict=True))
    cases = {
        "gift return": any(r.email for r in world.returns),
        "edited": any(b["edited_at"] for b in bodies),
        "warranty": any(b["type"] == "warranty" for b in bodies),
        "two labels": any(len(b["labels"]) > 1 for b in bodies),
        "two returns on an order": any(len(o.returns) > 1 for o in world.orders),
        "return of an exchange order": any(
            r.order.role == "exchange" for r in world.returns
        ),
        "chain of two": any(
            (r.exchange_order and r.order.role == "exchange") for r in world.returns
        ),
        "native exchange": any(r.native and r.exchanged for r in world.returns),
        "gift card order": any(b["gift_card_order_id"] for b in bodies),
        "even exchange called credit": any(
            b["outcome"] == "credit" and b["exchanges"] and b["gift_card"] == "0.00"
            for b in bodies
        ),
        "negative price": any(
            u["price"].startswith("-") for b in bodies for u in b["line_items"]
        ),
        "order missing from the shop": any(
            not r.order.in_shopify for r in world.returns
        ),
        "expired but paid": any(
            r.state == "expired" and r.processed for r in world.returns
        ),
        "shopper currency": {
            b["presentment"]["currency"] for b in bodies if b["presentment"]
        }
        == {"CAD", "GBP", "EUR"},
        "kept goods": any(
            u["outcome"] == "keep" for b in bodies for u in b["line_items"]
        ),
        "midnight": any("T00:00:00" in b["created_at"] for b in bodies),
        "quotes": any(
            '"' in (u["return_reason"] or "") for b in bodies for u in b["line_items"]
        ),
        "newline": any(
            "\n" in (u["return_reason"] or "") for b in bodies for u in b["line_items"]
        ),
        "no reason": any(
            u["return_reason"] is None for b in bodies for u in b["line_items"]
        ),
        "notes": any(r.notes for r in world.returns),
        "fee": any(r.fee and b["handling_fee"] != "0.00" for r, b in rows),
        "shipping refund": any(b["refund_shipping_total"] != "0.00" for b in bodies),
        "guest": any(r.order.customer.id is None for r in world.returns),
        "product without a type": any(not p.kind for p in world.products),
        "return of a deleted product": any(
            u.variant.product.deleted for r in world.returns for u in r.lines
        ),
        "line without a product": any(
            line.variant.product.custom for o in world.orders for line in o.lines
        ),
        "edited order with a return": any(
            line.removed for r in world.returns for line in r.order.lines
        ),
        "edited line with a discount": any(
            line.removed and line.quantity > 1 and line.discount
            for o in world.orders
            for line in o.lines
        ),
        "refund by staff": {
            refund.restock for o in world.orders for refund in o.staff_refunds
        }
        == {"return", "no_restock", "cancel"},
        "return at prices with tax": {
            r.order.currency for r in world.returns if r.order.taxes_included
        }
        == {"GBP", "EUR"},
        "failed and pending payments": any(o.payment_failed for o in world.orders)
        and any(r.refund_failed and r.refund for r in world.returns)
        and any(r.refund_pending and r.refund for r in world.returns),
    }
    assert [name for name, found in cases.items() if not found] == []


def test_a_bulk_job_touched_hundreds_in_one_second(world):
    _, most = Counter(record.updated for record in world.returns).most_common(1)[0]
    assert most == 4_000 // 50


def test_shoppers_who_exchange_come_back_more_often_than_those_refunded(world):
    back = {"exchange": [0, 0], "refund": [0, 0]}
    by_customer = {}
    for order in world.orders:
        if (
            order.role == "customer"
            and order.customer.id
            and not order.customer.subscription
        ):
            by_customer.setdefault(order.customer.id, []).append(order)
    for record in world.returns:
        person = record.order.customer
        kind = "exchange" if record.items else "refund" if record.refund else ""
        if record.state == "closed" and kind and person.id in by_customer:
            later = any(o.created > record.created for o in by_customer[person.id])
            back[kind][0] += later
            back[kind][1] += 1
    rates = {kind: came / all_ for kind, (came, all_) in back.items()}
    assert rates["exchange"] > rates["refund"] + 0.1


def test_channels_and_categories_differ_in_how_much_comes_back(world):
    def rate(fits):
        orders = [o for o in world.orders if o.role == "customer" and fits(o)]
        return sum(bool(o.returns) for o in orders) / len(orders)

    assert rate(lambda o: o.channel.source == "tiktok") > 1.4 * rate(
        lambda o: o.channel.medium == "email"
    )
    assert rate(lambda o: o.lines[0].variant.product.kind == "Dresses") > 2 * rate(
        lambda o: o.lines[0].variant.product.kind == "Accessories"
    )


def test_planted_styles_and_sizes_come_back_about_twice_as_often_as_their_peers(world):
    sold, back, small = Counter(), Counter(), Counter()
    for order in (o for o in world.orders if o.role == "customer"):
        for line in order.lines:
            sold[line.variant.id] += line.quantity
        for unit in (unit for r in order.returns for unit in r.lines):
            back[unit.variant.id] += 1
            small[unit.variant.id] += unit.reason == "Too small"

    def ratio(of, to, chosen, kind):
        rates = [
            sum(of[v.id] for v in group) / sum(to[v.id] for v in group)
            for group in (
                [v for v in kind if chosen(v)],
                [v for v in kind if not chosen(v)],
            )
        ]
        return rates[0] / rates[1]

    styles = world.planted.styles
    assert len(styles) == len(world.planted.sizes) == 2
    for style, (kind, size) in zip(styles, world.planted.sizes, strict=True):
        peers = [v for p in world.products if p.kind == kind for v in p.variants]
        assert style.kind == kind
        assert 1.5 < ratio(back, sold, lambda v, p=style: v.product is p, peers) < 2.5
        is_small = [v.title.endswith(f" / {size}") for v in peers]
        assert is_small == [v.runs_small for v in peers]
        assert 1.5 < ratio(back, sold, lambda v: v.runs_small, peers) < 2.5
        assert ratio(small, back, lambda v: v.runs_small, peers) > 2


def test_a_deleted_product_is_not_sold_any_more(world):
    deleted = [p for p in world.products if p.deleted]
    assert deleted
    for order in world.orders:
        for line in order.lines if order.role == "customer" else []:
            gone = line.variant.product.deleted
            assert line.exchange or gone is None or order.created < gone


def test_each_native_exchange_adds_its_goods_to_the_order(world):
    exchanged = {
        order.id: [
            [item.variant.id for item in record.items]
            for record in order.returns
            if record.native and record.exchanged is not None
        ]
        for order in world.orders
    }
    assert any(len(exchanges) > 1 for exchanges in exchanged.values())
    for order in world.orders:
        added = [line.variant.id for line in order.lines if line.exchange]
        assert sorted(added) == sorted(v for one in exchanged[order.id] for v in one)


def test_prices_with_tax_hold_it_in_returns_and_exchanges_too(world):
    orders = [o for o in world.orders if o.taxes_included and o.role == "customer"]
    assert orders
    for order in orders:
        assert order.total == order.goods - order.discounts + order.shipping
        for record in order.returns:
            for unit in record.lines:
                assert unit.price + unit.tax == unit.line.price
            if record.exchange_order is not None:
                assert record.exchange_order.taxes_included


def test_stamps_are_real_dates(bodies):
    for row in bodies[:200]:
        datetime.fromisoformat(row["created_at"])
        datetime.fromisoformat(row["updated_at"])


def test_the_readme_lists_every_chance_of_the_shop():
    text = (ROOT / "loop_simulator/README.md").read_text(encoding="utf-8")
    assert markdown() in text


def test_no_chance_of_the_shop_stands_outside_its_table():
    folder = ROOT / "loop_simulator/world/generated"
    found = [
        f"{path.name}: {call}"
        for path in folder.glob("*.py")
        for call in re.findall(r"chance\([\d.]+\)", path.read_text(encoding="utf-8"))
    ]
    assert found == []
