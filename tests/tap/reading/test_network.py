"""Errors of a company's network are one line that names the setting to change."""

from __future__ import annotations

import gc
import http.server
import ssl
import subprocess
import threading
import warnings
from contextlib import contextmanager, suppress

import pytest

from tests.tap.harness import Run
from tests.tap.stub import Stub

PASSWORD = "proxy-password"
VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in (*VARIABLES, *PROXIES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of the company's own, with its key."""
    folder = tmp_path_factory.mktemp("authority")
    certificate, key = folder / "ca.pem", folder / "key.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*new, *name, *files], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def loop(authority):
    """A Loop without returns, behind TLS."""
    with Stub({"/warehouse/return/list": {"returns": []}}) as stub:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority)
        server = stub._server  # noqa: SLF001
        answer = server.finish_request

        def answer_over_tls(connection, address) -> None:
            # A client that refuses the certificate leaves the handshake early.
            with (
                suppress(OSError),
                context.wrap_socket(connection, server_side=True) as secure,
            ):
                answer(secure, address)

        server.finish_request = answer_over_tls
        stub.address = stub.url.replace("http:", "https:")
        yield stub
    # The tap runs in this process, and leaves its connections to the process's end.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


@contextmanager
def proxy_that_refuses():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(407)

        do_CONNECT = do_GET  # noqa: N815 (the name that http.server calls)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://shopper:{PASSWORD}@127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def only_line(run: Run) -> str:
    assert run.code == 1
    assert "Traceback" not in run.stderr
    assert PASSWORD not in run.stderr
    last: str = run.stderr.splitlines()[-1]
    assert "GET /warehouse/return/list" in last
    return last


def test_an_unknown_authority_names_the_variable(tap_of, loop, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/company.pem")
    run = tap_of(loop, api_url=loop.address).here(streams=("returns",))
    line = only_line(run)
    assert "set REQUESTS_CA_BUNDLE" in line
    assert "SSL_CERT_FILE is not read" in line


@pytest.mark.parametrize("variable", VARIABLES[:2])
def test_a_bundle_with_the_authority_is_enough(
    tap_of, loop, authority, monkeypatch, variable
) -> None:
    monkeypatch.setenv(variable, str(authority[0]))
    tap_of(loop, api_url=loop.address).here(streams=("returns",)).ok()


@pytest.mark.parametrize("variable", VARIABLES[:2])
def test_a_bundle_that_is_not_there_is_named(
    tap_of, loop, monkeypatch, variable
) -> None:
    monkeypatch.setenv(variable, "/nowhere/company.pem")
    run = tap_of(loop, api_url=loop.address).here(streams=("returns",))
    assert f"The file that {variable} names" in only_line(run)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_names_the_variable(tap_of, monkeypatch, scheme) -> None:
    with proxy_that_refuses() as address, Stub({}) as stub:
        monkeypatch.setenv(f"{scheme}_proxy", address)
        tap = tap_of(stub, api_url=f"{scheme}://loop.example.test/api")
        run = tap.here(streams=("returns",))
    line = only_line(run)
    assert "HTTPS_PROXY" in line
    assert "NO_PROXY" in line
    assert ("others on the network can read the key" in run.stderr) == (
        scheme == "http"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_on_this_machine_needs_no_https(tap_of, host) -> None:
    with Stub({}) as stub:
        url = stub.url.replace("127.0.0.1", host)
        run = tap_of(stub, api_url=url).here(streams=("returns",))
    assert "can read the key" not in run.stderr
