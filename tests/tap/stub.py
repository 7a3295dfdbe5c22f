"""A stub of Loop with responses set by a test, for cases that the simulator does not
have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

# First bytes of a compressed body.
GZIP = b"\x1f\x8b"


class Stub:
    """Responses by path: a value, or a function of the query; other paths give a 404. A
    number is a status, and an iterator gives the pieces of an endless body. Compressed
    bytes are sent as such.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.queries: list[tuple[str, dict[str, str]]] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                path = "/" + parts.path.split("/", 3)[3]
                query = dict(parse_qsl(parts.query))
                stub.queries.append((path, query))
                found = answers.get(path)
                content = found(query) if callable(found) else found
                if isinstance(content, int):
                    self.send_response(content)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if isinstance(content, Iterator):
                    self.send_response(200)
                    self.send_header("Content-Length", "1000000")
                    self.end_headers()
                    for piece in content:
                        self.wfile.write(piece)
                    self.close_connection = True
                    return
                body = (
                    content
                    if isinstance(content, bytes)
                    else json.dumps(content).encode()
                )
                self.send_response(200 if path in answers else 404)
                if body.startswith(GZIP):
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        serve = {"poll_interval": 0.005}
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs=serve, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
