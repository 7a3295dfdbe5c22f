"""What the first page says of the last month and of what changed, also for e-mail or chat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from report.datasets import Table

QUERIES = (
    *("alerts", "changes", "currencies", "liability", "movers", "nowcast"),
    *("outstanding", "through"),
)
"""The data sets that the sentences use."""
NEW_DAYS = 7

Record = dict[str, Any]


class Sentence(NamedTuple):
    """A sentence and the page of the report that shows more.

    ``choices`` are the filters of the page, as the query part of its address.
    """

    text: str
    page: str
    choices: str
    link: str


def what_changed(tables: Mapping[str, Table]) -> list[Sentence]:
    """Return the sentences, none for an empty shop.

    Args:
        tables: Data sets by name; those whose mart does not exist may be missing.
    """
    rows = {name: list(tables[name].records()) for name in QUERIES if name in tables}
    through = next(iter(rows.get("through", [])), None)
    if not through or not through["data_through_date"]:
        return []
    # Without orders nothing can be returned more often than something else.
    has_alerts = "alerts" in rows and through["orders_through_at"]
    found = (
        _alert(rows["alerts"], through["data_through_date"]) if has_alerts else None,
        _mover(rows["movers"]) if "movers" in rows else None,
        _owed(rows),
    )
    return [sentence for sentence in found if sentence]


def verdicts(tables: Mapping[str, Table]) -> Table:
    """Return for each month a sentence on whether its expected return rate is better.

    Args:
        tables: Data sets by name; those whose mart does not exist may be missing.

    Returns:
        Columns period, previous_value and text; only months that are over have a row.
    """
    rows = [
        row
        for row in (tables["movers"].records() if "movers" in tables else ())
        if row["compared_metric_name"] == "unit_return_rate_expected"
    ]
    nowcast = tables["nowcast"].records() if "nowcast" in tables else ()
    unfinished = {
        row["period"]: row["is_period_mature"]
        for row in nowcast
        if row["dimension_type"] == "all"
    }
    return Table(
        ["period", "previous_value", "text"],
        [
            (
                row["period"],
                row["previous_value"],
                _verdict(
                    row,
                    is_unfinished=row["period"] in unfinished,
                    is_mature=unfinished.get(row["period"], True),
                ),
            )
            for row in rows
        ],
    )


def _verdict(row: Record, *, is_unfinished: bool, is_mature: bool) -> str:
    month, before = _month(row["period"]), _month(row["previous_period"])
    will = "are expected to come back in the end" if is_unfinished else "came back"
    figures = (
        f"{row['metric_value']:.1%} of the units sold in {month} {will}, "
        f"{row['previous_value']:.1%} of those sold in {before}"
    )
    if row["is_notable"]:
        better = "better" if row["metric_change"] < 0 else "worse"
        return (
            f"{month} is {better} than {before}, by more than chance: "
            f"{figures}, {_change(row)}."
        )
    start = (
        f"{month} is neither better nor worse than {before} by more than chance"
        if is_mature
        else f"It is too early to say whether {month} is better or worse than {before}"
    )
    return f"{start}: {figures}; the difference of {_change(row)} may be chance."


def _alert(alerts: list[Record], through: dt.date) -> Sentence:
    """Describe the clearest warning of the last days, or if there is none the older warnings."""
    since = through - dt.timedelta(days=NEW_DAYS)
    new = [row for row in alerts if row["noticed_date"] > since]
    if new:
        others = f" ({_count(len(new) - 1, 'more warning')})" if len(new) > 1 else ""
        text = f"New early warning{others}: {new[0]['alert_text']}."
    elif alerts:
        first = alerts[0]
        text = (
            f"No new early warning in the {NEW_DAYS} days to {_day(through)}; "
            f"{_count(len(alerts), 'earlier one still stands', 'earlier ones still stand')}, "
            f"the clearest for {first['product_title']}, "
            f"noticed on {_day(first['noticed_date'])}."
        )
    else:
        text = (
            "No early warning: no product, size or reason is returned more often than "
            "its peers by more than chance."
        )
    return _sentence(text, "skus", {"part": "early-warnings"}, "early warnings")


SUBJECTS = {
    "order_return_rate": ("the return rate of orders", "channels", "return rates"),
    "unit_return_rate": ("the return rate of {}", "skus", "products"),
    "outcome_share_returns": (
        "the share of returns that became {}",
        "outcomes",
        "outcomes",
    ),
    "return_reason_share": (
        "the share of units returned for “{}”",
        "reasons",
        "reasons",
    ),
    "repurchase_rate_90d_by_period": (
        "the share of customers who bought again within 90 days of {}",
        "repurchase",
        "repurchases",
    ),
}
"""For each metric: what is compared, the page, and the text of the link."""
UNKNOWN_CHANNEL = "(none) / (none)"
OUTCOMES = {
    "exchange": "an exchange",
    "refund": "a refund",
    "credit": "store credit",
    "mixed": "a mix of refund, credit and exchange",
    "none": "nothing given back",
    "unresolved": "unresolved",
}


def _mover(movers: list[Record]) -> Sentence:
    """Describe the largest change that is more than noise."""
    if largest := [row for row in movers if row["mover_rank"] == 1]:
        return _moved(largest[0])
    rates = [
        row for row in movers if row["compared_metric_name"] == "order_return_rate"
    ]
    if not rates:
        return _sentence(
            "No month can be compared with the month before yet.",
            *("definitions", {"metric": "metric_change"}, "what is compared"),
        )
    row = rates[-1]
    text = (
        "No rate or share differs from the month before by more than noise in the newest "
        "months that can be compared. The return rate of orders was "
        f"{row['previous_value']:.1%} in {_month(row['previous_period'])} and "
        f"{row['metric_value']:.1%} in {_month(row['period'])}: {_change(row)}."
    )
    return _sentence(text, "glance", {"period": row["period"]}, "both months")


def _moved(row: Record) -> Sentence:
    subject, page, link = SUBJECTS[row["compared_metric_name"]]
    name = row["dimension_value"]
    choices = {"period": row["period"]}
    if row["dimension_type"] == "channel":
        subject += " of no known source" if name == UNKNOWN_CHANNEL else " from {}"
        choices |= {"type": "order_channel", "channel": name, "maturity": "to_date"}
    elif row["dimension_type"] == "category":
        choices["category"] = name
    rose = "rose" if row["metric_change"] > 0 else "fell"
    text = (
        f"From {_month(row['previous_period'])} to {_month(row['period'])} "
        f"{subject.format(OUTCOMES.get(name, name))} {rose} "
        f"from {row['previous_value']:.1%} to {row['metric_value']:.1%}: "
        f"{_change(row)}, the largest "
        "change that is more than noise in the newest months that can be compared."
    )
    return _sentence(text, page, choices, link)


def _change(row: Record) -> str:
    change, lower, upper = (
        row[f"metric_change{end}"] * 100 for end in ("", "_lower", "_upper")
    )
    return f"{change:+.1f} points (95% interval {lower:+.1f} to {upper:+.1f})"


def _owed(rows: Mapping[str, list[Record]]) -> Sentence | None:
    """Describe the refunds and credits that are still expected, by currency."""
    main = [
        row["currency_code"]
        for row in rows.get("currencies", [])
        if row["is_main_currency"]
    ]
    if liability := rows.get("liability"):
        newest = liability[0]["as_of_date"]
        latest = [row for row in liability if row["as_of_date"] == newest]
        total, requested, expected = (
            _amounts(main, ((row, row[f"closing_{part}amount"]) for row in latest))
            for part in ("", "requested_", "expected_")
        )
        text = (
            f"Still owed to customers on {_day(newest)}: {total}, of which {requested} "
            f"for returns that they have requested and {expected} expected for goods "
            "already sold."
        )
    elif outstanding := rows.get("outstanding"):
        kinds = ("owed_refund_amount", "owed_credit_amount")
        owed = _amounts(
            main,
            ((row, row[kind]) for row in outstanding for kind in kinds if row[kind]),
        )
        text = f"Owed to customers for returns that were requested: {owed}."
    elif "outstanding" in rows:
        text = "Nothing is owed to customers for returns that were requested."
    else:
        return None
    choices = {"part": "what-is-still-owed-to-customers"}
    return _sentence(text, "cost", choices, "money owed")


def _amounts(main: list[str], parts: Iterable[tuple[Record, Decimal]]) -> str:
    """Add amounts up by currency, the main one first: "120.00 USD and 30.50 CAD"."""
    sums: dict[str, Decimal] = {}
    for row, amount in parts:
        code = row["currency_code"] or ""
        sums[code] = sums.get(code, Decimal(0)) + amount
    codes = sorted(sums, key=lambda code: (code not in main, code))
    return " and ".join(f"{sums[code]:,.2f} {code}".strip() for code in codes)


def _sentence(text: str, page: str, choices: dict[str, str], link: str) -> Sentence:
    # A name with a line break in it would make two lines of a mail.
    return Sentence(" ".join(text.split()), page, urlencode(choices), link)


def _count(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with the words that agree with it; the usual plural ends in "s"."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _month(period: str) -> str:
    return f"{dt.date.fromisoformat(f'{period}-01'):%B %Y}"
