"""One shop in each shape of Shopify: rows of GraphQL, changed to those of REST and Fivetran."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import duckdb

Json = dict[str, Any]
Tables = dict[str, list[Json]]

GRAPHQL = "tap_shopify"
ONE_MINUTE = timedelta(minutes=1)
DELIVERED_AFTER_DAYS = 3
LAST_DAY = 28
"""Last day of a month on which parcels are delivered."""


def add_shape(raw: duckdb.DuckDBPyConnection, shape: str, folder: Path) -> None:
    """Add the shop's rows in another shape, in a schema of the shape's name."""
    streams = {
        name: list(_rows(raw, name))
        for name in (
            "orders",
            "products",
            "product_variants",
            "inventory_items",
            "order_refunds",
            "transactions",
        )
    }
    raw.execute(f"create schema {shape}")
    for table, rows in SHAPES[shape](streams).items():
        file = folder / f"{table}.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        names = {
            name: "json"
            if any(isinstance(row[name], (list, dict)) for row in rows)
            else "varchar"
            for name in rows[0]
        }
        raw.execute(
            f"create table {shape}.\"{table}\" as select * from read_json('{file}',"
            f" columns = {names}, format = 'newline_delimited')"
        )


def _rows(raw: duckdb.DuckDBPyConnection, table: str) -> Iterator[Json]:
    query = f"select to_json(landed) from {GRAPHQL}.{table} as landed"
    for (row,) in raw.execute(query).fetchall():
        yield json.loads(row)


def number(global_id: str | None) -> int | None:
    """Return the number at the end of a global id."""
    return int(global_id.rsplit("/", 1)[-1]) if global_id else None


def as_float(global_id: str | None) -> float | None:
    """Return the number as a float, as pandas writes it in a column with empty cells."""
    found = number(global_id)
    return None if found is None else float(found)


def amount(money: Json | None) -> str | None:
    """Return the shop's side of an amount."""
    return str(money["shopMoney"]["amount"]) if money else None


def moment(landed: str | None) -> str | None:
    """Return a landed timestamp, which is UTC, with its zone."""
    return f"{landed}Z" if landed else None


def lower(text: str | None) -> str | None:
    """Return an enum of GraphQL as REST writes it."""
    return text.lower() if text else None


def _part(row: Json, name: str) -> Json:
    part: Json = row.get(name) or {}
    return part


def _paid_back(refund: Json, streams: Tables) -> list[Json]:
    """Return the payments of a refund: those of its order made within a minute of it."""
    made = datetime.fromisoformat(refund["createdat"])
    return [
        payment
        for payment in streams["transactions"]
        if payment["kind"] == "REFUND"
        and payment["order"]["id"] == refund["order"]["id"]
        and abs(datetime.fromisoformat(payment["createdat"]) - made) <= ONE_MINUTE
    ]


def _refunded_shipping(refund: Json, streams: Tables) -> list[str]:
    """Return what was paid beyond the goods and the adjustments of a refund, if anything."""
    paid = sum(
        Decimal(amount(one["amountset"]) or 0)
        for one in _paid_back(refund, streams)
        if one["status"] == "SUCCESS"
    )
    for sign, parts, names in (
        (-1, refund["refundlineitems"], ("subtotalSet", "totalTaxSet")),
        (1, refund["orderadjustments"], ("amountSet", "taxAmountSet")),
    ):
        for part in parts or []:
            paid += sign * sum(Decimal(amount(part.get(name)) or 0) for name in names)
    return [str(-paid)] if paid > 0 else []


# REST ----------------------------------------------------------------------------


def _products(streams: Tables) -> list[Json]:
    return [
        {
            "id": number(one["id"]),
            "title": one["title"],
            "product_type": one["producttype"],
            "vendor": one["vendor"],
            "status": lower(one["status"]),
        }
        for one in streams["products"]
    ]


def _variants(streams: Tables) -> list[Json]:
    return [
        {
            "id": number(one["id"]),
            "product_id": number(one["product"]["id"]),
            "inventory_item_id": number(one["inventoryitem"]["id"]),
            "sku": one["sku"],
            "title": one["title"],
            "price": one["price"],
        }
        for one in streams["product_variants"]
    ]


def _costs(streams: Tables, name: str, currency: str) -> list[Json]:
    """Return the inventory items, with cost and currency in fields of these names."""
    return [
        {"id": number(one["id"]), name: _part(one, "unitcost").get("amount")}
        | {currency: "USD"}
        for one in streams["inventory_items"]
    ]


def rest(streams: Tables) -> Tables:
    """Return tables of a REST tap: lines, refunds and deliveries are in the orders."""
    refunds: dict[str, list[Json]] = {}
    for refund in streams["order_refunds"]:
        refunds.setdefault(refund["order"]["id"], []).append(refund)
    variants: dict[str, list[Json]] = {}
    for variant in streams["product_variants"]:
        variants.setdefault(variant["product"]["id"], []).append(variant)
    return {
        "orders": _with_a_deletion(
            [
                _rest_order(order, refunds.get(order["id"], []), streams)
                for order in streams["orders"]
            ]
        ),
        "products": _products(streams),
        # As Airbyte delivers them: the variants of a deleted product stay.
        "product_variants": _variants(streams),
        "inventory_items": _costs(streams, "cost", "currency_code"),
        "transactions": [_rest_payment(one) for one in streams["transactions"]],
    }


def _with_a_deletion(rows: list[Json]) -> list[Json]:
    """Add a deleted order as Airbyte delivers it: with its id and the time only."""
    deleted = {"id": 999_999_999, "deleted_at": "2025-03-01T00:00:00Z"}
    return [
        *({**row, "deleted_at": None} for row in rows),
        dict.fromkeys(rows[0]) | deleted,
    ]


def _rest_order(order: Json, refunds: list[Json], streams: Tables) -> Json:
    customer, visit = (
        _part(order, "customer"),
        _part(_part(order, "customerjourneysummary"), "lastVisit"),
    )
    sent = lower(order["displayfulfillmentstatus"])
    return {
        "id": number(order["id"]),
        "name": order["name"],
        **{
            name: moment(order[name.replace("_", "")])
            for name in ("created_at", "processed_at", "updated_at", "cancelled_at")
        },
        "test": order["test"],
        "taxes_included": order["taxesincluded"],
        "financial_status": lower(order["displayfinancialstatus"]),
        "fulfillment_status": None if sent == "unfulfilled" else sent,
        "currency": order["currencycode"],
        "presentment_currency": order["presentmentcurrencycode"],
        "subtotal_price": amount(order["subtotalpriceset"]),
        "total_discounts": amount(order["totaldiscountsset"]),
        "total_tax": amount(order["totaltaxset"]),
        "total_price": amount(order["totalpriceset"]),
        "total_shipping_price_set": {
            "shop_money": {"amount": amount(order["totalshippingpriceset"])}
        },
        "customer": {
            "id": as_float(customer.get("id")),
            "email": customer.get("email"),
        },
        "email": order["email"],
        "source_name": order["sourcename"],
        "app_id": as_float(_part(order, "app").get("id")),
        "landing_site": visit.get("landingPage"),
        "referring_site": visit.get("referrerUrl"),
        "tags": ", ".join(order["tags"] or []),
        "discount_codes": [
            {"code": code, "amount": "5.00", "type": "fixed_amount"}
            for code in order["discountcodes"] or []
        ],
        "line_items": [
            {
                "id": number(line["id"]),
                "product_id": as_float(_part(line, "product").get("id")),
                "variant_id": as_float(_part(line, "variant").get("id")),
                "sku": line["sku"],
                "title": line["title"],
                "variant_title": _variant_title(line),
                "name": line["name"],
                "vendor": line["vendor"],
                "quantity": line["quantity"],
                "current_quantity": line.get("currentQuantity"),
                "price": amount(line["originalUnitPriceSet"]),
                "discount_allocations": [
                    {"amount": amount(one["allocatedAmountSet"])}
                    for one in line["discountAllocations"]
                ],
                "tax_lines": [
                    {"price": amount(one["priceSet"])}
                    for one in line.get("taxLines") or []
                ],
                "gift_card": line["isGiftCard"],
            }
            for line in order["lineitems"]
        ],
        "refunds": [
            {
                "id": number(refund["id"]),
                "created_at": moment(refund["createdat"]),
                "refund_line_items": [
                    {
                        "id": number(part["id"]),
                        "line_item_id": number(part["lineItem"]["id"]),
                        "quantity": part["quantity"],
                        "restock_type": lower(part["restockType"]),
                        "subtotal": amount(part.get("subtotalSet")),
                        "total_tax": amount(part.get("totalTaxSet")),
                    }
                    for part in refund["refundlineitems"]
                ],
                "order_adjustments": [
                    {
                        "id": number(one["id"]),
                        "kind": lower(one["reason"]),
                        "amount": amount(one["amountSet"]),
                        "tax_amount": amount(one["taxAmountSet"]),
                    }
                    for one in refund["orderadjustments"] or []
                ]
                + [
                    {
                        "id": number(refund["id"]) * 10,
                        "kind": "shipping_refund",
                        "amount": shipping,
                        "tax_amount": "0",
                    }
                    for shipping in _refunded_shipping(refund, streams)
                ],
                "transactions": [
                    _rest_payment(one) for one in _paid_back(refund, streams)
                ],
            }
            for refund in refunds
        ],
        "fulfillments": [*_rest_parcels(order), *_deliveries(order)],
    }


def _variant_title(line: Json) -> str | None:
    return line["name"].removeprefix(line["title"]).removeprefix(" - ") or None


def _rest_parcels(order: Json) -> list[Json]:
    """Return the sent parcels, and one that was not sent."""
    sent = [
        {"status": lower(one["status"]), "created_at": one["createdAt"]}
        for one in order["fulfillments"] or []
    ]
    return [*sent, {"status": "cancelled", "created_at": "2001-01-01T00:00:00Z"}]


def _deliveries(order: Json) -> list[Json]:
    """Return a parcel in transit and two delivered ones, the later first.

    Parcels with a day after LAST_DAY are left out.
    """
    day = int(order["createdat"][8:10])
    month = order["createdat"][:8]
    return [
        {"shipment_status": status, "updated_at": f"{month}{day + days:02}T12:00:00Z"}
        for status, days in (
            ("in_transit", 1),
            ("delivered", DELIVERED_AFTER_DAYS + 2),
            ("delivered", DELIVERED_AFTER_DAYS),
        )
        if day + days <= LAST_DAY
    ]


def _rest_payment(payment: Json) -> Json:
    return {
        "id": number(payment["id"]),
        "order_id": number(payment["order"]["id"]),
        "kind": lower(payment["kind"]),
        "status": lower(payment["status"]),
        "gateway": payment["gateway"],
        "amount": amount(payment["amountset"]),
        "currency": payment["amountset"]["shopMoney"]["currencyCode"],
        "created_at": moment(payment["createdat"]),
    }


# Fivetran ------------------------------------------------------------------------


def fivetran(streams: Tables) -> Tables:
    """Return tables of Fivetran: nothing is nested, and deleted rows are only marked."""
    orders = streams["orders"]
    lines = [(order, line) for order in orders for line in order["lineitems"]]
    tables = {
        "order": [_fivetran_order(order) for order in orders],
        "order_line": [
            {
                "id": number(line["id"]),
                "order_id": number(order["id"]),
                "product_id": number(_part(line, "product").get("id")),
                "variant_id": number(_part(line, "variant").get("id")),
                "sku": line["sku"],
                "title": line["title"],
                "variant_title": _variant_title(line),
                "vendor": line["vendor"],
                "quantity": line["quantity"],
                "current_quantity": line.get("currentQuantity"),
                "price": amount(line["originalUnitPriceSet"]),
                "gift_card": line["isGiftCard"],
            }
            for order, line in lines
        ],
        "discount_allocation": [
            {
                "order_line_id": number(line["id"]),
                "index": index,
                "amount": amount(one["allocatedAmountSet"]),
            }
            for _, line in lines
            for index, one in enumerate(line["discountAllocations"])
        ],
        "tax_line": [
            {
                "order_line_id": number(line["id"]),
                "index": index,
                "price": amount(one["priceSet"]),
            }
            for _, line in lines
            for index, one in enumerate(line.get("taxLines") or [])
        ],
        "order_tag": [
            {"order_id": number(order["id"]), "index": index, "value": tag}
            for order in orders
            for index, tag in enumerate(order["tags"] or [])
        ],
        "order_discount_code": [
            {"order_id": number(order["id"]), "index": index, "code": code}
            for order in orders
            for index, code in enumerate(order["discountcodes"] or [])
        ],
        "customer_visit": list(_visits(orders)),
        "product": _products(streams),
        "product_variant": _variants(streams),
        "inventory_item": _costs(
            streams, "unit_cost_amount", "unit_cost_currency_code"
        ),
        "refund": [
            {
                "id": number(refund["id"]),
                "order_id": number(refund["order"]["id"]),
                "total_refunded_set_shop_amount": sum(
                    float(amount(one["amountset"]) or 0)
                    for one in _paid_back(refund, streams)
                ),
                "created_at": moment(refund["createdat"]),
            }
            for refund in streams["order_refunds"]
        ],
        "fulfillment": [
            {
                "id": number(one["id"]),
                "order_id": number(order["id"]),
                "status": lower(one["status"]),
                "created_at": one["createdAt"],
            }
            for order in streams["orders"]
            for one in order["fulfillments"] or []
        ],
        "order_line_refund": [
            {
                "id": number(part["id"]),
                "refund_id": number(refund["id"]),
                "order_line_id": number(part["lineItem"]["id"]),
                "quantity": part["quantity"],
                "restock_type": part["restockType"],
                "subtotal_set_shop_amount": amount(part.get("subtotalSet")),
                "total_tax_set_shop_amount": amount(part.get("totalTaxSet")),
            }
            for refund in streams["order_refunds"]
            for part in refund["refundlineitems"]
        ],
        "order_adjustment": [
            {
                "id": number(one["id"]),
                "refund_id": number(refund["id"]),
                "kind": lower(one["reason"]),
                "reason": "Refund discrepancy",
                "amount_set_shop_amount": amount(one["amountSet"]),
                "tax_amount_set_shop_amount": amount(one["taxAmountSet"]),
            }
            for refund in streams["order_refunds"]
            for one in refund["orderadjustments"] or []
        ]
        + [
            {
                "id": number(refund["id"]) * 10,
                "refund_id": number(refund["id"]),
                "kind": "shipping_refund",
                "reason": "Shipping refund",
                "amount_set_shop_amount": shipping,
                "tax_amount_set_shop_amount": "0",
            }
            for refund in streams["order_refunds"]
            for shipping in _refunded_shipping(refund, streams)
        ],
        "transaction": list(_fivetran_payments(streams)),
    }
    return {name: list(_with_a_deleted_row(rows)) for name, rows in tables.items()}


def _with_a_deleted_row(rows: list[Json]) -> Iterator[Json]:
    """Mark all rows as present, except a copy of the first, which is marked as deleted."""
    if "id" not in rows[0]:
        yield from rows
        return
    yield from ({**row, "_fivetran_deleted": False} for row in rows)
    yield {**rows[0], "id": 999_999_999, "_fivetran_deleted": True}


def _fivetran_order(order: Json) -> Json:
    customer = _part(order, "customer")
    return {
        "id": number(order["id"]),
        "name": order["name"],
        "customer_id": number(customer.get("id")),
        "app_id": number(_part(order, "app").get("id")),
        "display_financial_status": order["displayfinancialstatus"],
        "display_fulfillment_status": order["displayfulfillmentstatus"],
        "currency_code": order["currencycode"],
        "presentment_currency_code": order["presentmentcurrencycode"],
        "email": order["email"],
        "source_name": order["sourcename"],
        "taxes_included": order["taxesincluded"],
        "test": order["test"],
        **{
            f"{name}_set_shop_amount": amount(order[f"{name.replace('_', '')}set"])
            for name in (
                "subtotal_price",
                "total_discounts",
                "total_tax",
                "total_price",
                "total_shipping_price",
            )
        },
        **{
            name: moment(order[name.replace("_", "")])
            for name in ("created_at", "processed_at", "updated_at", "cancelled_at")
        },
    }


def _visits(orders: Iterable[Json]) -> Iterator[Json]:
    for order in orders:
        visit = _part(_part(order, "customerjourneysummary"), "lastVisit")
        if visit:
            yield {
                "id": number(order["id"]),
                "order_id": number(order["id"]),
                "landing_page": visit["landingPage"],
                "referrer_url": visit["referrerUrl"],
                "occurred_at": moment(order["createdat"]),
            }
            # An earlier visit, which did not lead to the order.
            yield {
                "id": f"{number(order['id'])}1",
                "order_id": number(order["id"]),
                "landing_page": "https://shop.test/?utm_source=early",
                "referrer_url": None,
                "occurred_at": "2001-01-01T00:00:00Z",
            }


def _fivetran_payments(streams: Tables) -> Iterator[Json]:
    refunds = {
        payment["id"]: refund["id"]
        for refund in streams["order_refunds"]
        for payment in _paid_back(refund, streams)
    }
    for payment in streams["transactions"]:
        yield {
            **_rest_payment(payment),
            "refund_id": number(refunds.get(payment["id"])),
        }


SHAPES: dict[str, Callable[[Tables], Tables]] = {
    "tap_shopify_rest": rest,
    "fivetran_shopify": fivetran,
}
"""Each other source of Shopify's rows, and the function that makes its tables."""
