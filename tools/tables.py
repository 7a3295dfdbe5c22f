"""Writes ``docs/tables.md`` from the YAML of the marts and the files of questions."""

from __future__ import annotations

import itertools
import re
from typing import Any

import yaml

from tools.project import ROOT

MARTS = ROOT / "transform/models/marts"
QUESTIONS = ROOT / "transform/analyses/questions"
PAGE = ROOT / "docs/tables.md"
OPENING = """\
# Tables

This page lists every public table of the models with its grain, its key, and the filter that most
questions need. Descriptions of columns are in the warehouse, as comments, and in `dbt docs`.
[metrics.md](metrics.md) defines the figures of the reports.

Use these filters:

| To count | Table | Filter |
| --- | --- | --- |
| returns and their money | `fct_returns` | `is_counted_return`; amounts of other returns are null |
| returns in a return rate | `fct_returns` | `is_rate_return`: counted and not a warranty claim |
| closed returns, and those whose money or goods have moved | `fct_returns` | `is_realised_return` |
| orders in a return rate | `fct_orders` | `is_loop_eligible_order`; the numerator is `has_return` |
| orders in the cost of returns | `fct_orders` | `is_cost_cohort_order` |
| sales | `fct_orders` | `is_customer_order` |
| mature orders (few further returns are expected) | `fct_orders`, `fct_order_lines` | `is_mature` |
| units that came back | `fct_return_lines` | the usual filter below |
| units in a unit return rate | `fct_return_lines` | `is_rate_unit`, on eligible orders |

Do not add amounts in different currencies: group by `currency_code`.

<!-- Written by `make documents` from transform/models/marts and transform/analyses/questions. -->
"""
READ_ONE_VALUE = (
    *("metric_name", "date_basis", "stage", "maturity", "period_type", "period"),
    *("cost_form", "dimension_type", "reason_level", "channel_type", "option_name"),
    "as_of_date",
    *("from_milestone", "to_milestone"),
)
"""Columns of reports on which a query must filter one value; otherwise it counts things
twice."""
GROUPS = (("Facts", "fct_"), ("Dimensions", "dim_"), ("Reports", "rpt_"))

Model = dict[str, Any]


def text() -> str:
    """Return the text of the page."""
    queries = {path: path.read_text() for path in sorted(QUESTIONS.rglob("*.sql"))}
    parts = [OPENING]
    for title, prefix in GROUPS:
        parts.append(f"## {title}\n")
        parts += [
            _entry(model, list(queries.values()))
            for model in models()
            if model["name"].startswith(prefix)
        ]
    parts.append("## Questions\n")
    parts.append(
        "Each query is a file in `transform/analyses/questions`; "
        "tests run them all and compare them\nwith an independent computation.\n"
    )
    for folder, files in itertools.groupby(queries, lambda path: path.parent.name):
        parts.append(f"### {folder.replace('_', ' ').capitalize()}\n")
        parts += [_question(queries[file]) for file in files]
    return "\n".join(parts)


def plain(sql: str) -> str:
    """Return the SQL of a question with table names instead of references."""

    def table(reference: re.Match[str]) -> str:
        version = reference["version"]
        return reference["model"] + (f"_v{version}" if version else "")

    return re.sub(
        r"\{\{ ref\('loop_returns', '(?P<model>\w+)'(?:, v=(?P<version>\d+))?\) \}\}",
        table,
        sql,
    )


def key(model: Model) -> list[str]:
    """Return the columns whose values identify one row of a table."""
    for test in model.get("data_tests") or []:
        if "unique_combination" in test:
            return list(test["unique_combination"]["arguments"]["columns"])
    return [
        column["name"]
        for column in model["columns"]
        if "unique" in (column.get("data_tests") or [])
    ]


def models() -> list[Model]:
    """Return the YAML of every public table."""
    return [
        model
        for file in sorted(MARTS.rglob("_*__models.yml"))
        for model in yaml.safe_load(file.read_text())["models"]
    ]


def _entry(model: Model, queries: list[str]) -> str:
    name = model["name"]
    lines = [f"### {name}\n", f"{' '.join(model['description'].split())}\n"]
    if columns := key(model):
        lines.append(f"- **Key:** {', '.join(f'`{column}`' for column in columns)}")
    wanted = (model.get("config") or {}).get("meta", {}).get("default_filter")
    if wanted:
        lines.append(f"- **Usual filter:** `{wanted}`")
    one_of = [column for column in key(model) if column in READ_ONE_VALUE]
    if one_of:
        names = ", ".join(f"`{column}`" for column in one_of)
        lines.append(f"- **Take one value of each:** {names}")
    links = [
        f"[{_title(sql)}](#{_anchor(_title(sql))})"
        for sql in queries
        if f"'{name}'" in sql
    ]
    if links:
        lines.append(f"- **Questions:** {' · '.join(links)}")
    return "\n".join(lines) + "\n"


def _question(sql: str) -> str:
    _, _, query = plain(sql).partition("\n")
    return f"#### {_title(sql)}\n\n```sql\n{query.strip()}\n```\n"


def _title(sql: str) -> str:
    return sql.partition("\n")[0].removeprefix("-- ")


def _anchor(title: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
