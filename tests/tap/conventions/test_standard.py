"""The SDK's standard tests, which run on every stream without exceptions."""

from __future__ import annotations

from typing import Any

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class

from loop_simulator import Simulator
from tap_loop_returns.tap import TapLoopReturns

LOOP = Simulator(seed=3, returns=150, switches={"unknown_fields": "on"})
LOOP.start()
CONFIG: dict[str, Any] = {
    "api_key": "test-key",
    "api_url": LOOP.url,
    "start_date": "2024-01-01",
    "requests_per_minute": 60_000,
}


def everything() -> dict[str, Any]:
    """Return a catalog that selects the streams which cost requests, too."""
    catalog = TapLoopReturns(config=CONFIG).catalog_dict
    for entry in catalog["streams"]:
        for item in entry["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"]["selected"] = True
    return catalog


# Endpoints without unknown fields leave `additional_fields` empty.
@pytest.mark.filterwarnings("default:No records were available")
class TestTapLoopReturns(
    get_tap_test_class(
        TapLoopReturns,
        config=CONFIG,
        suite_config=SuiteConfig(max_records_limit=300),
        catalog=everything(),
    )
):
    """Generated tests."""


@pytest.fixture(scope="module", autouse=True)
def _stop():
    yield
    LOOP.stop()
