"""The parts of a measure, each with dates of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import MeasurePart
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.measures.finding import in_order, same_version, screen_all, to_change
from samverkan_map.vocabulary import Permission

FIELDS = ("title", "planned_start", "planned_end", "started_on", "ended_on")


def get_part(session: Session, viewer: Viewer, part_id: int) -> MeasurePart:
    """One part. Raises NotFound when there is none that the viewer may see."""
    part = session.get(MeasurePart, part_id)
    if part is None or not access.sees(viewer, part.measure):
        raise NotFound("refusals.measures.no_such_part")
    return part


def add_part(
    session: Session,
    actor: Viewer,
    measure_id: int,
    *,
    title: str,
    planned_start: date,
    planned_end: date | None = None,
    started_on: date | None = None,
    ended_on: date | None = None,
    today: date,
    version: int | None = None,
) -> MeasurePart:
    """Add a part to a measure. Raises NotFound, BadValue naming the field, Conflict, NotAllowed."""
    measure = to_change(session, actor, measure_id, version, made="part")
    part = MeasurePart()
    _put(part, today, title, planned_start, planned_end, started_on, ended_on)
    measure.parts.append(part)
    engine.mark_changed(measure, today)
    session.flush()
    return part


def change_part(
    session: Session,
    actor: Viewer,
    part_id: int,
    *,
    title: str,
    planned_start: date,
    planned_end: date | None = None,
    started_on: date | None = None,
    ended_on: date | None = None,
    today: date,
    version: int | None = None,
) -> MeasurePart:
    """Change a part of a measure. Raises NotFound, BadValue naming the field, Conflict, NotAllowed."""
    part = get_part(session, actor, part_id)
    access.check(actor, Permission.EDIT_MEASURE, part.measure)
    same_version(part, version)
    _put(part, today, title, planned_start, planned_end, started_on, ended_on)
    told = access.changed(part)
    engine.mark_changed(part.measure, today)
    session.flush()
    to_change(session, actor, part.measure_id, None, Permission.EDIT_MEASURE, part=part.id, **told)
    return part


def _put(part: MeasurePart, today: date, title: str, *days: Any) -> None:
    planned_start, planned_end, started_on, ended_on = days
    if not title.strip():
        raise BadValue("refusals.measures.no_part_title", field="title")
    screen_all(title=title)
    in_order(planned_start, planned_end, field="planned_end")
    if ended_on and not started_on:
        raise BadValue("refusals.measures.ended_not_started", field="started_on")
    in_order(started_on, ended_on, field="ended_on")
    for field, day in (("started_on", started_on), ("ended_on", ended_on)):
        if day and day > today:
            raise BadValue("refusals.measures.day_ahead", field=field)
    for field, value in zip(FIELDS, (title.strip(), *days), strict=True):
        setattr(part, field, value)
