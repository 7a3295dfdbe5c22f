"""Run the tap with ``python -m tap_loop_returns``."""

from tap_loop_returns.tap import TapLoopReturns

TapLoopReturns.cli()
