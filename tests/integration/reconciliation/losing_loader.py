"""A loader that loses the last rows of a stream and reports success.

It passes messages on to a real loader: ``losing_loader.py LOADER [arguments]``. The
variable ``LOSE`` names a stream and how many of its last rows to lose, such as
``return_labels:7``. Everything else, the STATE included, is passed on unchanged; without
``LOSE`` nothing is lost. If ``ROOM`` is set, no file may be larger than this number of
bytes, as on a full disk.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys


def main() -> int:
    """Pass the messages on without the last rows of the stream."""
    if room := os.environ.get("ROOM"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
    if not (lose := os.environ.get("LOSE")):
        return subprocess.run(sys.argv[1:], check=False).returncode
    stream, _, count = lose.partition(":")
    lines = sys.stdin.readlines()
    places = [
        place
        for place, line in enumerate(lines)
        if (message := json.loads(line))["type"] == "RECORD"
        and message["stream"] == stream
    ]
    lost = set(places[-int(count) :])
    kept = "".join(line for place, line in enumerate(lines) if place not in lost)
    loader = subprocess.run(sys.argv[1:], input=kept, text=True, check=False)
    return loader.returncode


if __name__ == "__main__":
    sys.exit(main())
