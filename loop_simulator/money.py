"""Money as integer cents internally and as decimal text outside, never as a float."""

from __future__ import annotations

CENTS = 100
DECIMALS = 2
RATES = {"USD": 10_000, "CAD": 13_600, "EUR": 9_200, "GBP": 7_900}
"""Value of one US dollar in ten-thousandths of a currency unit; fixed for the whole
world."""


def text(cents: int) -> str:
    """Return cents as ``-12.05``, always with two decimals."""
    sign = "-" if cents < 0 else ""
    cents = abs(cents)
    return f"{sign}{cents // CENTS}.{cents % CENTS:02d}"


def cents(amount: str) -> int:
    """Return ``12.05``, ``12`` or ``-0.5`` as cents.

    Raises:
        ValueError: If the text is not an amount or has more than two decimals.

    """
    whole, _, fraction = amount.strip().partition(".")
    if len(fraction) > DECIMALS or not (fraction + "0").isdigit():
        msg = f"not an amount: {amount!r}"
        raise ValueError(msg)
    value = int(whole.lstrip("-") or "0") * CENTS + int((fraction + "00")[:2])
    return -value if whole.startswith("-") else value


def share(amount: int, part: int, whole: int) -> int:
    """Return ``part / whole`` of an amount, rounded half up; 0 if ``whole`` is 0."""
    if whole == 0:
        return 0
    return (2 * amount * part + whole) // (2 * whole)


def split(amount: int, pieces: int) -> list[int]:
    """Cut an amount into equal pieces; odd cents go to the first ones."""
    base, odd = divmod(amount, pieces)
    return [base + 1] * odd + [base] * (pieces - odd)


def converted(amount: int, currency: str) -> int:
    """Return US cents in the smallest unit of ``currency`` at the fixed rate."""
    return share(amount, RATES[currency], RATES["USD"])
