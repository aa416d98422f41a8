"""Where else would have gone as this place did, had nothing been done: every candidate with its score and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from sqlalchemy.orm import Session

from samverkan_map import access, measures, places
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.similarity import FEWEST_MONTHS, Similarity, ranked, similarity
from samverkan_map.db.tables import FollowUp, Measure, Place
from samverkan_map.effects import grounds
from samverkan_map.effects.counting import Spot, at, in_and_around
from samverkan_map.errors import StepNotAllowed
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import Frame
from samverkan_map.reports.located import counted
from samverkan_map.vocabulary import Period, add_months

MOST_MONTHS = 36


@dataclass(frozen=True)
class Candidate:
    """A place or a sub-area to compare with: how alike, how many reports before, and the measures going on there."""

    place: Place | None
    area: str | None
    similarity: Similarity
    events: int
    too_near: bool
    busy_with: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether it may be chosen at all."""
        return not self.too_near


@dataclass(frozen=True)
class Compared:
    """All candidates, best first, and on which months before the measure they were judged."""

    candidates: list[Candidate]
    months: Period
    events: int


def suggest(session: Session, viewer: Viewer, agreement: Agreement, plan: FollowUp) -> Compared:
    """Every place the viewer sees and every sub-area as comparison for a plan, the most alike first.

    Judged on the whole months before the measure only, at most 36, so that nobody chooses by the outcome.
    Raises StepNotAllowed when nothing is counted or fewer than six months are known before the measure.
    """
    frame = frames.current(session)
    known = grounds.known_days(frame, agreement)
    if not plan.types:
        raise StepNotAllowed("effects.errors.no_types")
    if known is None:
        raise StepNotAllowed("effects.errors.no_reports")
    measure = plan.measure
    months = _months_before(grounds.whole_months(known), measure.started_on or measure.planned_start)
    mask = counted(frame, agreement, measures.counted_together(agreement, plan.types))
    treated = grounds.of_measure(session, measure)
    here = at(frame, mask, treated)
    own = _Counted.of(frame, here.day, here.type, months)
    found = [
        _of_place(session, viewer, frame, mask, plan, treated, own, months, one)
        for one in _others(session, viewer, plan)
    ]
    # An area is compared with what is left of it, as the effect itself will count.
    rest = mask & ~np.isin(frame.id, in_and_around(frame, mask, treated, plan.ring_metres))
    found += [_of_area(frame, rest, own, months, code) for code in agreement.areas]
    order = ranked([one.similarity for one in found])
    best_first = [found[one.candidate] for one in order]
    return Compared(sorted(best_first, key=lambda one: one.too_near), months, own.events)


@dataclass(frozen=True)
class _Counted:
    months: np.ndarray
    types: dict[str, float]

    @classmethod
    def of(cls, frame: Frame, days: np.ndarray, types: np.ndarray, months: Period) -> _Counted:
        start, end = (np.datetime64(day, "M").astype(int) for day in (months.start, months.end))
        month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int)
        inside = (month >= start) & (month < end)
        kinds, numbers = np.unique(types[inside], return_counts=True)
        named = {str(frame.words["type"][kind]): float(n) for kind, n in zip(kinds, numbers, strict=True)}
        return cls(np.bincount(month[inside] - start, minlength=end - start), named)

    @property
    def events(self) -> int:
        return int(self.months.sum())

    def like(self, other: _Counted) -> Similarity:
        return similarity(self.months, other.months, self.types, other.types)


def _months_before(known: Period, started: date) -> Period:
    assert known.start and known.end
    end = min(known.end, started.replace(day=1))
    start = max(known.start, add_months(end, -MOST_MONTHS))
    if start > end or (end.year - start.year) * 12 + end.month - start.month < FEWEST_MONTHS:
        raise StepNotAllowed("effects.errors.few_months", least=FEWEST_MONTHS)
    return Period(start, end)


def _others(session: Session, viewer: Viewer, plan: FollowUp) -> list[Place]:
    own = {place.id for place in plan.measure.places}
    return [place for place in places.find(session, viewer) if place.id not in own]


def _of_place(
    session: Session, viewer: Viewer, frame: Frame, mask: np.ndarray, plan: FollowUp, treated: Sequence[Spot],
    own: _Counted, months: Period, place: Place,
) -> Candidate:  # fmt: skip
    spot = grounds.spots(session, [place])[0]
    there = at(frame, mask, [spot])
    counted_there = _Counted.of(frame, there.day, there.type, months)
    near = any(shapely.distance(spot.shape, one.shape) <= spot.reach + one.reach + plan.ring_metres for one in treated)
    busy = tuple(one.title for one in place.measures if access.sees(viewer, one) and _meets(one, plan.measure, months))
    return Candidate(place, None, own.like(counted_there), counted_there.events, near, busy)


def _meets(other: Measure, measure: Measure, months: Period) -> bool:
    """Whether another measure began between the first month looked at and the end of this one's follow-up."""
    first = other.started_on or other.planned_start
    until = max((plan.due_on for plan in measure.follow_ups), default=date.max)
    return months.start is not None and other is not measure and months.start <= first <= until


def _of_area(frame: Frame, mask: np.ndarray, own: _Counted, months: Period, code: str) -> Candidate:
    rows = mask & frame.lookup("area", lambda found: found == code)[frame.area]
    counted_there = _Counted.of(frame, frame.day[rows], frame.type[rows], months)
    return Candidate(None, code, own.like(counted_there), counted_there.events, False, ())
