"""The year wheel: which months and weeks have more than others, and which weeks come back high year after year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, Window
from samverkan_map.analysis.alarms import weekly_z
from samverkan_map.analysis.clock import seasonal_index
from samverkan_map.hotspots import laying
from samverkan_map.hotspots.asked import CELLS
from samverkan_map.hotspots.laying import LEAST_EVENTS, Work
from samverkan_map.question import Question, day_of, days_since_1970
from samverkan_map.vocabulary import Period, add_months

LEAST_MONTHS = 24
WEEKS = 53
UNLIKELY, LEAST_IN_WEEK, LEAST_TIMES = 0.01, 3, 1.2
"""A week is high when so many or more come that rarely by chance, and they are at least so many and so many times the
usual: among very many reports a hundredth more would be unlikely too, and nothing to plan for."""
AROUND_DAYS, LEAST_AROUND = 182, 180
"""What is usual is counted so many days before and after, and from at least so many days in all."""
AGAIN = 2
"""High in so many years, a week is a window that comes back."""


@dataclass(frozen=True)
class Occasion:
    """A week or a window in one year: reports, how many were `usual` in the half year around, and whether it is high.

    `by_chance` is how probable it is that such a one becomes high although nothing is different.
    """

    year: int
    start: date
    end: date
    events: int
    usual: float
    high: bool
    by_chance: float


@dataclass(frozen=True)
class Part:
    """A month, or a week of the year: `index` is how many times more reports a day it has than the whole year."""

    number: int
    index: float
    events: int


@dataclass(frozen=True)
class Recurring:
    """Weeks (or, with a `code`, a window that the municipality has named) over the years."""

    first: int
    last: int
    occasions: tuple[Occasion, ...]
    code: str = ""

    @property
    def high_years(self) -> list[int]:
        """The years in which it was high."""
        return sorted({one.year for one in self.occasions if one.high})

    @property
    def years(self) -> int:
        """How many years are known."""
        return len({one.year for one in self.occasions})

    @property
    def again(self) -> bool:
        """Whether it comes back."""
        return len(self.high_years) >= AGAIN

    @property
    def events(self) -> int:
        """Reports in all the years."""
        return sum(one.events for one in self.occasions)

    @property
    def times(self) -> float | None:
        """How many times more than usual; None when nothing was usual."""
        usual = sum(one.usual for one in self.occasions)
        return self.events / usual if usual else None


@dataclass(frozen=True)
class Wheel:
    """The answer. `whole` are the whole years that the index counts, `known` the days that weeks are looked for in.

    Weeks are empty for viewers who see months. `by_chance` is how many weeks would come back high by chance alone.
    `nothing` is "" or why nothing is told: no_reports, later (than the end of
    the period), short (under two years), few.
    """

    kinds: tuple[str, ...]
    whole: Period | None
    known: Period | None
    events: int
    months: tuple[Part, ...]
    weeks: tuple[Part, ...]
    recurring: tuple[Recurring, ...]
    windows: tuple[Recurring, ...]
    by_chance: float
    data_version: str
    nothing: str = ""


def find(session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date) -> Wheel:
    """The year of a question, over all whole years that reports tell of until the end of its period.

    Raises BadQuestion as `hotspots.find`.
    """
    work = laying.begin(session, viewer, agreement, question, today=today, cell_metres=CELLS[0])
    return laying.kept(work, "wheel", lambda: _compute(work, today), today)


def _compute(work: Work, today: date) -> Wheel:
    asked = work.asked
    if not (asked.known and asked.known.start and asked.counted.end):
        return _nothing(work, None, 0, "no_reports")
    end = min(asked.counted.end, today).replace(day=1)
    if asked.known.start >= end:
        return _nothing(work, asked.known, 0, "later")
    years = ((end.year - asked.known.start.year) * 12 + end.month - asked.known.start.month) // 12
    known = Period(asked.known.start, end)
    if years * 12 < LEAST_MONTHS:
        return _nothing(work, known, 0, "short")
    days = laying.chosen(work, known).column("day")
    whole = Period(add_months(end, -12 * years), end)
    held = _Days(known, np.sort(days))
    inside = held.count(whole.start, whole.end)  # type: ignore[arg-type]
    if inside < LEAST_EVENTS:
        return _nothing(work, whole, inside, "few")
    weeks = () if asked.coarse else _weeks(held)
    return Wheel(
        kinds=tuple(map(str, asked.question.kinds)), whole=whole, known=known, events=inside,
        months=_months(held, whole), weeks=() if asked.coarse else _indexes(held, whole),
        recurring=tuple(_joined([one for one in weeks if one.again])),
        windows=() if access.coarse_time(work.viewer) else tuple(_windows(work.agreement, held)),
        by_chance=sum(_again_by_chance(one) for one in weeks), data_version=work.version,
    )  # fmt: skip


def _nothing(work: Work, known: Period | None, events: int, why: str) -> Wheel:
    kinds = tuple(map(str, work.asked.question.kinds))
    return Wheel(kinds, known, known, events, (), (), (), (), 0.0, work.version, why)


@dataclass(frozen=True, eq=False)
class _Days:
    """The days of all reports, rising, and the period they are known in."""

    known: Period
    days: np.ndarray

    def count(self, start: date, end: date) -> int:
        """Reports from a day up to another."""
        return int(np.diff(np.searchsorted(self.days, [days_since_1970(start), days_since_1970(end)]))[0])

    def occasion(self, year: int, start: date, end: date) -> Occasion | None:
        """What happened in some days; None when they, or the half year around them, are not known."""
        assert self.known.start and self.known.end
        if start < self.known.start or end > self.known.end:
            return None
        length = (end - start).days
        middle = start + timedelta(days=length // 2)
        first = max(middle - timedelta(days=AROUND_DAYS), self.known.start)
        last = min(middle + timedelta(days=AROUND_DAYS + 1), self.known.end)
        around = (last - first).days - length
        if around < LEAST_AROUND:
            return None
        events = self.count(start, end)
        usual = (self.count(first, last) - events) * length / around
        least = _least(usual)
        return Occasion(year, start, end, events, usual, events >= least, weekly_z(least, usual).at_least)


def _least(usual: float) -> int:
    """The smallest count that is high."""
    least = max(LEAST_IN_WEEK, math.ceil(LEAST_TIMES * usual))
    while weekly_z(least, usual).at_least > UNLIKELY:
        least += 1
    return least


def _months(held: _Days, whole: Period) -> tuple[Part, ...]:
    assert whole.start and whole.end
    counts = [held.count(one.start, one.end) for one in laying.whole_months(whole.start, whole.end)]  # type: ignore[arg-type]
    index = seasonal_index(counts, whole.start)
    at = (whole.start.month - 1 + np.arange(len(counts))) % 12
    events = np.bincount(at, counts, 12)
    return tuple(Part(month + 1, float(index[month]), int(events[month])) for month in range(12))


def _indexes(held: _Days, whole: Period) -> tuple[Part, ...]:
    """Reports per day of each ISO week over those of all days; a week that no year holds is left out."""
    assert whole.start and whole.end
    first, last = days_since_1970(whole.start), days_since_1970(whole.end)
    week = np.array([day_of(day).isocalendar().week for day in range(first, last)])
    there = held.days[(held.days >= first) & (held.days < last)]
    events = np.bincount(week[there - first], minlength=WEEKS + 1)
    days = np.bincount(week, minlength=WEEKS + 1)
    each = len(there) / len(week)
    return tuple(
        Part(number, float(events[number] / days[number] / each), int(events[number]))
        for number in range(1, WEEKS + 1)
        if days[number]
    )


def _weeks(held: _Days) -> list[Recurring]:
    """Every ISO week that is known whole in some year."""
    assert held.known.start and held.known.end
    found: dict[int, list[Occasion]] = {}
    day = held.known.start + timedelta(days=-held.known.start.weekday() % 7)
    while day + timedelta(days=7) <= held.known.end:
        year, week, _ = day.isocalendar()
        if one := held.occasion(year, day, day + timedelta(days=7)):
            found.setdefault(week, []).append(one)
        day += timedelta(days=7)
    return [Recurring(week, week, tuple(occasions)) for week, occasions in sorted(found.items())]


def _joined(weeks: list[Recurring]) -> list[Recurring]:
    """Weeks after each other as one."""
    found: list[Recurring] = []
    for one in weeks:
        if found and found[-1].last + 1 == one.first:
            found[-1] = Recurring(found[-1].first, one.last, found[-1].occasions + one.occasions)
        else:
            found.append(one)
    return found


def _windows(agreement: Agreement, held: _Days) -> list[Recurring]:
    """The windows that the municipality has named, in the order of the year."""
    found = [(one, _occasions(one, held)) for one in agreement.windows.values()]
    told = [Recurring(*_week_numbers(one), tuple(occasions), one.code) for one, occasions in found if occasions]
    return sorted(told, key=lambda one: one.first)


def _occasions(window: Window, held: _Days) -> list[Occasion]:
    assert held.known.start and held.known.end
    years = range(held.known.start.year - 1, held.known.end.year + 1)
    spans = [(year, window.days_of(year)) for year in years]
    return [one for year, span in spans if span and (one := held.occasion(year, *span))]


def _week_numbers(window: Window) -> tuple[int, int]:
    """The ISO weeks of the window's first and last day in a year like the others."""
    first, end = window.days_of(2025) or (date(2025, 1, 1), date(2025, 1, 2))
    return first.isocalendar().week, (end - timedelta(days=1)).isocalendar().week


def _again_by_chance(week: Recurring) -> float:
    """How probable it is that a week comes back high by chance alone."""
    none, one = 1.0, 0.0
    for occasion in week.occasions:
        one = one * (1 - occasion.by_chance) + none * occasion.by_chance
        none *= 1 - occasion.by_chance
    return 1 - none - one
