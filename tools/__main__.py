"""``python -m tools lock UV|documents|package FOLDER|check``: write files, or check them."""

from __future__ import annotations

import sys
from pathlib import Path


def main(verb: str, *words: str) -> int:
    """Run one command; return the exit code."""
    if verb == "lock":
        # Needs only PyYAML.
        from tools import lock  # noqa: PLC0415

        lock.write(*words)
        return 0
    if verb == "package":
        from tools import package  # noqa: PLC0415

        folder = Path(*words)
        package.write(folder)
        wrong = package.problems(folder)
        print("\n".join(wrong) or f"The package in {folder} can be published.")
        return 1 if wrong else 0
    from tools import documents, lock  # noqa: PLC0415

    if verb == "documents":
        documents.write()
        return 0
    found = [*lock.problems(), *documents.problems()]
    print("\n".join(found) or "Lock file and documents are up to date.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
