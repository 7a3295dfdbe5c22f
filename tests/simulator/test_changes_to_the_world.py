"""Changes after the start: with timestamps, reproducible, and visible in the right
lists."""

import pytest
from plain_client import Client

from loop_simulator import Simulator
from loop_simulator.timestamps import offset, parse


def ids(rows):
    return [row["id"] for row in rows]


def test_each_change_gets_a_second_of_its_own(loop):
    done = loop.change(10)
    moments = [loop.served(entry["id"])["updated_at"] for entry in done]
    assert len(set(moments)) == 10
    assert min(map(parse, moments)) > parse("2026-06-30T12:00:00Z")


def test_no_return_is_hit_twice(loop):
    touched = ids(
        loop.change(40) + loop.cancel(5) + loop.remove_lines(5) + loop.add(10)
    )
    assert len(touched) == len(set(touched)) == 60


def test_the_same_seed_and_calls_change_the_same_returns():
    outcomes = []
    for _ in range(2):
        with Simulator(returns=150) as loop:
            loop.change(20)
            loop.cancel(3)
            loop.add(5)
            loop.remove_lines(2)
            outcomes.append(loop.all_returns())
    assert outcomes[0] == outcomes[1]


def test_changed_returns_show_up_in_the_next_window(loop, client: Client):
    since = loop.store.now
    changed = ids(loop.change(25))
    window = {
        "from_": offset(since + 1),
        "to": offset(loop.store.now),
        "filter": "updated_at",
    }
    assert set(ids(client.every_return(**window))) == set(changed)


def test_a_cancelled_return_vanishes_from_the_default_list(loop, client: Client):
    number = loop.all_returns("open")[-1]["id"]
    span = {"pageSize": 750, **client.days(119)}
    assert number in ids(client.every_return(**span))
    loop.set_state(number, "cancelled")
    assert number not in ids(client.every_return(**span))
    assert number in ids(client.every_return(state="cancelled", **span))


def test_closing_a_return_pays_out_and_makes_the_exchange_order():
    with Simulator(returns=1_500) as loop:
        waiting = [r for r in loop.store.world.returns if r.state == "open"]
        swap = next(r for r in waiting if r.items and not r.native and not r.exchanged)
        assert loop.served(swap.id)["exchanges"][0]["exchange_order_id"] is None
        closed = loop.set_state(swap.id, "closed")
        assert closed["was_processed"]
        assert closed["exchanges"][0]["exchange_order_name"].startswith("EXC-")
        assert swap.exchange_order in loop.store.world.orders


def test_a_removed_line_lowers_the_totals_and_marks_the_edit(loop):
    before = next(r for r in loop.all_returns("closed") if len(r["line_items"]) > 1)
    gone = before["line_items"][-1]
    after = loop.remove_line(before["id"], gone["line_item_id"])
    assert gone["line_item_id"] not in [u["line_item_id"] for u in after["line_items"]]
    assert float(after["return_total"]) < float(before["return_total"])
    assert after["edited_at"] == after["updated_at"]
    assert float(after["refund"]) == pytest.approx(
        sum(float(unit["refund"]) for unit in after["line_items"])
    )


def test_new_returns_are_listed_and_their_orders_known(loop, client: Client):
    added = ids(loop.add(8))
    now = Client(loop.url, now=loop.store.now)
    rows = now.every_return(**now.days(0.1))
    assert set(added) >= {row["id"] for row in rows if row["id"] in added}
    names = {order.name for order in loop.store.world.orders}
    assert all(loop.served(number)["order_name"] in names for number in added)


def test_an_edit_replaces_fields_and_stamps(loop):
    number = loop.all_returns()[0]["id"]
    edited = loop.edit(number, total="1.23", brand_new={"a": 1})
    assert (edited["total"], edited["brand_new"]) == ("1.23", {"a": 1})
    assert parse(edited["updated_at"]) == loop.store.now


def test_a_late_return_can_appear_with_an_old_stamp(loop, client: Client):
    body = loop.all_returns("closed")[0] | {"id": "95000000"}
    body |= dict.fromkeys(("created_at", "updated_at"), "2026-06-29T10:00:00+00:00")
    loop.insert(body)
    window = {"from_": "2026-06-29T09:59:59Z", "to": "2026-06-29T10:00:01Z"}
    assert "95000000" in ids(client.list(filter="updated_at", **window).body)


@pytest.mark.parametrize(
    "strange",
    [
        {"updated_at": None},
        {"line_items": {}},
        {"line_items": []},
        {"refund": ""},
        {"id": None},
        {"state": "archived"},
    ],
)
def test_strange_returns_are_served_as_given(loop, client: Client, strange):
    body = loop.all_returns("closed")[0] | {"id": "95000001"} | strange
    body["created_at"] = "2026-06-29T10:00:00+00:00"
    loop.insert(body)
    rows = client.list(from_="2026-06-29T09:59:59Z", to="2026-06-29T10:00:01Z").body
    assert body in rows


def test_a_hook_changes_the_world_between_two_pages(loop, client: Client):
    number = loop.all_returns("open")[-1]["id"]
    loop.hook(2, lambda running: running.set_state(number, "cancelled"))
    first = client.list(paginate="true", pageSize=2, **client.days(60)).body
    assert first["nextPageUrl"]
    assert loop.served(number)["state"] == "open"
    client.list(paginate="true", **client.days(60))
    assert loop.served(number)["state"] == "cancelled"


def test_a_reset_brings_the_world_back(loop):
    before = loop.all_returns()
    loop.change(20)
    loop.reset()
    assert loop.all_returns() == before
    loop.reset(world="tiny")
    assert len(loop.all_returns()) == 12


def test_unknown_returns_and_lines_are_named_in_the_error(loop):
    with pytest.raises(LookupError, match="no return 5"):
        loop.set_state(5, "closed")
    number = loop.all_returns()[0]["id"]
    with pytest.raises(LookupError, match="no line item 5"):
        loop.remove_line(number, 5)
