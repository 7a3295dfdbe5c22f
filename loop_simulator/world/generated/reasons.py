"""Return reasons on two levels, and the outcome that shoppers choose for each."""

from __future__ import annotations

from loop_simulator.world.generated import odds
from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.records import Variant

TOO_SMALL = "Too small"
SIZE, QUALITY, MIND, WRONG = "Size", "Quality", "Changed my mind", "Wrong item"

# Group, weight for worn goods, weight for the rest, reasons within the group.
_GROUPS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    (
        SIZE,
        55,
        4,
        (TOO_SMALL, "Too large", 'Runs "snug" at the waist', "Too short / too long"),
    ),
    (
        QUALITY,
        14,
        40,
        ("Faulty", "Stitching came undone", "Colour differs from the photo", "Other"),
    ),
    (
        MIND,
        26,
        46,
        (
            "Didn't love it 💔",
            "Found it cheaper",
            "Bought two\nto choose from",
            "Other",
        ),
    ),
    (WRONG, 5, 10, ("Ordered by mistake", "Received a different item")),
)
_WORN = ("Dresses", "Jeans", "Shoes", "Tops")

_WANTS = {
    SIZE: (("exchange", 56), ("refund", 29), ("credit", 15)),
    QUALITY: (("exchange", 24), ("refund", 62), ("credit", 14)),
    MIND: (("exchange", 9), ("refund", 60), ("credit", 31)),
    WRONG: (("exchange", 35), ("refund", 50), ("credit", 15)),
}
_COMMENTS = (
    "The waist is two inches smaller than the chart says.",
    "Lovely, but not for me.\nSorry!",
    'It says "true to size" - it is not.',
    "Zipper stuck 😤",
    "Geschenk, passt leider nicht",
    "second time this happens; please check\tthe packing",
    "C:\\photos\\seam.jpg",
)
NO_COMMENT = ("N/A", "", None)
"""Loop's three values for a missing comment."""


def reason(rng: RandomStream, variant: Variant) -> tuple[str, str]:
    """Pick a reason for returning a variant, parent first."""
    if variant.runs_small and rng.chance(odds.TOO_SMALL):
        return SIZE, TOO_SMALL
    worn = variant.product.kind in _WORN
    group, _, _, texts = rng.weighted([(g, g[1] if worn else g[2]) for g in _GROUPS])
    return group, texts[rng.skewed_low(0, len(texts) - 1)]


def wish(rng: RandomStream, group: str) -> str:
    """Pick exchange, refund or credit, as shoppers with such a reason do."""
    return rng.weighted(_WANTS[group])


def comment(rng: RandomStream) -> str | None:
    """Return a comment, or one of Loop's values for no comment."""
    if rng.chance(odds.COMMENT):
        return rng.one_of(_COMMENTS)
    return rng.one_of(NO_COMMENT)
