"""Queries metrics: ``python -m metrics query order_return_rate --by acquisition_channel``."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import sys
import threading
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from metrics import console
from metrics.engine import Engine
from metrics.errors import MetricsError, short
from metrics.question import periods
from metrics.question.filters import Filter, read_filter
from metrics.question.question import Question

EXAMPLES = """\
examples:
  python -m metrics list --search exchange
  python -m metrics query exchange_order_rate --by product_category --last-month
  python -m metrics query order_return_rate --grain month --from 2026 --compare
  python -m metrics query return_reason_share --by product_title --where "return_reason=Too small"
  python -m metrics answer repurchase
  python -m metrics orders exchange_order_rate --where product_category=Dresses --limit 5
"""
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
        result = _result(options, Engine())
    except MetricsError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(result.model_dump_json(indent=2))
    else:
        console.show(result, Console(width=None if sys.stdout.isatty() else 160))
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
    start, end = options.start, options.end
    if options.period:
        start = end = options.period
    if options.last_month:
        month = periods.last_month(engine.coverage().data_through)
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
        where=_conditions(options.where),
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
    token = os.environ.get("METRICS_TOKEN") or secrets.token_urlsafe(32)
    address = f"http://{server.HOST}:{options.port}/mcp"
    print(f"Serving MCP at {address}", file=sys.stderr)
    if "METRICS_TOKEN" not in os.environ:
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


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m metrics",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    asks = argparse.ArgumentParser(add_help=False)
    asks.add_argument("--json", action="store_true", help="JSON instead of a table")
    limited = argparse.ArgumentParser(add_help=False)
    limited.add_argument("--limit", type=int, default=20, help="most rows (20)")
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
        "--last-month", action="store_true", help="the last whole month of data"
    )
    dated.add_argument("--currency", help="currency of amounts, such as USD")

    one = verbs.add_parser("list", parents=[asks], help="list the metrics")
    one.add_argument("--search", default="", help="only those with these words")
    one = verbs.add_parser("describe", parents=[asks], help="tell what a metric means")
    one.add_argument("metric")
    one = verbs.add_parser(
        "dimensions", parents=[asks], help="list what metrics can be cut by"
    )
    one.add_argument("metrics", nargs="*")
    one.add_argument("--search", default="", help="only those with these words")
    one = verbs.add_parser(
        "values", parents=[asks, limited], help="list the values of a dimension"
    )
    one.add_argument("dimension")
    one.add_argument("--metric")
    one.add_argument("--search", default="", help="only those that contain this")
    one = verbs.add_parser(
        "query",
        parents=[asks, limited, filtered, dated],
        help="give figures of metrics",
    )
    one.add_argument("metrics", nargs="+")
    one.add_argument(
        "--by", action="append", default=[], help="a dimension to group by"
    )
    one.add_argument("--grain", help="day, week, month, quarter or year")
    one.add_argument("--compare", action="store_true", help="with the period before")
    one.add_argument("--order", help="value, period or a group; - in front: reversed")
    verbs.add_parser("answers", parents=[asks], help="list the named answers")
    one = verbs.add_parser(
        "answer", parents=[asks, limited, filtered], help="give a named answer"
    )
    one.add_argument("name")
    one = verbs.add_parser(
        "orders",
        parents=[asks, limited, filtered, dated],
        help="orders behind a figure",
    )
    one.add_argument("metric")
    one.add_argument("--side", default="numerator", help="numerator or denominator")
    one = verbs.add_parser(
        "serve", help="serve MCP over stdio, or HTTP on this machine"
    )
    one.add_argument("--http", action="store_true", help="HTTP with a bearer token")
    one.add_argument("--port", type=int, default=PORT, help=f"port of HTTP ({PORT})")
    one = verbs.add_parser(
        "explore", help="serve a page on this machine where metrics are explored"
    )
    one.add_argument(
        "--port", type=int, default=EXPLORER_PORT, help=f"its port ({EXPLORER_PORT})"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
