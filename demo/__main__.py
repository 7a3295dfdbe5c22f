"""Runs the demo: ``python -m demo``, as `make demo` does."""

from __future__ import annotations

import argparse
import sys

from demo import paths, steps
from demo.answers import show
from demo.progress import StepError, console
from demo.shop import RETURNS, SEED, ShopError


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument(
        "command",
        nargs="?",
        default="all",
        choices=["all", "changes", "answers"],
        help="all: load, build, answer; changes: change the shop, read what changed; "
        "answers: print the answers again (default %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=SEED, help="default %(default)s")
    parser.add_argument(
        "--returns", type=int, default=RETURNS, help="default %(default)s"
    )
    options = parser.parse_args()
    size = steps.Size(options.seed, options.returns)
    try:
        if options.command == "answers":
            return _answers()
        if options.command == "changes":
            steps.changes(size)
            return 0
        steps.everything(size)
        done = _answers()
        steps.print_next_steps()
    except (StepError, ShopError) as error:
        console.print(f"[red]stopped[/] {type(error).__name__}")
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. `make demo` starts afresh.")
        return 130
    return done


def _answers() -> int:
    if not paths.WAREHOUSE.exists():
        console.print("There are no answers yet; run `make demo`.")
        return 1
    answered = show(paths.WAREHOUSE, console)
    return 0 if answered == steps.ANSWERS else 1


if __name__ == "__main__":
    sys.exit(main())
