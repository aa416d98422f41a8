"""What is done at a place or a site, and the follow-up that says whether it worked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from geoalchemy2 import WKBElement
from shapely.geometry import GeometryCollection
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, places, screening, sites
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import FollowUp, Measure, Place, Site
from samverkan_map.errors import BadValue, Conflict, NotFound, StepNotAllowed
from samverkan_map.vocabulary import MeasureStatus, Mechanism, Permission, Verdict

NEXT = {
    MeasureStatus.PLANNED: (MeasureStatus.ONGOING, MeasureStatus.CANCELLED),
    MeasureStatus.ONGOING: (MeasureStatus.DONE, MeasureStatus.CANCELLED),
    MeasureStatus.DONE: (),
    MeasureStatus.CANCELLED: (),
}
"""Where a measure may go from each status."""


def find(session: Session, viewer: Viewer) -> list[Measure]:
    """All measures the viewer may see, those planned to begin last first."""
    statement = (
        select(Measure)
        .options(
            selectinload(Measure.places),
            selectinload(Measure.sites),
            selectinload(Measure.owner),
            selectinload(Measure.follow_ups),
        )
        .order_by(Measure.planned_start.desc(), Measure.id)
    )
    return [measure for measure in session.scalars(statement) if access.sees(viewer, measure)]


def get(session: Session, viewer: Viewer, measure_id: int) -> Measure:
    """One measure. Raises NotFound when there is none that the viewer may see."""
    measure = session.get(Measure, measure_id)
    if measure is None or not access.sees(viewer, measure):
        raise NotFound("refusals.measures.not_found")
    return measure


def attach(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    *,
    title: str,
    mechanism: Mechanism,
    summary: str,
    owner_id: int,
    planned_start: date,
    today: date,
    planned_end: date | None = None,
    place_ids: Sequence[int] = (),
    site_ids: Sequence[int] = (),
    shape: BaseGeometry | None = None,
) -> Measure:
    """Attach a planned measure to one or more places or sites; without a `shape` of its own it is where they are.

    The places may be in any phase: a quick fix during kartläggning is still a measure.
    Raises NotFound when the actor cannot see a place or site, BadValue, NotAllowed.
    """
    if not title.strip():
        raise BadValue("refusals.measures.no_title", field="title")
    if planned_end and planned_end < planned_start:
        raise BadValue("refusals.measures.ends_before_start", field="planned_end")
    if not place_ids and not site_ids:
        raise BadValue("refusals.measures.nowhere", field="places")
    for text in (title, summary):
        screening.screen(text)
    at_places = [places.get(session, actor, number) for number in place_ids]
    at_sites = [sites.get(session, actor, number) for number in site_ids]
    where = shape or _where([engine.shape(geom) for geom in (*_geoms(at_places), *_geoms(at_sites))])
    middle = where.representative_point()
    measure = Measure(
        title=title.strip(),
        mechanism=mechanism,
        status=MeasureStatus.PLANNED,
        summary=summary.strip(),
        owner_id=owner_id,
        planned_start=planned_start,
        planned_end=planned_end,
        updated_on=today,
        geom=engine.stored(where),
        area=agreement.area_of([middle.x], [middle.y])[0],
        places=at_places,
        sites=at_sites,
    )
    session.add(measure)
    session.flush()
    access.gate(session, actor, Permission.EDIT_MEASURE, measure)
    return measure


def _geoms(found: Sequence[Place] | Sequence[Site]) -> list[WKBElement]:
    return [one.geom for one in found]


def _where(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    merged = unary_union(shapes) if shapes else GeometryCollection()
    return merged if merged.geom_type != "GeometryCollection" else merged.convex_hull


def plan_follow_up(
    session: Session,
    actor: Viewer,
    measure_id: int,
    *,
    indicator: str,
    window_months: int,
    comparison: str,
    due_on: date,
) -> FollowUp:
    """Say before a measure starts how it will be followed up: what is counted, how long, against what, and when.

    Raises NotFound, BadValue (no indicator, window outside 1-36 months, due before the planned start), NotAllowed.
    """
    measure = get(session, actor, measure_id)
    if not indicator.strip():
        raise BadValue("refusals.measures.no_indicator", field="indicator")
    if window_months not in range(1, 37):
        raise BadValue("refusals.measures.window", field="window_months")
    if due_on < measure.planned_start:
        raise BadValue("refusals.measures.due_too_early", field="due_on")
    for text in (indicator, comparison):
        screening.screen(text)
    found = FollowUp(
        measure=measure,
        indicator=indicator.strip(),
        window_months=window_months,
        comparison=comparison.strip(),
        due_on=due_on,
    )
    session.add(found)
    session.flush()
    access.gate(session, actor, Permission.EDIT_MEASURE, found)
    return found


def move(
    session: Session, actor: Viewer, measure_id: int, to: MeasureStatus, *, on: date, version: int | None = None
) -> Measure:
    """Start, finish or cancel a measure. It cannot start without a planned follow-up.

    Raises NotFound, StepNotAllowed, BadValue (an end before the start), Conflict, NotAllowed.
    """
    measure = get(session, actor, measure_id)
    access.gate(session, actor, Permission.EDIT_MEASURE, measure, to=to)
    _same_version(measure, version)
    if to not in NEXT[MeasureStatus(measure.status)]:
        raise StepNotAllowed("refusals.measures.step", from_status=measure.status, to_status=to)
    if to is MeasureStatus.ONGOING:
        if not measure.follow_ups:
            raise StepNotAllowed("refusals.measures.no_follow_up")
        measure.started_on = on
    elif measure.started_on and on < measure.started_on:
        raise BadValue("refusals.measures.ends_before_start", field="ended_on")
    else:
        measure.ended_on = on
    measure.status, measure.updated_on = to, on
    session.flush()
    return measure


def set_verdict(
    session: Session,
    actor: Viewer,
    follow_up_id: int,
    verdict: Verdict,
    *,
    note: str,
    today: date,
    version: int | None = None,
) -> FollowUp:
    """Write a person's verdict of a follow-up: helped, cannot tell, did not help, and why.

    Raises NotFound, BadValue (no motivation, personal data), Conflict, NotAllowed.
    """
    found = session.get(FollowUp, follow_up_id)
    if found is None or not access.sees(actor, found):
        raise NotFound("refusals.measures.no_such_follow_up")
    access.gate(session, actor, Permission.SET_VERDICT, found, verdict=verdict)
    if version is not None and found.version != version:
        raise Conflict("refusals.measures.changed")
    if not note.strip():
        raise BadValue("refusals.measures.no_motivation", field="note")
    screening.screen(note)
    found.verdict, found.note, found.done_on = verdict, note.strip(), today
    session.flush()
    return found


def publish(session: Session, actor: Viewer, measure_id: int, *, today: date, version: int | None = None) -> Measure:
    """Show a measure to the public. Raises NotFound, Conflict, NotAllowed."""
    measure = get(session, actor, measure_id)
    access.gate(session, actor, Permission.PUBLISH, measure)
    _same_version(measure, version)
    measure.published, measure.updated_on = True, today
    session.flush()
    return measure


def _same_version(measure: Measure, version: int | None) -> None:
    if version is not None and measure.version != version:
        raise Conflict("refusals.measures.changed")


def overdue(measure: Measure, today: date) -> bool:
    """Whether a follow-up of the measure should have been done by today and was not."""
    return any(found.done_on is None and found.due_on < today for found in measure.follow_ups)


def focus_of(viewer: Viewer, measure: Measure) -> tuple[str, ...]:
    """The focus areas of the places and sites where the measure is, of those that the viewer may see."""
    where: list[Place | Site] = [*measure.places, *measure.sites]
    return tuple(sorted({one.focus for one in where if access.sees(viewer, one)}))
