"""Response variants: changes a return's documented form by the switches."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from loop_simulator import money, timestamps
from loop_simulator.wire.switches import Switches

Json = dict[str, Any]

YEAR = 365 * timestamps.DAY
PROCESSING_DELAY = 6 * timestamps.HOUR

MONEY_FIELDS = [
    "total",
    "return_product_total",
    "return_discount_total",
    "return_tax_total",
    "return_total",
    "return_credit_total",
    "exchange_product_total",
    "exchange_discount_total",
    "exchange_tax_total",
    "exchange_total",
    "exchange_credit_total",
    "gift_card",
    "handling_fee",
    "refund",
    "upsell",
    "refund_shipping_total",
    "refund_shipping_tax_total",
]
LINE_MONEY_FIELDS = ["price", "discount", "tax", "refund", "refund_item", "refund_tax"]
ITEM_MONEY_FIELDS = ["price", "discount", "tax", "total"]

_ID_FIELDS = [
    "id",
    "order_id",
    "order_number",
    "provider_order_id",
    "provider_order_number",
]
_LINE_ID_FIELDS = ["line_item_id", "provider_line_item_id", "product_id", "variant_id"]
_ITEM_ID_FIELDS = ["exchange_id", "product_id", "variant_id"]
_NONE_FIELDS = ["carrier", "tracking_number", "label_status", "label_updated_at"]
_LINE_NONE_FIELDS = ("return_comment", "barcode")
_TIMESTAMP_FIELDS = ("created_at", "updated_at", "edited_at")
_RESHAPING = [
    "ids",
    "label_rate",
    "destination_id",
    "exchange_order_id",
    "timestamps",
    "none_values",
    "condition_category",
    "refunds_shape",
    "return_method",
    "line_items_shape",
    "updated_at",
    "created_at",
    "unknown_fields",
    "money_type",
    "slow_processed",
]


class ResponseVariant:
    """The form of returns under one combination of switches."""

    def __init__(self, switches: Switches, defaults: Switches) -> None:
        """Keep the switches and derived values."""
        self._switches = switches
        self.is_documented = all(
            switches[name] == defaults[name] for name in _RESHAPING
        )
        """Whether returns are served as documented."""
        self.is_static = switches["slow_processed"] == "off"
        """Whether a return's JSON stays valid while the version of the store does."""

    def apply(self, body: Json, now: int) -> Json:
        """Return the body as served now; the argument is not changed."""
        if self.is_documented:
            return body
        body = copy.deepcopy(body)
        for change in _CHANGES:
            change(body, self._switches, now)
        return body


def is_old(body: Json, now: int) -> bool:
    """Return whether a return was created more than a year before ``now``."""
    created = body.get("created_at")
    return isinstance(created, str) and timestamps.parse(created) < now - YEAR


def _age(body: Json, switches: Switches, now: int) -> None:
    if switches["updated_at"] != "present" and is_old(body, now):
        body["updated_at"] = None
        if switches["updated_at"] == "absent_for_old":
            del body["updated_at"]


def is_undated(return_id: str | int, switches: Switches) -> bool:
    """Return whether a return is served without ``created_at``."""
    return switches["created_at"] != "present" and str(return_id).endswith("5")


def _date(body: Json, switches: Switches, _now: int) -> None:
    if is_undated(body["id"], switches):
        body["created_at"] = None
        if switches["created_at"] == "absent_for_some":
            del body["created_at"]


def _processing(body: Json, switches: Switches, now: int) -> None:
    if switches["slow_processed"] == "on" and body.get("state") == "closed":
        done = (body.get("outcomes_processed_at") or {}).get("return_processed")
        if done and timestamps.parse(done["date"]) + PROCESSING_DELAY > now:
            body["was_processed"] = False


def _timestamps(body: Json, switches: Switches, _now: int) -> None:
    style = switches["timestamps"]
    if style == "offset":
        return
    forms = (timestamps.offset, timestamps.iso_ms, timestamps.space)
    for position, name in enumerate(_TIMESTAMP_FIELDS):
        if body.get(name):
            write = {"iso_ms": timestamps.iso_ms, "space": timestamps.space}.get(
                style, forms[(position + _digits(body)) % 3]
            )
            body[name] = write(timestamps.parse(body[name]))


def _digits(body: Json) -> int:
    text = str(body.get("id", ""))
    return int(text) if text.isdigit() else 0


def _none_values(body: Json, switches: Switches, _now: int) -> None:
    style = switches["none_values"]
    if style == "mixed":
        return
    word = {"na": "N/A", "empty": "", "null": None}[style]
    for part, names in [(body, _NONE_FIELDS)] + [
        (line, list(_LINE_NONE_FIELDS)) for line in body.get("line_items") or []
    ]:
        for name in names:
            if name in part and part[name] in ("N/A", "", None):
                part[name] = word


def _ids(body: Json, switches: Switches, _now: int) -> None:
    if switches["exchange_order_id"] == "integer":
        for item in body.get("exchanges") or []:
            _retype(item, ["exchange_order_id"], int)
    if switches["destination_id"] == "string":
        _retype(body, ["destination_id"], str)
    if switches["ids"] == "integer":
        _retype(body, _ID_FIELDS, int)
        for line in body.get("line_items") or []:
            _retype(line, _LINE_ID_FIELDS, int)
        for item in body.get("exchanges") or []:
            _retype(item, _ITEM_ID_FIELDS, int)


def _money(body: Json, switches: Switches, _now: int) -> None:
    rate = switches["label_rate"]
    if rate != "number":
        write: Callable[[int], str] = str if rate == "string" else money.text
        _retype(body, ["label_rate"], write)
        for label in body.get("labels") or []:
            _retype(label, ["rate"], write)
    if switches["money_type"] == "number":
        _retype(body, MONEY_FIELDS, float)
        for line in body.get("line_items") or []:
            _retype(line, LINE_MONEY_FIELDS, float)
        for item in body.get("exchanges") or []:
            _retype(item, ITEM_MONEY_FIELDS, float)


def _retype(part: Json, names: list[str], write: Callable[[Any], Any]) -> None:
    for name in names:
        if part.get(name) is not None:
            part[name] = write(part[name])


def _grades(body: Json, switches: Switches, _now: int) -> None:
    """Turn grades into the objects that API version 2026-10 documents."""
    if switches["condition_category"] == "object":
        for line in body.get("line_items") or []:
            condition = line.get("condition") or {}
            grade = condition.get("condition_category")
            if isinstance(grade, str):
                condition["condition_category"] = {
                    "subject": "Item condition grade",
                    "title": grade.replace("_", " ").title(),
                    "grade": grade,
                    "category_name": None,
                    "category_parent": None,
                }


def _shapes(body: Json, switches: Switches, _now: int) -> None:
    if switches["refunds_shape"] == "object":
        body["shopify_refund_object"] = (body.get("shopify_refund_object") or [None])[0]
    method = switches["return_method"]
    if method == "mixed":
        method = ("object", "string", "null")[_digits(body) % 3]
    if method == "null":
        body["return_method"] = None
    elif method == "string" and body.get("return_method"):
        body["return_method"] = body["return_method"]["method_type"]


def _unknown(body: Json, switches: Switches, _now: int) -> None:
    if switches["unknown_fields"] == "on":
        body["new_top_level_field"] = {"score": 0.5, "labels": ["a", "b"]}
        for part in ("line_items", "exchanges", "labels"):
            for row in body.get(part) or []:
                row[f"new_{part}_field"] = "added without notice"


def _line_items(body: Json, switches: Switches, _now: int) -> None:
    if switches["line_items_shape"] == "object":
        lines = body.get("line_items") or []
        body["line_items"] = {
            str(position): line for position, line in enumerate(lines)
        }


# The shape of line_items changes last, because the other changes expect a list.
_CHANGES: tuple[Callable[[Json, Switches, int], None], ...] = (
    _processing,
    _none_values,
    _ids,
    _money,
    _grades,
    _shapes,
    _unknown,
    _age,
    _date,
    _timestamps,
    _line_items,
)
