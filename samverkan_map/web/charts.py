"""Small pictures in numbers that a template can draw: a line per month, bars, and an interval with its dot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isinf

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 22, 34
BAR_WIDTH, BAR_EDGE = 560, 34
MOST_TICKS = 5


@dataclass(frozen=True)
class MonthLines:
    """Where things stand in a picture of `WIDTH` by `HEIGHT`: the lines' points, ticks, fields and upright marks."""

    width: int
    height: int
    top: float
    bottom: float
    left: float
    right: float
    lines: list[list[tuple[float, float]]]
    across: list[tuple[float, int]]
    years: list[tuple[float, int]]
    fields: list[tuple[float, float, str]]
    marks: list[float]


def month_lines(
    first: date, series: Sequence[Sequence[int]], fields: Sequence[tuple[date, date, str]], marks: Sequence[date]
) -> MonthLines:
    """The lines of some monthly series that begin in the month of `first`; the axis begins at zero.

    `fields` are half-open runs of days with a name (before, after), `marks` single days.
    """
    months = max(len(series[0]), 2)
    top = nice(max((max(one, default=0) for one in series), default=0))

    def x(month: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(max(month, 0), months) / months, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)

    def at(day: date) -> float:
        return (day.year - first.year) * 12 + day.month - first.month + (day.day - 1) / 31

    step = max(1, top // MOST_TICKS)
    return MonthLines(
        WIDTH, HEIGHT, TOP, HEIGHT - BOTTOM, LEFT, WIDTH - RIGHT,
        lines=[[(x(month + 0.5), y(value)) for month, value in enumerate(one)] for one in series],
        across=[(y(value), value) for value in range(0, top + 1, step)],
        years=[(x(at(date(year, 1, 1))), year) for year in range(first.year + 1, first.year + months // 12 + 2)
               if 0 <= at(date(year, 1, 1)) < months],
        fields=[(x(at(start)), x(at(end)), name) for start, end, name in fields],
        marks=[x(at(day)) for day in marks],
    )  # fmt: skip


def nice(most: int) -> int:
    """The top of an axis: a whole number of equal steps, and never less than five.

    >>> [nice(most) for most in (0, 7, 23, 180)]
    [5, 10, 25, 200]
    """
    size = 1
    while True:
        for factor in (5, 10, 20, 25):
            if factor * size >= most:
                return factor * size
        size *= 10


@dataclass(frozen=True)
class Bars:
    """Upright bars in a picture of `WIDTH` by `HEIGHT`: x, y, width and height of each, its number, and its name."""

    width: int
    height: int
    bottom: float
    left: float
    right: float
    bars: list[tuple[float, float, float, float, int]]
    across: list[tuple[float, int]]
    names: list[tuple[float, str]]


def bars(values: Sequence[int], names: Sequence[str]) -> Bars:
    """Bars for some counts, the axis from zero; an empty name is not written."""
    top = nice(max(values, default=0))
    wide = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    high = HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - high * value / top, 1)

    gap = min(wide * 0.2, 8)
    return Bars(
        WIDTH, HEIGHT, HEIGHT - BOTTOM, LEFT, WIDTH - RIGHT,
        bars=[(round(LEFT + at * wide + gap / 2, 1), y(value), round(wide - gap, 1),
               round(HEIGHT - BOTTOM - y(value), 1), value) for at, value in enumerate(values)],
        across=[(y(value), value) for value in range(0, top + 1, max(1, top // MOST_TICKS))],
        names=[(round(LEFT + at * wide + wide / 2, 1), name) for at, name in enumerate(names) if name],
    )  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """A change in per cent on a line from -100 to +200: `low`, `high` and `dot` in pixels.

    `goes_on` is how far the interval reaches beyond the line in per cent, infinite without an end, None inside it; a
    dot beyond the line is not drawn.
    """

    width: int
    zero: float
    low: float
    high: float
    dot: float | None
    ticks: list[tuple[float, int]]
    decided: bool
    goes_on: float | None


LAST_PERCENT, FIRST_PERCENT = 200.0, -100.0


def change_bar(low: float, high: float, ratio: float | None, *, decided: bool) -> Bar:
    """An interval of a ratio as a change in per cent."""

    def x(value: float) -> float:
        percent = LAST_PERCENT if isinf(value) else min(max((value - 1) * 100, FIRST_PERCENT), LAST_PERCENT)
        return round(BAR_EDGE + (BAR_WIDTH - 2 * BAR_EDGE) * (percent + 100) / 300, 1)

    ticks = [(x(1 + percent / 100), percent) for percent in (-100, -50, 0, 50, 100, 200)]
    beyond = (high - 1) * 100
    dot = None if ratio is None or (ratio - 1) * 100 > LAST_PERCENT else x(ratio)
    goes_on = beyond if beyond > LAST_PERCENT else None
    return Bar(BAR_WIDTH, x(1), x(low), x(high), dot, ticks, decided, goes_on)
