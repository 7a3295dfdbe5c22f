"""Advice on failed connections, and a check for connections without encryption."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

import requests

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Environment variables for a file of certificate authorities, in order of
precedence."""
PROXY_REFUSAL = 407


def advice(error: Exception) -> str | None:
    """Return what to do about a failed connection; None if nothing is known.

    The text contains no variable's value, since a proxy's address may include a
    password.
    """
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "The certificate is not trusted. If your network has its own certificate "
            "authority, set REQUESTS_CA_BUNDLE to the file with its certificates; "
            "SSL_CERT_FILE is not read."
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return PROXY
    if "certificate bundle" in str(error):
        variable = next((name for name in BUNDLES if os.environ.get(name)), BUNDLES[0])
        return f"The file that {variable} names cannot be read; correct the path."
    return None


def is_open_to_others(url: str) -> bool:
    """Return whether requests to this address leave the machine without encryption."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


PROXY = (
    "The proxy refuses to connect. Check the address, user and password in HTTPS_PROXY "
    "(or HTTP_PROXY), or list Loop's host in NO_PROXY."
)
