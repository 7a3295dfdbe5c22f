"""The lifecycle of a return: parcel, inspection, closing, expiry, cancellation."""

from __future__ import annotations

from loop_simulator.timestamps import DAY, HOUR
from loop_simulator.world.generated import odds
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.loop_orders import make_orders
from loop_simulator.world.records import Label, Return

LABEL_LIFE = 28 * DAY
"""Labels expire after 28 days, and so does a return that was not sent by then."""

_FATES = (
    ("normal", 860),
    ("cancelled", 82),
    ("review", 20),
    ("expired", 30),
    ("by_hand", 8),
)
_CARRIERS = {
    "US": ("USPS", "UPS", "FedEx"),
    "CA": ("Canada Post",),
    "GB": ("Royal Mail",),
}
_CONDITIONS = (
    (("grade_a", "As new"), 60),
    (("grade_b", "Box opened"), 20),
    (("grade_c", "Worn once"), 9),
    (("grade_d", "Marks on sole"), 5),
    (("incorrect_item", "Other article in the bag"), 2),
    (("missing", "Bag was empty"), 2),
    (("junk", 'Torn, "chewed"'), 2),
)
_DISPOSITIONS = {
    "grade_a": "back_to_stock",
    "grade_b": "back_to_stock",
    "grade_c": "resale_hold",
    "grade_d": "donate",
    "missing": "missing",
}


def run(record: Return, rng: RandomStream, now: int) -> None:
    """Run a return up to ``now`` and create the orders that follow from it.

    Args:
        record: A return with its totals, just created.
        rng: The shopper's random numbers.
        now: The simulated present.

    """
    fate = rng.weighted(_FATES)
    record.updated = record.created
    if fate == "cancelled":
        _cancel(record, min(record.created + rng.between(1, 120) * HOUR, now))
    elif fate == "review":
        record.state = "review"
    elif fate == "expired":
        _expire(record, rng, now)
    else:
        _proceed(record, rng, now, by_hand=fate == "by_hand")
    _send(record, rng, now)
    if rng.chance(odds.EDITED):
        record.edited = min(record.created + rng.between(1, 60) * HOUR, now)
        record.updated = max(record.updated, record.edited)
    make_orders(record)


def _cancel(record: Return, moment: int) -> None:
    """Cancel the return before anything was processed."""
    record.state, record.updated, record.instant = "cancelled", moment, False
    record.cancelled = moment


def _expire(record: Return, rng: RandomStream, now: int) -> None:
    """Expire a return whose parcel is never sent; some were paid out immediately."""
    lapse = record.created + LABEL_LIFE
    if rng.chance(odds.PAID_BEFORE_EXPIRY) and (record.items or record.gift_card):
        record.instant = True
        record.exchanged = record.processed = record.created + 60
    if lapse < now:
        record.state, record.updated = "expired", lapse


def _proceed(record: Return, rng: RandomStream, now: int, *, by_hand: bool) -> None:
    """Close the return after parcel and inspection, if that is not after ``now``."""
    slow = 3 if record.refund and not record.items else 1
    arrives = record.created + rng.triangular(3, 12) * DAY + rng.between(0, DAY)
    closes = arrives + rng.skewed_low(2, 60 * slow) * HOUR
    if record.instant:
        record.exchanged = min(record.created + rng.between(30, 900), now)
        record.updated = max(record.updated, record.exchanged)
    if rng.chance(odds.STALLED):
        return
    if closes > now:
        if arrives <= now:
            record.updated = max(record.updated, arrives)
        return
    record.state, record.closed, record.updated = "closed", closes, closes
    if by_hand and not record.items:
        _close_by_hand(record)
    else:
        record.processed = closes
        record.exchanged = record.exchanged or (closes if record.items else None)
        _inspect(record, rng)


def _close_by_hand(record: Return) -> None:
    """Close the return with an empty outcome, without moving money."""
    record.outcome_text = ""
    record.refund = record.gift_card = record.fee = record.bonus = 0
    record.shipping_refund = record.shipping_tax_refund = 0
    for line in record.lines:
        line.refund_item = line.refund_tax = 0
        line.choice = "none"


def _inspect(record: Return, rng: RandomStream) -> None:
    """Grade some units, and mark those that the shopper keeps."""
    for line in record.lines:
        line.kept = rng.chance(odds.KEPT)
        if rng.chance(odds.GRADED) and not line.kept:
            line.condition = rng.weighted(_CONDITIONS)
            line.disposition = _DISPOSITIONS.get(line.condition[0], "recycle")


def _send(record: Return, rng: RandomStream, now: int) -> None:
    """Add a label, or two for some larger returns.

    There is none in review, if the shopper keeps all units, and for some other returns.
    """
    if record.state == "review" or all(line.kept for line in record.lines):
        return
    if rng.chance(odds.NO_LABEL):
        return
    sent = [line for line in record.lines if not line.kept]
    parcels = [sent]
    if len(sent) > 1 and rng.chance(odds.TWO_PARCELS):
        parcels = [sent[:1], sent[1:]]
    code = record.order.customer.address.country_code
    for parcel in parcels:
        status, moment = _tracking(record, rng, now)
        record.labels.append(
            Label(
                carrier=rng.one_of(_CARRIERS.get(code, ("DHL",))),
                tracking=f"TRK{rng.below(10**12):012d}",
                rate=rng.between(480, 1_450) + (900 if code != "US" else 0),
                status=status,
                updated=moment,
                line_ids=list(range(len(record.lines)))
                if parcel is sent
                else [record.lines.index(line) for line in parcel],
            )
        )


def _tracking(record: Return, rng: RandomStream, now: int) -> tuple[str, int]:
    """Return the state of a parcel and its time."""
    if record.state == "closed":
        end = record.closed or record.created
        return "delivered", max(record.created, end - rng.between(1, 40) * HOUR)
    if record.state == "open":
        age = (now - record.created) // DAY
        steps = (
            "new",
            "pre_transit",
            "in_transit",
            "in_transit",
            "out_for_delivery",
            "delivered",
        )
        return steps[min(age // 2, len(steps) - 1)], min(record.created + HOUR, now)
    return rng.one_of(("new", "pre_transit")), record.created
