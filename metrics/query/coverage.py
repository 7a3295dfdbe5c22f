"""Facts about the data behind an answer: last day, maturity ages, currencies, match rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from metrics.definitions.dimensions import short_name
from metrics.errors import MetricsError
from metrics.question.filters import Filter, folded
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
    """The last day for which each of the shops has data."""
    months_complete_through: dt.date
    """The last day of the newest month that is over for each of the shops."""
    last_days: tuple[dt.date, ...]
    """The last day of each shop."""
    maturity_days: tuple[int, ...]
    """Ages in days from which orders are mature: the different ones of all shops."""
    main_currency: str
    """Empty if the shops have different main currencies."""
    currencies: tuple[str, ...]
    match_coverage: dict[str, float]

    @classmethod
    def read(cls, warehouse: Warehouse, where: Iterable[Filter] = ()) -> DataCoverage:
        """Read the coverage from the marts; of some shops if a filter names them.

        Raises:
            MetricsError: There is no warehouse, or it has no data.
        """
        tables = [
            warehouse.query(f"select * from {warehouse.relation(name)}").records()
            for name in ("rpt_data_through", "dim_currencies")
        ]
        meant = [_of_shops(rows, where) for rows in tables]
        # The question itself refuses a shop that does not exist.
        shops, currencies = meant if meant[0] else tables
        shops = [row for row in shops if row["data_through_date"] is not None]
        if not shops:
            raise MetricsError("The warehouse has no data yet; load some first.")
        codes = sorted(
            (not row["is_main_currency"], row["currency_code"]) for row in currencies
        )
        coverage = warehouse.query(
            "select coverage"
            ", sum(case when is_found then row_count else 0 end), sum(row_count)"
            f" from {warehouse.relation('rpt_match_coverage')}"
            " group by coverage order by coverage"
        ).rows
        last_days = tuple(row["data_through_date"] for row in shops)
        maturity_days = {row["return_maturity_days"] for row in shops}
        mains = {row["main_currency_code"] for row in shops}
        return cls(
            min(last_days),
            min(row["months_complete_through_date"] for row in shops),
            last_days,
            tuple(sorted(maturity_days - {None})),
            mains.pop() or "" if len(mains) == 1 else "",
            tuple(dict.fromkeys(code for _, code in codes)),
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
        if period.start and period.start > max(self.last_days):
            raise MetricsError(
                f"The data end on {max(self.last_days)}, so there are no figures for "
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


def _of_shops(
    rows: list[dict[str, Any]], where: Iterable[Filter]
) -> list[dict[str, Any]]:
    """Return the rows of the shops that a filter names; all rows without such a filter."""
    for one in where:
        if short_name(one.dimension) == SHOP and one.operator() in {"=", "in"}:
            named = {folded(value) for value in one.values()}
            rows = [
                row for row in rows if SHOP not in row or folded(row[SHOP]) in named
            ]
    return rows


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
