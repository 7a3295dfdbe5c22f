"""Routes requests to endpoints. Paths and scopes as in Loop's reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from loop_simulator.api import (
    block_and_allow_lists,
    carts,
    destinations,
    happy_returns,
    label_requests,
    return_details,
    return_list,
    return_notes,
    shipping_notice,
    webhooks,
)
from loop_simulator.api.rate_limit import RateLimit, retry_after
from loop_simulator.state import Store
from loop_simulator.wire import Request, Response, errors

Handler = Callable[..., Response]

VERSIONS = {
    "v1": "2026-07",
    "2026-07": "2026-07",
    "2026-10": "2026-10",
    "latest": "2026-10",
}
"""The version behind each path; ``v1`` and ``latest`` are documented aliases."""

_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("/warehouse/return/list", "returns", return_list.returns_list),
    ("/warehouse/return/details", "returns", return_details.details),
    ("/warehouse/return/([^/]+)/notes", "returns", return_notes.notes),
    ("/warehouse/reporting/asn", "returns", shipping_notice.shipping_notice),
    ("/destinations", "destinations:read", destinations.destinations),
    ("/destinations/([^/]+)", "destinations:read", destinations.destination),
    (
        "/blocklists",
        "orders",
        block_and_allow_lists.listing(block_and_allow_lists.blocklist_rows),
    ),
    (
        "/blocklists/([^/]+)",
        "orders",
        block_and_allow_lists.list_entry(block_and_allow_lists.blocklist_rows),
    ),
    (
        "/allowlists",
        "orders",
        block_and_allow_lists.listing(block_and_allow_lists.allowlist_rows),
    ),
    (
        "/allowlists/([^/]+)",
        "orders",
        block_and_allow_lists.list_entry(block_and_allow_lists.allowlist_rows),
    ),
    ("/label-requests", "label_requests:read", label_requests.label_requests),
    ("/label-requests/([^/]+)", "label_requests:read", label_requests.label_request),
    (
        "/happy-returns/shipments(?:/list)?",
        "happy_returns_shipments:read",
        happy_returns.shipments,
    ),
    (
        "/happy-returns/shipments/([^/]+)",
        "happy_returns_shipments:read",
        happy_returns.shipment,
    ),
    (
        "/happy-returns/shipments/([^/]+)/items",
        "happy_returns_shipments:read",
        happy_returns.shipment_items,
    ),
    ("/webhooks", "developer_tools", webhooks.webhooks),
    ("/cart/([^/]+)", "carts", carts.cart),
)
_ROUTES = tuple(
    (re.compile(pattern), scope, handler) for pattern, scope, handler in _TABLE
)
SCOPES = sorted({scope for _, scope, _ in _TABLE})
"""All scopes that a key can have."""
_API = re.compile(rf"/api/({'|'.join(map(re.escape, VERSIONS))})(/.*)")

Keys = dict[str, "tuple[str, ...] | None"]
"""API keys with their scopes; None stands for all scopes."""


class App:
    """Loop's API over one store."""

    def __init__(self, store: Store, keys: Keys, limit: RateLimit) -> None:
        """Serve ``store`` to holders of ``keys``."""
        self.store, self.keys, self.limit = store, keys, limit

    def handle(self, request: Request) -> Response:
        """Check path, key, rate limit, scope and method in this order; return the response."""
        matched = _API.fullmatch(request.path.rstrip("/"))
        found = _find(matched[2]) if matched else None
        if matched is None or found is None:
            return errors.no_such_path()
        scope, handler, parts = found
        request = replace(request, version=VERSIONS[matched[1]])
        if request.key is None or request.key not in self.keys:
            return errors.unauthorized(self.store.switches["unauthorized"])
        left, seconds = self.limit.count(request.key)
        if self.limit.limit and left < 0:
            wait = retry_after(self.store, None, int(seconds) + 1)
            return self._labelled(errors.too_many_requests(wait), 0)
        return self._labelled(self._permitted(request, scope, handler, parts), left)

    def _permitted(
        self, request: Request, scope: str, handler: Handler, parts: tuple[str, ...]
    ) -> Response:
        """Return the response to a request whose key is known and within its limit."""
        scopes = self.keys[request.key or ""]
        if scopes is not None and scope not in scopes:
            return errors.unauthorized(self.store.switches["unauthorized"])
        if request.method not in ("GET", "HEAD"):
            return errors.wrong_method(request.method)
        return handler(self.store, request, *parts)

    def _labelled(self, response: Response, left: int) -> Response:
        """Add the rate limit headers, which were observed but are not documented."""
        if self.limit.limit:
            response.headers["x-ratelimit-limit"] = str(self.limit.limit)
            response.headers["x-ratelimit-remaining"] = str(max(left, 0))
        return response


def _find(path: str) -> tuple[str, Handler, tuple[str, ...]] | None:
    """Return the first route that matches a path."""
    for pattern, scope, handler in _ROUTES:
        matched = pattern.fullmatch(path)
        if matched:
            return scope, handler, matched.groups()
    return None
