"""Queries metrics: ``python -m metrics query order_return_rate --by acquisition_channel``."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console

from metrics import completion, console
from metrics.engine import Engine
from metrics.errors import MetricsError, short
from metrics.query.reports import REPORTS
from metrics.question import periods
from metrics.question.filters import Filter, read_filter
from metrics.question.question import Question

PROGRAM = "python -m metrics"
EXAMPLES = {
    "list": ("list --search exchange",),
    "describe": ("describe order_return_rate",),
    "dimensions": ("dimensions exchange_order_rate", "dimensions --search channel"),
    "values": ("values product_category --metric exchange_order_rate",),
    "query": (
        "query exchange_order_rate --by product_category --last-month",
        "query order_return_rate --grain month --from 2026 --compare",
        'query return_reason_share --by product_title --where "return_reason=Too small"',
    ),
    "answers": ("answers",),
    "answer": ("answer repurchase", "answer products --where period=2026-Q1"),
    "orders": (
        "orders exchange_order_rate --where product_category=Dresses --limit 5",
    ),
    "explore": ("explore",),
    "serve": ("serve", "serve --http"),
    "ossie": ("ossie",),
    "completion": ("completion bash", "completion zsh"),
}
PORT = 8760
EXPLORER_PORT = 8761
_CONDITION = re.compile(r"\s*(\w+)\s*(!=|<=|>=|=|<|>)\s*(.*)", re.DOTALL)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    options = _options().parse_args(words)
    try:
        if options.verb == "serve":
            return _serve(options)
        if options.verb == "explore":
            return _explore(options)
        if options.verb == "completion":
            print(completion.script(_options(_names()), options.shell))
            return 0
        if options.verb == "ossie":
            print(Engine().ossie())
            return 0
        result = _result(options, Engine())
    except MetricsError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(result.model_dump_json(indent=2))
    else:
        width = None if sys.stdout.isatty() else 160
        # Square brackets and colons in the data are not markup.
        console.show(
            result, Console(width=width, markup=False, emoji=False, highlight=False)
        )
    return 0


def _result(  # noqa: PLR0911
    options: argparse.Namespace, engine: Engine
) -> Any:
    """Call the engine for the command line's options."""
    match options.verb:
        case "list":
            return engine.list_metrics(options.search)
        case "describe":
            return engine.describe_metric(options.metric)
        case "dimensions":
            return engine.list_dimensions(options.metrics, options.search)
        case "values":
            return engine.dimension_values(
                options.dimension, options.metric, options.search, options.limit
            )
        case "answers":
            return engine.list_answers()
        case "answer":
            return engine.get_answer(
                options.name, _conditions(options.where), options.limit
            )
        case "orders":
            return engine.orders_behind(
                _question(options, engine, [options.metric]), options.side
            )
    return engine.query(_question(options, engine, options.metrics))


def _question(options: argparse.Namespace, engine: Engine, metrics: list[str]) -> Any:
    start, end, where = options.start, options.end, _conditions(options.where)
    if sum(map(bool, (start or end, options.period, options.last_month))) > 1:
        raise MetricsError(
            "--period and --last-month name both days; give one of them, or --from and --to."
        )
    if options.period:
        start = end = options.period
    if options.last_month:
        month = periods.last_month(engine.coverage(where).months_complete_through)
        start, end = str(month.start), str(month.end)
    extras = (
        {
            "group_by": options.by,
            "time_grain": options.grain,
            "compare_to_previous": options.compare,
            "order": options.order,
        }
        if options.verb == "query"
        else {}
    )
    return Question(
        metrics=metrics,
        where=where,
        start_date=start,
        end_date=end,
        currency=options.currency,
        limit=options.limit,
        **extras,
    )


def _conditions(texts: Sequence[str]) -> list[Filter]:
    """Read conditions such as ``product_category=Dresses,Tops``."""
    found = []
    for text in texts:
        read = _CONDITION.fullmatch(text)
        if read is None:
            raise MetricsError(
                f"{short(text)} is not a filter; write dimension=value, or !=, <, <=, >, "
                ">=; several values with commas."
            )
        found.append(read_filter(*read.groups()))
    return found


def _serve(options: argparse.Namespace) -> int:
    """Serve MCP until the client disconnects."""
    # Imported here, because only this command needs the MCP SDK.
    from metrics import server  # noqa: PLC0415

    engine = Engine()
    threading.Thread(target=_warm, args=[engine], daemon=True).start()
    if not options.http:
        server.build(engine).run("stdio")
        return 0
    given = os.environ.get("METRICS_TOKEN")
    token = given or secrets.token_urlsafe(32)
    address = f"http://{server.HOST}:{options.port}/mcp"
    print(f"Serving MCP at {address}", file=sys.stderr)
    if not given:
        print(f"Authorization: Bearer {token}", file=sys.stderr)
    server.build(engine, token=token, port=options.port).run(
        "streamable-http", host=server.HOST, port=options.port
    )
    return 0


def _explore(options: argparse.Namespace) -> int:
    """Serve the page until the process is interrupted."""
    # Imported here, because only this command needs a web server.
    from metrics.explorer import app  # noqa: PLC0415

    engine = Engine()
    threading.Thread(target=_warm, args=[engine], daemon=True).start()
    app.run(engine, options.port)
    return 0


def _warm(engine: Engine) -> None:
    # Errors are reported when a question is asked.
    with contextlib.suppress(MetricsError):
        engine.warm()


@dataclass(frozen=True)
class Names:
    """Names that the completion offers; the parser accepts any name."""

    program: str = PROGRAM
    metrics: Sequence[str] | None = None
    dimensions: Sequence[str] | None = None
    answers: Sequence[str] | None = None
    grains: Sequence[str] | None = None
    sides: Sequence[str] | None = None


def _names() -> Names:
    """Return the names to complete; without metrics and dimensions before a build."""
    engine = Engine()
    names = Names(
        completion.COMMAND,
        answers=list(REPORTS),
        grains=periods.GRAINS,
        sides=("numerator", "denominator"),
    )
    try:
        return replace(
            names,
            metrics=[one.name for one in engine.list_metrics().metrics],
            dimensions=[one.name for one in engine.list_dimensions().dimensions],
        )
    except MetricsError as error:
        print(f"Names of metrics are not completed: {error}", file=sys.stderr)
        return names


def _epilog(program: str, examples: Iterable[str]) -> str:
    return "\n".join(["examples:", *(f"  {program} {one}" for one in examples)])


def _options(names: Names | None = None) -> argparse.ArgumentParser:
    names = names or Names()
    parser = argparse.ArgumentParser(
        prog=names.program,
        description=__doc__,
        epilog=_epilog(
            names.program, [example for verb in EXAMPLES.values() for example in verb]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")

    def add(verb: str, help_text: str, *parents: Any) -> argparse.ArgumentParser:
        return verbs.add_parser(
            verb,
            parents=parents,
            help=help_text,
            description=help_text,
            epilog=_epilog(names.program, EXAMPLES[verb]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    asks = argparse.ArgumentParser(add_help=False)
    asks.add_argument("--json", action="store_true", help="JSON instead of a table")
    limited = argparse.ArgumentParser(add_help=False)
    limited.add_argument(
        "--limit", type=int, default=20, help="maximum number of rows (20)"
    )
    filtered = argparse.ArgumentParser(add_help=False)
    filtered.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FILTER",
        help="dimension=value, or !=, <, <=, >, >=; several values with commas",
    )
    dated = argparse.ArgumentParser(add_help=False)
    dated.add_argument(
        "--from", dest="start", metavar="DAY", help="first day, or 2026-06"
    )
    dated.add_argument("--to", dest="end", metavar="DAY", help="last day, or 2026-06")
    dated.add_argument("--period", help="one of 2026, 2026-Q2, 2026-06")
    dated.add_argument(
        "--last-month", action="store_true", help="the last complete month of data"
    )
    dated.add_argument("--currency", help="currency of amounts, such as USD")

    one = add("list", "list the metrics", asks)
    one.add_argument("--search", default="", help="only those with these words")
    one = add("describe", "describe a metric", asks)
    one.add_argument("metric", choices=names.metrics)
    one = add("dimensions", "list the dimensions of metrics", asks)
    one.add_argument("metrics", nargs="*", choices=names.metrics)
    one.add_argument("--search", default="", help="only those with these words")
    one = add("values", "list the values of a dimension", asks, limited)
    one.add_argument("dimension", choices=names.dimensions)
    one.add_argument(
        "--metric", choices=names.metrics, help="only values of this metric"
    )
    one.add_argument("--search", default="", help="only those that contain this")
    one = add("query", "print figures of metrics", asks, limited, filtered, dated)
    one.add_argument("metrics", nargs="+", choices=names.metrics)
    one.add_argument(
        "--by",
        action="append",
        default=[],
        choices=names.dimensions,
        help="a dimension to group by; repeat for more",
    )
    one.add_argument(
        "--grain", choices=names.grains, help="day, week, month, quarter or year"
    )
    one.add_argument(
        "--compare", action="store_true", help="also print the previous period"
    )
    one.add_argument("--order", help="value, period or a group; a leading - reverses")
    add("answers", "list the named answers", asks)
    one = add("answer", "print a named answer", asks, limited, filtered)
    one.add_argument("name", choices=names.answers)
    one = add("orders", "list orders behind a figure", asks, limited, filtered, dated)
    one.add_argument("metric", choices=names.metrics)
    one.add_argument(
        "--side",
        default="numerator",
        choices=names.sides,
        help="numerator or denominator",
    )
    one = add("explore", "serve a page on this machine to explore metrics")
    one.add_argument(
        "--port", type=int, default=EXPLORER_PORT, help=f"its port ({EXPLORER_PORT})"
    )
    one = add("serve", "serve MCP over stdio, or HTTP on this machine")
    one.add_argument("--http", action="store_true", help="HTTP with a bearer token")
    one.add_argument("--port", type=int, default=PORT, help=f"port of HTTP ({PORT})")
    add("ossie", "print the metrics as an Apache Ossie document")
    one = add(
        "completion", f"print a script that defines and completes {completion.COMMAND}"
    )
    one.add_argument("shell", choices=completion.SHELLS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
