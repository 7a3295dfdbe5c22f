"""Loop's error responses, each as it was documented or seen."""

from __future__ import annotations

from loop_simulator.wire.http import Response, json_response


def unauthorized(body: str) -> Response:
    """Refuse a wrong key or a missing scope: 401 for both, with either of two bodies."""
    if body == "string":
        return json_response({"errors": "Unauthorized."}, 401)
    # "code" and "http_code" look swapped; they were measured that way.
    error = {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}
    return json_response({"error": error}, 401)


def forbidden() -> Response:
    """Refuse with 403, which Loop does not document for reads."""
    return json_response({"message": "This action is unauthorized."}, 403)


def invalid(**fields: str) -> Response:
    """Refuse parameters: Laravel's validation envelope, 422."""
    errors = {name.rstrip("_"): [text] for name, text in fields.items()}
    return json_response(
        {"message": "The given data was invalid.", "errors": errors}, 422
    )


def too_many_requests(retry_after: str | None) -> Response:
    """Refuse because of the rate limit; the body is Laravel's, since Loop documents none."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return json_response({"message": "Too Many Attempts."}, 429, headers=headers)


def no_such_return() -> Response:
    """Return the response to a details lookup without a match: an error with status 200."""
    return json_response({"error": {"message": "No return found with this ID."}}, 200)


def no_notes() -> Response:
    """Return the response for a return without notes: 422 and the bare word false."""
    return json_response(content=False, status=422)


def not_found() -> Response:
    """Return the 404 of an unknown destination, list entry, label request, shipment or cart."""
    return json_response({"code": "NOT_FOUND", "message": "Not found."}, 404)


def no_such_path() -> Response:
    """Return the 404 of a path that Loop does not have."""
    return json_response({"message": "Not Found"}, 404)


def wrong_method(method: str) -> Response:
    """Refuse methods other than GET and HEAD."""
    text = f"The {method} method is not supported for this route. Supported methods: GET, HEAD."
    return json_response({"message": text}, 405)


def server_error(status: int) -> Response:
    """Return the error of the backend or of a proxy in front of it."""
    words = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}
    return json_response({"message": words.get(status, "Server Error")}, status)
