"""Chooses the currency of amounts; two currencies are never added."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.definitions.catalog import Metric
from metrics.definitions.dimensions import Dimension, short_name
from metrics.errors import MetricsError, short
from metrics.query.coverage import DataCoverage
from metrics.question.question import Question

CURRENCY = "currency_code"
_CODE = 3
"""Length of a currency code."""


def fixes_currency(question: Question) -> bool:
    """Tell whether a filter of the question names the currency."""
    return any(short_name(one.dimension) == CURRENCY for one in question.where)


def currency_of(
    question: Question,
    metrics: Iterable[Metric],
    group_by: Iterable[Dimension],
    coverage: DataCoverage,
    warnings: list[str],
) -> str | None:
    """Return the currency of the amounts; None without amounts or if it is a group.

    Raises:
        MetricsError: Amounts of several currencies would be added, or the shop has no
            orders in the requested currency.
    """
    known = {one.upper(): one for one in coverage.currencies}
    has_money = any(one.has_money for one in metrics)
    is_apart = any(one.name == CURRENCY for one in group_by)
    for one in question.where:
        if short_name(one.dimension) == CURRENCY and has_money and not is_apart:
            if one.operator() in {"=", "in"} and len(one.values()) == 1:
                named = str(one.values()[0])
                return known.get(named.upper(), named)
            raise _adds_currencies(known)
    asked = (question.currency or "").strip().upper()
    if asked in known:
        return known[asked]
    if asked and (has_money or not asked.isalpha() or len(asked) != _CODE):
        raise _adds_currencies(known)
    if asked:
        raise MetricsError(
            f"The shop has no orders in {short(asked)}, only in {', '.join(known)}."
        )
    if not has_money or is_apart:
        return None
    if not coverage.main_currency:
        raise _adds_currencies(known)
    if len(known) > 1:
        others = ", ".join(sorted(known.keys() - {coverage.main_currency.upper()}))
        warnings.append(
            f"Amounts are in {coverage.main_currency}, the shop's main currency; {others} "
            "is left out. Name another with currency, or group by currency_code."
        )
    return coverage.main_currency


def _adds_currencies(known: dict[str, str]) -> MetricsError:
    return MetricsError(
        "Amounts of different currencies are never added. Name one with currency "
        f"({', '.join(known)}), or group by {CURRENCY}."
    )
