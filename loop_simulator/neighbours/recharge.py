"""The shop's subscriptions in the shape of ReCharge's API version 2021-11."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.neighbours import ledger
from loop_simulator.state import Store
from loop_simulator.world import Order, Subscription

Json = dict[str, Any]


def _timestamp(moment: int | None) -> str | None:
    return None if moment is None else timestamps.offset(moment)


def subscriptions(store: Store, moment: int) -> Iterator[Json]:
    """Return the subscriptions updated since a moment."""
    for plan in sorted(
        store.world.subscriptions, key=lambda plan: (plan.updated, plan.id)
    ):
        if plan.updated >= moment:
            yield _subscription(plan)


def _subscription(plan: Subscription) -> Json:
    """Return one subscription; its customer id is ReCharge's own, not the shop's."""
    months = plan.every_days // 30
    active = plan.cancelled is None
    return {
        "id": plan.id,
        "customer_id": plan.recharge_customer_id,
        "external_product_id": {"ecommerce": str(plan.variant.product.id)},
        "external_variant_id": {"ecommerce": str(plan.variant.id)},
        "product_title": plan.variant.product.title,
        "variant_title": plan.variant.title,
        "sku": plan.variant.sku,
        "status": "active" if active else "cancelled",
        "created_at": _timestamp(plan.created),
        "updated_at": _timestamp(plan.updated),
        "cancelled_at": _timestamp(plan.cancelled),
        "cancellation_reason": plan.reason,
        "cancellation_reason_comments": None,
        "next_charge_scheduled_at": _timestamp(
            plan.updated + plan.every_days * timestamps.DAY
        )
        if active
        else None,
        "order_interval_frequency": str(months),
        "order_interval_unit": "month",
        "charge_interval_frequency": str(months),
        "price": money.text(plan.variant.price),
        "quantity": plan.quantity,
        "presentment_currency": "USD",
        "is_prepaid": False,
        "analytics_data": {"utm_params": []},
    }


def customers(store: Store, moment: int) -> Iterator[Json]:
    """Return the subscribers updated since a moment, with the shop's customer id."""
    subscribed = [
        (
            person.subscription.updated,
            person.subscription.id,
            person,
            person.subscription,
        )
        for person in store.world.customers
        if person.subscription is not None
    ]
    for updated, _, person, plan in sorted(subscribed, key=lambda entry: entry[:2]):
        if updated >= moment:
            yield {
                "id": plan.recharge_customer_id,
                "email": person.email,
                "first_name": person.first_name,
                "last_name": person.last_name,
                "external_customer_id": {"ecommerce": str(person.id)},
                "created_at": _timestamp(plan.created),
                "updated_at": _timestamp(plan.updated),
                "subscriptions_active_count": int(plan.cancelled is None),
            }


def _submitted(store: Store, moment: int) -> Iterator[tuple[Order, Subscription]]:
    """Return the orders that ReCharge submitted, with their subscription."""
    for order in ledger.known_orders(store, moment):
        plan = order.lines[0].subscription if order.role == "customer" else None
        if plan is not None:
            yield order, plan


def _shared(order: Order, plan: Subscription) -> Json:
    """Return the fields that an order and its charge share."""
    person = order.customer
    first = "Subscription First Order" in order.tags
    return {
        "type": "checkout" if first else "recurring",
        "external_order_id": {"ecommerce": str(order.id)},
        "customer": {
            "id": plan.recharge_customer_id,
            "email": person.email,
            "external_customer_id": {"ecommerce": str(person.id)},
        },
        "status": "success",
        "created_at": _timestamp(order.created),
        "updated_at": _timestamp(order.updated),
        "processed_at": _timestamp(order.created),
        "scheduled_at": _timestamp(order.created),
        "currency": "USD",
        "total_price": money.text(order.total),
        "tags": ", ".join(order.tags[:2]),
        "line_items": [
            {
                "purchase_item_id": plan.id,
                "purchase_item_type": "subscription",
                "external_product_id": {"ecommerce": str(line.variant.product.id)},
                "external_variant_id": {"ecommerce": str(line.variant.id)},
                "sku": line.variant.sku,
                "title": line.variant.product.title,
                "quantity": line.quantity,
                "unit_price": money.text(line.price),
                "total_price": money.text(line.price * line.quantity),
            }
            for line in order.bought
        ],
    }


def orders(store: Store, moment: int) -> Iterator[Json]:
    """Return ReCharge's orders updated since a moment."""
    for order, plan in _submitted(store, moment):
        charge = {"id": 500_000_000 + order.number}
        yield {
            "id": 600_000_000 + order.number,
            "is_prepaid": False,
            "charge": charge,
            "external_order_number": {"ecommerce": str(order.number)},
            **_shared(order, plan),
        }


def charges(store: Store, moment: int) -> Iterator[Json]:
    """Return the charges updated since a moment."""
    for order, plan in _submitted(store, moment):
        yield {"id": 500_000_000 + order.number, **_shared(order, plan)}


STREAMS: dict[str, Callable[[Store, int], Iterator[Json]]] = {
    "subscriptions": subscriptions,
    "customers": customers,
    "orders": orders,
    "charges": charges,
}
