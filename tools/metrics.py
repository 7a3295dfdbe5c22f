"""Writes ``docs/metrics.md`` from the metric definitions."""

from __future__ import annotations

import csv
from itertools import groupby

from tools.project import ROOT

DEFINITIONS = ROOT / "transform/seeds/metric_definitions.csv"
DECISIONS = ROOT / "docs/decisions"
PAGE = ROOT / "docs/metrics.md"
OPENING = """\
# Metrics

This page defines every figure of the reports, grouped by question. The table
`dim_metric_definitions` has the same text. A test fails if a report shows a figure that is not
defined, or if a definition names a figure that no report shows.

Each entry has: the meaning of the metric; the formula of a ratio; the rows it covers; what is
counted, and the date that assigns it to a period; the report columns, the figure first and its
parts after it; the value in the worked example (thirteen orders and ten returns,
`loop_simulator/world/fixed/golden.py`); and the limitation of this definition.

Terms:

- **Counted return**: not cancelled and not of a test order; an expired return only if its money or
  goods have moved.
- **Eligible order**: the shopper's own order with merchandise value above zero, in a channel that
  uses Loop, in or after the month of the shop's first Loop return that was not cancelled and is
  not of a test order. Refunded orders are included.
- **Chain**: an order and the exchange orders that follow from it.
- **Valid order**, by SourceMedium's published rule and only for comparison: an order of a customer,
  a gift card order that Loop issued, or a replacement order, that is neither cancelled nor voided,
  fully refunded or expired.
- **To date** (`to_date`): all orders of a period count. **Mature only** (`mature_only`): only
  orders so old that few further returns are expected (`return_maturity_days`).
- **Main currency**: the currency of most orders (`dim_currencies`), unless the variable
  `reporting_currency` names another. No figure adds amounts in different currencies: there is one
  figure per currency, or one for the main currency, which its definition states. Counts and rates
  of counts cover all currencies.
- Each share of counted things has a 95 % interval (Wilson) in the columns that end in
  `_lower` and `_upper`.

<!-- Written by `make documents` from transform/seeds/metric_definitions.csv. -->
"""

Definition = dict[str, str]


def text() -> str:
    """Return the text of the page."""
    with DEFINITIONS.open(encoding="utf-8", newline="") as file:
        definitions = list(csv.DictReader(file))
    parts = [OPENING]
    for question, group in groupby(definitions, key=lambda one: one["question"]):
        parts.append(f"## {question}\n")
        parts += [_entry(one) for one in group]
    return "\n".join(parts)


def _entry(one: Definition) -> str:
    lines = [f"### {one['metric_name']}\n", f"{one['formula_in_words']}.\n"]
    if one["denominator"]:
        lines.append(f"- **Formula:** {one['numerator']} ÷ {one['denominator']}")
    basis = {"none": "none"} | {
        name: f"{name} date" for name in ("order", "return", "posting")
    }
    dates = " or ".join(basis[part] for part in one["date_basis"].split(", "))
    lines += [
        f"- **Population:** {one['population']}",
        f"- **Grain:** {one['grain']}; date: {dates}",
        f"- **Columns:** {_places(one['report_columns'])}",
    ]
    if one["example"] != "none":
        lines.append(f"- **Example:** {one['example']}")
    lines.append(
        f"- **Limitation:** {one['cost_of_choice']}{_records(one['decisions'])}\n"
    )
    return "\n".join(lines)


def _places(report_columns: str) -> str:
    """Return the columns of each report."""
    places = []
    for part in report_columns.split("; "):
        report, _, columns = part.partition(": ")
        names = ", ".join(f"`{name}`" for name in columns.split(", "))
        places.append(f"`{report}`: {names}")
    return "; ".join(places)


def _records(decisions: str) -> str:
    """Return links to the decision records."""
    links = []
    for number in filter(None, decisions.split(", ")):
        [record] = DECISIONS.glob(f"{number}-*.md")
        links.append(f"[{number}](decisions/{record.name})")
    return f" ({', '.join(links)})" if links else ""
