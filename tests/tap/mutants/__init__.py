"""Deliberately broken taps, called mutants, to see the tests fail.

``TAP_MUTANT=name pytest tests/tap`` runs the tests against one of them;
``python -m tests.tap.mutants`` runs all and writes the table of README.md.
"""

from . import (
    audits as audits,
)
from . import (
    checkup as checkup,
)
from . import (
    conventions as conventions,
)
from . import (
    endpoints as endpoints,
)
from . import (
    faults as faults,
)
from . import (
    messages as messages,
)
from . import (
    odd_input as odd_input,
)
from . import (
    reading as reading,
)
from . import (
    rows as rows,
)
from . import (
    state as state,
)
from .registry import EXPECTED, MUTANTS, apply

__all__ = ["EXPECTED", "MUTANTS", "apply"]
