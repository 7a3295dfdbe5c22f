"""The tap's errors, grouped by what the user has to do.

``LoopError``
    ``AccessRefusedError``: check the key and its scopes.
    ``RequestRefusedError``: Loop will never answer this request.
    ``UnreadableAnswerError``: Loop responded, but not to this request, or not as
    documented.
        ``AnswerTooLargeError``: the response is larger than the limit.
    ``IncompleteSyncError``: everything that could be read was sent; the next sync tries
    the rest again.
    ``LoopUnreachableError``: no response before the tap gave up.
    ``FileError``, ``StateError``, ``CatalogError``: correct the file given to the tap.

No message contains a key, a response body or a customer's data.
"""

from __future__ import annotations


class LoopError(Exception):
    """The tap failed in a way it foresees; the text says what to do."""


class AccessRefusedError(LoopError):
    """HTTP 401 or 403; Loop uses both for a wrong key and for a missing scope."""


class RequestRefusedError(LoopError):
    """A 4xx that is no refused key and not retried, or a redirect, which is not followed."""

    def __init__(self, message: str, status: int, body: bytes) -> None:
        """Keep status and body for callers that expect some refusals."""
        super().__init__(message)
        self.status = status
        self.body = body


class UnreadableAnswerError(LoopError):
    """After several tries there was still no response with the documented format."""


class AnswerTooLargeError(UnreadableAnswerError):
    """The response is larger than the tap's limit in bytes."""


class IncompleteSyncError(LoopError):
    """Everything that could be read was sent; the text says what is missing."""


class LoopUnreachableError(LoopError):
    """Loop gave no response at all until the tap gave up."""


class FileError(LoopError):
    """A file given on the command line has the wrong content, or a file cannot be written."""


class StateError(LoopError):
    """The state given to the tap cannot be read."""


class CatalogError(LoopError):
    """The catalog given to the tap declares other types than the tap sends."""
