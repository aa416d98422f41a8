"""Which measures there are, for whom, and the one to be changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, screening
from samverkan_map.access import Viewer
from samverkan_map.db.tables import FollowUp, Measure, MeasurePart, Place, Promise, Site
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.vocabulary import Permission

SHOWN = (Measure.places, Measure.sites, Measure.owner, Measure.follow_ups)
WHOLE = (*SHOWN, Measure.causes, Measure.promises, Measure.parts)


def find(session: Session, viewer: Viewer, *, whole: bool = False) -> list[Measure]:
    """All measures the viewer may see, those planned to begin last first; `whole` with causes, promises and parts."""
    statement = (
        select(Measure)
        .options(*(selectinload(one) for one in (WHOLE if whole else SHOWN)))
        .order_by(Measure.planned_start.desc(), Measure.id)
    )
    return [measure for measure in session.scalars(statement) if access.sees(viewer, measure)]


def get(session: Session, viewer: Viewer, measure_id: int) -> Measure:
    """One measure. Raises NotFound when there is none that the viewer may see."""
    measure = session.get(Measure, measure_id)
    if measure is None or not access.sees(viewer, measure):
        raise NotFound("refusals.measures.not_found")
    return measure


def to_change(
    session: Session,
    actor: Viewer,
    measure_id: int,
    version: int | None,
    permission: Permission = Permission.EDIT_MEASURE,
    **details: object,
) -> Measure:
    """The measure, with the actor let through and still as the form showed it.

    Raises NotFound, NotAllowed, Conflict when it changed since `version` (None: whatever it is now).
    """
    measure = get(session, actor, measure_id)
    access.gate(session, actor, permission, measure, **details)
    same_version(measure, version)
    return measure


def same_version(row: Measure | FollowUp | MeasurePart | Promise, version: int | None) -> None:
    """Raises Conflict when a row is no longer of the version that a form showed."""
    if version is not None and row.version != version:
        raise Conflict("refusals.measures.changed")


def focus_of(viewer: Viewer, measure: Measure) -> tuple[str, ...]:
    """The focus areas of the places and sites where the measure is, of those that the viewer may see."""
    where: list[Place | Site] = [*measure.places, *measure.sites]
    return tuple(sorted({one.focus for one in where if access.sees(viewer, one)}))


def screen_all(**texts: str) -> None:
    """Raises BadValue that names the first field whose text may not be written."""
    for field, text in texts.items():
        screening.screen(text, field=field)


def in_order(start: date | None, end: date | None, *, field: str) -> None:
    """Raises BadValue for the field of an end that comes before its start."""
    if start and end and end < start:
        raise BadValue("refusals.measures.ends_before_start", field=field)
