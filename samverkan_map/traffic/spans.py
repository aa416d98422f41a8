"""The period of a list and the one it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from samverkan_map.question import YEARS
from samverkan_map.vocabulary import Period, add_months

COMPARISONS = ("year", "before")
"""The same period the year before, and the period of the same length just before."""

USUAL_MONTHS = 12
DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True)
class Spans:
    """The period counted, and the comparison period or None where there can be none."""

    now: Period
    before: Period | None

    @property
    def years(self) -> float:
        """The length of the period."""
        return (self.now.days or 0) / DAYS_OF_A_YEAR

    @property
    def months(self) -> float:
        """The length of the period."""
        return self.years * 12


def spans(asked: Period, comparison: str, today: date, first: date | None) -> Spans:
    """The periods that a question means: without any, the last twelve whole months.

    `first` is the day of the first report, where a period without a beginning begins. A period that reaches into what
    has not been yet ends with the last whole month, so that the same number of months is compared.

    >>> spans(Period(), "year", date(2026, 3, 9), None).now
    Period(start=datetime.date(2025, 3, 1), end=datetime.date(2026, 3, 1))
    """
    month = today.replace(day=1)
    if asked == Period():
        asked = Period(add_months(month, -USUAL_MONTHS), month)
    open_start = asked.start is None
    end = asked.end or add_months(today, 1)
    start = asked.start or min(first.replace(day=1) if first else add_months(end, -USUAL_MONTHS), add_months(end, -1))
    if end > today and start < month:
        end = month
    now = Period(start, end)
    return Spans(now, None if open_start else _earlier(now, comparison))


def _earlier(now: Period, comparison: str) -> Period | None:
    assert now.start and now.end
    months = (now.end.year - now.start.year) * 12 + now.end.month - now.start.month
    if now.start.year - ceil(months / 12) - 1 < YEARS.start:
        return None
    if comparison == "before":
        return now.step(-1)
    years = max(1, ceil(months / 12))
    if now.start.day == 1 and now.end.day == 1:
        return Period(add_months(now.start, -12 * years), add_months(now.end, -12 * years))
    # As many days, and the same weekdays: 52 weeks are a year but for a day.
    weeks = timedelta(weeks=52 * max(1, ceil((now.days or 0) / 364)))
    return Period(now.start - weeks, now.end - weeks)
