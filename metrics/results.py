"""Results of the engine, with the same fields for the command line and the server."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, Field

Number = int | float | str
"""Counts are integers, shares floats; amounts are texts, exact to four decimals."""


class MetricSummary(BaseModel):
    """A metric in a list."""

    name: str
    label: str
    description: str
    unit: str
    date: str = Field(description="The date that a period selects by.")


class Metrics(BaseModel):
    """All metrics."""

    metrics: list[MetricSummary]


class DimensionSummary(BaseModel):
    """A dimension in a list."""

    name: str
    description: str
    is_date: bool


class MetricDescription(MetricSummary):
    """The full description of a metric."""

    numerator: str | None
    denominator: str | None
    numerator_in_words: str | None
    denominator_in_words: str | None
    formula_in_words: str
    grain: str | None
    population: str | None
    cost_of_choice: str | None
    decisions: str | None
    source: str | None
    maturity: str
    minimum_size: int
    by_goods: str | None
    dimensions: list[str]


class Dimensions(BaseModel):
    """Dimensions that the given metrics have in common."""

    metrics: list[str]
    dimensions: list[DimensionSummary]


class DimensionValues(BaseModel):
    """Values of a dimension."""

    dimension: str
    values: list[str | int | float | bool | None]
    is_complete: bool


class TableSummary(BaseModel):
    """A public table of the warehouse in a list."""

    name: str
    description: str


class Tables(BaseModel):
    """All public tables of the warehouse."""

    tables: list[TableSummary]


class Column(BaseModel):
    """A column of a table."""

    name: str
    type: str
    description: str


class Table(TableSummary):
    """A public table of the warehouse with its columns."""

    columns: list[Column]


class Interval(BaseModel):
    """A 95 % interval."""

    lower: float
    upper: float


class Maturity(BaseModel):
    """Whether most of the returns of the figure's orders have been made."""

    status: str = Field(
        description="mature, partly mature (young orders left out of the value), "
        "immature (no value yet), to date (a count that may still grow), "
        "as filtered, or not applicable"
    )
    mature_share: float | None = Field(
        default=None, description="Share of the denominator's cases that are mature."
    )


class Figure(BaseModel):
    """A figure with its parts."""

    value: Number | None
    numerator: Number | None = None
    denominator: Number | None = None
    interval: Interval | None = None


class Change(Figure):
    """The figure of the previous period, and the difference from it."""

    period: str
    difference: Number | None
    difference_interval: Interval | None = None


class Row(Figure):
    """A figure of a metric for a group."""

    metric: str
    group: dict[str, str | int | float | bool | None]
    period: str | None = None
    is_small: bool = False
    maturity: Maturity
    to_date: Figure | None = Field(
        default=None,
        description="The figure with the young orders, if the value leaves them out.",
    )
    previous: Change | None = None


class Definition(BaseModel):
    """The definition of a metric."""

    metric: str
    formula_in_words: str
    unit: str
    date: str


class Statement(BaseModel):
    """SQL that computes figures of the answer."""

    metric: str
    purpose: str
    sql: str


class Answer(BaseModel):
    """The answer to a question."""

    rows: list[Row]
    row_count: int
    is_complete: bool
    start_date: dt.date | None
    end_date: dt.date | None
    data_through: dt.date
    currency: str | None
    match_coverage: dict[str, float]
    filters: list[str]
    definitions: list[Definition]
    warnings: list[str]
    sql: list[Statement]


class NamedAnswer(BaseModel):
    """A named answer: a question and the report that answers it."""

    name: str
    question: str
    report: str
    filters: list[str] = Field(description="Columns that `where` may name.")
    defaults: dict[str, str | bool]


class NamedAnswers(BaseModel):
    """All named answers."""

    answers: list[NamedAnswer]


class ReportAnswer(BaseModel):
    """Rows of a report."""

    name: str
    question: str
    rows: list[dict[str, Any]]
    row_count: int
    is_complete: bool
    data_through: dt.date
    filters: list[str]
    definitions: list[Definition]
    warnings: list[str]
    sql: str


class Orders(BaseModel):
    """Orders behind a figure, without anything about the customer."""

    metric: str
    orders: list[dict[str, Any]]
    is_complete: bool
    data_through: dt.date
    filters: list[str]
    warnings: list[str]
    sql: str
