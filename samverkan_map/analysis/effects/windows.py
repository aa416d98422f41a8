"""Which days are compared: after the measure is in place, against as many before it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from samverkan_map.errors import BadNumbers
from samverkan_map.vocabulary import Period

LONGEST_DAYS = 36_600
PACKAGE_MONTHS = 6
"""Measures that start closer than this have one effect together."""


@dataclass(frozen=True)
class Windows:
    """Half-open periods of equal length. `same_season` is refused when it runs into the installation."""

    after: Period
    adjacent: Period
    same_season: Period
    same_season_allowed: bool
    days: int


def before_after_windows(started: date, in_place: date, days: int) -> Windows:
    """The window after a measure and the two that it may be compared with; the installation belongs to none.

    After begins the day after `in_place`. Adjacent ends the day before `started`. The same season begins on the same
    date a year before the window after (29 February becomes the 28th).

    Units: local days; two dates and a number in, Windows out.
    Raises BadNumbers when the measure is in place before it started, for less than one day, for more than a hundred
    years and for dates outside the calendar.
    Source: methods, section 7.1, own rule (2026).

    >>> found = before_after_windows(date(2026, 3, 1), date(2026, 3, 20), 180)
    >>> found.after.start.isoformat(), found.adjacent.start.isoformat(), found.same_season.end.isoformat()
    ('2026-03-21', '2025-09-02', '2025-09-17')
    >>> before_after_windows(date(2026, 3, 1), date(2026, 3, 20), 365).same_season_allowed
    False
    """
    if in_place < started:
        raise BadNumbers("analysis.errors.in_place_before_start", field="in_place")
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
        raise BadNumbers("analysis.errors.window_days", field="days", most=LONGEST_DAYS)
    try:
        first = in_place + timedelta(days=1)
        season = _run(_a_year_before(first), days)
        return Windows(
            after=_run(first, days),
            adjacent=_run(started - timedelta(days=days), days),
            same_season=season,
            same_season_allowed=season.end is not None and season.end <= started,
            days=days,
        )
    except (OverflowError, ValueError) as error:
        raise BadNumbers("analysis.errors.outside_calendar", field="days") from error


def _run(start: date, days: int) -> Period:
    return Period(start, start + timedelta(days=days))


def _a_year_before(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def packages(starts: Sequence[date]) -> list[list[int]]:
    """Which measures at one place have one effect together: each starts within six months of the one before it.

    Units: dates, shape (n,), in any order; lists of their indexes out, earliest package first.
    Raises BadNumbers for no date at all.
    Source: methods, section 7.6, own rule (2026).

    >>> packages([date(2025, 9, 1), date(2024, 1, 10), date(2024, 5, 2)])
    [[1, 2], [0]]
    """
    if not starts:
        raise BadNumbers("analysis.errors.empty", field="starts")
    order = sorted(range(len(starts)), key=lambda index: (starts[index], index))
    found = [[order[0]]]
    for before, index in zip(order, order[1:], strict=False):
        if _months_later(starts[before], PACKAGE_MONTHS) > (starts[index].year, starts[index].month, starts[index].day):
            found[-1].append(index)
        else:
            found.append([index])
    return found


def _months_later(day: date, months: int) -> tuple[int, int, int]:
    """The same day of a later month as (year, month, day), which need not exist to be compared with."""
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1, day.day
