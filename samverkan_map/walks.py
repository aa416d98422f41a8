"""Safety walks (trygghetsvandringar): one walk with many points, safe and unsafe, noted on the way.

When the walk ends its points become reports with the walk as their source: unsafe ones of their kind, safe ones as
strengths, which no count of problems holds. All of one walk are one delivery, which can be taken back whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, inbox, reports, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Walk, WalkPoint
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.inbox import Where
from samverkan_map.vocabulary import Permission, Precision, ReportKind

LONGEST_TITLE, LONGEST = 100, 300
MOST_POINTS = 200


def begin(session: Session, actor: Viewer, *, title: str, walked_on: date, today: date) -> Walk:
    """Begin a walk, led by whoever begins it. Raises BadValue (no title, a day to come), NotAllowed."""
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise BadValue("walks.errors.title", field="title", most=LONGEST_TITLE)
    screening.screen(title, field="title")
    if walked_on > today:
        raise BadValue("walks.errors.day", field="walked_on")
    walk = Walk(title=title, walked_on=walked_on, leader_id=actor.person_id)
    session.add(walk)
    session.flush()
    access.gate(session, actor, Permission.HOLD_WALK, walk, act="begun")
    return walk


def find(session: Session, viewer: Viewer, *, most: int = 100) -> Sequence[Walk]:
    """The walks, those that go on first and the latest first. Raises NotAllowed."""
    access.check(viewer, Permission.HOLD_WALK)
    order = (Walk.ended_at.is_not(None), Walk.walked_on.desc(), Walk.id.desc())
    return session.scalars(select(Walk).options(selectinload(Walk.points)).order_by(*order).limit(most)).all()


def get(session: Session, viewer: Viewer, walk_id: int) -> Walk:
    """One walk. Raises NotFound, NotAllowed."""
    access.check(viewer, Permission.HOLD_WALK)
    found = session.get(Walk, walk_id)
    if found is None:
        raise NotFound("walks.errors.not_found")
    return found


def is_safe(agreement: Agreement, point: WalkPoint) -> bool:
    """Whether a point is one that feels safe: an asset, and no problem."""
    return point.type in agreement.types and agreement.types[point.type].kind is ReportKind.STRENGTH


def where_of(point: WalkPoint) -> Where:
    """Where a point is."""
    return Where(engine.shape(point.geom), point.place_name, Precision(point.precision))


def words_of(viewer: Viewer, point: WalkPoint) -> str:
    """What was noted at a point, for those who may read it; "" for others."""
    return point.words if access.may(viewer, Permission.SEE_RAW_TEXT, point) else ""


def note(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    walk_id: int,
    *,
    choice: str,
    where: Where,
    words: str = "",
    now: datetime,
) -> WalkPoint:
    """Note a point of a walk that goes on; `choice` is one of the agreement's report choices.

    Raises NotFound, BadValue naming the field, Conflict when the walk has ended, NotAllowed.
    """
    walk = _going_on(session, actor, walk_id)
    words = words.strip()
    if choice not in agreement.report_choices:
        raise BadValue("walks.errors.need_what", field="vad")
    if len(words) > LONGEST:
        raise BadValue("forms.errors.too_long", field="text", most=LONGEST)
    screening.screen(words, field="text")
    inbox.check_where(agreement, where)
    if len(walk.points) >= MOST_POINTS:
        raise BadValue("walks.errors.too_many", field="form", most=MOST_POINTS)
    point = WalkPoint(
        noted_at=now, type=agreement.report_choices[choice].type, precision=where.precision.value,
        place_name=where.place_name, area=inbox.area_of(agreement, where), words=words,
        geom=engine.stored(where.shape) if where.shape is not None else None,
    )  # fmt: skip
    walk.points.append(point)
    session.flush()
    access.gate(session, actor, Permission.HOLD_WALK, walk, act="noted", type=point.type)
    return point


def strike(session: Session, actor: Viewer, walk_id: int, point_id: int) -> None:
    """Take a point away from a walk that goes on. Raises NotFound, Conflict when it has ended, NotAllowed."""
    walk = _going_on(session, actor, walk_id)
    point = next((one for one in walk.points if one.id == point_id), None)
    if point is None:
        raise NotFound("walks.errors.no_point")
    walk.points.remove(point)
    session.flush()
    access.gate(session, actor, Permission.HOLD_WALK, walk, act="struck", point=point_id)


def end(session: Session, actor: Viewer, agreement: Agreement, walk_id: int, *, now: datetime) -> Walk:
    """End a walk: each of its points becomes a report of the source that walks are.

    Raises NotFound, BadValue for a walk without points, Conflict when it has ended already, NotAllowed.
    """
    walk = _going_on(session, actor, walk_id)
    if not walk.points:
        raise BadValue("walks.errors.empty", field="form")
    for point in walk.points:
        point.report_id = reports.take_one(
            session, actor, agreement, _observation(agreement, point), now=now, under=Permission.HOLD_WALK,
            delivery=f"{agreement.walk_source}-{walk.walked_on}-{walk.id}",
        )  # fmt: skip
    walk.ended_at = now
    session.flush()
    access.gate(session, actor, Permission.HOLD_WALK, walk, act="ended", count=len(walk.points))
    return walk


def _going_on(session: Session, actor: Viewer, walk_id: int) -> Walk:
    walk = get(session, actor, walk_id)
    # Two who note and end at the same moment: the version lets one of them through.
    session.refresh(walk, with_for_update=True)
    if walk.ended_at is not None:
        raise Conflict("walks.errors.ended")
    return walk


def _observation(agreement: Agreement, point: WalkPoint) -> reports.Observation:
    where = where_of(point)
    return reports.Observation(
        source=agreement.walk_source,
        ref=f"vandring-{point.walk_id}-{point.id}",
        type=point.type,
        reported_at=point.noted_at,
        place_name=where.place_name,
        precision=where.precision,
        point=where.middle,
        description=point.words,
    )
