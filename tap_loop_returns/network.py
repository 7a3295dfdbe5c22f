"""Advice for failed connections, such as those through a company's proxy."""

from __future__ import annotations

import os

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
            "The certificate is not trusted. If your network has a certificate authority "
            "of its own, set REQUESTS_CA_BUNDLE to the file with its certificates; "
            "SSL_CERT_FILE is not read."
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return PROXY
    if "certificate bundle" in str(error):
        variable = next((name for name in BUNDLES if os.environ.get(name)), BUNDLES[0])
        return f"The file that {variable} names cannot be read; correct the path."
    return None


PROXY = (
    "The proxy refuses to connect. Check the address, user and password in HTTPS_PROXY "
    "(or HTTP_PROXY), or list Loop's host in NO_PROXY."
)
