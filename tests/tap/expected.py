"""The rows that a target should contain, from Loop's payloads by handwritten rules.

Nothing here reads the tap's code or schemas: the columns are written down again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from loop_simulator import Simulator

Raw = dict[str, Any]
Rows = dict[tuple[Any, ...], Raw]

NONE = (None, "", "N/A")
MONEY = re.compile(r"-?\d+(\.\d+)?")


def text(value: Any) -> str | None:
    return None if value in NONE else str(value)


def money(value: Any) -> str | None:
    if value in NONE:
        return None
    assert MONEY.fullmatch(str(value)), value
    return str(value)


def moment(value: Any) -> str | None:
    if isinstance(value, dict):
        assert value["timezone"] == "UTC"
        value = value["date"].replace(".000000", "")
    if value in NONE:
        return None
    read = datetime.fromisoformat(value.replace(".000Z", "+00:00").replace(" ", "T"))
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def same(value: Any) -> Any:
    return None if value in ("", "N/A", {}) else value


def texts(value: Any) -> list[str] | None:
    return None if value is None else [str(item) for item in value]


KINDS = {"text": text, "money": money, "moment": moment, "same": same, "texts": texts}

# Stream by stream: kind, then columns; `column=path` where Loop's name differs.
SPECS = {
    "returns": """
        text id state type outcome order_id order_name order_number
        text provider_order_id provider_order_number customer origin_country
        text origin_country_code currency gift_card_order_name gift_card_order_id
        text carrier tracking_number label_status label_url destination_id
        text package_reference status_page_url
        text return_method_type=return_method.method_type
        text return_method_provider=return_method.provider
        text return_method_state=return_method.state
        text return_method_rma_id=return_method.rma_id
        text return_method_qr_code_url=return_method.qr_code_url
        text return_method_scannable_id=return_method.scannable_id
        moment return_method_scheduled_at=return_method.scheduled_at
        same return_method_address=return_method.address
        same multi_currency presentment gift_card_presentment
        same refund_before_inspection was_processed
        moment created_at updated_at edited_at label_updated_at
        moment return_processed_at=outcomes_processed_at.return_processed
        moment refund_processed_at=outcomes_processed_at.refund_processed
        moment gift_card_processed_at=outcomes_processed_at.gift_card_processed
        moment exchange_processed_at=outcomes_processed_at.exchange_processed
        moment shop_cash_processed_at=outcomes_processed_at.shop_cash_processed
        money total return_product_total return_discount_total return_tax_total
        money return_total refund_shipping_total refund_shipping_tax_total
        money return_credit_total exchange_product_total exchange_discount_total
        money exchange_tax_total exchange_total exchange_credit_total gift_card
        money handling_fee refund upsell label_rate
        same additional_fields=new
    """,
    "return_line_items": """
        text return_id=^id line_item_id provider_line_item_id product_id variant_id
        text sku title exchange_variant parent_return_reason return_reason
        text return_comment barcode outcome provider_restock_location_id
        text consolidation_tracking consolidation_destination_id
        text condition_description=condition.description
        text condition_category=grade.grade condition_category_title=grade.title
        text condition_category_subject=grade.subject
        text condition_category_name=grade.category_name
        text condition_category_parent=grade.category_parent
        text condition_return_processor=condition.return_processor
        text condition_note=condition.note
        moment condition_inspected_at=condition.inspected_at
        same condition_images=condition.images
        text disposition_outcome=disposition.disposition_outcome
        text disposition_return_processor=disposition.return_processor
        text disposition_note=disposition.note
        moment disposition_inspected_at=disposition.inspected_at
        moment returned_at return_updated_at=^updated_at
        money price discount tax refund refund_item refund_tax
        same additional_fields=new
    """,
    "return_exchanges": """
        text return_id=^id exchange_id exchange_order_id exchange_order_name
        text product_id variant_id sku title type out_of_stock_resolution
        text consolidation_tracking
        money price discount tax total
        same out_of_stock additional_fields=new
        moment return_updated_at=^updated_at
    """,
    "return_labels": """
        text return_id=^id status url carrier tracking_number
        same label_position=position additional_fields=new
        moment updated_at return_updated_at=^updated_at
        money rate
        texts line_item_ids=line_items
    """,
    "return_refunds": """
        text return_id=^id id provider_refund_id
        moment provider_created_at created_at updated_at
        moment return_updated_at=^updated_at
        same additional_fields=new
    """,
    "return_reasons": """
        text return_id=^id line_item_id parent_return_reason return_reason
        text return_comment product_id variant_id sku
        text parent_return_reason_id=parent_hash return_reason_id=reason_hash
        moment return_updated_at=^updated_at
    """,
    "return_outcomes": """
        text return_id=^id outcome=component currency=^currency evidence
        text outcome_word=^outcome
        money amount
        moment processed_at return_updated_at=^updated_at
    """,
}
KEYS = {
    "returns": ("id",),
    "return_line_items": ("return_id", "line_item_id"),
    "return_exchanges": ("return_id", "exchange_id"),
    "return_labels": ("return_id", "label_position"),
    "return_refunds": ("return_id", "id"),
    "return_reasons": ("return_id", "line_item_id"),
    "return_outcomes": ("return_id", "outcome"),
}
NEW = {
    "returns": "new_top_level_field",
    "return_line_items": "new_line_items_field",
    "return_exchanges": "new_exchanges_field",
    "return_labels": "new_labels_field",
}


def columns(stream: str) -> list[tuple[str, list[str], Callable[[Any], Any]]]:
    """Column, names on the path to it, and converter, for each column of a stream."""
    found = []
    for line in SPECS[stream].split("\n"):
        kind, *names = line.split() or [""]
        for name in names:
            column, _, path = name.partition("=")
            found.append((column, (path or column).split("."), KINDS[kind]))
    return found


COLUMNS = {stream: columns(stream) for stream in SPECS}


def _find(raw: Any, path: list[str]) -> Any:
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def _row(stream: str, item: Raw, around: Raw) -> Raw:
    new = NEW.get(stream)
    item = item | {"new": {new: item[new]} if new in item else None}
    return {
        column: convert(
            around.get(path[0][1:]) if path[0][0] == "^" else _find(item, path)
        )
        for column, path, convert in COLUMNS[stream]
    }


def _list(value: Any) -> list[Raw]:
    if isinstance(value, dict):
        value = [value] if "id" in value else list(value.values())
    return value or []


def _grade(line: Raw) -> Raw:
    """The grade of a unit, which version 2026-07 sends as a word."""
    grade = _find(line, ["condition", "condition_category"])
    if not isinstance(grade, dict):
        return {"grade": grade}
    return grade | {"grade": grade["grade"] or grade["title"]}


def _hash(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32]


def _reasons(line: Raw) -> Raw | None:
    parent, reason = (
        text(line.get("parent_return_reason")),
        text(line.get("return_reason")),
    )
    if not (parent or reason):
        return None
    hashes = {
        "parent_hash": _hash(parent) if parent else None,
        "reason_hash": _hash(parent or "", reason) if reason else None,
    }
    return line | hashes


def _outcomes(raw: Raw) -> list[Raw]:
    done = raw.get("outcomes_processed_at") or {}
    words = set((raw.get("outcome") or "").lower().split("+"))
    goods = bool(_list(raw.get("exchanges")))
    rows = []
    for name, amount, processed, shown in (
        ("exchange", raw.get("exchange_total"), "exchange_processed", goods),
        ("upsell", raw.get("upsell"), "", False),
        ("refund", raw.get("refund"), "refund_processed", False),
        ("credit", raw.get("gift_card"), "gift_card_processed", False),
    ):
        moved = shown or Decimal(str(amount or 0)) > 0
        evidence = "_and_".join(["word"] * (name in words) + ["amount"] * moved)
        if evidence:
            rows.append(
                {
                    "component": name,
                    "amount": amount,
                    "evidence": evidence,
                    "processed_at": done.get(processed),
                }
            )
    return rows


def rows_of(raw: Raw) -> dict[str, list[Raw]]:
    """Every row of one return, stream by stream."""
    if isinstance(raw.get("return_method"), str):
        raw = raw | {"return_method": {"method_type": raw["return_method"]}}
    lines = [line | {"grade": _grade(line)} for line in _list(raw.get("line_items"))]
    items: dict[str, list[Raw]] = {
        "returns": [raw],
        "return_line_items": lines,
        "return_exchanges": _list(raw.get("exchanges")),
        "return_labels": [
            label | {"position": place}
            for place, label in enumerate(_list(raw.get("labels")), 1)
        ],
        "return_refunds": _list(raw.get("shopify_refund_object")),
        "return_reasons": [said for line in lines if (said := _reasons(line))],
        "return_outcomes": _outcomes(raw),
    }
    return {
        stream: [_row(stream, item, raw) for item in found]
        for stream, found in items.items()
    }


def as_sent(bodies: list[Raw]) -> list[Raw]:
    """Return bodies as they are sent, with every digit of their numbers."""
    sent: list[Raw] = json.loads(json.dumps(bodies), parse_float=Decimal)
    return sent


def tables(loop: Simulator) -> dict[str, Rows]:
    """What a target should hold of all returns in every state, as served now."""
    return tables_of(loop.all_returns())


def tables_of(bodies: list[Raw]) -> dict[str, Rows]:
    """What a target should hold of these returns."""
    held: dict[str, Rows] = {stream: {} for stream in SPECS}
    for raw in as_sent(bodies):
        for stream, rows in rows_of(raw).items():
            for row in rows:
                held[stream][tuple(row[name] for name in KEYS[stream])] = row
    return held
