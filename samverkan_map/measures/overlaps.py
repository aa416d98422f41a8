"""Measures that are read in the same reports: near each other in place and at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import shapely
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure, Place
from samverkan_map.measures.finding import find
from samverkan_map.vocabulary import MeasureStatus, Period

USUAL_WINDOW_MONTHS = 12
"""How long a measure without a planned follow-up is taken to show in the reports."""

USUAL_RING_METRES = 200
PACKAGE_MONTHS = 6


@dataclass(frozen=True)
class Overlap:
    """Another measure whose effect is read in the same place at the same time.

    `places` are those in common (none when only what lies around them does), `days` the days in common, `types` the
    types of report that both count; `package` when they share a place and start so close that they have one effect.
    """

    measure: Measure
    places: Sequence[Place]
    days: Period
    types: Sequence[str]
    package: bool


def overlaps(session: Session, viewer: Viewer, measure: Measure) -> list[Overlap]:
    """The measures the viewer may see that overlap with one: those in the same place first, then by days in common.

    If one overlaps with another, so does the other with it.
    """
    found = [_overlap(measure, other) for other in find(session, viewer) if other.id != measure.id]
    return sorted(
        (one for one in found if one), key=lambda one: (not one.places, -(one.days.days or 0), one.measure.id)
    )


def _overlap(measure: Measure, other: Measure) -> Overlap | None:
    window, others = effect_window(measure), effect_window(other)
    if window is None or others is None:
        return None
    days = Period(max(window[0], others[0]), min(window[1], others[1]))
    if (days.days or 0) <= 0 or not _near(measure, other):
        return None
    common = [place for place in measure.places if place in other.places]
    early, late = sorted((window[0], others[0]))
    types = [code for code in _types(measure) if code in _types(other)]
    package = bool(common) and late < months_after(early, PACKAGE_MONTHS)
    return Overlap(other, common, days, types, package)


def effect_window(measure: Measure) -> tuple[date, date] | None:
    """The days (half-open) in which reports are read as the measure's: from its start to the end of its follow-up.

    None for one that was cancelled before it began.
    """
    if measure.status == MeasureStatus.CANCELLED and measure.started_on is None:
        return None
    start = measure.started_on or measure.planned_start
    in_place = start if measure.works_while_ongoing else measure.ended_on or measure.planned_end or start
    months = max((plan.window_months for plan in measure.follow_ups), default=USUAL_WINDOW_MONTHS)
    return start, months_after(max(start, in_place), months) + timedelta(days=1)


def _types(measure: Measure) -> list[str]:
    return sorted({code for plan in measure.follow_ups for code in plan.types})


def _near(measure: Measure, other: Measure) -> bool:
    ring = max(_ring(measure), _ring(other))
    return shapely.dwithin(engine.shape(measure.geom), engine.shape(other.geom), ring)


def _ring(measure: Measure) -> int:
    return max((plan.ring_metres for plan in measure.follow_ups), default=USUAL_RING_METRES)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that has no such day.

    >>> months_after(date(2026, 1, 31), 1), months_after(date(2026, 3, 15), -12)
    (datetime.date(2026, 2, 28), datetime.date(2025, 3, 15))
    """
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    after = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), after - timedelta(days=1))
