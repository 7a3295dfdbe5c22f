"""95 % intervals of shares, as the reports compute them."""

from __future__ import annotations

import math

Z = 1.959963984540054


def wilson(successes: float, trials: float) -> tuple[float, float] | None:
    """Return the Wilson interval of a share, or None without trials."""
    if trials <= 0:
        return None
    share = min(successes / trials, 1.0)
    middle = share + Z * Z / (2 * trials)
    spread = Z * math.sqrt(share * (1 - share) / trials + (Z / (2 * trials)) ** 2)
    scale = 1 + Z * Z / trials
    lower = (middle - spread) / scale if successes > 0 else 0.0
    return lower, (middle + spread) / scale


def newcombe(
    one: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float] | None:
    """Return Newcombe's interval of the difference between two shares.

    Args:
        one: Successes and trials of the share.
        other: Successes and trials of the share to subtract.
    """
    bounds, former = wilson(*one), wilson(*other)
    if bounds is None or former is None:
        return None
    share, before = min(one[0] / one[1], 1.0), min(other[0] / other[1], 1.0)
    difference = share - before
    return (
        difference - math.hypot(share - bounds[0], former[1] - before),
        difference + math.hypot(bounds[1] - share, before - former[0]),
    )
