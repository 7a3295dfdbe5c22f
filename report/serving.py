"""Shows a folder on loopback until it is interrupted."""

from __future__ import annotations

import functools
import http.server
from pathlib import Path
from typing import Any

from typing_extensions import override


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line per request."""

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def serve(folder: Path, *, port: int) -> None:
    """Serve a folder on loopback.

    Args:
        folder: What is served.
        port: Where.
    """
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"Serving it at http://127.0.0.1:{server.server_port}/; Ctrl-C ends.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
