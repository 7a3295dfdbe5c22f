# Breaking private parts is the point here, and the script speaks.
# ruff: noqa: T201
"""Runs the tests on broken taps, or runs one of these taps."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

import pytest

from tap_loop_returns import (
    sync,
)
from tap_loop_returns import tap as tap_module

from . import EXPECTED, MUTANTS, apply

HERE = Path(__file__).parents[1]


class FirstFailures:
    """A pytest plugin that skips further cases of a test that has failed."""

    def __init__(self) -> None:
        """Start with none."""
        self.tests: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Function) -> None:
        """Skip the case if its test has failed."""
        if item.originalname in self.tests:
            pytest.skip("found")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the name of a test that failed."""
        if report.failed:
            self.tests.add(report.location[2].partition("[")[0])


def _failed(name: str, *arguments: str) -> set[str]:
    """Run tests against a mutant; return the names of those that failed.

    They run in a fork of this process, which has imported most of what they need.
    """
    with tempfile.TemporaryDirectory() as folder:
        said, names = Path(folder, "said"), Path(folder, "names")
        child = os.fork()
        if not child:
            # Whatever happens here, only the parent removes the folder.
            try:
                with said.open("w") as file:
                    os.dup2(file.fileno(), 1)
                    os.dup2(file.fileno(), 2)
                os.environ["TAP_MUTANT"] = name
                plugin = FirstFailures()
                options = ["-q", "--tb=no", "--show-capture=no", "--assert=plain"]
                options += ["-p", "no:cacheprovider", "-p", "no:xdist"]
                options.append(f"--confcutdir={HERE}")
                pytest.main([*options, *arguments], plugins=[plugin])
                names.write_text("\n".join(plugin.tests))
            except BaseException:  # noqa: BLE001 (the parent prints it)
                traceback.print_exc()
            os._exit(0)
        os.waitpid(child, 0)
        if not names.exists():
            raise RuntimeError(said.read_text()[-4_000:])
        return set(names.read_text().split())


def challenge(name: str, *, whole: bool) -> set[str]:
    """Run the tests that must find a mutant; return those that failed.

    Args:
        name: The mutant.
        whole: Whether to run the whole files of these tests.
    """
    wanted = EXPECTED[name]
    homes = sorted(
        {
            str(file)
            for file in HERE.rglob("test_*.py")
            if any(f"def {test}" in file.read_text() for test in wanted)
        }
    )
    failed = _failed(name, *homes) if whole else set()
    missing = [t for t in wanted if not any(f.startswith(t) for f in failed)]
    if missing:
        failed |= _failed(name, *homes, "-k", " or ".join(missing))
    for test in missing:
        if not any(found.startswith(test) for found in failed):
            print(f"{name}: {test} DID NOT FAIL", flush=True)
    return failed


def read_table() -> dict[str, list[str]]:
    """Return the tests that found each mutant when it was last run, from README.md."""
    _, _, table = (HERE / "README.md").read_text().partition("<!-- table -->\n")
    rows = (line.split(" | ") for line in table.splitlines() if line.startswith("| `"))
    return {
        name.strip("| `"): [f"test_{one}" for one in re.findall(r"`(\w+)`", tests)]
        for name, _, tests in rows
        if "not run yet" not in tests
    }


def write_table(results: dict[str, list[str]]) -> None:
    """Put the results into README.md."""
    lines = ["| broken tap | what it does | tests that failed |", "| --- | --- | --- |"]
    for name, patch in MUTANTS.items():
        tests = ", ".join(f"`{t.removeprefix('test_')}`" for t in results.get(name, ()))
        what = (patch.__doc__ or "").strip()
        nothing = "**none**" if name in results else "not run yet"
        lines.append(f"| `{name}` | {what} | {tests or nothing} |")
    path = HERE / "README.md"
    head, mark, _ = path.read_text().partition("<!-- table -->\n")
    path.write_text(head + mark + "\n".join(["", *lines, ""]))


def main() -> None:
    """Act as a broken tap's command, or try the tests on all broken taps."""
    if sys.argv[1:2] and sys.argv[1].isdecimal():
        sync.RETURNS_PER_STATE = int(sys.argv.pop(1))
        if name := os.environ.get("TAP_MUTANT"):
            apply(name)
        tap_module.TapLoopReturns.cli()
    results = read_table()
    names = [name for name in sys.argv[1:] if name != "--whole"]
    for name in names or MUTANTS:
        found = challenge(name, whole="--whole" in sys.argv)
        results[name] = sorted(found)
        print(name, *results[name], flush=True)
        write_table(results)


if __name__ == "__main__":
    main()
