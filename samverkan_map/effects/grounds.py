"""Which ground an effect is counted on: the places of its measure, the ring, the comparison, who else works near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import places
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import FollowUp, Measure, Place, PlaceReport, Site
from samverkan_map.effects.asked import Asked, Caution, Known
from samverkan_map.effects.counting import Ground, Spot
from samverkan_map.question import day_of
from samverkan_map.reports.frame import Frame
from samverkan_map.vocabulary import Period


def known_days(frame: Frame, agreement: Agreement) -> Known | None:
    """From the first to the last day that counted reports tell of, whatever their type."""
    if not len(frame):
        return None
    context = frame.lookup("source", lambda code: code in agreement.sources and agreement.sources[code].context)
    days = frame.day[~context[frame.source]]
    return Known(day_of(days.min()), day_of(days.max()) + timedelta(days=1)) if len(days) else None


def whole_months(known: Known) -> Period:
    """The calendar months that there are reports of from their first day to their last."""
    first = known.first if known.first.day == 1 else (known.first.replace(day=1) + timedelta(days=31)).replace(day=1)
    end = known.end.replace(day=1)
    return Period(min(first, end), end)


def spots(session: Session, things: Iterable[Place | Site]) -> tuple[Spot, ...]:
    """The places as shapes, with what people said of single reports."""
    found = []
    for thing in things:
        picks = _picks(session, thing.id) if isinstance(thing, Place) else {}
        belongs = frozenset(number for number, yes in picks.items() if yes)
        found.append(Spot(_shape(thing), belongs, frozenset(picks) - belongs))
    return tuple(found)


def _picks(session: Session, place_id: int) -> dict[int, bool]:
    question = select(PlaceReport.report_id, PlaceReport.belongs).where(PlaceReport.place_id == place_id)
    return {row.report_id: row.belongs for row in session.execute(question)}


def _shape(thing: Place | Site | Measure) -> BaseGeometry:
    shape = engine.shape(thing.geom)
    assert shape is not None
    return shape


def of_measure(session: Session, measure: Measure) -> tuple[Spot, ...]:
    """Where a measure is counted: at its places and sites, or where it is itself when it has none."""
    found = spots(session, [*measure.places, *measure.sites])
    return found or (Spot(_shape(measure)),)


def neighbours(session: Session, measure: Measure) -> list[Measure]:
    """Other measures at the same places or sites that were started and not cancelled before they began."""
    things: list[Place | Site] = [*measure.places, *measure.sites]
    there = {one.id: one for thing in things for one in thing.measures}
    return sorted(
        (one for one in there.values() if one.id != measure.id and one.started_on is not None),
        key=lambda one: (one.started_on, one.id),
    )


def ground(session: Session, plan: FollowUp, asked: Asked) -> Ground:
    """The ground of a plan."""
    treated = of_measure(session, plan.measure)
    return Ground(
        treated=treated,
        ring_metres=plan.ring_metres,
        comparison=spots(session, plan.comparison_places),
        comparison_area=plan.comparison_area,
        foreign=_foreign(session, plan, asked, treated) if plan.ring_metres else (),
    )


def _foreign(session: Session, plan: FollowUp, asked: Asked, treated: Sequence[Spot]) -> tuple[BaseGeometry, ...]:
    """Places of other measures that went on in one of the windows and whose rings would meet this one's."""
    own = {place.id for place in plan.measure.places} | {place.id for place in plan.comparison_places}
    reach = 2 * plan.ring_metres + 2 * max(spot.reach for spot in treated)
    together = shapely.union_all([spot.shape for spot in treated])
    question = (
        select(Measure)
        .options(selectinload(Measure.places))
        .where(*engine.within_distance(Measure.geom, together, reach))
    )
    found = {
        place.id: place
        for measure in session.scalars(question)
        if measure.id not in asked.package and _went_on(measure, asked)
        for place in measure.places
        if place.id not in own
    }
    return tuple(_shape(found[number]) for number in sorted(found))


def cuts_ring(ground: Ground) -> bool:
    """Whether other measures at work take part of the ring."""
    spots_ = [(spot.shape, spot.reach) for spot in ground.treated]
    others = [(shape, float(places.reach_of(shape))) for shape in ground.foreign]
    return any(
        shapely.distance(shape, other) - reach - others_reach < 2 * ground.ring_metres
        for shape, reach in spots_
        for other, others_reach in others
    )


def _went_on(measure: Measure, asked: Asked) -> bool:
    """Whether a measure was at work in one of the windows; a lamp goes on working when it is done."""
    if measure.started_on is None:
        return False
    ended = (measure.ended_on if measure.works_while_ongoing else None) or date.max
    return any(
        measure.started_on < window.end and ended >= window.start  # type: ignore[operator]
        for window in (asked.before, asked.after)
    )


def cautions(frame: Frame, mask: np.ndarray, plan: FollowUp, asked: Asked) -> list[Caution]:
    """What went on meanwhile that may look like an effect: measures at the comparison, and sources that began."""
    both = (asked.before.start, asked.after.end)
    there = {one.id: one for place in plan.comparison_places for one in place.measures if one.started_on}
    found: list[Caution] = [
        ("other_measure_there", {"title": one.title})
        for one in sorted(there.values(), key=lambda one: one.id)
        if both[0] <= one.started_on < both[1]  # type: ignore[operator]
    ]
    rows = np.flatnonzero(mask)
    oldest = np.full(len(frame.words["source"]), -1, np.int64)
    oldest[frame.source[rows]] = frame.day[rows]  # the rows stand newest first, and the last one written stays
    for code in np.flatnonzero(oldest >= 0).tolist():
        first = day_of(oldest[code])
        if both[0] < first < both[1]:  # type: ignore[operator]
            found.append(("new_source", {"source": frame.words["source"][code], "on": first.isoformat()}))
    return found


def side_of(spots_: Sequence[Spot]) -> float:
    """The side in metres of a square as large as the places together with what belongs to them, at least 100."""
    area = sum(shapely.area(shapely.buffer(spot.shape, spot.reach)) for spot in spots_)
    return max(100.0, float(np.sqrt(area)))
