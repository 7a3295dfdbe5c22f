"""Questions about the types and formats of a return's values, answered from the sample alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tap_loop_returns.checkup.kinds import (
    NONE_SETTINGS,
    items,
    kind,
    of_types,
    said,
    shown,
    tally,
)
from tap_loop_returns.checkup.question import Finding, Question
from tap_loop_returns.checkup.sample import Sample, count
from tap_loop_returns.checkup.step import answers

# Fields of a return and of its line items that are null, "" or "N/A" for "none".
ABSENT = ("carrier", "tracking_number", "label_status", "label_updated_at")
ABSENT_IN_LINES = ("return_comment", "barcode")
# With this many values of the same kind, the kind is not a coincidence.
ENOUGH = 20
MONEY = ("total", "return_total", "refund", "exchange_total", "gift_card", "upsell")


def _type_question(name: str, text: str, assumes: str = "Reads both.") -> Question:
    return Question(name, text, assumes, switches=(name,))


IDS = _type_question("ids", "Are the ids in the list texts?")
LABEL_RATE = _type_question(
    "label_rate",
    "Is `label_rate` a number?",
    "Sends it unchanged; the models read a value with two decimals as an amount, and any "
    "other value as cents.",
)
DESTINATION_ID = _type_question("destination_id", "Is `destination_id` a number?")
EXCHANGE_ORDER_ID = _type_question(
    "exchange_order_id", "Is `exchanges[].exchange_order_id` a text?"
)
MONEY_TYPE = _type_question(
    "money_type", "Are amounts of money texts?", "Reads both, exactly."
)
CONDITION = _type_question(
    "condition_category", "Is `line_items[].condition.condition_category` a text?"
)
REFUNDS = _type_question("refunds_shape", "Is `shopify_refund_object` a list?")
LINE_ITEMS = _type_question("line_items_shape", "Is `line_items` a list?")
TEXT_OR_NUMBER = {"text of digits": "string", "whole number": "integer"}


@answers(IDS, LABEL_RATE, DESTINATION_ID, EXCHANGE_ORDER_ID, MONEY_TYPE)
def scalars(sample: Sample) -> Iterator[Finding]:
    """Answer from the types of ids and amounts."""
    rows = sample.returns
    number_or_text = dict(reversed(TEXT_OR_NUMBER.items()))
    yield of_types(IDS, tally(rows, "id", "order_id"), TEXT_OR_NUMBER)
    rates = tally(rows, "label_rate") + tally(items(rows, "labels"), "rate")
    yield of_types(
        LABEL_RATE,
        rates,
        {
            "whole number": "number",
            "text of digits": "string",
            "decimal text": "money",
        },
    )
    yield of_types(DESTINATION_ID, tally(rows, "destination_id"), number_or_text)
    orders = tally(items(rows, "exchanges"), "exchange_order_id")
    yield of_types(EXCHANGE_ORDER_ID, orders, TEXT_OR_NUMBER)
    money = tally(rows, *MONEY)
    merged = Counter({"decimal text": money["decimal text"]})
    merged["decimal number"] = money["decimal number"] + money["whole number"]
    yield of_types(
        MONEY_TYPE,
        +merged,
        {"decimal text": "string", "decimal number": "number"},
    )


@answers(CONDITION, REFUNDS, LINE_ITEMS)
def containers(sample: Sample) -> Iterator[Finding]:
    """Find out whether fields are a text, a list or an object."""
    rows = sample.returns
    grades = tally(items(rows, "line_items"), "condition.condition_category")
    plain = Counter({"text": sum(grades[k] for k in said(grades) - {"object"})})
    plain["object"] = grades["object"]
    yield of_types(CONDITION, +plain, {"text": "string", "object": "object"})
    either = {"list": "array", "object": "object"}
    yield of_types(REFUNDS, tally(rows, "shopify_refund_object"), either)
    either = {"list": "list", "object": "object"}
    yield of_types(LINE_ITEMS, tally(rows, "line_items"), either)


RETURN_METHOD = _type_question(
    "return_method",
    "Is `return_method` an object in every return with a label?",
    "Expects an object; takes a text for the object's `method_type`.",
)
NONE_VALUES = Question(
    "none_values",
    "Does Loop write 'none' in more than one way?",
    assumes='Reads null, "" and "N/A" as none.',
    switches=("none_values",),
)


@answers(RETURN_METHOD, NONE_VALUES)
def nothings(sample: Sample) -> Iterator[Finding]:
    """Find out how missing values are written."""
    rows = sample.returns
    methods = tally(rows, "return_method")
    sent = count(rows, lambda row: kind(row.get("label_url")) == "text")
    kinds = said(methods)
    text = f"{shown(methods)}; {sent} returns have a label"
    if "text" in kinds:
        mixed = "object" in kinds
        yield RETURN_METHOD.no(text, return_method="mixed" if mixed else "string")
    elif kinds == {"object"}:
        yield RETURN_METHOD.yes(text, return_method="object")
    elif sent >= ENOUGH:
        yield RETURN_METHOD.no(text, return_method="null")
    lines = items(rows, "line_items")
    absent = tally(rows, *ABSENT) + tally(lines, *ABSENT_IN_LINES)
    ways = {way: absent[way] for way in NONE_SETTINGS if absent[way]}
    text = ", ".join(f"{way}: {number}" for way, number in ways.items())
    if len(ways) > 1:
        yield NONE_VALUES.yes(text, none_values="mixed")
    elif sum(ways.values()) >= ENOUGH:
        yield NONE_VALUES.no(text, none_values=NONE_SETTINGS[next(iter(ways))])
