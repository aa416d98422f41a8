"""Earlier texts: what stood there until somebody changed it, for those who work with it, and until it is disposed of.

The audit log tells that a text changed and never what it said, since nothing can be taken out of its chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Cause, EarlierText, FollowUp, Measure, Place, PlacePhase, ProblemDefinition
from samverkan_map.vocabulary import Permission, ReportKind

Row = Place | ProblemDefinition | PlacePhase | Cause | Measure | FollowUp

FIELDS = {
    "places": ("name", "summary"),
    "problem_definitions": ("what", "where", "when", "how_often", "who_affected", "sources"),
    "place_phases": ("note",),
    "causes": ("what", "evidence"),
    "measures": ("title", "summary", "expected", "dose_planned", "dose_delivered", "waiver"),
    "follow_ups": ("note",),
}
"""The texts that are kept, per table. A plan keeps what it was itself, once its measure has started."""

MOST = 50


def keep(session: Session, row: Row, *, who: str, on: date) -> None:
    """Keep the texts of a stored row that are about to be replaced; to be called before the change is flushed."""
    state: Any = inspect(row)
    histories = {name: state.attrs[name].history for name in FIELDS[row.__tablename__]}
    texts = {name: found.deleted[0] for name, found in histories.items() if found.added and any(found.deleted or ())}
    if state.persistent and texts:
        session.add(EarlierText(part=row.__tablename__, on=on, who=who, texts=texts, **_where(row)))


def _where(row: Row) -> dict[str, object]:
    if isinstance(row, Place):
        return {"place_id": row.id}
    if isinstance(row, Measure):
        return {"measure_id": row.id}
    if isinstance(row, FollowUp):
        return {"measure_id": row.measure_id}
    about = row.phase if isinstance(row, PlacePhase) else row.kind if isinstance(row, Cause) else ""
    return {"place_id": row.place_id, "lap": row.lap, "about": about}


def texts_of(
    session: Session, viewer: Viewer, obj: Place | Measure, *, most: int | None = MOST
) -> Sequence[EarlierText]:
    """What stood at a place or a measure before, the latest first; nothing for those who do not see inside it.

    The motivation of a verdict speaks of figures, and is for those who see reports of every kind.
    """
    if not access.sees_inside(viewer, obj):
        return []
    question = select(EarlierText).where(_column(obj) == obj.id)
    if not access.visible_kinds(viewer).issuperset(ReportKind):
        question = question.where(EarlierText.part != FollowUp.__tablename__)
    return session.scalars(question.order_by(EarlierText.id.desc()).limit(most)).all()


def dispose(session: Session, actor: Viewer, obj: Place | Measure) -> int:
    """Take all earlier texts of a place or a measure away for good, and give how many; the log keeps the number.

    Raises NotFound, NotAllowed.
    """
    count = session.scalar(select(func.count()).where(_column(obj) == obj.id)) or 0
    access.gate(session, actor, Permission.DISPOSE, obj, earlier_texts=count)
    session.execute(delete(EarlierText).where(_column(obj) == obj.id))
    return count


def _column(obj: Place | Measure):
    return EarlierText.place_id if isinstance(obj, Place) else EarlierText.measure_id
