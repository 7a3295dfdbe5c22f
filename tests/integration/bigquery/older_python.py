"""Rewrites two modules of local-bigquery 0.3.2 that need a Python newer than 3.11."""

import sys
from pathlib import Path

SPELLINGS = {
    "catalog/metadata.py": [
        ("import hashlib", "from __future__ import annotations\n\nimport hashlib"),
        ("[R: Resource](", "("),
    ],
    "engine/results.py": [
        (
            """writing field {column}\"""",
            """writing field {column}\".replace("'", "''")""",
        ),
        ("""{message.replace("'", "''")}""", "{message}"),
    ],
}

for name, changes in SPELLINGS.items():
    file = Path(sys.argv[1]) / name
    text = file.read_text()
    for newer, older in changes:
        if newer not in text:
            sys.exit(f"{file} is not that of local-bigquery 0.3.2: no {newer}")
        text = text.replace(newer, older)
    file.write_text(text)
