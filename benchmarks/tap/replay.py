"""Serves any number of returns, made from one page that the simulator rendered.

It is used to measure memory, because the simulator would take minutes to generate a
million returns. The returns differ only in ``id`` and ``created_at``, which are spread
evenly over a period. It serves only one list, filtered by ``created_at``, newest first.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import override

VARYING = re.compile(
    rb'^\{"id":"[^"]*"(?P<between>.*?"created_at":)"[^"]*"(?P<rest>.*)$', re.DOTALL
)


class Replay(ThreadingHTTPServer):
    """A listing of ``count`` returns between two moments, in seconds since 1970."""

    daemon_threads = True

    def __init__(self, page: bytes, count: int, first: int, last: int) -> None:
        """Split a page into its variable and constant parts."""
        super().__init__(("127.0.0.1", 0), Handler)
        found = [
            VARYING.match(json.dumps(one, separators=(",", ":")).encode())
            for one in json.loads(page)["returns"]
        ]
        self.parts = [(m["between"], m["rest"]) for m in found if m]
        self.count, self.first, self.step = count, first, (last - first) / count

    def page(self, query: dict[str, str]) -> bytes:
        """Return a page of the newest returns created between the parameters ``from`` and ``to``.

        The page is empty if the request filters by another date or by state.
        """
        low, high = (_seconds(query[name]) for name in ("from", "to"))
        if query["filter"] != "created_at" or query.get("state"):
            low, high = 1, 0
        start = max(-int(-(low - self.first) // self.step), 0)
        end = min(int((high - self.first) // self.step) + 1, self.count)
        size = int(query["pageSize"])
        places = range(end - 1, max(start, end - size) - 1, -1)
        body = b",".join(map(self._one, places))
        link = "null"
        if end - start > size:
            mark = json.dumps({"created_at": _text(self._moment(places[-1]))})
            cursor = base64.urlsafe_b64encode(mark.encode()).decode()
            link = f'"http://127.0.0.1/list?cursor={cursor}"'
        return b'{"returns":[%s],"nextPageUrl":%s}' % (body, link.encode())

    def _moment(self, place: int) -> int:
        return int(self.first + place * self.step)

    def _one(self, place: int) -> bytes:
        between, rest = self.parts[place % len(self.parts)]
        stamp = f"{_text(self._moment(place)).replace(' ', 'T')}+00:00".encode()
        return b'{"id":"%d"%s"%s"%s' % (90_000_000 + place, between, stamp, rest)


class Handler(BaseHTTPRequestHandler):
    """Answers every request with a page."""

    protocol_version = "HTTP/1.1"
    server: Replay

    def do_GET(self) -> None:
        """Answer."""
        body = self.server.page(dict(parse_qsl(urlsplit(self.path).query)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, *_: Any) -> None:
        """Do not log requests."""


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _text(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def main() -> None:
    """Print the address, then serve the returns.

    ``python replay.py PAGE COUNT FIRST LAST``: PAGE is a file with a page of the simulator,
    COUNT the number of returns, FIRST and LAST the ISO times between which they are created.
    """
    count, first, last = sys.argv[2], *map(_seconds, sys.argv[3:])
    server = Replay(Path(sys.argv[1]).read_bytes(), int(count), first, last)
    print(f"Replaying on http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
