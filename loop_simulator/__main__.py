"""Serves a simulated shop: ``python -m loop_simulator``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from loop_simulator.api import DOCUMENTED, SCOPES
from loop_simulator.simulator import Simulator
from loop_simulator.wire import describe
from loop_simulator.world import WORLDS

_EPILOG = """\
examples:
  python -m loop_simulator
      a shop with 2,000 returns on port 8750; the key is demo-key
  curl -H 'X-Authorization: demo-key' \\
      'http://127.0.0.1:8750/api/v1/warehouse/return/list?from=2026-06-01&paginate=true'
  python -m loop_simulator --world golden --port 0
      ten returns whose metrics are known, on any free port
  python -m loop_simulator --switch order=asc --switch unknown_fields=on
      change how open questions about the API are answered; see --help-switches

The control plane lies under /_simulator; it needs no key.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    options = _parser().parse_args(arguments)
    if options.help_switches:
        print(describe())
        return 0
    try:
        simulator = Simulator(
            seed=options.seed,
            returns=options.returns,
            world=options.world,
            now=options.now,
            days=options.days,
            replicas=options.replicas,
            zone=options.zone,
            charges_fees=options.charges_fees,
            switches=dict(options.switch),
            keys=dict(options.api_key or [("demo-key", None)]),
            host=options.host,
            port=options.port,
            rate_limit=options.rate_limit,
            latency_ms=options.latency_ms,
            warm=options.warm,
        )
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        text = f"cannot listen on {options.host}:{options.port}: {reason}"
        print(f"loop_simulator: {text}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"loop_simulator: {error}", file=sys.stderr)
        return 2
    _serve(simulator)
    return 0


def _serve(simulator: Simulator) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    simulator.start()
    store = simulator.store
    known = f"world {store.world.name}, seed {store.world.seed}, {store.count} returns"
    print(f"Loop simulator listening on {simulator.base_url} ({known})", flush=True)
    stop.wait()
    simulator.stop()


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(
        prog="python -m loop_simulator",
        description="A stateful local stand-in for the Loop Returns API.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--host", default="127.0.0.1", help="address to listen on (default %(default)s)"
    )
    add(
        "--port",
        type=int,
        default=8750,
        help="port; 0 picks a free one (default %(default)s)",
    )
    worlds = "; ".join(f"{name}: {about}" for name, about in WORLDS.items())
    add(
        "--world",
        choices=tuple(WORLDS),
        default="shop",
        help=f"{worlds} (default %(default)s)",
    )
    add(
        "--seed",
        type=int,
        default=1,
        help="the same seed gives identical data (default %(default)s)",
    )
    add(
        "--returns",
        type=_count,
        default=2_000,
        help="number of returns in the shop world (default %(default)s)",
    )
    add(
        "--replicas",
        type=int,
        default=1,
        help="repeat a smaller shop this many times, for millions of returns "
        "(default %(default)s)",
    )
    add(
        "--zone",
        default="UTC",
        help="time zone of the shop, for Shopify's reports (default %(default)s)",
    )
    add(
        "--charges-fees",
        action="store_true",
        help="charge handling fees through Stripe instead of deducting them from refunds",
    )
    add("--now", help="the simulated present, ISO (default: the world's own)")
    add(
        "--days",
        type=int,
        default=540,
        help="days since the shop opened, 14 or more (default %(default)s)",
    )
    add(
        "--api-key",
        action="append",
        type=_key,
        metavar="KEY[=SCOPE,…]",
        help="accept this key, with the given scopes or all; repeatable (default demo-key)",
    )
    add(
        "--rate-limit",
        type=_count,
        default=DOCUMENTED,
        help="requests per minute and key, 0 for no limit (default %(default)s, as documented)",
    )
    add(
        "--latency-ms",
        type=_count,
        default=0,
        help="delay of every response (default %(default)s)",
    )
    add("--warm", action="store_true", help="render every return before serving")
    add(
        "--switch",
        action="append",
        type=_setting,
        default=[],
        metavar="NAME=VALUE",
        help="set a switch; repeatable",
    )
    add("--help-switches", action="store_true", help="list the switches and exit")
    return parser


def _count(text: str) -> int:
    """Return a number that is not negative.

    Raises:
        argparse.ArgumentTypeError: If it is another text.

    """
    if not text.isdecimal():
        msg = f"{text!r} is not a whole number of 0 or more"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _key(text: str) -> tuple[str, tuple[str, ...] | None]:
    """Return a key with its scopes.

    Raises:
        argparse.ArgumentTypeError: If there is no such scope.

    """
    key, equals, scopes = text.partition("=")
    wanted = tuple(filter(None, scopes.split(",")))
    unknown = ", ".join(scope for scope in wanted if scope not in SCOPES)
    if unknown:
        msg = f"no scope {unknown}; there are: {', '.join(SCOPES)}"
        raise argparse.ArgumentTypeError(msg)
    return key, wanted if equals else None


def _setting(text: str) -> tuple[str, str]:
    """Return a switch's name and value.

    Raises:
        argparse.ArgumentTypeError: If there is no equals sign.

    """
    name, equals, value = text.partition("=")
    if not equals:
        msg = f"{text!r} is not NAME=VALUE"
        raise argparse.ArgumentTypeError(msg)
    return name, value


if __name__ == "__main__":
    sys.exit(main())
