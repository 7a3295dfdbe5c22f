"""What can go wrong, ordered by what the person at the keyboard does next.

``LoopError``
    ``AccessRefusedError``: look at the key and its scopes.
    ``RequestRefusedError``: Loop will never answer this request.
    ``UnreadableAnswerError``: Loop answered, but not with what was asked for.
        ``AnswerTooLargeError``: The answer has no sensible size.
    ``IncompleteSyncError``: all else was sent; the next sync tries the rest again.
    ``LoopUnreachableError``: no usable answer within the patience of the tap.

No message holds a key, a body or a customer's data.
"""

from __future__ import annotations


class LoopError(Exception):
    """A sync cannot go on; the text says which request and which setting."""


class AccessRefusedError(LoopError):
    """HTTP 401 or 403: Loop uses both words for a bad key and a missing scope."""


class RequestRefusedError(LoopError):
    """A 4xx other than a refused key, or a redirect, which is never followed."""

    def __init__(self, message: str, status: int, body: bytes) -> None:
        """Keep status and body for callers to whom some refusals are answers."""
        super().__init__(message)
        self.status = status
        self.body = body


class UnreadableAnswerError(LoopError):
    """An answer that is not the documented shape, several times over."""


class AnswerTooLargeError(UnreadableAnswerError):
    """An answer beyond the tap's bound in bytes."""


class IncompleteSyncError(LoopError):
    """All that could be read was sent; the text says what is missing."""


class LoopUnreachableError(LoopError):
    """Errors or refusals for longer than the tap waits."""


class FileError(LoopError):
    """A file given on the command line is not what it should be."""


class StateError(LoopError):
    """The state handed to the tap cannot be read."""


class CatalogError(LoopError):
    """The catalog handed to the tap promises other rows than it sends."""
