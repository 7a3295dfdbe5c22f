"""Sentences and charts fit a shop that has one of what they speak of."""

from __future__ import annotations


def opened(view, page: str, name: str):
    view.goto(f"{page}#/{name}")
    view.wait_for_selector(f"main[data-page={name}]")
    return view.locator("main")


def test_no_axis_is_drawn_while_every_window_of_repurchase_is_running(altered, view):
    page = altered(
        "update rpt_return_retention set immature_customers = index_customers,"
        " mature_customers = 0, repurchase_rate_90d = null, is_ranked = false"
    )
    shown = opened(view, page, "repurchase").inner_text()
    assert "Not yet counted" in shown
    assert "Bought again within 90 days" not in shown.split("compared with")[0]


def test_a_single_exchange_is_told_in_the_singular(altered, view):
    page = altered(
        "delete from rpt_exchange_flows where period <> 'all' or flow_kind = 'not paired'",
        "delete from rpt_exchange_flows where rowid <> (select min(rowid) from rpt_exchange_flows)",
        "update rpt_exchange_flows set exchanged_units = 1, from_units = 1,"
        " from_product_units = 1, from_sku = 'A', to_sku = 'B'",
    )
    answer = opened(view, page, "exchanges").locator(".answer").inner_text()
    assert answer == "One unit was exchanged: A went back and B was taken."


def test_the_only_channel_with_enough_orders_is_not_called_the_best(altered, view):
    page = altered(
        "update rpt_return_rate_by_channel set is_ranked = channel = (select channel"
        " from rpt_return_rate_by_channel where channel not in ('unattributed', 'guest')"
        " and channel_type = 'acquisition_channel' and maturity = 'mature_only'"
        " and period = 'all' order by order_count desc limit 1)",
        world="shop",
    )
    answer = opened(view, page, "channels").locator(".answer").inner_text()
    assert answer.startswith("Only ")
    assert "has enough orders in this period to be ranked: " in answer


def test_skus_without_sales_are_told_only_where_there_are_some(altered, view):
    ranked = "update rpt_return_rate_by_sku set is_ranked = {}, return_rank = 1"
    said = "the others had no sales"
    text = opened(view, altered(ranked.format("true")), "skus").inner_text()
    assert said not in text
