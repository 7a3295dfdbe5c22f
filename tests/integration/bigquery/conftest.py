"""The BigQuery emulator, and the token server that its clients need."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.project import ROOT

EMULATOR = ROOT / ".emulators/local-bigquery/bin/python"


class Tokens(http.server.BaseHTTPRequestHandler):
    """Returns a token for every request; Google's server requires a signed claim."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = {
            "access_token": "emulator",
            "token_type": "Bearer",
            "expires_in": 3600,
        }
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Do not log requests."""


@pytest.fixture(scope="session")
def bigquery(tmp_path_factory):
    """Return the environment variables that name a running, empty project."""
    if not EMULATOR.exists():
        pytest.fail("The emulator is not installed; run `make integration-bigquery`.")
    folder = tmp_path_factory.mktemp("bigquery")
    with _tokens() as token_uri, _emulator(folder) as address:
        key = folder / "key.json"
        key.write_text(json.dumps(_service_account(token_uri)))
        yield {
            "BIGQUERY_EMULATOR_HOST": address,
            "BIGQUERY_PROJECT": "shop",
            "GOOGLE_APPLICATION_CREDENTIALS": str(key),
        }


@contextmanager
def _tokens():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/token"
        server.shutdown()


@contextmanager
def _emulator(folder: Path):
    port, stream_port = _free_port(), _free_port()
    command = [
        *(EMULATOR, Path(__file__).with_name("serve.py"), "serve"),
        *("--host", "127.0.0.1", "--port", str(port), "--grpc-port", str(stream_port)),
        *("--project", "shop", "--dataset", "raw", "--data-dir", folder / "data"),
    ]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/bigquery/v2/projects/shop/datasets", process)
            yield address
        finally:
            process.terminate()


def _free_port() -> int:
    with http.server.HTTPServer(("127.0.0.1", 0), Tokens) as server:
        return server.server_port


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    while not _answers(address):
        if process.poll() is not None:
            pytest.fail(f"The emulator ended with {process.returncode}.")
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5)  # noqa: S310
    except OSError:
        return False
    return True


def _service_account(token_uri: str) -> dict[str, str]:
    """Return invented credentials of a service account, which nothing checks."""
    python = ROOT / ".meltano/utilities/dbt-bigquery/venv/bin/python"
    make = Path(__file__).with_name("make_key.py")
    pem = subprocess.check_output([python, make], text=True)
    return {
        "type": "service_account",
        "project_id": "shop",
        "private_key_id": "1",
        "private_key": pem,
        "client_email": "integration@shop.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    }
