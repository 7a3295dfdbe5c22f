"""Facts about the data behind an answer: last day, maturity ages, currencies, match rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from metrics.errors import MetricsError
from metrics.question.periods import Period
from metrics.results import Definition
from metrics.warehouse import Warehouse

if TYPE_CHECKING:
    from metrics.definitions.catalog import Metric


SHOP = "sm_store_id"
"""The dimension that names the shop."""


@dataclass(frozen=True)
class DataCoverage:
    """The last day, currencies and match rates of the data in a warehouse."""

    data_through: dt.date
    """The last day for which every shop has data."""
    last_days: tuple[dt.date, ...]
    """The last day of each shop."""
    maturity_days: tuple[int, ...]
    """Ages in days from which orders are mature: the different ones of all shops."""
    main_currency: str
    """Empty if the shops have different main currencies."""
    currencies: tuple[str, ...]
    match_coverage: dict[str, float]

    @classmethod
    def read(cls, warehouse: Warehouse) -> DataCoverage:
        """Read the coverage from the marts.

        Raises:
            MetricsError: There is no warehouse, or it has no data.
        """
        rows = warehouse.query(
            "select data_through_date, return_maturity_days, main_currency_code"
            f" from {warehouse.relation('rpt_data_through')}"
        ).rows
        shops = [row for row in rows if row[0] is not None]
        if not shops:
            raise MetricsError("The warehouse has no data yet; load some first.")
        currencies = warehouse.query(
            f"select currency_code from {warehouse.relation('dim_currencies')}"
            " group by currency_code"
            " order by min(case when is_main_currency then 0 else 1 end), currency_code"
        ).rows
        coverage = warehouse.query(
            "select coverage"
            ", sum(case when is_found then row_count else 0 end), sum(row_count)"
            f" from {warehouse.relation('rpt_match_coverage')}"
            " group by coverage order by coverage"
        ).rows
        last_days, maturity_days, mains = zip(*shops, strict=True)
        return cls(
            min(last_days),
            last_days,
            tuple(sorted({one for one in maturity_days if one is not None})),
            mains[0] or "" if len(set(mains)) == 1 else "",
            tuple(one for (one,) in currencies if one),
            {name: float(found / every) for name, found, every in coverage},
        )

    @property
    def has_shops(self) -> bool:
        """Whether the warehouse has several shops."""
        return len(self.last_days) > 1

    def check(self, period: Period, warnings: list[str]) -> None:
        """Add a warning if a period ends after the data, or if the shops' last days differ.

        Raises:
            MetricsError: The period starts after the data end.
        """
        if period.start and period.start > self.data_through:
            raise MetricsError(
                f"The data end on {self.data_through}, so there are no figures for "
                f"{period.start} and later. The metrics do not forecast."
            )
        if self.data_through < max(self.last_days):
            warnings.append(
                f"The shops' data end on different days, from {self.data_through} to "
                f"{max(self.last_days)}; later days lack some shops."
            )
        if period.end and period.end > self.data_through:
            warnings.append(
                f"The data end on {self.data_through}, before the end of the period."
            )


def definitions(warehouse: Warehouse, metrics: Iterable[Metric]) -> list[Definition]:
    """Return the published definitions of metrics."""
    found = published(warehouse)
    return [
        Definition(
            metric=one.name,
            formula_in_words=found.get(one.name, {}).get("formula_in_words")
            or one.description,
            unit=one.unit,
            date=one.date,
        )
        for one in metrics
    ]


def published(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """Return the published definitions by the metric's name."""
    rows = warehouse.query(
        f"select * from {warehouse.relation('dim_metric_definitions')}"
    ).records()
    return {row["metric_name"]: row for row in rows}
