"""A plain HTTP client that is independent of the tap and follows no redirects."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from loop_simulator.timestamps import DEFAULT_NOW, offset, parse

LIST = "/v1/warehouse/return/list"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class Client:
    """Sends requests to one server with one key, and follows no redirects."""

    def __init__(self, url: str, key: str | None = "test-key", now: int | None = None):
        self.url, self.key = url, key
        self.now = parse(DEFAULT_NOW) if now is None else now

    def ask(
        self, url: str, *, method: str = "GET", body: Any = None, **headers: str
    ) -> Reply:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.netloc, timeout=60)
        try:
            sent = {"X-Authorization": self.key} if self.key else {}
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            text = None if body is None else json.dumps(body)
            if text is not None:
                sent["Content-Type"] = "application/json"
            connection.request(method, target, text, sent | headers)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **query: Any) -> Reply:
        named = {name.rstrip("_"): value for name, value in query.items()}
        return self.ask(f"{self.url}{path}" + (f"?{urlencode(named)}" if named else ""))

    def days(self, count: float, *, before: float = 0) -> dict[str, str]:
        """A window of ``count`` days that ends ``before`` days before now."""
        last = self.now - int(before * 86_400)
        return {"from_": offset(last - int(count * 86_400)), "to": offset(last)}

    def list(self, **query: Any) -> Reply:
        return self.get(LIST, **query)

    def every_page(self, **query: Any) -> list[dict[str, Any]]:
        """Return every page, following the cursor with all parameters sent again."""
        reply = self.list(**{"paginate": "true"} | query)
        pages = [reply.body]
        while pages[-1]["nextPageUrl"]:
            cursor = cursor_of(pages[-1]["nextPageUrl"])
            reply = self.list(**{"paginate": "true"} | query, cursor=cursor)
            pages.append(reply.body)
            assert len(pages) < 500, "endless pages"
        return pages

    def every_return(self, **query: Any) -> list[dict[str, Any]]:
        return [row for page in self.every_page(**query) for row in page["returns"]]


def cursor_of(url: str) -> str:
    pairs = (pair.split("=", 1) for pair in urlsplit(url).query.split("&"))
    return dict(pairs)["cursor"]
