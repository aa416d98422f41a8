"""When things happen: hours of the week, also for events known only as sometime between, and months of the year.

The week begins on Monday. The clock is the local one: in the autumn night when it is turned back the hour 02 lasts two
hours, and in the spring night it does not exist.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from samverkan_map.analysis.checks import counts, number
from samverkan_map.errors import BadNumbers

HOUR = 3600
DAY = 24 * HOUR
WEEK_HOURS = 168
MONDAY = 3 * DAY
"""1970 began on a Thursday."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
FEW_EVENTS = 50
PART_HOURS = 6
NOISE = 1e-12


@dataclass(frozen=True, eq=False)
class WeekHours:
    """Events spread over the week, shape (7, 24), and what had to be said about some of them.

    `whole_week` were as long as a week, `without_end` were put where they began, `refused` (indexes) ended before they
    began and are not in the sum.
    """

    weights: np.ndarray
    whole_week: int
    without_end: int
    refused: tuple[int, ...]


def aoristic_week_hours(starts: Any, ends: Any = None, zone: str | None = None) -> WeekHours:
    """Spread each event evenly over the time in which it may have happened, by hour of the week.

    Units: `starts` and `ends` as datetime64, both of shape (n,): UTC when a `zone` such as Europe/Stockholm is given,
    otherwise the local clock without shifts; NaT in `ends`, or no `ends`, when the end is not known. WeekHours out, in
    events per hour of the week; each event that is not refused adds 1.
    Raises BadNumbers for no event, unequal lengths, a start that is not a time, years outside 1900-2200, unknown zone.
    Source: Ratcliffe (2002); a week or longer gives 1/168 to every hour (own rule, 2026).

    >>> found = aoristic_week_hours(["2026-03-02 01:00"], ["2026-03-02 02:30"])
    >>> found.weights[0, 1:3].round(3).tolist()
    [0.667, 0.333]
    >>> autumn = aoristic_week_hours(["2026-10-24 23:30"], ["2026-10-25 02:30"], "Europe/Stockholm")
    >>> autumn.weights[6, 1:4].round(3).tolist()
    [0.167, 0.667, 0.167]
    """
    start = _seconds("starts", starts)
    if not len(start) or np.isnat(start).any():
        raise BadNumbers("analysis.errors.empty", field="starts")
    end = np.full(len(start), np.datetime64("NaT"), start.dtype) if ends is None else _seconds("ends", ends)
    if len(end) != len(start):
        raise BadNumbers("analysis.errors.lengths", field="ends", wanted=len(start), found=len(end))
    open_ended = np.isnat(end)
    first, last = start.astype(np.int64), np.where(open_ended, start, end).astype(np.int64)
    length = last - first
    long, backwards = length >= WEEK_HOURS * HOUR, length < 0
    moments, spans = length == 0, (length > 0) & ~long
    shifts = _Shifts(zone, first, last)
    hours = np.bincount(_hour(first[moments] + shifts.at(first[moments])).astype(int), minlength=WEEK_HOURS)
    hours = hours + _spread(*shifts.parts(first[spans], last[spans])) + long.sum() / WEEK_HOURS
    hours[hours < NOISE * len(start)] = 0.0
    refused = tuple(np.flatnonzero(backwards).tolist())
    return WeekHours(hours.reshape(7, 24), int(long.sum()), int(open_ended.sum()), refused)


def _seconds(field: str, values: Any) -> np.ndarray:
    try:
        found = np.array(values, dtype="datetime64[s]")
    except (TypeError, ValueError) as error:
        raise BadNumbers("analysis.errors.not_a_time", field=field) from error
    if found.ndim != 1:
        raise BadNumbers("analysis.errors.not_a_time", field=field)
    years = found[~np.isnat(found)].astype("datetime64[Y]").astype(int) + 1970
    if ((years < FIRST_YEAR) | (years > LAST_YEAR)).any():
        raise BadNumbers("analysis.errors.outside_calendar", field=field)
    return found


def _hour(local_seconds: np.ndarray) -> np.ndarray:
    """Hours since Monday 00:00, broken, from 0 to below 168."""
    return (local_seconds + MONDAY) % (WEEK_HOURS * HOUR) / HOUR


def _spread(first: np.ndarray, last: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Hours of the week from local spans of less than a week (seconds) and events per hour in each.

    Every span is a step up at its start and a step down at its end; summing the steps gives all hours at once.
    """
    begins = _hour(first)
    ends = begins + (last - first) / HOUR
    size = 2 * WEEK_HOURS + 2
    within, onwards = np.zeros(size), np.zeros(size)
    for edge, sign in ((begins, 1.0), (ends, -1.0)):
        whole = np.floor(edge).astype(int)
        within += sign * np.bincount(whole, density * (1 - (edge - whole)), size)
        onwards += sign * np.bincount(whole + 1, density, size)
    two_weeks = (within + np.cumsum(onwards))[: 2 * WEEK_HOURS]
    return two_weeks[:WEEK_HOURS] + two_weeks[WEEK_HOURS:]


class _Shifts:
    """How many seconds the local clock is ahead of UTC, and when that changes, around some moments."""

    def __init__(self, zone: str | None, first: np.ndarray, last: np.ndarray) -> None:
        years = () if zone is None else range(_year(min(first.min(), last.min())) - 1, _year(last.max()) + 1)
        changes = [change for year in years for change in _changes_of(zone or "", year)]
        self.moments = np.array([moment for moment, _ in changes], dtype=np.int64)
        self.ahead = np.array([ahead for _, ahead in changes] or [0], dtype=np.int64)

    def at(self, seconds: np.ndarray) -> np.ndarray:
        """Seconds ahead at each moment."""
        return self.ahead[np.maximum(np.searchsorted(self.moments, seconds, side="right") - 1, 0)]

    def parts(self, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The spans on the local clock, cut where it is turned; with events per hour, the same in both halves."""
        density = HOUR / (last - first)
        cuts = np.searchsorted(self.moments, first, side="right"), np.searchsorted(self.moments, last, side="left")
        begins, ends, dense = [first], [last], [density]
        for index in np.flatnonzero(cuts[0] < cuts[1]):
            turned = self.moments[cuts[0][index] : cuts[1][index]]
            ends[0] = ends[0] if len(ends) > 1 else last.copy()
            ends[0][index] = turned[0]
            begins.append(turned)
            ends.append(np.append(turned[1:], last[index]))
            dense.append(np.full(len(turned), density[index]))
        start, end = np.concatenate(begins), np.concatenate(ends)
        ahead = self.at(start)
        return start + ahead, end + ahead, np.concatenate(dense)


def _year(seconds: int) -> int:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))).year


@lru_cache(maxsize=512)
def _changes_of(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """(moment, seconds ahead from then on): the beginning of a UTC year, and each time the clock is turned in it."""
    try:
        here = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadNumbers("analysis.errors.unknown_zone", field="zone") from error

    def ahead(moment: int) -> int:
        known = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)
        return int((known.astimezone(here).utcoffset() or timedelta()).total_seconds())

    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    found = [(start, ahead(start))]
    for day in range(start, start + (366 if calendar.isleap(year) else 365) * DAY, DAY):
        low, high = day, day + DAY
        if ahead(high) == found[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if ahead(middle) == found[-1][1] else (low, middle)
        found.append((high, ahead(high)))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class WeekPattern:
    """Events per day of each weekday, shape (7, 24); `days` are how many of each weekday the period holds, shape (7,).

    `enough` says whether the 168 hours may be drawn; otherwise use `day_parts`.
    """

    per_day: np.ndarray
    days: np.ndarray
    events: float

    @property
    def enough(self) -> bool:
        """Whether there are at least 50 events."""
        return self.events >= FEW_EVENTS - NOISE


def per_weekday(weights: Any, start: date, end: date) -> WeekPattern:
    """Events by hour of the week, divided by how often the period holds that weekday.

    Units: events, shape (7, 24) from Monday; local days, the half-open period [start, end); a WeekPattern out, zero on
    weekdays that the period does not hold.
    Raises BadNumbers for another shape, bad numbers, an empty period, and events on a weekday that the period lacks.
    Source: methods, section 6, own rule (2026).

    >>> counted = np.zeros((7, 24))
    >>> counted[4, 22] = 6
    >>> found = per_weekday(counted, date(2026, 1, 1), date(2026, 1, 15))
    >>> float(found.per_day[4, 22]), found.days.tolist(), found.enough
    (3.0, [2, 2, 2, 2, 2, 2, 2], False)
    """
    table = _week("weights", weights)
    length = (end - start).days
    if length <= 0:
        raise BadNumbers("analysis.errors.empty", field="period")
    order = (np.arange(7) - start.weekday()) % 7
    days = length // 7 + (order < length % 7)
    if table[days == 0].any():
        raise BadNumbers("analysis.errors.outside_period", field="weights")
    return WeekPattern(table / np.maximum(days, 1)[:, None], days, float(table.sum()))


def _week(field: str, values: Any) -> np.ndarray:
    return counts(field, values, shape=(7, 24), broken=True)


def day_parts(hours: Any) -> np.ndarray:
    """The week in 28 parts, for when there are too few events for 168 hours.

    Units: any that may be added, shape (7, 24) from Monday; out shape (7, 4): night 00-06, morning, day, evening 18-24.
    Raises BadNumbers for another shape and bad numbers.
    Source: methods, section 6, own rule (2026).

    >>> day_parts(np.ones((7, 24)))[0].tolist()
    [6.0, 6.0, 6.0, 6.0]
    """
    return _week("hours", hours).reshape(7, 24 // PART_HOURS, PART_HOURS).sum(axis=2)


def seasonal_index(months: Any, first_month: date) -> np.ndarray:
    """How many times more events a day each month of the year has than the whole, all years together.

    Units: events per month, shape (n,) with n at least 24, from `first_month` on; out shape (12,), January first, 1
    for a month like the others.
    Raises BadNumbers for fewer than two years, bad counts, no event at all and years outside the calendar.
    Source: methods, section 6 (2026); cf. Makridakis et al. (1998), ratio to the mean.

    >>> seasonal_index([31, 28, 31, 30, 31, 30, 62, 31, 30, 31, 30, 31] * 2, date(2021, 1, 1)).round(2).tolist()[5:8]
    [0.92, 1.84, 0.92]
    """
    events = counts("months", months)
    if len(events) < 24:
        raise BadNumbers("analysis.errors.too_short", field="months", least=24)
    if not events.any():
        raise BadNumbers("analysis.errors.no_events", field="months")
    number("months", float(events.sum()))
    index = first_month.year * 12 + first_month.month - 1 + np.arange(len(events))
    if index[-1] // 12 > LAST_YEAR:
        raise BadNumbers("analysis.errors.outside_calendar", field="first_month")
    days = np.array([calendar.monthrange(one // 12, one % 12 + 1)[1] for one in index.tolist()], dtype=float)
    per_day = np.bincount(index % 12, events, 12) / np.bincount(index % 12, days, 12)
    return per_day / (events.sum() / days.sum())
