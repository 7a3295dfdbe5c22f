"""A simulated query of Shopify's sales report: ``python -m demo.sources.shopify_reports``."""

from __future__ import annotations

import sys

from demo.sources.schemas import DECIMAL, MOMENT, record, texts
from demo.sources.singer import Stream, Tap

_SALES = record(
    "string",
    total_sales_reversals=DECIMAL,
    updatedAt=MOMENT,
    **texts("day", "order_id", "order_name"),
)
TAP = Tap(
    name="shopifyql",
    source="shopify_reports",
    shapes={"shopifyql": [Stream("sales", _SALES, "updatedAt")]},
)

if __name__ == "__main__":
    sys.exit(TAP.run())
