"""The pictures of a place as numbers for a template: its life, its week, its months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from flask import g

from samverkan_map import places, reports
from samverkan_map.analysis import clock
from samverkan_map.vocabulary import Period, Phase, add_months

WEEKS = 156
"""The week is drawn from so many whole weeks, so that each weekday has had as many chances."""

MONTHS = 36
SHADES = 5
LOCAL = "Europe/Stockholm"
LIFE_ROW, LIFE_TOP = 30, 26
WIDE, NARROW = "wide", "narrow"
"""Each picture is drawn twice, for a screen and for a phone; the page shows the one that fits."""

LIFE_SIZES = {WIDE: (1040, 130), NARROW: (320, 112)}
"""Width, and where the lines begin."""

TREND_WIDTHS = {WIDE: 700, NARROW: 320}
YEAR_WIDTH = 40


@dataclass(frozen=True)
class Stay:
    """A time in one phase: where its line begins and ends, and whether the place had stepped back to it."""

    x: float
    end: float
    y: float
    back: bool
    lap: int


@dataclass(frozen=True)
class Life:
    """The life of a place as lines: a row per phase, a line per stay, a year per tick."""

    width: int
    left: int
    height: int
    rows: tuple[tuple[Phase, float], ...]
    stays: tuple[Stay, ...]
    ticks: tuple[tuple[float, str], ...]
    closed: tuple[tuple[float, float], ...]


def life(place: Any, today: date, size: str = WIDE) -> Life:
    """How the place has gone through its phases, from its first day to today or its end."""
    width, left = LIFE_SIZES[size]
    moves = places.laps(place)
    first, last = place.opened_on, max(place.closed_on or today, place.opened_on + timedelta(days=30))
    across = (width - left - 16) / (last - first).days
    x = lambda day: round(left + (day - first).days * across, 1)  # noqa: E731
    y = {phase: LIFE_TOP + (phase.number - 0.5) * LIFE_ROW for phase in Phase}
    ends = [move.on for move in moves[1:]] + [last]
    stays = tuple(
        Stay(x(move.on), x(end), y[Phase(move.to_phase)], move.back, move.lap)
        for move, end in zip(moves, ends, strict=True)
        if not places.closes(move)
    )
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return Life(
        width=width,
        left=left,
        height=LIFE_TOP + 4 * LIFE_ROW + 10,
        rows=tuple(y.items()),
        stays=stays,
        ticks=tuple((x(day), str(day.year)) for day in years[:: max(1, round(YEAR_WIDTH / (365 * across)))]),
        closed=tuple((x(move.on), y[Phase.ASSESSMENT]) for move in moves if places.closes(move)),
    )


@dataclass(frozen=True)
class Week:
    """When it happens: events by weekday and hour (or part of the day), how dark each cell is, where nobody watches.

    `alone` says for each cell whether problems happen there when nobody is there. `n` events had a known time of
    `total` in the `weeks`; of few nothing is said of single hours, and where somebody said when people are there,
    `gap_unsure` tells that.
    """

    columns: tuple[str, ...]
    counts: tuple[tuple[str, ...], ...]
    shades: tuple[tuple[int, ...], ...]
    alone: tuple[tuple[bool, ...], ...]
    by_hour: bool
    n: int
    total: int
    weeks: int
    gap: Any
    gap_unsure: bool
    most: float


def week(place: Any, found: places.Belonging, today: date) -> Week | None:
    """The week of a place, or None when no report tells a time or the viewer may not know it."""
    end = np.datetime64(today, "D").astype(int)
    recent = found.ids[(found.days >= end - WEEKS * 7) & (found.days < end)]
    starts, ends = reports.times(g.session, g.viewer, recent.tolist())
    if not len(starts):
        return None
    weights = clock.aoristic_week_hours(starts, ends, LOCAL).weights
    by_hour = len(starts) >= clock.FEW_EVENTS
    known = places.gap(place, weights)
    unwatched = known if by_hour else None
    counts = weights if by_hour else clock.day_parts(weights)
    hours: np.ndarray = np.zeros((7, 24), bool) if unwatched is None else unwatched.hours
    most = float(counts.max())
    return Week(
        columns=tuple(f"{hour:02d}" for hour in range(0, 24, 1 if by_hour else clock.PART_HOURS)),
        counts=tuple(tuple(map(_one_decimal, row)) for row in counts.tolist()),
        shades=_rows(np.ceil(counts / most * SHADES - 1e-9).astype(int) if most else counts.astype(int)),
        alone=_rows(hours if by_hour else np.zeros(counts.shape, bool)),
        by_hour=by_hour,
        n=len(starts),
        total=len(recent),
        weeks=WEEKS,
        gap=unwatched,
        gap_unsure=known is not None and not by_hour,
        most=most,
    )


def _one_decimal(value: float) -> str:
    """As `Format.number` writes it, without what 168 calls of Babel cost."""
    return f"{value:.1f}".replace(".", "," if g.language == "sv" else ".")


def _rows(table: np.ndarray) -> tuple[tuple[Any, ...], ...]:
    return tuple(map(tuple, table.tolist()))


@dataclass(frozen=True)
class Bar:
    """One month of the trend: its first day, how many, and where its bar stands."""

    month: date
    n: int
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Trend:
    """Events per month as bars, with the months when measures began."""

    bars: tuple[Bar, ...]
    bar_width: float
    width: int
    height: int
    scale: tuple[tuple[float, int], ...]
    years: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    total: int


def trend(found: places.Belonging, measures: Sequence[Any], today: date, size: str = WIDE) -> Trend:
    """The last whole 36 months."""
    period: Period = places.since(today, MONTHS)
    first = period.start or today
    counts = found.per_month(first, MONTHS)
    left, top, base, width = 34.0, 12.0, 132.0, TREND_WIDTHS[size]
    gap = 3 if size == WIDE else 1.6
    step = (width - left - 6) / MONTHS
    most = _round_up(max(counts))
    up = (base - top) / most
    months = [add_months(first, number) for number in range(MONTHS)]
    at = {month: left + step * number for number, month in enumerate(months)}
    starts = [(one.started_on.replace(day=1), one.title) for one in measures if one.started_on]
    return Trend(
        bars=tuple(
            Bar(month, n, round(at[month] + gap / 2, 1), round(base - n * up, 1), round(n * up, 1))
            for month, n in zip(months, counts, strict=True)
        ),
        bar_width=round(step - gap, 1),
        width=width,
        height=156,
        scale=tuple((round(base - value * up, 1), value) for value in sorted({0, most // 2, most})),
        years=tuple((round(at[month], 1), str(month.year)) for month in months if month.month == 1),
        marks=tuple((round(at[month], 1), title) for month, title in starts if month in at),
        total=sum(counts),
    )


def _round_up(most: int) -> int:
    """The top of an axis from zero.

    >>> [_round_up(most) for most in (0, 3, 7, 23, 180)]
    [2, 4, 8, 30, 200]
    """
    steps = [2, 4, 6, 8, 10, 20, 30, 40, 50]
    scale = 1
    while True:
        for step in steps:
            if most <= step * scale:
                return step * scale
        scale *= 10
