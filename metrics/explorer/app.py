"""Serves the page, its CSV and its style on this machine; nothing is written."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import Route

from metrics import tables
from metrics.engine import Engine
from metrics.errors import MetricsError
from metrics.explorer import chart
from metrics.explorer.choice import ROWS, Choice, Condition
from metrics.question import periods
from metrics.question.filters import written
from metrics.question.question import MOST_ROWS
from metrics.results import Answer, MetricDescription

if TYPE_CHECKING:
    from starlette.requests import Request

HOST = "127.0.0.1"
OPERATORS = {
    "=": "one of",
    "!=": "none of",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
}
EXAMPLES = {
    "Exchanges by category": "metric=exchange_order_rate&by=product_category",
    "Return rate by month": "metric=order_return_rate&grain=month&compare=yes",
    "Products that come back as too small": "metric=return_reason_share&by=product_title"
    "&dimension=return_reason&op=%3D&value=Too+small",
    "Median days to return by outcome": "metric=median_days_to_return&by=outcome_group",
}
# The page runs no script and loads nothing from other hosts.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_PAGE = Environment(
    loader=PackageLoader("metrics.explorer", "."),
    autoescape=True,
    undefined=StrictUndefined,
).get_template("page.html")


@dataclass(frozen=True)
class FilterField:
    """A filter of the form, with values to choose from."""

    dimension: str
    op: str
    text: str
    values: list[str]


def run(engine: Engine, port: int) -> None:
    """Serve the page until the process is interrupted.

    Args:
        engine: The engine that answers.
        port: The port; 0 takes any free port.

    Raises:
        MetricsError: The port is in use.
    """
    try:
        listening = socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise MetricsError(
            f"Port {port} of {HOST} cannot be used ({error}); choose another "
            "with --port."
        ) from error
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    print(f"Explore the metrics at {address} (Ctrl-C ends)", flush=True)
    server = uvicorn.Server(uvicorn.Config(build(engine), log_level="warning"))
    with listening, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def build(engine: Engine) -> Starlette:
    """Return the application over an engine."""

    def page(request: Request) -> Response:
        choice = Choice.read(request.query_params)
        content = _content(engine, choice)
        text = _PAGE.render(content, query=str(request.query_params))
        return _response(text, "text/html")

    def figures(request: Request) -> Response:
        choice = Choice.read(request.query_params)
        try:
            text = tables.answer_csv(engine.query(choice.question(MOST_ROWS)))
        except MetricsError as error:
            return _response(f"{error}\n", "text/plain", HTTPStatus.BAD_REQUEST)
        # The byte order mark makes spreadsheets read UTF-8.
        response = _response(f"\ufeff{text}", "text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="figures.csv"'
        return response

    def style(_: Request) -> Response:
        text = files("metrics.explorer").joinpath("style.css").read_text("utf-8")
        return _response(text, "text/css")

    return Starlette(
        routes=[
            Route("/", page),
            Route("/figures.csv", figures),
            Route("/style.css", style),
        ],
        # Refuse a page of another site whose host name resolves to this machine.
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        ],
    )


def _response(text: str, kind: str, status: int = HTTPStatus.OK) -> Response:
    return Response(text, status, HEADERS, media_type=kind)


def _content(engine: Engine, choice: Choice) -> dict[str, Any]:
    """Return what the template shows: the form, and an answer or an error."""
    content: dict[str, Any] = {
        "choice": choice,
        "form": None,
        "answer": None,
        "error": None,
        "layout": chart,
    }
    try:
        with engine.session():
            content["form"] = _form(engine, choice)
            if choice.metric:
                content |= _answer(engine, choice)
    except MetricsError as error:
        content["error"] = str(error)
    return content


def _answer(engine: Engine, choice: Choice) -> dict[str, Any]:
    answer = engine.query(choice.question())
    description = engine.describe_metric(answer.definitions[0].metric)
    table = tables.answer(answer)
    return {
        "answer": answer,
        "description": description,
        "definition": _definition(description, answer),
        "period": _period(answer),
        "table": table,
        "numbers": [
            tables.holds_numbers([row[place] for row in table.rows])
            for place in range(len(table.headings))
        ],
        "chart": chart.chart(answer, choice.grain),
        "command": choice.command(),
    }


def _definition(one: MetricDescription, answer: Answer) -> dict[str, str | None]:
    """Return the definition of the figures: term and text."""
    matched = (f"{name} {share:.1%}" for name, share in answer.match_coverage.items())
    return {
        "Metric": f"{one.name} ({one.unit})",
        "Numerator": one.numerator_in_words,
        "Denominator": one.denominator_in_words,
        "Date": one.date,
        "Grain": one.grain,
        "Population": one.population,
        "Maturity": one.maturity,
        "Counted": "; ".join(answer.filters),
        "Matched": ", ".join(matched),
        "Limitation": one.cost_of_choice,
        "Decisions": one.decisions,
    }


def _period(answer: Answer) -> str:
    if answer.start_date and answer.end_date:
        return f"From {answer.start_date} to {answer.end_date}."
    if answer.start_date:
        return f"From {answer.start_date}."
    return f"Until {answer.end_date}." if answer.end_date else "All days."


def _form(engine: Engine, choice: Choice) -> dict[str, Any]:
    """Return the options of the form's fields."""
    coverage = engine.coverage()
    metrics = {one.name: one.label for one in engine.list_metrics().metrics}
    every = [one.name for one in engine.list_dimensions().dimensions]
    own = []
    if choice.metric in metrics:
        found = engine.list_dimensions([choice.metric])
        own = [one.name for one in found.dimensions]
    return {
        "metrics": metrics,
        "known": every,
        "dimensions": {
            "of this metric": own,
            "of other metrics" if own else "of the metrics": [
                name for name in every if name not in own
            ],
        },
        "grains": periods.GRAINS,
        "operators": OPERATORS,
        "conditions": [
            FilterField(one.dimension, one.op, one.text, _values(engine, choice, one))
            # One more field, to add a filter.
            for one in (*choice.conditions, Condition("", "=", ""))
        ],
        "periods": periods.recent(max(coverage.last_days)),
        "currencies": coverage.currencies,
        "orders": [
            f"{sign}{name}"
            for name in ("value", *(["period"] if choice.grain else []), *choice.by)
            for sign in ("-", "")
        ],
        "rows": ROWS,
        "examples": EXAMPLES,
    }


def _values(engine: Engine, choice: Choice, condition: Condition) -> list[str]:
    """Return values to choose from, written as a filter reads them."""
    if not condition.dimension:
        return []
    try:
        found = engine.dimension_values(
            condition.dimension, choice.metric or None, limit=MOST_ROWS
        )
    except MetricsError:
        # The answer itself reports the error in the filter.
        return []
    return [written(one) for one in found.values]
