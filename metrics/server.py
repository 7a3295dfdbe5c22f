"""The MCP server: the engine's methods as tools for assistants."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from typing import Annotated, Any, ParamSpec, TypeVar

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import AnyHttpUrl, Field

from metrics.engine import Engine
from metrics.errors import MetricsError
from metrics.query.reports import REPORTS
from metrics.question.filters import Filter
from metrics.question.question import Question
from metrics.results import (
    Answer,
    Dimensions,
    DimensionValues,
    MetricDescription,
    Metrics,
    NamedAnswers,
    Orders,
    ReportAnswer,
)

NAME = "loop-returns-metrics"
HOST = "127.0.0.1"
INSTRUCTIONS = """\
Metrics of a shop's returns (Loop Returns and Shopify), read-only.

Find the metric with list_metrics, its dimensions with list_dimensions, and the spelling
of a value with dimension_values; then call query_metrics once. For questions that need a
curve, a ranking by a pooled rate, the matched comparison of repurchase, expected returns,
alerts or accounting, use the named answers: list_answers, get_answer.

Answer with value, numerator and denominator, interval, the definition and the last date
of the data (data_through), and repeat the warnings. The `value` of a rate by order date
counts mature orders only; if it is null or the row is partly mature, say so and give
`to_date` as the figure so far. Never add amounts in different currencies, and never
average rates: query the total instead. The metrics do not forecast (the answer
expected_returns estimates what is still to come), and contain nothing about a single
customer.
"""
QUESTIONS = {
    "outcomes": "outcome_share_returns",
    "products": "unit_return_rate",
    "reasons": "return_reason_share",
    "repurchase": "repurchase_rate_90d",
    "channels": "order_return_rate",
    "days_to_return": "median_days_to_return",
    "net_return_cost": "net_return_cost_pct_gross_by_return",
}
"""For each of the report's seven questions, the named answer and the metric for other
groups."""
READS = ToolAnnotations(
    read_only_hint=True,
    destructive_hint=False,
    idempotent_hint=True,
    open_world_hint=False,
)

P = ParamSpec("P")
R = TypeVar("R")

MetricNames = Annotated[
    list[str], Field(description="Names from list_metrics.", max_length=20)
]
Where = Annotated[
    list[Filter],
    Field(description="Conditions that must all hold.", max_length=20),
]
GroupBy = Annotated[
    list[str],
    Field(
        description="Names from list_dimensions; dates are grouped by time grain or month.",
        max_length=8,
    ),
]
StartDate = Annotated[
    str | None,
    Field(description="First day: 2026-06-01, 2026-06, 2026-Q2 or 2026."),
]
EndDate = Annotated[
    str | None, Field(description="Last day, included: the same forms as start_date.")
]
Currency = Annotated[
    str | None,
    Field(
        description="Currency of amounts, such as USD; by default the shop's main one."
    ),
]
Limit = Annotated[int, Field(description="Maximum number of rows to return.")]
Search = Annotated[str, Field(description="Only those that contain these words.")]


class Token:
    """Accepts one bearer token."""

    def __init__(self, token: str) -> None:
        """Take the token."""
        self._token = token

    async def verify_token(self, token: str) -> AccessToken | None:
        """Return the client of the valid token, or None for any other token."""
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return None
        return AccessToken(token=token, client_id="local", scopes=[])


def build(engine: Engine, *, token: str | None = None, port: int = 0) -> MCPServer:
    """Return the server over an engine.

    Args:
        engine: The engine that answers.
        token: The bearer token for requests over HTTP.
        port: Port for HTTP.
    """
    guard: dict[str, Any] = {}
    if token is not None:
        address = AnyHttpUrl(f"http://{HOST}:{port}")
        guard = {
            "token_verifier": Token(token),
            "auth": AuthSettings(
                issuer_url=address,
                resource_server_url=address,
                required_scopes=[],
                # The token is valid for this server only.
                validate_token_resource=False,
            ),
        }
    server = MCPServer(NAME, instructions=INSTRUCTIONS, log_level="WARNING", **guard)
    _add_tools(server, engine)
    _add_resources(server, engine)
    _add_prompts(server)
    return server


def _says_what_to_ask(verb: Callable[P, R]) -> Callable[P, R]:
    """Turn the engine's errors into tool errors for the assistant."""

    @functools.wraps(verb)
    def answer(*words: P.args, **named: P.kwargs) -> R:
        try:
            return verb(*words, **named)
        except MetricsError as error:
            raise ToolError(str(error)) from error

    return answer


def _add_tools(server: MCPServer, engine: Engine) -> None:
    tool = server.tool(annotations=READS)

    @tool
    @_says_what_to_ask
    def list_metrics(search: Search = "") -> Metrics:
        """List the metrics with their meaning, unit, and the date that assigns them to a period."""
        return engine.list_metrics(search)

    @tool
    @_says_what_to_ask
    def describe_metric(metric: str) -> MetricDescription:
        """Describe a metric: numerator, denominator, date and dimensions."""
        return engine.describe_metric(metric)

    @tool
    @_says_what_to_ask
    def list_dimensions(metrics: MetricNames = [], search: Search = "") -> Dimensions:  # noqa: B006
        """List the dimensions that metrics can be grouped and filtered by; by default all."""
        return engine.list_dimensions(metrics, search)

    @tool
    @_says_what_to_ask
    def dimension_values(
        dimension: str,
        metric: str | None = None,
        search: Search = "",
        limit: Limit = 100,
    ) -> DimensionValues:
        """List the values of a dimension, spelled as filters need them."""
        return engine.dimension_values(dimension, metric, search, limit)

    @tool
    @_says_what_to_ask
    def query_metrics(  # noqa: PLR0913, PLR0917
        metrics: MetricNames,
        group_by: GroupBy = [],  # noqa: B006
        where: Where = [],  # noqa: B006
        time_grain: Annotated[
            str | None, Field(description="day, week, month, quarter or year.")
        ] = None,
        start_date: StartDate = None,
        end_date: EndDate = None,
        currency: Currency = None,
        compare_to_previous: Annotated[  # noqa: FBT002
            bool,
            Field(description="Also return the previous period and the difference."),
        ] = False,
        order: Annotated[
            str | None,
            Field(
                description="value, period or a group; a leading - reverses the order."
            ),
        ] = None,
        limit: Limit = 100,
    ) -> Answer:
        """Return figures of metrics with parts, interval, maturity, definitions and SQL.

        Rates and days by order date count mature orders only, unless you filter or group
        by is_mature (for days to return, is_order_mature); `to_date` also includes
        immature orders. If rates of orders are grouped by product, SKU or category, they
        are shares of the orders with such goods.
        """
        return engine.query(
            Question(
                metrics=metrics,
                group_by=group_by,
                where=where,
                time_grain=time_grain,
                start_date=start_date,
                end_date=end_date,
                currency=currency,
                compare_to_previous=compare_to_previous,
                order=order,
                limit=limit,
            )
        )

    @tool
    @_says_what_to_ask
    def list_answers() -> NamedAnswers:
        """List the questions that reports answer, with the columns to filter each report by."""
        return engine.list_answers()

    @tool
    @_says_what_to_ask
    def get_answer(
        name: str,
        where: Where = [],  # noqa: B006
        limit: Limit = 100,
    ) -> ReportAnswer:
        """Return the rows of a report, such as a ranking, curve, flow or coverage."""
        return engine.get_answer(name, where, limit)

    @tool
    @_says_what_to_ask
    def orders_behind(  # noqa: PLR0913, PLR0917
        metric: str,
        where: Where = [],  # noqa: B006
        start_date: StartDate = None,
        end_date: EndDate = None,
        currency: Currency = None,
        side: Annotated[
            str,
            Field(
                description="Which orders: those of the numerator or the denominator."
            ),
        ] = "numerator",
        limit: Annotated[
            int, Field(description="Most orders to return, up to 100.")
        ] = 20,
    ) -> Orders:
        """List orders that a figure counts, newest first, without any customer's data."""
        question = Question(
            metrics=[metric],
            where=where,
            start_date=start_date,
            end_date=end_date,
            currency=currency,
            limit=limit,
        )
        return engine.orders_behind(question, side)


def _add_resources(server: MCPServer, engine: Engine) -> None:
    @server.resource("metrics://definitions", mime_type="application/json")
    def definitions() -> str:
        """All metrics with their definitions."""
        return engine.list_metrics().model_dump_json()

    @server.resource("metrics://definitions/{metric}", mime_type="application/json")
    def definition(metric: str) -> str:
        """The full description of a metric."""
        return engine.describe_metric(metric).model_dump_json()

    @server.resource("metrics://tables", mime_type="application/json")
    def tables() -> str:
        """All public tables of the warehouse with their grain."""
        return engine.list_tables().model_dump_json()

    @server.resource("metrics://tables/{table}", mime_type="application/json")
    def table(table: str) -> str:
        """The columns of a public table."""
        return engine.describe_table(table).model_dump_json()

    @server.resource("metrics://answers", mime_type="application/json")
    def named() -> str:
        """All named answers with the columns of their reports."""
        return engine.list_answers().model_dump_json()


def _add_prompts(server: MCPServer) -> None:
    for name, metric in QUESTIONS.items():
        question = REPORTS[name].question
        server.prompt(name=name, description=question)(_prompt(name, metric))


def _prompt(name: str, metric: str) -> Callable[[], str]:
    def prompt() -> str:
        return (
            f"{REPORTS[name].question} Use get_answer with the name {name}; for "
            f"other groups, query_metrics with {metric}. Answer with value, parts, interval, "
            "definition and the last date of the data."
        )

    return prompt
