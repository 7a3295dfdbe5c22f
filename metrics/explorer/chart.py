"""Coordinates of bars and lines in the chart of an answer; the template draws them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from metrics import tables
from metrics.question.periods import before
from metrics.results import Answer, Figure, Row

WIDTH = 760
LABELS = 230
"""Width of the names of the bars."""
RIGHT = 70
"""Width of the value beside the longest bar."""
BAR = 26
"""Height of a bar with its gap."""
LETTERS = 30
"""Maximum length of a bar's name; the table shows the whole name."""
MOST_BARS = 30
HEIGHT = 280
MARGIN = 30
LEFT = 80
"""Width of the scale of lines."""
MOST_LINES = 6
MOST_DATES = 8
"""Maximum number of dates below lines."""


@dataclass(frozen=True)
class Bar:
    """A value of a group, with its interval."""

    label: str
    text: str
    top: float
    start: float
    length: float
    interval: tuple[float, float] | None
    is_small: bool


@dataclass(frozen=True)
class Dot:
    """A value of a period."""

    x: float
    y: float
    title: str
    interval: tuple[float, float] | None


@dataclass
class Line:
    """The values of a group over time; a period without a value breaks the line."""

    label: str
    pieces: list[list[Dot]] = field(default_factory=list)

    @property
    def dots(self) -> list[Dot]:
        """All values."""
        return [dot for piece in self.pieces for dot in piece]

    @property
    def paths(self) -> list[str]:
        """The parts of the line with at least two values, as points of a polyline."""
        return [
            " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in piece)
            for piece in self.pieces
            if len(piece) > 1
        ]


@dataclass(frozen=True)
class Chart:
    """Bars of groups or lines over time."""

    title: str
    height: float
    bars: list[Bar] = field(default_factory=list)
    zero: float = 0
    lines: list[Line] = field(default_factory=list)
    ticks: list[tuple[float, str]] = field(default_factory=list)
    dates: list[tuple[float, str]] = field(default_factory=list)
    left_out: int = 0
    """Number of bars or lines that the chart leaves out; the table has them."""
    width: float = WIDTH


def chart(result: Answer, grain: str) -> Chart | None:
    """Return the chart of an answer, or None if there is no value to draw.

    Args:
        result: The answer.
        grain: The grain of its periods; empty without periods.
    """
    rows = [row for row in result.rows if row.value is not None]
    if not rows:
        return None
    [unit] = {one.unit for one in result.definitions}
    if rows[0].period:
        return _lines(result, rows, unit, grain)
    return _bars(result, rows, unit)


def _bars(result: Answer, rows: list[Row], unit: str) -> Chart:
    shown = rows[:MOST_BARS]
    low, high = _ends(shown)
    place = _scale(low, high, LABELS, WIDTH - RIGHT)
    bars = []
    for number, row in enumerate(shown):
        at = place(_number(row))
        bars.append(
            Bar(
                label=_shortened(_name(row) or row.metric),
                text=tables.value_text(row, unit),
                top=number * BAR,
                start=min(at, place(0)),
                length=abs(at - place(0)),
                interval=_interval(row, place),
                is_small=row.is_small,
            )
        )
    return Chart(
        title=f"{rows[0].metric} {_by(result)}".strip(),
        height=len(bars) * BAR,
        bars=bars,
        zero=place(0),
        left_out=len(rows) - len(shown),
    )


def _lines(result: Answer, rows: list[Row], unit: str, grain: str) -> Chart:
    names = list(dict.fromkeys(_name(row) for row in rows))
    shown = [row for row in rows if _name(row) in names[:MOST_LINES]]
    low, high = _ends(shown)
    across = _days(shown)
    up = _scale(low, high, HEIGHT - MARGIN, MARGIN / 2)
    lines = {name: Line(name) for name in names[:MOST_LINES]}
    newest: dict[str, dt.date] = {}
    for row in sorted(shown, key=lambda row: str(row.period)):
        name, line = _name(row), lines[_name(row)]
        start = dt.date.fromisoformat(str(row.period))
        if newest.get(name) != before(start, grain):
            line.pieces.append([])
        newest[name] = start
        line.pieces[-1].append(
            Dot(
                x=across[str(row.period)],
                y=up(_number(row)),
                title=f"{row.period} {name}: {tables.value_text(row, unit)}",
                # The intervals of several lines would cover each other.
                interval=_interval(row, up) if len(lines) == 1 else None,
            )
        )
    steps = [low + (high - low) * part / 4 for part in range(5)]
    every = -(-len(across) // MOST_DATES)
    return Chart(
        title=f"{rows[0].metric} over time {_by(result)}".strip(),
        height=HEIGHT,
        lines=list(lines.values()),
        ticks=[
            (up(one), tables.value_text(Figure(value=one), unit))
            for one in dict.fromkeys(steps)
        ],
        dates=[(x, day) for day, x in list(across.items())[::every]],
        left_out=len(names) - len(lines),
    )


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def _scale(low: float, high: float, start: float, end: float) -> _Scale:
    return _Scale(low, high if high > low else low + 1, start, end)


def _days(rows: Iterable[Row]) -> dict[str, float]:
    """Return the horizontal position of each period, by its day in the calendar."""
    days = sorted({dt.date.fromisoformat(str(row.period)) for row in rows})
    place = _scale(days[0].toordinal(), days[-1].toordinal(), LEFT + 20, WIDTH - RIGHT)
    return {day.isoformat(): place(day.toordinal()) for day in days}


def _ends(rows: Iterable[Row]) -> tuple[float, float]:
    """Return the lowest and the highest end of the axis, which includes zero."""
    values = [0.0]
    for row in rows:
        values.append(_number(row))
        if row.interval:
            values += [row.interval.lower, row.interval.upper]
    return min(values), max(values)


def _interval(row: Row, place: _Scale) -> tuple[float, float] | None:
    if row.interval is None:
        return None
    return place(row.interval.lower), place(row.interval.upper)


def _number(row: Row) -> float:
    return float(row.value or 0)


def _name(row: Row) -> str:
    return ", ".join(tables.text(one) for one in row.group.values())


def _by(result: Answer) -> str:
    names = tables.group_names(result)
    return f"by {', '.join(names)}" if names else ""


def _shortened(label: str) -> str:
    return label if len(label) <= LETTERS else f"{label[: LETTERS - 1]}…"
