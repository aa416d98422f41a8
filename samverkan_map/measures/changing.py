"""Changing a measure: its words, its place in time from planned to done, and whether the public sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Unpack

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import access, earlier
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure
from samverkan_map.errors import BadValue, StepNotAllowed
from samverkan_map.measures.attaching import Words, causes_at, describe, drawn, locate
from samverkan_map.measures.finding import get, in_order, same_version, to_change
from samverkan_map.measures.follow_ups import check_apart
from samverkan_map.vocabulary import MeasureStatus, Permission

NEXT = {
    MeasureStatus.PLANNED: (MeasureStatus.ONGOING, MeasureStatus.CANCELLED),
    MeasureStatus.ONGOING: (MeasureStatus.DONE, MeasureStatus.CANCELLED),
    MeasureStatus.DONE: (),
    MeasureStatus.CANCELLED: (),
}
"""Where a measure may go from each status."""


def edit(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    measure_id: int,
    *,
    today: date,
    version: int | None,
    place_ids: Sequence[int],
    site_ids: Sequence[int],
    cause_ids: Sequence[int],
    started_on: date | None = None,
    ended_on: date | None = None,
    **words: Unpack[Words],
) -> Measure:
    """Change what a measure is, at which places and sites, when and why; a shape of its own stays.

    The actual days can be mended where there are any.
    Raises NotFound, BadValue naming the field, Conflict when it changed since `version`, NotAllowed.
    """
    measure = get(session, actor, measure_id)
    access.check(actor, Permission.EDIT_MEASURE, measure)
    same_version(measure, version)
    with session.no_autoflush:
        describe(session, agreement, measure, words)
        measure.causes = causes_at(session, place_ids, cause_ids)
        own = drawn(measure) if measure.own_geometry else None
        locate(session, actor, agreement, measure, place_ids=place_ids, site_ids=site_ids, shape=own)
        _mend_days(measure, started_on, ended_on, today)
        for plan in measure.follow_ups:
            check_apart(measure, plan.comparison_places, plan.ring_metres)
        earlier.keep(session, measure, who=actor.name, on=today)
        told = access.changed(measure)
    engine.mark_changed(measure, today)
    session.flush()
    # What the actor may edit must still be so afterwards: nobody hands a measure to others.
    access.gate(session, actor, Permission.EDIT_MEASURE, measure, **told)
    return measure


def redraw(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    measure_id: int,
    shape: BaseGeometry | None,
    *,
    today: date,
    version: int | None = None,
) -> Measure:
    """Give a measure a shape of its own (EPSG:3006), or with None that of its places and sites again.

    Raises NotFound, BadValue (outside, crossing itself, over a comparison place), Conflict, NotAllowed.
    """
    measure = to_change(session, actor, measure_id, version, shape=shape.geom_type if shape is not None else "places")
    at = {"place_ids": [one.id for one in measure.places], "site_ids": [one.id for one in measure.sites]}
    with session.no_autoflush:
        locate(session, actor, agreement, measure, **at, shape=shape)
        for plan in measure.follow_ups:
            check_apart(measure, plan.comparison_places, plan.ring_metres)
    engine.mark_changed(measure, today)
    session.flush()
    return measure


def _mend_days(measure: Measure, started_on: date | None, ended_on: date | None, today: date) -> None:
    for field, day in (("started_on", started_on), ("ended_on", ended_on)):
        if day and getattr(measure, field) is None:
            raise BadValue("refusals.measures.no_day_yet", field=field)
        if day and day > today:
            raise BadValue("refusals.measures.day_ahead", field=field)
    in_order(started_on or measure.started_on, ended_on or measure.ended_on, field="ended_on")
    measure.started_on = started_on or measure.started_on
    measure.ended_on = ended_on or measure.ended_on


def move(
    session: Session,
    actor: Viewer,
    measure_id: int,
    to: MeasureStatus,
    *,
    on: date,
    today: date | None = None,
    version: int | None = None,
) -> Measure:
    """Start, finish or cancel a measure on a day, which may not lie after `today`.

    It cannot start without a planned follow-up, or a stated reason why there is none.
    Raises NotFound, StepNotAllowed, BadValue (a day ahead, an end before the start), Conflict, NotAllowed.
    """
    measure = to_change(session, actor, measure_id, version, to=to, on=on)
    if to not in NEXT[MeasureStatus(measure.status)]:
        raise StepNotAllowed("refusals.measures.step", from_status=measure.status, to_status=to)
    if today and on > today:
        raise BadValue("refusals.measures.day_ahead", field="on")
    if to is MeasureStatus.ONGOING:
        _check_follow_up(measure)
        measure.started_on = on
    else:
        in_order(measure.started_on, on, field="on")
        measure.ended_on = on
    measure.status = to
    engine.mark_changed(measure, today or on)
    session.flush()
    return measure


def _check_follow_up(measure: Measure) -> None:
    if not measure.waiver and not measure.follow_ups:
        raise StepNotAllowed("refusals.measures.no_follow_up")


def unpublish(session: Session, actor: Viewer, measure_id: int, *, today: date, version: int | None = None) -> Measure:
    """Take a measure back from the public. Raises NotFound, Conflict, NotAllowed."""
    measure = to_change(session, actor, measure_id, version, Permission.PUBLISH, taken_back=True)
    measure.published = False
    engine.mark_changed(measure, today)
    session.flush()
    return measure


def publish(session: Session, actor: Viewer, measure_id: int, *, today: date, version: int | None = None) -> Measure:
    """Show a measure to the public. Raises NotFound, Conflict, NotAllowed."""
    measure = to_change(session, actor, measure_id, version, Permission.PUBLISH)
    measure.published = True
    engine.mark_changed(measure, today)
    session.flush()
    return measure
