"""An HTTP/1.1 server with keep-alive; responses can break their connection."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import override

from loop_simulator.wire import Request, Response

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
CHUNK = 200_000
"""Bytes of lines gathered before they are sent."""


class Server(ThreadingHTTPServer):
    """The listening socket and the connections made to it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], handle: Callable[[Request], Response]
    ) -> None:
        """Bind immediately, so a port in use raises an error here."""
        self.handle = handle
        self.connections: set[socket.socket] = set()
        super().__init__(address, Handler)

    @property
    def netloc(self) -> str:
        """Host and port."""
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do nothing: clients often close their connection."""

    def cut(self) -> None:
        """Stop serving and close every connection."""
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the responses."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    @override
    def setup(self) -> None:
        """Remember the connection."""
        super().setup()
        self.server.connections.add(self.connection)

    @override
    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        """Serve a request of any method."""
        self._send(self.server.handle(self._request()))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as called

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Do nothing: the request log is kept as data."""

    def _request(self) -> Request:
        """Return the request as received."""
        parts = urlsplit(self.path)
        length = self.headers.get("Content-Length", "0")
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            host=self.headers.get("Host") or self.server.netloc,
            key=self.headers.get("X-Authorization"),
            body=self.rfile.read(int(length)) if length.isdigit() else b"",
            accepts_gzip="gzip" in self.headers.get("Accept-Encoding", ""),
            content_type=self.headers.get_content_type()
            if "Content-Type" in self.headers
            else "",
            origin=self.headers.get("Origin"),
        )

    def _send(self, response: Response) -> None:
        """Write the head and, except for HEAD, the body; reset the connection if planned."""
        if response.reset == "before":
            self._reset()
            return
        head = [
            f"HTTP/1.1 {response.status} {_phrase(response.status)}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {len(response.body)}"
            if response.lines is None
            else "Transfer-Encoding: chunked",
            *(f"{name}: {value}" for name, value in response.headers.items()),
        ]
        body = b"" if self.command == "HEAD" else response.body
        if response.reset == "within":
            body = body[: len(body) // 2]
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        if response.lines is not None and self.command != "HEAD":
            self._send_lines(response.lines)
        if response.reset == "within":
            self._reset()

    def _send_lines(self, lines: Iterable[bytes]) -> None:
        """Write lines in chunks of a little over ``CHUNK`` bytes, so that memory stays small."""
        held: list[bytes] = []
        size = 0
        for line in lines:
            held.append(line)
            size += len(line)
            if size > CHUNK:
                self._send_chunk(held)
                held, size = [], 0
        if held:
            self._send_chunk(held)
        self.wfile.write(b"0\r\n\r\n")

    def _send_chunk(self, lines: list[bytes]) -> None:
        """Write one chunk of whole lines."""
        chunk = b"\n".join([*lines, b""])
        self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))

    def _reset(self) -> None:
        """Close the connection with RST instead of FIN."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            # Without a pause the reset overtakes bytes the client has not read yet.
            time.sleep(0.02)
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE
            )
            # The two file objects of the handler hold the socket open.
            self.rfile.close()
            self.connection.close()


def _phrase(status: int) -> str:
    """Return the reason phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
