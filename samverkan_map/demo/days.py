"""When the invented happens: weights for the days of a period, by season, weekday and feasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

FRIDAY = 4


def years_before(day: date, years: int) -> date:
    """The same day some years earlier.

    >>> years_before(date(2028, 2, 29), 3)
    datetime.date(2025, 2, 28)
    """
    if day.month == 2 and day.day == 29:
        day -= timedelta(days=1)
    return day.replace(year=day.year - years)


def day_weights(pattern: Mapping[str, Any], start: date, end: date) -> list[int]:
    """How often each day of `[start, end)` is meant, in whole numbers."""
    special: dict[date, int] = {}
    for year in range(start.year, end.year + 1):
        for name, day, much in feasts(year):
            special[day] = special.get(day, 0) + much * pattern.get("special", {}).get(name, 0) // 10
    days = [start + timedelta(days=number) for number in range((end - start).days)]
    return [_plain_weight(pattern, day) + special.get(day, 0) for day in days]


def _plain_weight(pattern: Mapping[str, Any], day: date) -> int:
    if pattern.get("school") and is_holiday(day):
        return 0
    return pattern["months"][day.month - 1] * pattern["weekdays"][day.weekday()]


def feasts(year: int) -> Iterator[tuple[str, date, int]]:
    """The single days on which more happens than on others: name, day, and how much in tenths.

    >>> [str(day) for name, day, _ in feasts(2025) if name in ("midsummer", "last_school_day")]
    ['2025-06-20', '2025-06-13']
    """
    yield "new_year", date(year, 12, 31), 10
    for day, much in ((date(year, 12, 28), 1), (date(year, 12, 29), 2), (date(year, 12, 30), 3), (date(year, 1, 1), 2)):
        yield "new_year", day, much
    yield "valborg", date(year, 4, 30), 10
    yield "midsummer", _weekday_from(date(year, 6, 19), FRIDAY), 10
    yield "last_school_day", _weekday_from(date(year, 6, 8), FRIDAY), 10
    for month in (3, 10):
        yield "walk", _weekday_from(date(year, month, 8), 1), 10


def is_holiday(day: date) -> bool:
    """Whether schools are closed for a longer time; autumn and winter breaks are one week each.

    >>> is_holiday(date(2025, 7, 1)), is_holiday(date(2025, 9, 1))
    (True, False)
    """
    last = _weekday_from(date(day.year, 6, 8), FRIDAY)
    summer = last < day < date(day.year, 8, 18)
    christmas = (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 8)
    return summer or christmas or day.isocalendar().week in (8, 44)


def _weekday_from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
