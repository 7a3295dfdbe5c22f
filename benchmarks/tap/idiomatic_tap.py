"""The reference tap: the same streams, built as the SDK's documentation suggests.

One `RESTStream` for the list and a child stream for each nested list, with the rows
carried in the child context. It is only for comparison: it follows the next link, reads
the default states only, and normalises nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import RESTStream, Stream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import APIKeyAuthenticator
from singer_sdk.pagination import BaseHATEOASPaginator
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable

    import requests


def schema(stream: str) -> dict[str, Any]:
    """Return the schema of our tap, so that both taps write the same columns."""
    path = files("tap_loop_returns.schemas") / f"{stream}.json"
    content: dict[str, Any] = json.loads(path.read_text())
    return {"type": "object", "properties": content["properties"]}


class NextPage(BaseHATEOASPaginator):
    """Follows Loop's next link."""

    @override
    def get_next_url(self, response: requests.Response) -> str | None:
        url: str | None = response.json().get("nextPageUrl")
        return url


class Returns(RESTStream[Any]):
    """Returns."""

    name = "returns"
    path = "/warehouse/return/list"
    primary_keys = ("id",)
    replication_key = "updated_at"
    records_jsonpath = "$.returns[*]"
    schema: ClassVar[Any] = schema("returns")

    @property
    @override
    def url_base(self) -> str:
        return f"{self.config['api_url']}/2026-07"

    @property
    @override
    def authenticator(self) -> APIKeyAuthenticator:
        return APIKeyAuthenticator(
            key="X-Authorization", value=self.config["api_key"], location="header"
        )

    @override
    def get_new_paginator(self) -> NextPage:
        return NextPage()

    @override
    def get_url_params(self, context: Any, next_page_token: Any) -> Any:
        if next_page_token:
            return next_page_token.query
        return {
            "filter": "updated_at",
            "from": self.config["start_date"],
            "to": self.config["end_date"],
            "paginate": "true",
            "pageSize": self.config["page_size"],
        }

    @override
    def get_child_context(self, record: Any, context: Any) -> Any:
        return {"return": record}


class Child(Stream):
    """A list inside a return."""

    parent_stream_type = Returns
    state_partitioning_keys = ()

    def rows(self, parent: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """Return the rows of one return."""
        raise NotImplementedError

    @override
    def get_records(self, context: Any) -> Iterable[dict[str, Any]]:
        parent = context["return"]
        around = {"return_id": parent["id"], "return_updated_at": parent["updated_at"]}
        for row in self.rows(parent):
            yield {**row, **around}


class LineItems(Child):
    """Line items."""

    name = "return_line_items"
    schema: ClassVar[Any] = schema("return_line_items")

    @override
    def rows(self, parent: dict[str, Any]) -> Iterable[dict[str, Any]]:
        return list(parent["line_items"])


class Exchanges(Child):
    """Exchanges."""

    name = "return_exchanges"
    schema: ClassVar[Any] = schema("return_exchanges")

    @override
    def rows(self, parent: dict[str, Any]) -> Iterable[dict[str, Any]]:
        return list(parent["exchanges"])


class Outcomes(Child):
    """Outcome components."""

    name = "return_outcomes"
    schema: ClassVar[Any] = schema("return_outcomes")
    FIELDS: ClassVar = {
        "exchange": "exchange_total",
        "upsell": "upsell",
        "refund": "refund",
        "credit": "gift_card",
    }

    @override
    def rows(self, parent: dict[str, Any]) -> Iterable[dict[str, Any]]:
        for outcome, field in self.FIELDS.items():
            if float(parent[field] or 0) > 0 or outcome in (parent["outcome"] or ""):
                yield {"outcome": outcome, "amount": parent[field]}


class Reasons(Child):
    """Reasons."""

    name = "return_reasons"
    schema: ClassVar[Any] = schema("return_reasons")

    @override
    def rows(self, parent: dict[str, Any]) -> Iterable[dict[str, Any]]:
        for item in parent["line_items"]:
            texts = item["parent_return_reason"], item["return_reason"]
            digest = hashlib.sha256(repr(texts).encode()).digest()[:16]
            yield {**item, "return_reason_id": base64.b16encode(digest).decode()}


class Labels(Child):
    """Labels."""

    name = "return_labels"
    schema: ClassVar[Any] = schema("return_labels")

    @override
    def rows(self, parent: dict[str, Any]) -> Iterable[dict[str, Any]]:
        return [
            {**label, "label_position": n} for n, label in enumerate(parent["labels"])
        ]


class IdiomaticTap(Tap):
    """The reference tap."""

    name = "tap-idiomatic"
    config_jsonschema = th.PropertiesList(
        th.Property("api_key", th.StringType, required=True),
        th.Property("api_url", th.StringType, required=True),
        th.Property("start_date", th.StringType, required=True),
        th.Property("end_date", th.StringType, required=True),
        th.Property("page_size", th.IntegerType, default=750),
    ).to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        kinds = (Returns, LineItems, Exchanges, Outcomes, Reasons, Labels)
        return [kind(tap=self) for kind in kinds]


if __name__ == "__main__":
    IdiomaticTap.cli()
