"""A simulated tap of Stripe's charges: ``python -m demo.sources.stripe``."""

from __future__ import annotations

import sys

from demo.sources.schemas import MOMENT, TEXT, WHOLE, record, texts, thing
from demo.sources.singer import Stream, Tap

_CHARGES = record(
    "string",
    amount=WHOLE,
    created=MOMENT,
    metadata=thing(return_id=TEXT),
    **texts("currency", "status"),
)
TAP = Tap(
    name="tap-stripe",
    source="stripe",
    shapes={"api": [Stream("charges", _CHARGES, "created")]},
)

if __name__ == "__main__":
    sys.exit(TAP.run())
