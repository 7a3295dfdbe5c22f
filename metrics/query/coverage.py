"""The facts about the shop's data that answers carry: its last day, its currencies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from metrics.errors import MetricsError
from metrics.question.periods import Period
from metrics.results import Definition
from metrics.warehouse import Warehouse, schema_of_marts

if TYPE_CHECKING:
    from metrics.definitions.catalog import Metric


@dataclass(frozen=True)
class DataCoverage:
    """The last day, currencies and match rates of the data in a warehouse."""

    data_through: dt.date
    maturity_days: int | None
    main_currency: str
    currencies: tuple[str, ...]
    match_coverage: dict[str, float]

    @classmethod
    def read(cls, warehouse: Warehouse) -> DataCoverage:
        """Read the coverage from the marts.

        Raises:
            MetricsError: There is no warehouse, or it has no data or several shops.
        """
        rows = warehouse.query(
            "select data_through_date, return_maturity_days, main_currency_code"
            f" from {warehouse.relation('rpt_data_through')}"
        ).rows
        if not rows or rows[0][0] is None:
            raise MetricsError("The warehouse has no data yet; load some first.")
        if len(rows) > 1:
            raise MetricsError(
                f"The schema {schema_of_marts()} holds {len(rows)} shops, and a figure is "
                "of one. Set DBT_SCHEMA, on BigQuery BIGQUERY_DATASET, to the schema of "
                "one shop."
            )
        currencies = warehouse.query(
            f"select currency_code from {warehouse.relation('dim_currencies')}"
            " order by is_main_currency desc, currency_code"
        ).rows
        coverage = warehouse.query(
            "select coverage, sum(match_coverage)"
            f" from {warehouse.relation('rpt_match_coverage')}"
            " where is_found group by coverage order by coverage"
        ).rows
        through, days, main = rows[0]
        return cls(
            through,
            days,
            main or "",
            tuple(one for (one,) in currencies if one),
            {name: float(share) for name, share in coverage},
        )

    def check(self, period: Period, warnings: list[str]) -> None:
        """Add a warning if a period ends after the data does.

        Raises:
            MetricsError: The period starts after the data ends.
        """
        if period.start and period.start > self.data_through:
            raise MetricsError(
                f"The data end on {self.data_through}, so there are no figures for "
                f"{period.start} and later. The metrics do not forecast."
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
