"""``python -m tools lock UV|documents|check``: write generated files, or check them."""

from __future__ import annotations

import sys


def main(verb: str, *words: str) -> int:
    """Run one command; return the exit code."""
    if verb == "lock":
        # Needs only PyYAML.
        from tools import lock  # noqa: PLC0415

        lock.write(*words)
        return 0
    from tools import documents, lock  # noqa: PLC0415

    if verb == "documents":
        documents.write()
        return 0
    found = [*lock.problems(), *documents.problems()]
    print("\n".join(found) or "Lock file and documents are up to date.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
