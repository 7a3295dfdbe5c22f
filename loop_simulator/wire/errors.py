"""Loop's many error envelopes, each where it was documented or seen."""

from __future__ import annotations

from loop_simulator.wire.http import Answer, answer


def unauthorized(body: str) -> Answer:
    """Refuse a bad key or a missing scope: 401 for both, in either of two bodies."""
    if body == "string":
        return answer({"errors": "Unauthorized."}, 401)
    # "code" and "http_code" look swapped; they were measured that way.
    error = {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}
    return answer({"error": error}, 401)


def forbidden() -> Answer:
    """Refuse with 403, which Loop does not document for reads."""
    return answer({"message": "This action is unauthorized."}, 403)


def invalid(**fields: str) -> Answer:
    """Refuse parameters: Laravel's validation envelope, 422."""
    errors = {name.rstrip("_"): [text] for name, text in fields.items()}
    return answer({"message": "The given data was invalid.", "errors": errors}, 422)


def too_many_requests(retry_after: str | None) -> Answer:
    """Refuse for the rate limit; the body is Laravel's, Loop documents none."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return answer({"message": "Too Many Attempts."}, 429, headers=headers)


def no_such_return() -> Answer:
    """Answer a details lookup without a match: an error with status 200."""
    return answer({"error": {"message": "No return found with this ID."}}, 200)


def no_notes() -> Answer:
    """Answer the notes of a return that has none: 422 and the bare word false."""
    return answer(content=False, status=422)


def not_found() -> Answer:
    """Answer an unknown destination, list entry or label request."""
    return answer({"code": "NOT_FOUND", "message": "Not found."}, 404)


def no_such_path() -> Answer:
    """Answer a path Loop does not have."""
    return answer({"message": "Not Found"}, 404)


def wrong_method(method: str) -> Answer:
    """Refuse anything but reading."""
    text = f"The {method} method is not supported for this route. Supported methods: GET, HEAD."
    return answer({"message": text}, 405)


def server_error(status: int) -> Answer:
    """Fail as the backend or the network in front of it does."""
    words = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}
    return answer({"message": words.get(status, "Server Error")}, status)
