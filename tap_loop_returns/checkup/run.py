"""Runs the check-up: takes the sample, asks every question, and makes the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tap_loop_returns.checkup.probe import OK, Probe
from tap_loop_returns.checkup.question import CannotTellError
from tap_loop_returns.checkup.questions import STEPS, fields, sizes
from tap_loop_returns.checkup.report import Report
from tap_loop_returns.checkup.sample import Sample, clock_of
from tap_loop_returns.client import AUTH_STATUSES, LoopClient
from tap_loop_returns.errors import AccessRefusedError, LoopUnreachableError
from tap_loop_returns.reading.reader import PATH


def check_up(
    connect: Callable[..., LoopClient], config: Mapping[str, Any], tap: str
) -> Report:
    """Answer all questions.

    Args:
        connect: Makes a client with the tap's settings, some of them replaced.
        config: The settings.
        tap: Name and version of the tap.

    Raises:
        AccessRefusedError: The key does not open the returns list.
        LoopUnreachableError: The returns list gave no usable response.
    """
    probe = Probe(connect)
    sample = Sample(
        probe,
        page_size=config["page_size"],
        api_version=config["api_version"],
        requests_per_minute=config["requests_per_minute"],
    )
    _begin(sample)
    findings = [finding for step in STEPS for finding in step.findings(sample)]
    known = fields.of_returns()
    notices = "advanced_shipping_notices"
    return Report(
        tap=tap,
        api_version=sample.api_version,
        requests=probe.made,
        findings=findings,
        fields={
            "returns": fields.fields_of(sample.returns, known),
            notices: fields.fields_of(sample.notices, fields.columns(notices)),
        },
    )


def _begin(sample: Sample) -> None:
    """Make sure that the list can be read, and take the sample."""
    probe = sample.probe
    try:
        status = probe.get(PATH, {"paginate": "true", "pageSize": 1}).status
    except CannotTellError as error:
        msg = f"No answer to GET {PATH}. Check `api_url` and the network."
        raise LoopUnreachableError(msg) from error
    if status in AUTH_STATUSES:
        msg = (
            f"Loop refused the key for GET {PATH} (HTTP {status}). Check `api_key`, and "
            "in Loop's admin that the key has the scope Returns."
        )
        raise AccessRefusedError(msg)
    if status != OK:
        msg = (
            f"GET {PATH} gave HTTP {status}. Check `api_url` and `api_version`, or try "
            "again later."
        )
        raise LoopUnreachableError(msg)
    sample.now = clock_of(probe)
    try:
        sizes.find_largest_page(sample)
        sample.take()
    except CannotTellError:
        # Each question says what it lacks.
        return
