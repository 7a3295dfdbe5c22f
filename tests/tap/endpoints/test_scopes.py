"""Keys with few scopes: which streams are skipped or fail, and the error."""

from __future__ import annotations

import json

import pytest

from tests.tap.harness import CORE, holds

OPTIONAL = {
    "allowlist_items": "Orders",
    "blocklist_items": "Orders",
    "destinations": "Destinations (read)",
    "happy_returns_shipments": "Happy Returns Shipments (read)",
    "happy_returns_shipment_items": "Happy Returns Shipments (read)",
    "label_requests": "Label Requests (read)",
    "webhooks": "Developer Tools",
}
BODIES = pytest.mark.parametrize("body", ["object", "string"])


@BODIES
def test_streams_that_the_key_cannot_read_are_skipped_by_name(
    make_loop, tap_of, body
) -> None:
    loop = make_loop(scopes=["returns"], switches={"unauthorized": body})
    run = tap_of(loop).here(streams=None).ok()
    holds(run.tables(), loop)
    assert run.rows("advanced_shipping_notices")
    for stream, scope in OPTIONAL.items():
        (line,) = (text for text in run.stderr.splitlines() if f" {stream} is" in text)
        assert "skipped" in line
        assert f"scope {scope}." in line
        assert not run.rows(stream)


@pytest.mark.parametrize("stream", OPTIONAL)
def test_a_stream_chosen_in_the_catalog_is_not_skipped(
    make_loop, tap_of, stream
) -> None:
    run = tap_of(make_loop(scopes=["returns"])).here(streams=(*CORE, stream))
    assert run.code == 1
    assert f"scope {OPTIONAL[stream]}." in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


def test_the_unchanged_catalog_of_discovery_chooses_no_stream(
    make_loop, tap_of
) -> None:
    tap = tap_of(make_loop(scopes=["returns"], returns=20))
    found = json.loads(tap.run("--discover").output)
    run = tap.here(catalog=found).ok()
    assert "destinations is skipped" in run.stderr
    assert not run.rows("destinations")


@pytest.mark.parametrize("stream", OPTIONAL)
def test_one_missing_scope_does_not_take_the_others_along(
    make_loop, tap_of, stream
) -> None:
    scopes = {
        "Orders": "orders",
        "Destinations (read)": "destinations:read",
        "Happy Returns Shipments (read)": "happy_returns_shipments:read",
        "Label Requests (read)": "label_requests:read",
        "Developer Tools": "developer_tools",
    }
    held = [v for k, v in scopes.items() if k != OPTIONAL[stream]]
    loop = make_loop(scopes=["returns", *held], returns=60)
    run = tap_of(loop).here(streams=None).ok()
    for other, scope in OPTIONAL.items():
        assert bool(run.rows(other)) == (scope != OPTIONAL[stream])


@BODIES
@pytest.mark.parametrize("streams", [None, CORE, ("return_line_items",)])
def test_without_the_returns_scope_the_sync_fails_by_name(
    make_loop, tap_of, body, streams
) -> None:
    loop = make_loop(scopes=["orders"], switches={"unauthorized": body})
    run = tap_of(loop).here(streams=streams)
    assert run.code == 1
    last = run.stderr.splitlines()[-1]
    assert "scope Returns." in last
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("stream", ["return_details", "return_notes"])
def test_a_scope_lost_in_the_middle_fails_by_name(make_loop, tap_of, stream) -> None:
    loop = make_loop(returns=20)
    path = "/details" if stream == "return_details" else "/notes"
    loop.faults.add(kind="status", status=403, at=5, path=path)
    run = tap_of(loop).here(streams=("returns", stream))
    assert run.code == 1
    assert "scope Returns." in run.stderr.splitlines()[-1]


@BODIES
def test_a_wrong_key_is_one_line_from_the_command_itself(
    make_loop, tap_of, body
) -> None:
    loop = make_loop(switches={"unauthorized": body})
    tap = tap_of(loop, api_key="wr0ng-key")
    run = tap.run()
    assert run.code == 1
    errors = [line for line in run.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "`api_key`" in errors[0]
    assert "Traceback" not in run.stderr
    assert "wr0ng-key" not in run.stderr
    assert "skipped" not in run.stderr
    assert not run.rows("returns")


@BODIES
def test_a_wrong_key_is_not_taken_for_a_missing_scope(make_loop, tap_of, body) -> None:
    """A request to the returns list, which these streams do not need, tells them apart."""
    loop = make_loop(switches={"unauthorized": body})
    run = tap_of(loop, api_key="wrong").here(streams=tuple(OPTIONAL))
    assert run.code == 1
    assert "scope Returns." in run.stderr.splitlines()[-1]
    assert "skipped" not in run.stderr
    assert len(loop.requests) == 2


def test_a_wrong_key_is_not_tried_again(make_loop, tap_of) -> None:
    loop = make_loop()
    tap_of(loop, api_key="wrong").here()
    assert len(loop.requests) <= 8
