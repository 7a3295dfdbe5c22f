"""The worlds that models are built for and compared in, and how tests build them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from loop_simulator import Simulator
from tests.transform.conftest import USUAL
from tests.transform.oracle.comparison import records
from tests.transform.oracle.shop import POLICY_PERIODS, Shop

from . import crooked, two_currencies

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transform.conftest import Warehouse

VARIABLES = {
    "shopify_source": "tap_shopify_graphql",
    "subscription_source": "tap_recharge",
    "store_timezone": "UTC",
    "return_policy_periods": POLICY_PERIODS,
    "sourcemedium_views": False,
}
"""Variables of dbt for a world in UTC; builds with the same variables share dbt's parse."""
WORLDS: dict[str, dict[str, Any]] = {
    "a shop in New York": {
        "world": "shop",
        "seed": 3,
        "returns": 600,
        "days": 360,
        "zone": "America/New_York",
        "charges_fees": True,
        "sources": (*USUAL, "tap_stripe", "tap_shopifyql"),
    },
    "a crooked shop": {
        **crooked.SETTINGS,
        "is_crooked": True,
        "zone": "America/New_York",
    },
    "a shop of two currencies": {
        **two_currencies.SETTINGS,
        "has_two_currencies": True,
    },
    # Here label rates are written as money, in the other worlds in cents.
    "tiny": {"world": "tiny", "switches": {"label_rate": "money"}},
    # Last, because other files begin with it and build it meanwhile.
    "golden": {"world": "golden"},
    "a crooked shop of two currencies": {
        "world": "shop",
        "seed": 23,
        "returns": 250,
        "days": 400,
        "is_crooked": True,
        "has_two_currencies": True,
        "zone": "Australia/Lord_Howe",
    },
}
"""Small worlds of different seeds, ages and zones; ORACLE_WORLDS adds more."""
SOURCEMEDIUM = "a shop in New York"
"""The world that is also built with SourceMedium's views."""
CROOKED = {
    "a crooked shop": {"types missing", "edits", "refunds by staff", "test orders"},
    "a shop of two currencies": {"several currencies"},
    "a crooked shop of two currencies": {
        *("types missing", "edits", "refunds by staff", "test orders"),
        "several currencies",
    },
}
"""The classes of cases that the worlds must contain, each in two worlds."""
if more := os.environ.get("ORACLE_WORLDS"):
    WORLDS |= json.loads(more)
STRAIGHT = [name for name in WORLDS if "crooked" not in name]
"""The worlds that `make test` builds."""
IRREGULAR = [name for name in WORLDS if name not in STRAIGHT]
"""The worlds whose tests are in the folder `crooked`."""


def variables_of(name: str) -> dict[str, Any]:
    """Return dbt's variables for one of the worlds."""
    settings = WORLDS[name]
    variables = {**VARIABLES, "store_timezone": settings.get("zone", "UTC")}
    if "sources" in settings:
        variables |= {"charge_source": "stripe", "sales_report_source": "shopifyql"}
    if settings.get("charges_fees"):
        variables["handling_fee_collection"] = "charged"
    return variables


def build_world(warehouse: Callable[..., Warehouse], name: str) -> Warehouse:
    """Build one of the worlds; unit tests run with the golden one, in UTC."""
    settings = WORLDS[name]
    if name == "golden":
        return warehouse("golden", VARIABLES)
    return warehouse(
        variables=variables_of(name) | {"sourcemedium_views": name == SOURCEMEDIUM},
        words=["--exclude-resource-type", "unit_test"],
        **settings,
    )


def simulated(name: str) -> dict[str, Any]:
    """Return the settings of the simulator for one of the worlds."""
    return {key: value for key, value in WORLDS[name].items() if key != "sources"}


def oracle_of(name: str) -> Shop:
    """Return one of the worlds as the oracle reads it from the sources' records."""
    settings = simulated(name)
    return Shop(
        _records(**settings),
        settings.get("zone", "UTC"),
        charges_fees=settings.get("charges_fees", False),
    )


def _records(
    *, is_crooked: bool = False, has_two_currencies: bool = False, **settings: Any
) -> crooked.Streams:
    with Simulator(**settings) as simulator:
        found = records(f"{simulator.base_url}/_simulator")
    if is_crooked:
        found = crooked.payloads(found)
    return two_currencies.payloads(found) if has_two_currencies else found
