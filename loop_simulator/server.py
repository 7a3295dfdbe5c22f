"""Sockets: HTTP/1.1 with keep-alive, and the faults that break connections."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
import time
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from . import stamps
from .answers import Answer, Request
from .faults import replacement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import override

    from .faults import Fault
    from .simulator import Simulator

else:

    def override(method: Any) -> Any:
        """Do nothing: the mark is for type checkers, and new in Python 3.12."""
        return method


RESET_ON_CLOSE = struct.pack("ii", 1, 0)
CHUNK = 200_000
"""Bytes of lines gathered before they are sent."""


@dataclass(frozen=True)
class Seen:
    """One API request as it was served."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    rows: int
    host: str
    key_present: bool
    seconds: float
    """Real seconds since the simulator was started."""
    fault: str | None = None


class Server(ThreadingHTTPServer):
    """The listening socket and the connections made to it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        """Bind at once, so that a port in use is noticed here."""
        self.simulator = simulator
        self.closing = threading.Event()
        self.connections: set[socket.socket] = set()
        super().__init__(address, Handler)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that hang up; they often do."""

    def cut(self) -> None:
        """Stop serving and close every connection."""
        self.closing.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the answers."""

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
        simulator = self.server.simulator
        request = self._request()
        if not request.path.startswith("/api/"):
            self._send(simulator.control(request))
            return
        simulator.run_hooks()
        started = time.monotonic() - simulator.started
        fault = simulator.faults.next(request.path)
        self._delay(fault)
        answered = fault and replacement(fault, simulator.store, request)
        answered = answered or simulator.app.answer(request)
        simulator.requests.append(
            Seen(
                method=request.method,
                path=request.path,
                query=request.query,
                status=answered.status,
                rows=answered.rows,
                host=request.host,
                key_present=request.key is not None,
                seconds=started,
                fault=fault.kind if fault else None,
            )
        )
        self._deliver(answered, fault, request)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as called

    @override
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited
        """Keep quiet: the request log is kept as data."""

    def _request(self) -> Request:
        """Read what is asked."""
        parts = urlsplit(self.path)
        length = self.headers.get("Content-Length", "0")
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            host=self.headers.get("Host") or self.server.simulator.netloc,
            key=self.headers.get("X-Authorization"),
            body=self.rfile.read(int(length)) if length.isdigit() else b"",
            accepts_gzip="gzip" in self.headers.get("Accept-Encoding", ""),
        )

    def _delay(self, fault: Fault | None) -> None:
        """Wait as long as a fault or the planned latency asks for."""
        seconds = self.server.simulator.latency_ms / 1_000
        if fault is not None and fault.kind == "stall":
            seconds += fault.seconds
        if fault is not None and fault.kind == "slow":
            seconds += fault.milliseconds / 1_000
        if seconds:
            self.server.closing.wait(seconds)

    def _deliver(self, answered: Answer, fault: Fault | None, request: Request) -> None:
        """Send an answer whole, in half, or not at all."""
        if (
            request.accepts_gzip
            and self.server.simulator.store.switches["gzip"] == "on"
        ):
            packed = gzip.compress(answered.body, 1, mtime=0)
            headers = answered.headers | {"Content-Encoding": "gzip"}
            answered = replace(answered, body=packed, headers=headers)
        kind = fault.kind if fault else ""
        half = answered.body[: len(answered.body) // 2]
        if kind == "reset_before":
            self._reset()
        elif kind == "reset_body":
            self._send(answered, body=half)
            self._reset()
        elif kind == "truncated":
            self._send(replace(answered, body=half))
        else:
            self._send(answered)

    def _send(self, answered: Answer, body: bytes | None = None) -> None:
        """Write head and body; ``body`` replaces what the head promises."""
        head = [
            f"HTTP/1.1 {answered.status} {_PHRASES.get(answered.status, 'Unknown')}",
            f"Content-Type: {answered.content_type}",
            f"Content-Length: {len(answered.body)}"
            if answered.lines is None
            else "Transfer-Encoding: chunked",
            *(f"{name}: {value}" for name, value in answered.headers.items()),
        ]
        date = self._date()
        if date:
            head.append(f"Date: {date}")
        sent = (
            b"" if self.command == "HEAD" else answered.body if body is None else body
        )
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + sent)
        if answered.lines is not None and self.command != "HEAD":
            self._send_lines(answered.lines)

    def _send_lines(self, lines: Iterable[bytes]) -> None:
        """Write lines in chunks of some size, so that few are held at a time."""
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

    def _date(self) -> str | None:
        """Write the simulated date, shifted or left out by switch."""
        store = self.server.simulator.store
        name, _, shift = store.switches["date_header"].partition(":")
        return None if name == "off" else stamps.http_date(store.now + int(shift or 0))

    def _reset(self) -> None:
        """Close with RST instead of FIN."""
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


_PHRASES = {
    200: "OK",
    302: "Found",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    524: "A Timeout Occurred",
}
