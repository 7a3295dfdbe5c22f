"""The catalog of metrics: their parts, maturity filters and dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from metrics.definitions.dimensions import Dimension, short_name
from metrics.definitions.semantic_layer import Semantics
from metrics.errors import MetricsError, short, unknown

Unit = Literal["share", "share of money", "count", "days", "money"]
SMALL = 30
"""Minimum number of cases for metrics that declare no minimum of their own."""


@dataclass(frozen=True)
class Metric:
    """A metric with its parts, dimensions and rules."""

    name: str
    label: str
    description: str
    unit: Unit
    date: str
    """The time dimension that assigns the metric to a period, such as ``order_date``."""
    numerator: str | None = None
    denominator: str | None = None
    size: str | None = None
    """The metric that counts the cases behind a percentile."""
    whole: str | None = None
    """The metric that counts all classes, if this metric is the share of one class."""
    classes: tuple[str, ...] = ()
    """Dimensions whose values are these classes."""
    within: Mapping[str, str] = field(default_factory=dict, compare=False)
    """For some classes, the dimension within whose values their share is meant."""
    maturity: str | None = None
    """MetricFlow's name of the dimension that marks mature cases."""
    by_goods: str | None = None
    """The metric that answers instead if groups or filters name a product, SKU or category."""
    minimum_size: int = SMALL
    caution: str = ""

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share, with numerator and denominator."""
        return self.unit in {"share", "share of money"}

    @property
    def has_money(self) -> bool:
        """Whether the metric adds amounts, which must be of one currency."""
        return "money" in self.unit

    @property
    def base(self) -> str:
        """The metric of the semantic layer with the same dimensions: `whole`, or itself."""
        return self.whole or self.name

    @property
    def guarded(self) -> str | None:
        """The dimension by which immature cases are left out; None if all cases count."""
        return self.maturity if self.is_share or self.unit == "days" else None


def metric_key(name: str) -> str:
    """Return a metric's name from any of its spellings."""
    return "_".join(str(name).lower().split())


class Catalog:
    """All metrics that a question may name."""

    def __init__(self, semantics: Semantics) -> None:
        """Read the metrics of the semantic layer, except those that are only parts of others."""
        self._semantics = semantics
        self.metrics: dict[str, Metric] = {}
        for name, metric in semantics.metrics.items():
            meta = metric.config.meta if metric.config else {}
            if not meta.get("is_part"):
                self.metrics[name] = self._read(metric, meta)
            for share, classes in meta.get("shares", {}).items():
                within = meta.get("within", {})
                self.metrics[share] = self._share(metric, share, classes, within)
        self.metrics = dict(sorted(self.metrics.items()))

    def _read(self, metric: Any, meta: dict[str, Any]) -> Metric:
        read = metric.type_params
        times = self._semantics.time_dimensions(metric.name)
        # A figure that relates orders to returns of other orders has no maturity.
        mature = [
            (one.config.meta if one.config else {}).get("maturity") for one in times
        ]
        date = times[0].name
        if len(set(mature)) > 1:
            date = f"{times[-1].name}, divided by amounts by {date}"
        is_share = read.denominator is not None
        has_money = self._semantics.adds_money(metric.name)
        size = meta.get("size")
        unit: Unit = "days" if size else "money" if has_money else "count"
        if is_share:
            unit = "share of money" if has_money else "share"
        return Metric(
            metric.name,
            metric.label or metric.name,
            metric.description or "",
            unit,
            date,
            numerator=read.numerator.name if is_share else None,
            denominator=read.denominator.name if is_share else None,
            size=size,
            maturity=mature[0] if all(mature) else None,
            by_goods=meta.get("by_goods"),
            minimum_size=int(meta.get("minimum_size", SMALL)),
            caution=meta.get("caution", ""),
        )

    def _share(
        self, metric: Any, name: str, classes: list[str], within: dict[str, str]
    ) -> Metric:
        return Metric(
            name,
            name.replace("_", " ").capitalize(),
            f"Of all {metric.label.lower()}, the share of each {' or '.join(classes)}.",
            "share",
            self._semantics.time_dimensions(metric.name)[0].name,
            numerator=metric.name,
            denominator=metric.name,
            whole=metric.name,
            classes=tuple(classes),
            within={one: within[one] for one in classes if one in within},
        )

    def metric(self, name: str) -> Metric:
        """Return a metric by name, with or without spaces and capitals.

        Raises:
            MetricsError: There is no such metric.
        """
        key = metric_key(name)
        if key in self.metrics:
            return self.metrics[key]
        raise unknown("metric", name, self.metrics, "list_metrics names all of them.")

    def dimensions(self, metrics: Iterable[Metric]) -> dict[str, Dimension]:
        """Return the dimensions that all these metrics have, by short name."""
        names = tuple(dict.fromkeys(one.base for one in metrics))
        found = self._semantics.dimensions(names)
        return {name: one for name, one in found.items() if not one.is_hidden}

    def cuts(self, metrics: Iterable[Metric]) -> dict[str, Dimension]:
        """Return the dimensions that a question about all these metrics may use.

        These include the dimensions of goods for metrics with ``by_goods``.
        """
        found: dict[str, Dimension] | None = None
        for one in metrics:
            there = self.dimensions([one])
            if one.by_goods:
                there = self.dimensions([self.metrics[one.by_goods]]) | there
            found = (
                there if found is None else {k: found[k] for k in found if k in there}
            )
        return dict(sorted((found or {}).items()))

    def order_key(self, metric: Metric) -> Dimension:
        """Return the dimension that identifies the orders of a metric.

        Raises:
            MetricsError: The metric is not about orders.
        """
        found = self._semantics.dimensions((metric.base,))
        if "order_key" not in found:
            raise MetricsError(f"{metric.name} is not counted from orders.")
        return found["order_key"]

    def dimension(self, name: str, metrics: Iterable[Metric]) -> Dimension:
        """Return a dimension of metrics by its short name or MetricFlow's.

        Raises:
            MetricsError: Some of the metrics do not have the dimension.
        """
        asked = list(metrics)
        there = self.dimensions(asked)
        key = short_name(name)
        if key in there:
            return there[key]
        names = ", ".join(one.name for one in asked)
        others = [
            one.name for one in self.metrics.values() if key in self.dimensions([one])
        ]
        if others:
            raise MetricsError(
                f"{names} cannot be grouped or filtered by {short(key)}. Metrics that can "
                f"are {', '.join(others[:8])}. list_dimensions names the dimensions of "
                f"{names}."
            )
        raise unknown(
            "dimension", name, there, f"list_dimensions names all of {names}."
        )

    def with_goods(self, metric: Metric, names: Iterable[str]) -> Metric:
        """Return the metric that answers for these dimensions.

        An order may contain several products, so a rate of orders has no product. For
        product, SKU or category, the metric in ``by_goods`` answers. It counts the
        orders with such goods and, of these orders, those that returned such goods.
        """
        if metric.by_goods is None:
            return metric
        there = self.dimensions([metric])
        sibling = self.metrics[metric.by_goods]
        keys = {short_name(one) for one in names}
        lacking = keys - there.keys()
        if lacking and lacking <= self.dimensions([sibling]).keys():
            return sibling
        return metric
