"""Tests against warehouses, fresh Meltano projects, published packages and the docs."""

import json

from tests.transform.worlds.table import VARIABLES as OF_WORLDS

SIZE = ("--returns", "300", "--seed", "7")
"""Options of the simulated shop."""
CHANGES = {"change": 30, "add": 10, "cancel": 3, "remove_lines": 2}
"""The changes of one day in that shop."""
VARIABLES = {
    **OF_WORLDS,
    "pass_through_columns": {
        "returns": [{"name": "total", "type": "money", "alias": "raw_total"}],
        "return_line_items": [{"name": "condition_note"}],
        "orders": [{"name": "createdAt", "type": "timestamp", "alias": "placed_at"}],
        "order_lines": [
            {
                "name": "discountedTotalSet.shopMoney.amount",
                "type": "money",
                "alias": "line_total",
            }
        ],
    },
}
"""Variables of dbt, the same in both warehouses that are compared."""
SAME_VARIABLES = {
    f"DBT_{adapter}_VARS": json.dumps(VARIABLES) for adapter in ("DUCKDB", "POSTGRES")
}
UNEXPLAINED = "select * from analytics.rpt_ledger_tie where unexplained_amount <> 0"
"""Differences between the ledger and Shopify that have no reason."""
