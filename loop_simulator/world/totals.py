"""A return's totals, computed from its returned and exchanged units.

These identities hold for every published sample: ``return_total = exchange_credit_total
+ refund + gift_card + handling_fee``, and the line refunds add up to the header's.
Bonus credit breaks the first identity by exactly the bonus, so the bonus can be measured
from outside.
"""

from __future__ import annotations

from loop_simulator import money
from loop_simulator.world.records import Return, ReturnLine


def compute_totals(record: Return) -> None:
    """Compute refund, gift card, exchange credit and upsell from the return's units."""
    pool = sum(line.net for line in record.lines if line.choice == "exchange")
    goods = record.exchange_value
    bonus_on_goods = record.bonus if record.items else 0
    record.exchange_credit = min(pool + bonus_on_goods, goods)
    record.upsell = goods - record.exchange_credit
    left = max(pool - goods, 0)
    credit = sum(line.net for line in record.lines if line.choice == "credit")
    refunds = _refund_lines(record, left if record.remainder == "refund" else 0)
    if record.remainder == "credit":
        credit += left
    if record.fee >= (refunds or credit):
        record.fee = 0
    if record.is_fee_charged:
        pass
    elif refunds:
        refunds -= record.fee
        _withhold(record.lines, record.fee)
    else:
        credit -= record.fee
    record.refund = refunds
    record.gift_card = credit + (record.bonus if credit and not record.items else 0)


def _refund_lines(record: Return, left: int) -> int:
    """Set the refund of each unit, and return their sum in cents."""
    total = 0
    for line in record.lines:
        line.refund_item = line.refund_tax = 0
        if line.choice == "refund":
            line.refund_item, line.refund_tax = line.price - line.discount, line.tax
        elif line.choice == "exchange" and left:
            part = min(left, line.net)
            line.refund_tax = money.share(line.tax, part, line.net)
            line.refund_item = part - line.refund_tax
            left -= part
        total += line.refund_item + line.refund_tax
    return total


def _withhold(lines: list[ReturnLine], fee: int) -> None:
    """Subtract the handling fee from the refunded units, starting with the first."""
    for line in lines:
        part = min(fee, line.refund_item)
        line.refund_item -= part
        fee -= part


def outcome_text(record: Return) -> str:
    """Return the outcome as the list endpoint names it, from the totals."""
    words = []
    if record.items:
        words.append("exchange")
    if record.gift_card:
        words.append("credit")
    if record.refund:
        words.append("refund")
    if words == ["exchange"] and record.upsell:
        return "upsell"
    if words:
        return "+".join(words[:2])
    return "refund"
